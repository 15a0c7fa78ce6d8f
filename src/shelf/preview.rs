//! A look at a feed before subscribing: its newest articles, how often it posts, and whether it is there already. Nothing is
//! written, but that a host was searched.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::find::{Asking, SubscribeError, find, known_feed};
use super::store;
use crate::articles::store::{self as articles, ListDirection};
use crate::client::guard;
use crate::client::http::FetchError;
use crate::codec::cut;
use crate::datastore::StoreError;
use crate::feeds::shorthand::{self, Shorthand};
use crate::feeds::{self, FeedAddress, door};
use crate::ids::{FeedId, UserId};
use crate::refresh::context::RefreshContext;
use crate::timestamp::Timestamp;
use crate::update::outcome::Document;
use crate::update::schedule::typical_gap;

/// Articles that are shown of a feed.
const NEWEST: usize = 5;
/// Longest title that is shown, in bytes.
const TITLE_BYTES: usize = 90;
/// Time limit for one address, all its requests together.
const LOOK_TIMEOUT: Duration = Duration::from_secs(15);

/// What is seen of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// Its address.
    #[serde(rename = "u")]
    pub url: String,
    /// Its title; its address if it has none.
    #[serde(rename = "t")]
    pub title: String,
    /// Its newest articles: title, and second of publication.
    #[serde(rename = "n")]
    pub newest: Vec<(String, Option<i64>)>,
    /// The typical gap between its articles in minutes; 0 if unknown.
    #[serde(rename = "g")]
    pub gap: i64,
    /// Whether its articles come with little more than a summary.
    #[serde(rename = "s")]
    pub is_short: bool,
    /// How many have it here.
    #[serde(rename = "r")]
    pub subscribers: u32,
    /// The feed, if it is on the user's shelf.
    #[serde(rename = "m")]
    pub mine: Option<FeedId>,
    /// Another feed of the same site on the user's shelf.
    #[serde(rename = "o")]
    pub sibling: Option<FeedId>,
}

/// Looks at what is behind an address, its own or its site's: no request if it is stored here.
///
/// Two reads for the address, three if it is stored, and one for each 1,000 feeds on the shelf and 30 heads that aren't cached.
///
/// # Errors
/// As [`subscribe`](super::subscribe::subscribe), but never that the shelf is full.
pub async fn look(
    context: &RefreshContext,
    user: UserId,
    typed: &str,
) -> Result<Preview, SubscribeError> {
    let (bare, pass) = door::split(typed)?;
    let typed = bare.as_ref();
    let url = match shorthand::expand(typed) {
        Some(Shorthand::One(url)) => url,
        Some(Shorthand::Several(all)) => return Err(super::subscribe::offered(all)),
        None => FeedAddress::parse(typed)?,
    };
    guard::check_text(url.as_str(), context.web.allows_private())?;
    if pass.is_none()
        && let Some(feed) = known_feed(context, url.as_str(), None).await?
    {
        return Ok(stored(context, user, feed).await?);
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let asking = Asking::with(context, pass.as_ref(), &url);
    let found = tokio::time::timeout(LOOK_TIMEOUT, find(asking, url.clone())).await;
    let found = found.unwrap_or(Err(FetchError::TooSlow(host).into()));
    let (url, document) = found.map_err(|error| match error {
        SubscribeError::Fetch(error) => SubscribeError::Fetch(error.for_a_stranger(url.url())),
        other => other,
    })?;
    // A site leads to a feed that may be here.
    if pass.is_none()
        && let Some(feed) = known_feed(context, url.as_str(), None).await?
    {
        return Ok(stored(context, user, feed).await?);
    }
    let preview = fetched(&url, &document);
    let site = document.feed.link.as_deref().map(same_site);
    let sibling = match site {
        Some(site) => sibling(context, user, &site).await?,
        None => None,
    };
    Ok(Preview { sibling, ..preview })
}

fn fetched(url: &FeedAddress, document: &Document) -> Preview {
    /// Bytes of text below which an article is little more than a summary.
    const SHORT: usize = 500;
    let entries = &document.feed.entries;
    let at = |entry: &crate::parse::ParsedEntry| entry.published.or(entry.updated);
    let dates: Vec<Timestamp> = entries.iter().filter_map(at).collect();
    let mut newest: Vec<_> = entries.iter().collect();
    newest.sort_by_key(|entry| std::cmp::Reverse(at(entry)));
    let text = |entry: &crate::parse::ParsedEntry| {
        let longest = [&entry.content, &entry.summary].into_iter().flatten();
        longest.map(String::len).max().unwrap_or_default()
    };
    let shown = newest.iter().take(NEWEST);
    let title = document.feed.title.clone().unwrap_or_default();
    Preview {
        url: url.to_string(),
        title: match title.trim() {
            "" => url.to_string(),
            title => cut(title, TITLE_BYTES),
        },
        newest: shown
            .map(|entry| {
                let title = entry.title.as_deref().unwrap_or_default();
                (cut(title, TITLE_BYTES), at(entry).map(|at| at.timestamp()))
            })
            .collect(),
        gap: typical_gap(&dates),
        is_short: !entries.is_empty() && entries.iter().all(|entry| text(entry) < SHORT),
        ..Preview::default()
    }
}

/// What is seen of a feed that is stored here.
async fn stored(
    context: &RefreshContext,
    user: UserId,
    feed: FeedId,
) -> Result<Preview, StoreError> {
    let store = &context.store;
    let heads = feeds::store::cached_heads(store, &[feed]).await?;
    let listed = store::cached_list(store, user).await?;
    let rows = articles::timeline(store, &[feed], ListDirection::NewestFirst, None, 5).await?;
    let Some((_, summary)) = heads.into_iter().next() else {
        return Ok(Preview::default());
    };
    Ok(Preview {
        url: summary.url.to_string(),
        title: match summary.title.as_str() {
            "" => summary.url.to_string(),
            title => cut(title, TITLE_BYTES),
        },
        newest: rows
            .iter()
            .map(|row| {
                let summary = &row.summary;
                (cut(&summary.title, TITLE_BYTES), summary.published)
            })
            .collect(),
        gap: summary.gap,
        is_short: false,
        subscribers: summary.subscribers,
        mine: listed.places.contains_key(&feed).then_some(feed),
        sibling: None,
    })
}

/// Another feed of a site on the user's shelf.
async fn sibling(
    context: &RefreshContext,
    user: UserId,
    site: &str,
) -> Result<Option<FeedId>, StoreError> {
    let listed = store::cached_list(&context.store, user).await?;
    let ids: Vec<FeedId> = listed.all.iter().map(|one| one.feed).collect();
    let heads = feeds::store::cached_heads(&context.store, &ids).await?;
    let sites: HashMap<String, FeedId> = heads
        .into_iter()
        .filter_map(|(feed, summary)| Some((same_site(summary.site.as_deref()?), feed)))
        .collect();
    Ok(sites.get(site).copied())
}

/// A site's address, the same for http and https, with and without a slash at its end.
fn same_site(site: &str) -> String {
    let plain = site.split_once("://").map_or(site, |(_, rest)| rest);
    let plain = plain.strip_prefix("www.").unwrap_or(plain);
    plain.trim_end_matches('/').to_lowercase()
}
