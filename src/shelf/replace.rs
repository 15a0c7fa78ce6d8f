//! Replaces a dead feed with another.
//!
//! It is one commit, so the user always has at least one of the two. Title, folder, position, settings and read state
//! are carried over.

use std::time::Duration;

use super::departure::{departure, end_of};
use super::find::{Asking, SubscribeError, find, known_feed};
use super::room::{self, Room};
use super::subscriber_counts::joins;
use super::subscription::Subscription;
use super::twins::twins;
use super::{doors, read_store, store};
use crate::client::guard;
use crate::client::http::FetchError;
use crate::config::ShelfLimits;
use crate::datastore::{Attempt, Mutation, StoreError, retry_on_conflict};
use crate::feeds::door::{self, Pass};
use crate::feeds::{self, Door, Feed, FeedAddress, unknown};
use crate::ids::{ArticleId, FEED_IDS, FeedId, Numbers, UserId};
use crate::random::Random;
use crate::refresh::apply::apply;
use crate::refresh::context::RefreshContext;
use crate::update::decide::{decide_within, succeed};
use crate::update::outcome::{Document, Outcome};
use crate::update::plan::Plan;
use crate::webhooks::store as hook_store;

/// Time limit for fetching the new feed.
const FETCH_TIMEOUT: Duration = Duration::from_secs(25);

/// The result of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switched {
    /// The new feed on the shelf.
    pub feed: FeedId,
    /// Whether it was on the shelf before.
    pub was_there: bool,
    /// Unread articles of the dead feed that the new one doesn't have: if there are any, the dead feed stays too.
    pub left_unread: u32,
}

/// Replaces `dead` with the feed at `url`.
///
/// The user's title, folder, position, settings, OPML attributes and read state are carried over. The old feed leaves
/// the shelf unless it has unread articles that the new one doesn't contain. The user's webhooks follow. Eight reads and, for an unknown
/// feed, one fetch; four writes (and the new articles).
///
/// # Errors
/// [`SubscribeError`] if the feed can't be found or stored; nothing is changed then. [`SubscribeError::Store`] with
/// `NotFound` if `dead` isn't on the shelf.
pub async fn switch(
    context: &RefreshContext,
    random: &Random,
    user: UserId,
    dead: FeedId,
    url: &str,
    most: ShelfLimits,
) -> Result<Switched, SubscribeError> {
    let (bare, pass) = door::split(url)?;
    let url = FeedAddress::parse(&bare)?;
    switch_to(context, random, (user, most), dead, (url, pass), &[]).await
}

/// The same with a pass for a feed behind a door, and with more writes for the commit.
pub(super) async fn switch_to(
    context: &RefreshContext,
    random: &Random,
    (user, most): (UserId, ShelfLimits),
    dead: FeedId,
    (url, pass): (FeedAddress, Option<Pass>),
    more: &[Mutation],
) -> Result<Switched, SubscribeError> {
    guard::check_text(url.as_str(), context.web.allows_private())?;
    let asking = Asking::with(context, pass.as_ref(), &url);
    let mut fetched: Option<(FeedAddress, Document)> = None;
    retry_on_conflict!("the subscription", {
        let asked = fetched.as_ref().map_or(&url, |(url, _)| url);
        let door = match asking.pass_for(asked) {
            Some(pass) => Some(doors::sealed(context, random, user, asked, pass)?),
            None => None,
        };
        // A pass may be a wrong one: what is behind a door is looked at first.
        let there = match (&door, &fetched) {
            (Some(_), None) => None,
            (door, _) => {
                let own = door.as_ref().map(|door| door.of);
                known_feed(context, asked.as_str(), own).await?
            }
        };
        let there = match there {
            Some(id) => feeds::store::get(&context.store, id).await?,
            None => None,
        };
        let there = match there {
            Some(feed) => Some(end_of(&context.store, feed).await?),
            None => None,
        };
        let new = match (there, &fetched) {
            (Some(feed), _) if feed.id == dead => {
                let found = "This is the address that the feed has already.".into();
                return Err(SubscribeError::NotAFeed { found });
            }
            (Some(feed), _) => Some(New::Known(Box::new(feed))),
            (None, Some((url, document))) => {
                Some(New::Unknown(url.clone(), Box::new(document.clone())))
            }
            (None, None) => None,
        };
        let Some(new) = new else {
            let search = tokio::time::timeout(FETCH_TIMEOUT, find(asking, url.clone())).await;
            let host = url.host_str().unwrap_or_default().to_owned();
            let slow = FetchError::TooSlow(host);
            fetched = Some(search.unwrap_or(Err(slow.into()))?);
            return Ok(Attempt::Conflict);
        };
        let mut change = Change::new(context, random, (user, dead, most), new, door).await?;
        change.also.extend_from_slice(more);
        match change.commit(context).await {
            Err(error)
                if feeds::store::is_taken(&error)
                    || feeds::store::has_gone(&error)
                    || room::is_lost(&error)
                    || store::is_there(&error) =>
            {
                Ok(Attempt::Conflict)
            }
            committed => Ok(Attempt::of(committed)?),
        }
    })
}

enum New {
    Known(Box<Feed>),
    Unknown(FeedAddress, Box<Document>),
}

/// One attempt, with everything it was decided on.
struct Change {
    user: UserId,
    /// The writes besides the new feed's own records.
    also: Vec<Mutation>,
    feed_writes: FeedWrites,
    /// What was read of the old feed, by its numbers in the new one.
    read: Vec<u32>,
    numbers: Numbers,
    done: Switched,
}

/// The writes of the new feed's own records.
enum FeedWrites {
    /// It exists, and gains a subscriber or a webhook.
    Join(Box<Feed>),
    /// It is new.
    Insert(Box<Plan>),
    /// The user has it already.
    Nothing,
}

impl Change {
    async fn new(
        context: &RefreshContext,
        random: &Random,
        (user, dead, most): (UserId, FeedId, ShelfLimits),
        new: New,
        door: Option<Door>,
    ) -> Result<Self, SubscribeError> {
        let store = &context.store;
        let now = context.clock.now();
        let missing = || StoreError::NotFound(feeds::store::key(dead));
        let (old, extra, version) = store::get(store, user, dead).await?.ok_or_else(missing)?;
        let old_feed = feeds::store::get(store, dead).await?.ok_or_else(missing)?;
        let read = read_store::fresh(store, user).await?;
        let (mut feed, document) = match new {
            New::Known(feed) => (*feed, None),
            New::Unknown(url, document) => {
                let id = FeedId::from_number(random.id(FEED_IDS)).unwrap_or(FeedId(1));
                (unknown(id, url), Some(*document))
            }
        };
        let has_door = door.is_some();
        if has_door {
            feed.summary.door = door;
        }
        let was_there = store::get(store, user, feed.id).await?.is_some();
        let mut decided = None;
        if let Some(document) = document {
            feed.summary.subscribers = 1;
            let outcome = Outcome::Parsed(Box::new(document));
            let plan = decide_within(&feed, outcome, now, &context.keeps);
            feed = plan.feed.clone();
            decided = Some(plan);
        } else {
            if has_door && !feed.summary.is_gone() {
                // They were of the door that it had.
                succeed(&mut feed);
            }
            if !was_there {
                joins(&mut feed, now);
            }
        }
        let twins = twins(&old_feed, &feed, old_feed.summary.first);
        let is_read = |seq| {
            let id = ArticleId { feed: dead, seq };
            seq < old_feed.summary.first || read.is_read(id)
        };
        let unread = (old_feed.summary.first..=old_feed.summary.last).filter(|&seq| !is_read(seq));
        let left = unread.filter(|seq| !twins.contains_key(seq)).count();
        let carried = twins.iter().filter(|(seq, _)| is_read(**seq));
        let carried = carried.map(|(_, twin)| *twin).collect();
        let mut also = Vec::new();
        if !was_there {
            let mut room = Room::of(store, user, most).await?;
            if left == 0 {
                room.leave(dead, old_feed.summary.bytes);
            }
            let place = room.take(feed.id, feed.summary.bytes)?;
            also.push(room.latch());
            let one = Subscription {
                feed: feed.id,
                // Unread articles are carried over.
                found: Some(0),
                // By the old feed's numbers.
                pause: None,
                drip: None,
                ..old
            };
            also.push(store::insert(place, user, &one, &extra)?);
        }
        let hooks = feed.summary.hooks;
        if left == 0 {
            also.push(store::remove(user, dead, version));
            also.extend(departure(store, user, old_feed, now, Some(&mut feed)).await?);
        } else {
            let mut old_feed = old_feed;
            let moved = hook_store::follows(store, user, &mut old_feed, &mut feed).await?;
            if !moved.is_empty() {
                also.extend(moved);
                also.push(feeds::store::update(&old_feed)?);
            }
        }
        let numbers = feed.summary.numbers(feed.id);
        let feed_id = feed.id;
        let feed_writes = match decided {
            Some(plan) => FeedWrites::Insert(Box::new(Plan { feed, ..plan })),
            None if !was_there || has_door || feed.summary.hooks != hooks => {
                FeedWrites::Join(Box::new(feed))
            }
            None => FeedWrites::Nothing,
        };
        let done = Switched {
            feed: feed_id,
            was_there,
            left_unread: u32::try_from(left).unwrap_or(u32::MAX),
        };
        Ok(Self {
            user,
            also,
            feed_writes,
            read: carried,
            numbers,
            done,
        })
    }

    /// Commits the switch. The read state follows in a second commit, once the new numbers are certain: if we are
    /// stopped in between, articles reappear as unread, and none is lost.
    async fn commit(self, context: &RefreshContext) -> Result<Switched, StoreError> {
        let Self {
            mut also,
            numbers,
            read,
            ..
        } = self;
        match self.feed_writes {
            FeedWrites::Insert(plan) => {
                apply(context, *plan, also, true).await?;
            }
            FeedWrites::Join(feed) => {
                also.push(feeds::store::update(&feed)?);
                context.store.commit(also).await?;
            }
            FeedWrites::Nothing if also.is_empty() => {}
            FeedWrites::Nothing => {
                context.store.commit(also).await?;
            }
        }
        if !read.is_empty() {
            let now = context.clock.now();
            read_store::change(&context.store, self.user, now, |reading| {
                for &seq in &read {
                    reading.mark(numbers, seq, true);
                }
            })
            .await?;
        }
        Ok(self.done)
    }
}
