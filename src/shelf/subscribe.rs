//! Subscribing: from what somebody typed to a feed on his shelf.
//!
//! The feed is fetched before anything is stored, and then all is stored in one commit: feed, articles, subscription. A
//! feed that somebody else reads already costs no request to its publisher.

use std::time::Duration;

use super::departure::{departure, end_of};
use super::find::{SubscribeError, find, known};
use super::store;
use super::subscriber_counts::joins;
use super::subscription::{Extra, Subscription};
use crate::client::guard;
use crate::client::http::FetchError;
use crate::datastore::{Attempt, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, address, unknown};
use crate::ids::{FEED_IDS, FeedId, UserId};
use crate::random::Chance;
use crate::refresh::apply::apply;
use crate::refresh::context::RefreshContext;
use crate::timestamp::Timestamp;
use crate::update::decide::decide;
use crate::update::outcome::Outcome;

/// How long one subscription may search, all its requests together.
const PATIENCE: Duration = Duration::from_secs(25);

/// A feed that is on the shelf now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// New on the shelf.
    New(FeedId),
    /// It was there before; nothing changed.
    Already(FeedId),
}

/// Puts a feed on a shelf, by its own address or by its site's.
///
/// # Errors
/// [`SubscribeError`]; nothing is stored then.
pub async fn subscribe(
    tools: &RefreshContext,
    chance: &Chance,
    user: UserId,
    typed: &str,
    folder: Vec<String>,
    most: u64,
) -> Result<Added, SubscribeError> {
    let url = address::parse(typed)?;
    guard::check_text(url.as_str(), tools.web.allows_private())?;
    if let Some(feed) = known(tools, url.as_str()).await?
        && let Some(added) = join(tools, user, feed, &folder, most).await?
    {
        return Ok(added);
    }
    let search = find(tools, url.clone());
    let found = tokio::time::timeout(PATIENCE, search).await;
    let host = url.host_str().unwrap_or_default().to_owned();
    let (url, document) = found.unwrap_or(Err(FetchError::TooSlow(host).into()))?;
    retry_on_conflict!(url, {
        if let Some(feed) = known(tools, url.as_str()).await?
            && let Some(added) = join(tools, user, feed, &folder, most).await?
        {
            return Ok(Attempt::Done(added));
        }
        if is_full(tools, user, most).await? {
            return Err(SubscribeError::Full(most));
        }
        let id = FeedId::from_number(chance.id(FEED_IDS)).unwrap_or(FeedId(1));
        let mut feed = unknown(id, url.as_str());
        feed.card.subscribers = 1;
        let outcome = Outcome::Parsed(Box::new(document.clone()));
        let plan = decide(&feed, outcome, tools.clock.now());
        let one = subscription(tools, &feed, folder.clone());
        let also = vec![store::insert(user, &one, &Extra::default())?];
        match apply(&tools.store, plan, also, true).await {
            // Somebody else brought the same feed meanwhile.
            Err(error) if feeds::store::is_taken(&error) => Ok(Attempt::Conflict),
            applied => Ok(Attempt::of(applied)?.map(|_| Added::New(id))),
        }
    })
}

async fn is_full(tools: &RefreshContext, user: UserId, most: u64) -> Result<bool, StoreError> {
    let listed = store::known_list(&tools.store, user).await?;
    Ok(listed.all.len() as u64 >= most)
}

fn subscription(tools: &RefreshContext, feed: &Feed, folder: Vec<String>) -> Subscription {
    Subscription {
        found: feed.card.found_last(),
        feed: feed.id,
        title: None,
        folder,
        position: tools.clock.now().timestamp_micros(),
        full_text: false,
    }
}

/// Puts a feed that is known on a shelf, or the one that it moved onto; `None` where it was cleared away just now. Two reads
/// and a count, two writes; for each move two reads more.
async fn join(
    tools: &RefreshContext,
    user: UserId,
    id: FeedId,
    folder: &[String],
    most: u64,
) -> Result<Option<Added>, SubscribeError> {
    let store = &tools.store;
    retry_on_conflict!("the feed", {
        if store::get(store, user, id).await?.is_some() {
            return Ok(Attempt::Done(Some(Added::Already(id))));
        }
        if is_full(tools, user, most).await? {
            return Err(SubscribeError::Full(most));
        }
        let Some(feed) = feeds::store::get(store, id).await? else {
            return Ok(Attempt::Done(None));
        };
        let mut feed = end_of(store, feed).await?;
        let end = feed.id;
        if end != id && store::get(store, user, end).await?.is_some() {
            return Ok(Attempt::Done(Some(Added::Already(end))));
        }
        joins(&mut feed, tools.clock.now());
        let one = subscription(tools, &feed, folder.to_vec());
        let changes = vec![
            store::insert(user, &one, &Extra::default())?,
            feeds::store::update(&feed)?,
        ];
        match store.commit(changes).await {
            Err(error) if store::is_there(&error) => Ok(Attempt::Done(Some(Added::Already(end)))),
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Conflict),
            committed => Ok(Attempt::of(committed)?.map(|_| Some(Added::New(end)))),
        }
    })
}

/// Takes a feed off a shelf; what was read of it is remembered, should it come back. Answers whether it was there.
/// Two reads, one write, one delete; another read where some of its readers sleep.
///
/// # Errors
/// The store's.
pub async fn unsubscribe(
    store: &crate::datastore::Datastore,
    user: UserId,
    id: FeedId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    retry_on_conflict!("the subscription", {
        let Some((_, _, version)) = store::get(store, user, id).await? else {
            return Ok(Attempt::Done(false));
        };
        let mut changes = vec![store::remove(user, id, version)];
        if let Some(feed) = feeds::store::get(store, id).await? {
            changes.extend(departure(store, user, feed, now).await?);
        }
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|_| true))
    })
}
