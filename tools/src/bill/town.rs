//! Simulated publishers: each feed is served over HTTP from its own loopback address, with validators, and posts by the
//! patterns of `simulate`.

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use dormouse::tooling::clock::Clock;
use dormouse::tooling::timestamp::minute_of;
use http::{HeaderMap, StatusCode, Uri, header};
use tokio::net::TcpListener;

use crate::simulate::Posting;

/// Vocabulary of the generated texts, large enough that they compress about as well as real ones.
const WORDS: &str = "the of and to in a is that for it as was with be by on not he his but at are this have from or had an \
    they which one you were all her she there would their we him been has when who will no more if out so up said what its \
    about than into them can only other time new some could these two may first then do any like my now over such our man \
    me even most made after also did many off before must well back through years where much your way down should because \
    long each just state people those too mr how little good world make very year still see own work men day get here old \
    between both life being under three never know same last another while us might great come since go against right came \
    take used himself few house use place during without again home around small however found mrs part school thought went \
    say general once upon every war don't does got united left number course until always away something fact water though \
    less public put think almost hand enough took far head yet better set told nothing night end why find look asked point \
    next knew city business case group give young days given program social";

/// All publishers.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) clock: Clock,
    pub(super) feeds: Vec<Posting>,
    words: Vec<&'static str>,
    /// Number of feed requests so far.
    pub(super) asked: AtomicU64,
    pub(super) addresses: Addresses,
}

/// The publishers' addresses: one shared port, and the feed's number within 127.0.0.0/8.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    port: u16,
}

impl Addresses {
    /// The address of a feed's site, with a trailing slash.
    pub(super) fn site(self, feed: usize) -> String {
        let [_, high, middle, low] = u32::try_from(feed).unwrap_or_default().to_be_bytes();
        format!("http://127.{}.{middle}.{low}:{}/", high + 1, self.port)
    }

    /// The address of a feed.
    pub(super) fn feed(self, feed: usize) -> String {
        format!("{}feed.xml", self.site(feed))
    }

    /// The feed that a `Host` header names.
    fn feed_of(host: &str) -> Option<usize> {
        let address: Ipv4Addr = host.split(':').next()?.parse().ok()?;
        let [127, high, middle, low] = address.octets() else {
            return None;
        };
        let number = u32::from_be_bytes([0, high.checked_sub(1)?, middle, low]);
        usize::try_from(number).ok()
    }
}

impl Town {
    /// Listens on a port for all publishers and serves requests until the process ends.
    ///
    /// # Errors
    /// The operating system's, if no port is available.
    pub(super) async fn open(clock: Clock, feeds: Vec<Posting>) -> std::io::Result<Arc<Self>> {
        // One listener for the whole loopback range; requests from other peers are rejected.
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
        let port = listener.local_addr()?.port();
        let town = Arc::new(Self {
            clock,
            feeds,
            words: WORDS.split_whitespace().collect(),
            asked: AtomicU64::default(),
            addresses: Addresses { port },
        });
        let router = Router::new().fallback(answer).with_state(town.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        #[expect(
            clippy::disallowed_methods,
            reason = "publishers are a world of their own, and no part of the service"
        )]
        tokio::spawn(async move { axum::serve(listener, service).await });
        Ok(town)
    }

    /// A deterministic pseudo-random number.
    fn drawn(feed: usize, article: usize, what: usize) -> usize {
        let mixed = (feed * 7_919 + article * 104_729 + what * 1_299_709) as u64;
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as usize
    }

    /// Number of a feed's articles published so far.
    fn out(&self, feed: usize) -> usize {
        let minute = minute_of(self.clock.now());
        let articles = self.feeds.get(feed).map(|one| one.articles.as_slice());
        articles
            .unwrap_or_default()
            .partition_point(|&at| at <= minute)
    }

    fn document(&self, feed: usize, out: usize) -> String {
        let shown = self.feeds.get(feed).map_or(0, |one| one.shown);
        // From a teaser to a full text, the same length for all articles of a feed.
        let words = [30, 60, 120, 300, 700, 1_200][Self::drawn(feed, 0, 0) % 6];
        let site = self.addresses.site(feed);
        let mut text = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Blog number {feed}</title>\
             <link>{site}</link><description>What it is about</description>"
        );
        for article in (out.saturating_sub(shown)..out).rev() {
            let minute = self.feeds[feed].articles[article];
            let at = chrono::DateTime::from_timestamp(minute * 60, 0).unwrap_or_default();
            let title = self.text(feed, article, 9);
            let body = self.text(feed, article, words);
            let date = at.to_rfc2822();
            let _ = write!(
                text,
                "<item><title>{title}</title><link>{site}{article}</link>\
                 <guid>{site}{article}</guid><pubDate>{date}</pubDate>\
                 <author>somebody@blog{feed}.example</author>\
                 <description>&lt;p&gt;{body}&lt;/p&gt;</description></item>"
            );
        }
        text + "</channel></rss>"
    }

    fn text(&self, feed: usize, article: usize, words: usize) -> String {
        let word = |place| self.words[Self::drawn(feed, article, place) % self.words.len()];
        let words: Vec<&str> = (1..=words).map(word).collect();
        words.join(" ")
    }
}

impl Town {
    /// A feed's current entity tag and document; `None` for an unknown feed.
    pub(super) fn published(&self, feed: usize) -> Option<(String, String)> {
        self.feeds.get(feed)?;
        let out = self.out(feed);
        Some((format!("\"{out}\""), self.document(feed, out)))
    }
}

/// Serves a feed with 200 or 304; everything else is 404.
async fn answer(
    State(town): State<Arc<Town>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let host = headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let feed = host.and_then(Addresses::feed_of);
    let feed = feed.filter(|_| peer.ip().is_loopback() && uri.path() == "/feed.xml");
    let Some((tag, document)) = feed.and_then(|feed| town.published(feed)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    town.asked.fetch_add(1, Relaxed);
    let known = headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let kind = "application/rss+xml; charset=utf-8".to_owned();
    let headers = [(header::ETAG, tag), (header::CONTENT_TYPE, kind)];
    (headers, document).into_response()
}
