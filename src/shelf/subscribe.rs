//! Subscribes a user to a feed, from the address they entered.
//!
//! The feed is fetched before anything is stored, and then all is stored in one commit: feed, articles, subscription. A
//! feed that is already stored costs no request to its publisher.

use std::time::Duration;

use super::departure::{departure, end_of};
use super::find::{Asking, SubscribeError, find, known_feed};
use super::room::{self, Room};
use super::subscriber_counts::joins;
use super::subscription::{Extra, Subscription};
use super::{doors, store};
use crate::client::guard;
use crate::client::http::FetchError;
use crate::config::ShelfLimits;
use crate::datastore::{Attempt, StoreError, retry_on_conflict};
use crate::feeds::door::{self, Pass};
use crate::feeds::shorthand::{self, Shorthand};
use crate::feeds::{self, Feed, FeedAddress, unknown};
use crate::html::discover::{Candidate, FeedKind};
use crate::ids::{FEED_IDS, FeedId, UserId};
use crate::random::Random;
use crate::refresh::apply::apply;
use crate::refresh::context::RefreshContext;
use crate::timestamp::Timestamp;
use crate::update::decide::decide_within;
use crate::update::outcome::Outcome;

/// Time limit for one subscription's search, all its requests together.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(25);

/// The result of subscribing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// New on the shelf.
    New(FeedId),
    /// It was on the shelf before; nothing changed.
    Already(FeedId),
}

/// What is to be put on a shelf.
#[derive(Debug, Default)]
pub struct Wish<'w> {
    /// An address as typed, a feed's or its site's; with a name and a password in it, these are the pass.
    pub typed: &'w str,
    /// What lets one in, if it is asked for.
    pub pass: Option<Pass>,
    /// The path of its folder, outermost first.
    pub folder: Vec<String>,
}

impl<'w> Wish<'w> {
    /// A feed that asks for nothing, outside all folders.
    pub fn of(typed: &'w str) -> Self {
        Self {
            typed,
            ..Self::default()
        }
    }
}

/// Puts a feed on a shelf, by its own address or its site's.
///
/// # Errors
/// [`SubscribeError`] if no feed is found or the shelf is full; nothing is stored then.
pub async fn subscribe(
    context: &RefreshContext,
    random: &Random,
    user: UserId,
    wish: Wish<'_>,
    most: ShelfLimits,
) -> Result<Added, SubscribeError> {
    let Wish { folder, pass, .. } = wish;
    let (bare, in_address) = door::split(wish.typed)?;
    let typed = bare.as_ref();
    let pass = pass.or(in_address);
    let url = match shorthand::expand(typed) {
        Some(Shorthand::One(url)) => url,
        Some(Shorthand::Several(all)) => return Err(offered(all)),
        None => FeedAddress::parse(typed)?,
    };
    guard::check_text(url.as_str(), context.web.allows_private())?;
    // What is behind a door is looked at first: the pass may be a wrong one.
    if pass.is_none()
        && let Some(feed) = known_feed(context, url.as_str(), None).await?
        && let Some(added) = join(context, user, feed, &folder, most).await?
    {
        return Ok(added);
    }
    let search = async {
        match find(Asking::with(context, pass.as_ref(), &url), url.clone()).await {
            // https was only assumed; a pass isn't sent without it unless that was typed.
            Err(error) if error.is_silence() && pass.is_none() => {
                match FeedAddress::without_tls(typed) {
                    Some(plain) => find(Asking::openly(context), plain)
                        .await
                        .map_err(|_| error),
                    None => Err(error),
                }
            }
            found => found,
        }
    };
    let found = tokio::time::timeout(SEARCH_TIMEOUT, search).await;
    let host = url.host_str().unwrap_or_default().to_owned();
    let found = found.unwrap_or(Err(FetchError::TooSlow(host).into()));
    let (found_at, document) = match found {
        Err(error @ SubscribeError::Closed { .. }) if pass.is_none() => {
            return known_own(context, user, &url).await?.ok_or(error);
        }
        Err(SubscribeError::Fetch(error)) => {
            return Err(SubscribeError::Fetch(error.for_a_stranger(url.url())));
        }
        found => found?,
    };
    let pass = Asking::with(context, pass.as_ref(), &url).pass_for(&found_at);
    let door = match pass {
        Some(pass) => Some(doors::sealed(context, random, user, &found_at, pass)?),
        None => None,
    };
    let own = door.as_ref().map(|door| door.of);
    let url = found_at;
    retry_on_conflict!(url, {
        if let Some(feed) = known_feed(context, url.as_str(), own).await? {
            if let Some(added) = join(context, user, feed, &folder, most).await? {
                if let Some(door) = &door {
                    let line = doors::line(user, door, random, context.clock.now());
                    doors::change(context, user, feed, door, &line).await?;
                }
                return Ok(Attempt::Done(added));
            }
            // A feed that was lost leaves its address behind, which nobody else takes away.
            let dead = feeds::store::dead_address(&context.store, url.as_str(), own).await?;
            if let Some(dead) = dead {
                context.store.commit(vec![dead]).await?;
            }
        }
        let mut room = Room::of(&context.store, user, most).await?;
        let id = FeedId::from_number(random.id(FEED_IDS)).unwrap_or(FeedId(1));
        let mut feed = unknown(id, url.clone());
        feed.summary.subscribers = 1;
        feed.summary.door.clone_from(&door);
        let outcome = Outcome::Parsed(Box::new(document.clone()));
        let plan = decide_within(&feed, outcome, context.clock.now(), &context.keeps);
        let place = room.take(id, plan.feed.summary.bytes)?;
        let one = subscription(context, &feed, folder.clone());
        let one = store::insert(place, user, &one, &Extra::default())?;
        let mut also = vec![one, room.latch()];
        let line = |door| doors::line(user, door, random, context.clock.now());
        also.extend(door.as_ref().map(line));
        match apply(context, plan, also, true).await {
            // Another user subscribed to the same feed meanwhile, or this one to another.
            Err(error) if feeds::store::is_taken(&error) || room::is_lost(&error) => {
                Ok(Attempt::Conflict)
            }
            applied => Ok(Attempt::of(applied)?.map(|_| Added::New(id))),
        }
    })
}

/// A reader's own feed at an address, if it is on their shelf. One read, two if it is stored.
async fn known_own(
    context: &RefreshContext,
    user: UserId,
    url: &FeedAddress,
) -> Result<Option<Added>, StoreError> {
    let Some(feed) = known_feed(context, url.as_str(), Some(user)).await? else {
        return Ok(None);
    };
    let one = store::get(&context.store, user, feed).await?;
    Ok(one.map(|_| Added::Already(feed)))
}

/// Several feeds, to choose from.
pub(super) fn offered(all: Vec<(FeedAddress, String)>) -> SubscribeError {
    let candidates = all.into_iter().map(|(address, title)| Candidate {
        url: address.url().clone(),
        title: Some(title),
        kind: FeedKind::Atom,
    });
    SubscribeError::Several(candidates.collect())
}

fn subscription(context: &RefreshContext, feed: &Feed, folder: Vec<String>) -> Subscription {
    let position = context.clock.now().timestamp_micros();
    Subscription::new(feed.id, folder, position, feed.summary.found_last())
}

/// Puts a feed back on a shelf from which it was just removed, as it was there; `None` if it is gone.
///
/// Four reads, three writes.
///
/// # Errors
/// [`SubscribeError::Full`] or [`SubscribeError::Heavy`] if the shelf is full; [`SubscribeError::Store`] if the store fails.
pub async fn put_back(
    context: &RefreshContext,
    user: UserId,
    one: &Subscription,
    extra: &Extra,
    most: ShelfLimits,
) -> Result<Option<Added>, SubscribeError> {
    let as_it_was = |feed: &Feed| {
        let one = Subscription {
            feed: feed.id,
            ..one.clone()
        };
        (one, extra.clone())
    };
    join_as(context, user, one.feed, most, as_it_was).await
}

async fn join(
    context: &RefreshContext,
    user: UserId,
    id: FeedId,
    folder: &[String],
    most: ShelfLimits,
) -> Result<Option<Added>, SubscribeError> {
    let anew = |feed: &Feed| {
        let one = subscription(context, feed, folder.to_vec());
        (one, Extra::default())
    };
    join_as(context, user, id, most, anew).await
}

/// Puts a stored feed on a shelf, or the one it was merged into; `None` if it was just deleted.
///
/// Four reads, three writes; two more reads per merge.
async fn join_as(
    context: &RefreshContext,
    user: UserId,
    id: FeedId,
    most: ShelfLimits,
    make: impl Fn(&Feed) -> (Subscription, Extra),
) -> Result<Option<Added>, SubscribeError> {
    let store = &context.store;
    retry_on_conflict!("the feed", {
        if store::get(store, user, id).await?.is_some() {
            return Ok(Attempt::Done(Some(Added::Already(id))));
        }
        let mut room = Room::of(store, user, most).await?;
        let feed = feeds::store::get(store, id).await?;
        let Some(feed) = feed.filter(|feed| feed.summary.is_open_to(user)) else {
            return Ok(Attempt::Done(None));
        };
        let mut feed = end_of(store, feed).await?;
        let end = feed.id;
        if end != id && store::get(store, user, end).await?.is_some() {
            return Ok(Attempt::Done(Some(Added::Already(end))));
        }
        let place = room.take(end, feed.summary.bytes)?;
        joins(&mut feed, context.clock.now());
        let (one, extra) = make(&feed);
        let changes = vec![
            store::insert(place, user, &one, &extra)?,
            feeds::store::update(&feed)?,
            room.latch(),
        ];
        match store.commit(changes).await {
            Err(error) if store::is_there(&error) => Ok(Attempt::Done(Some(Added::Already(end)))),
            Err(error) if feeds::store::has_gone(&error) || room::is_lost(&error) => {
                Ok(Attempt::Conflict)
            }
            committed => Ok(Attempt::of(committed)?.map(|_| Some(Added::New(end)))),
        }
    })
}

/// What a feed was on the shelf from which it was removed.
#[derive(Clone, Debug)]
pub struct Removed {
    /// The subscription.
    pub one: Subscription,
    /// What an imported file said of it.
    pub extra: Extra,
    /// The title that was shown.
    pub title: String,
}

/// Removes a feed from a shelf and returns what it was there, `None` if it wasn't; its read state is kept in case it comes back.
///
/// Two reads, one write, one delete; another read if some of its subscribers are asleep.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn unsubscribe(
    store: &crate::datastore::Datastore,
    user: UserId,
    id: FeedId,
    now: Timestamp,
) -> Result<Option<Removed>, StoreError> {
    retry_on_conflict!("the subscription", {
        let Some((one, extra, version)) = store::get(store, user, id).await? else {
            return Ok(Attempt::Done(None));
        };
        let mut changes = vec![store::remove(user, id, version)];
        let mut title = one.title.clone().unwrap_or_default();
        if let Some(feed) = feeds::store::get(store, id).await? {
            if title.is_empty() {
                title.clone_from(&feed.summary.title);
            }
            if title.is_empty() {
                title = feed.summary.url.to_string();
            }
            changes.extend(departure(store, user, feed, now, None).await?);
        }
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|_| Some(Removed { one, extra, title })))
    })
}
