//! Finds a working feed on the site of a dead one.
//!
//! The user requests it, and within that request a few requests go to one site, one after the other; nothing is stored.
//! The results are offered to the user, and [`switch`](super::replace::switch) accepts one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::find::{Asking, accept, get};
use crate::client::guard;
use crate::datastore::StoreError;
use crate::feeds::{self, FeedAddress, FeedSummary, PollTier, probe};
use crate::html::discover;
use crate::ids::FeedId;
use crate::parse::date_of;
use crate::refresh::context::RefreshContext;
use crate::timestamp::{Timestamp, minute_of};
use crate::update::outcome::Document;

/// Time limit for one search, all its requests together.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(25);
/// Most requests of one search.
const REQUESTS: usize = 16;
/// Most feeds offered.
const OFFERED: usize = 3;
/// Failures in a row after which a search makes sense.
const FAILURES: u32 = 3;
/// Minutes of failing after which it does.
const FAILING: i64 = 3 * 24 * 60;
/// Whether a feed has been failing long enough to search for a replacement. `since` is the minute of the first failure
/// in the row, 0 if unknown.
pub fn may_replace(summary: &FeedSummary, since: i64, minute: i64) -> bool {
    let for_long = since > 0 && minute - since >= FAILING;
    // For one behind a door, another would have to be opened anew.
    summary.error.is_some()
        && summary.door.is_none()
        && (summary.tier == PollTier::Off || summary.failures >= FAILURES || for_long)
}

/// A feed that could replace a dead one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Its address.
    pub url: Url,
    /// Its title; its address if it has none.
    pub title: String,
    /// The date of its newest article.
    pub newest: Option<Timestamp>,
    /// How many articles it contains.
    pub articles: usize,
    /// Its id, if it is stored already.
    pub feed: Option<FeedId>,
}

/// Searches a dead feed's site for working feeds: at most 16 requests within 25 seconds, one at a time.
///
/// At the time limit, what was found so far is returned. Reads: one look-up of the offered addresses.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded. A
/// site's errors are a result, not an error.
pub async fn find_replacement(
    context: &RefreshContext,
    dead: &FeedSummary,
) -> Result<Vec<Offer>, StoreError> {
    let mut search = Search {
        context,
        deadline: Instant::now() + SEARCH_TIMEOUT,
        asked: vec![dead.url.to_string()],
        found: Vec::new(),
    };
    for place in places(dead) {
        if search.is_over() || search.look_at(&place).await? {
            break;
        }
    }
    let mut offers = search.found;
    let urls: Vec<String> = offers.iter().map(|offer| offer.url.to_string()).collect();
    let known = feeds::store::by_urls(&context.store, &urls).await?;
    for (offer, feed) in offers.iter_mut().zip(known) {
        offer.feed = feed;
    }
    Ok(offers)
}

/// Where to search: the same address over TLS, the feed's site, and the folders above the feed's address.
fn places(dead: &FeedSummary) -> Vec<Url> {
    let mut places = Vec::new();
    let mut add = |url: Url| {
        if !places.contains(&url) {
            places.push(url);
        }
    };
    let feed = dead.url.url();
    let mut safe = feed.clone();
    if feed.scheme() == "http" && feed.port().is_none() && safe.set_scheme("https").is_ok() {
        add(safe);
    }
    if let Some(site) = dead.site.as_deref().and_then(|site| Url::parse(site).ok()) {
        add(site);
    }
    let mut above = feed.clone();
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
    places
}

struct Search<'t> {
    context: &'t RefreshContext,
    deadline: Instant,
    /// Addresses already requested, the dead one first: none is requested twice.
    asked: Vec<String>,
    found: Vec<Offer>,
}

impl Search<'_> {
    fn is_over(&self) -> bool {
        self.asked.len() > REQUESTS
            || Instant::now() >= self.deadline
            || self.found.len() >= OFFERED
    }

    /// Checks one page: whether it is a feed, then the feeds it links to, then well-known addresses beside it. Returns
    /// whether any was found.
    async fn look_at(&mut self, place: &Url) -> Result<bool, StoreError> {
        if let Some((page, kind, url)) = self.ask(place).await {
            for candidate in discover::candidates(&page, kind.as_deref(), &url) {
                if FeedAddress::try_from(candidate.url.clone()).is_ok() {
                    self.ask(&candidate.url).await;
                }
            }
            if self.found.is_empty() && self.may_guess(&url).await? {
                for guess in discover::guesses(&page, &url) {
                    if self.found.is_empty() {
                        self.ask(&guess).await;
                    }
                }
            }
        }
        Ok(!self.found.is_empty())
    }

    /// Whether this host may be searched at the usual places.
    async fn may_guess(&self, url: &Url) -> Result<bool, StoreError> {
        let host = url.host_str().unwrap_or_default();
        let minute = minute_of(self.context.clock.now());
        probe::store::begin(&self.context.store, host, minute).await
    }

    /// Sends one request, if there is time and the address is new, after the usual pause for its host. Records a feed;
    /// returns the page otherwise.
    async fn ask(&mut self, url: &Url) -> Option<(Vec<u8>, Option<String>, Url)> {
        let text = url.to_string();
        if self.is_over() || self.asked.contains(&text) {
            return None;
        }
        guard::check_text(&text, self.context.web.allows_private()).ok()?;
        self.asked.push(text);
        let answer = timeout_at(self.deadline, get(Asking::openly(self.context), url))
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
        let address = FeedAddress::try_from(url.clone()).ok()?;
        match accept(&address, answer).await {
            Ok((url, document)) => {
                self.take(url, &document);
                None
            }
            Err(_) => Some(page),
        }
    }

    fn take(&mut self, url: FeedAddress, document: &Document) {
        let dead = &self.asked[0];
        if url.as_str() == dead || self.found.iter().any(|offer| offer.url == *url.url()) {
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
            url: url.url().clone(),
            feed: None,
        });
    }
}
