//! When a feed dies: looking on its site for one that lives.
//!
//! A reader asks, and his request looks: a few questions to one site, one after the other, and nothing is stored. What it finds
//! is offered to him, and [`switch`](super::replace::switch) takes it.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use url::Url;

use super::find::{accept, get};
use crate::client::guard;
use crate::datastore::StoreError;
use crate::feeds::{self, Card, Rung, address};
use crate::html::discover;
use crate::ids::FeedId;
use crate::parse::date_of;
use crate::refresh::context::RefreshContext;
use crate::timestamp::Timestamp;
use crate::update::outcome::Document;

/// How long one search may take, all its requests together.
const PATIENCE: Duration = Duration::from_secs(25);
/// The most requests of one search.
const REQUESTS: usize = 16;
/// The most feeds that are offered.
const OFFERED: usize = 3;
/// Failures in a row after which it makes sense to look elsewhere.
const FAILURES: u32 = 3;
/// Minutes of failing after which it does.
const FAILING: i64 = 3 * 24 * 60;
/// Whether a feed has been failing for so long that another address may be looked for. `since` is the minute of the row's
/// first failure, 0 where it isn't known.
pub fn may_replace(card: &Card, since: i64, minute: i64) -> bool {
    let for_long = since > 0 && minute - since >= FAILING;
    card.error.is_some() && (card.rung == Rung::Off || card.failures >= FAILURES || for_long)
}

/// A feed that could take a dead one's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Where it is.
    pub url: Url,
    /// What it calls itself; its address where it says nothing.
    pub title: String,
    /// When its newest article is dated.
    pub newest: Option<Timestamp>,
    /// How many articles it shows.
    pub articles: usize,
    /// The feed itself, if somebody reads it already.
    pub feed: Option<FeedId>,
}

/// Looks on a dead feed's site for feeds that work: at most 16 requests within 25 seconds, one at a time. What it found so far
/// counts where the time is over. Reads: one look-up of the offered addresses.
///
/// # Errors
/// The store's: what the site does is an answer.
pub async fn look(tools: &RefreshContext, dead: &Card) -> Result<Vec<Offer>, StoreError> {
    let mut search = Search {
        tools,
        deadline: Instant::now() + PATIENCE,
        asked: vec![dead.url.clone()],
        found: Vec::new(),
    };
    for place in places(dead) {
        if search.is_over() || search.look_at(&place).await {
            break;
        }
    }
    let mut offers = search.found;
    let urls: Vec<String> = offers.iter().map(|offer| offer.url.to_string()).collect();
    let known = feeds::store::by_urls(&tools.store, &urls).await?;
    for (offer, feed) in offers.iter_mut().zip(known) {
        offer.feed = feed;
    }
    Ok(offers)
}

/// Where to look: the same address over TLS, the site that the feed named, and the folders above the feed's address.
fn places(dead: &Card) -> Vec<Url> {
    let mut places = Vec::new();
    let mut add = |url: Url| {
        if !places.contains(&url) {
            places.push(url);
        }
    };
    let feed = Url::parse(&dead.url).ok();
    if let Some(mut safe) = feed
        .clone()
        .filter(|url| url.scheme() == "http" && url.port().is_none())
        && safe.set_scheme("https").is_ok()
    {
        add(safe);
    }
    if let Some(site) = dead.site.as_deref().and_then(|site| Url::parse(site).ok()) {
        add(site);
    }
    if let Some(mut above) = feed {
        above.set_query(None);
        for _ in 0..2 {
            let Ok(folder) = above.join(if above.path().ends_with('/') {
                ".."
            } else {
                "."
            }) else {
                break;
            };
            add(folder.clone());
            above = folder;
        }
        above.set_path("/");
        add(above);
    }
    places
}

struct Search<'t> {
    tools: &'t RefreshContext,
    deadline: Instant,
    /// Addresses that were asked, the dead one first: none is asked twice.
    asked: Vec<String>,
    found: Vec<Offer>,
}

impl Search<'_> {
    fn is_over(&self) -> bool {
        self.asked.len() > REQUESTS
            || Instant::now() >= self.deadline
            || self.found.len() >= OFFERED
    }

    /// Looks at one page: whether it is a feed, then what it links to, then what is usual beside it. Answers whether something
    /// was found.
    async fn look_at(&mut self, place: &Url) -> bool {
        if let Some((page, kind, url)) = self.ask(place).await {
            for candidate in discover::candidates(&page, kind.as_deref(), &url) {
                if address::parse(candidate.url.as_str()).is_ok() {
                    self.ask(&candidate.url).await;
                }
            }
            for guess in discover::well_known(&url) {
                if self.found.is_empty() {
                    self.ask(&guess).await;
                }
            }
        }
        !self.found.is_empty()
    }

    /// One question, if there is time and it wasn't asked: alone at its host, after the pause that hosts get. Takes a feed;
    /// answers with what is a page instead.
    async fn ask(&mut self, url: &Url) -> Option<(Vec<u8>, Option<String>, Url)> {
        let text = url.to_string();
        if self.is_over() || self.asked.contains(&text) {
            return None;
        }
        guard::check_text(&text, self.tools.web.allows_private()).ok()?;
        self.asked.push(text);
        let answer = timeout_at(self.deadline, get(self.tools, url))
            .await
            .ok()?
            .ok()?;
        if !answer.status.is_success() {
            return None;
        }
        let page = (
            answer.body.clone(),
            answer.content_type.clone(),
            answer.url.clone(),
        );
        match accept(url, answer).await {
            Ok((url, document)) => {
                self.take(url, &document);
                None
            }
            Err(_) => Some(page),
        }
    }

    fn take(&mut self, url: Url, document: &Document) {
        let dead = &self.asked[0];
        if url.as_str() == dead || self.found.iter().any(|offer| offer.url == url) {
            return;
        }
        let title = document
            .feed
            .title
            .clone()
            .filter(|title| !title.is_empty());
        self.found.push(Offer {
            title: title.unwrap_or_else(|| url.to_string()),
            newest: document.feed.entries.iter().filter_map(date_of).max(),
            articles: document.feed.entries.len(),
            url,
            feed: None,
        });
    }
}
