//! Publishers that are made up: each feed at a host of its own, posting as `simulate` says, with validators.

use std::fmt::Write;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use http::{HeaderMap, header};
use url::Url;

use crate::client::http::Publisher;
use crate::clock::Clock;
use crate::simulate::Posting;
use crate::timestamp::minute_of;

/// Words of which texts are made: enough of them that packing gains what it gains on real ones.
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

/// The publishers.
#[derive(Debug)]
pub(super) struct Town {
    pub(super) clock: Clock,
    pub(super) feeds: Vec<Posting>,
    words: Vec<&'static str>,
    /// Requests for feeds so far.
    pub(super) asked: AtomicU64,
}

/// Where a feed lives.
pub(super) fn address(feed: usize) -> String {
    format!("https://blog{feed}.example/feed.xml")
}

impl Town {
    pub(super) fn new(clock: Clock, feeds: Vec<Posting>) -> Self {
        Self {
            clock,
            feeds,
            words: WORDS.split_whitespace().collect(),
            asked: AtomicU64::default(),
        }
    }

    /// Which feed an address is, and what is asked of it.
    fn asked(url: &Url) -> Option<(usize, &str)> {
        let host = url.host_str()?.strip_suffix(".example")?;
        let feed = host.strip_prefix("blog")?.parse().ok()?;
        Some((feed, url.path()))
    }

    /// A number that looks drawn, the same each time.
    fn drawn(feed: usize, article: usize, what: usize) -> usize {
        let mixed = (feed * 7_919 + article * 104_729 + what * 1_299_709) as u64;
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) as usize
    }

    /// How many of a feed's articles are out.
    fn out(&self, feed: usize) -> usize {
        let minute = minute_of(self.clock.now());
        let articles = self.feeds.get(feed).map(|one| one.articles.as_slice());
        articles
            .unwrap_or_default()
            .partition_point(|&at| at <= minute)
    }

    fn document(&self, feed: usize, out: usize) -> String {
        let shown = self.feeds.get(feed).map_or(0, |one| one.shown);
        // From a teaser to a whole text, the same for all articles of one feed.
        let words = [30, 60, 120, 300, 700, 1_200][Self::drawn(feed, 0, 0) % 6];
        let mut text = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Blog number {feed}</title>\
             <link>https://blog{feed}.example/</link><description>What it is about</description>"
        );
        for article in (out.saturating_sub(shown)..out).rev() {
            let minute = self.feeds[feed].articles[article];
            let at = chrono::DateTime::from_timestamp(minute * 60, 0).unwrap_or_default();
            let title = self.text(feed, article, 9);
            let body = self.text(feed, article, words);
            let date = at.to_rfc2822();
            let _ = write!(
                text,
                "<item><title>{title}</title><link>https://blog{feed}.example/{article}</link>\
                 <guid>https://blog{feed}.example/{article}</guid><pubDate>{date}</pubDate>\
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

impl Publisher for Town {
    fn answer(&self, url: &Url, headers: &HeaderMap) -> http::Response<Vec<u8>> {
        let mut response = http::Response::new(Vec::new());
        let Some((feed, "/feed.xml")) = Self::asked(url) else {
            *response.status_mut() = http::StatusCode::NOT_FOUND;
            return response;
        };
        self.asked.fetch_add(1, Relaxed);
        let out = self.out(feed);
        let tag = format!("\"{out}\"");
        let asked = headers.get(header::IF_NONE_MATCH);
        if asked.is_some_and(|asked| asked.as_bytes() == tag.as_bytes()) {
            *response.status_mut() = http::StatusCode::NOT_MODIFIED;
            return response;
        }
        *response.body_mut() = self.document(feed, out).into_bytes();
        let headers = response.headers_mut();
        if let Ok(tag) = http::HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        let kind = http::HeaderValue::from_static("application/rss+xml; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, kind);
        response
    }
}
