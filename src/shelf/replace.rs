//! Taking another feed in a dead one's place.
//!
//! One commit: at no moment has the reader neither of the two. What he had named, sorted, set and read goes along.

use std::time::Duration;

use url::Url;

use super::departure::{departure, end_of};
use super::find::{SubscribeError, find, known};
use super::subscriber_counts::joins;
use super::subscription::Subscription;
use super::twins::twins;
use super::{read_store, store};
use crate::client::guard;
use crate::client::http::FetchError;
use crate::datastore::{Attempt, Mutation, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, address, unknown};
use crate::ids::{ArticleId, FEED_IDS, FeedId, Numbers, UserId};
use crate::random::Chance;
use crate::refresh::apply::apply;
use crate::refresh::context::RefreshContext;
use crate::update::decide::decide;
use crate::update::outcome::{Document, Outcome};
use crate::update::plan::Plan;

/// How long fetching the new feed may take.
const PATIENCE: Duration = Duration::from_secs(25);

/// What a switch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switched {
    /// The feed that is on the shelf now.
    pub feed: FeedId,
    /// Whether it was there before.
    pub was_there: bool,
    /// Unread articles of the dead feed that the new one doesn't have: while there are any, that stays on the shelf too.
    pub left_unread: u32,
}

/// Puts the feed at `url` in the place of `dead`.
///
/// Own title, folder, place, options and OPML attributes go along, and what was
/// read of the old feed's articles is read in the new one. The old feed leaves the shelf unless it has unread articles that the
/// new one doesn't show. Six reads, a count and, for a feed that nobody has yet, one fetch; three writes (and the new articles).
///
/// # Errors
/// [`SubscribeError`]; nothing is stored then. [`SubscribeError::Store`] with `NotFound` where `dead` isn't on the shelf.
pub async fn switch(
    tools: &RefreshContext,
    chance: &Chance,
    user: UserId,
    dead: FeedId,
    url: &str,
) -> Result<Switched, SubscribeError> {
    let url = address::parse(url)?;
    guard::check_text(url.as_str(), tools.web.allows_private())?;
    let mut fetched: Option<(Url, Document)> = None;
    retry_on_conflict!("the subscription", {
        let asked = fetched.as_ref().map_or(&url, |(url, _)| url);
        let there = known(tools, asked.as_str()).await?;
        let there = match there {
            Some(id) => feeds::store::get(&tools.store, id).await?,
            None => None,
        };
        let there = match there {
            Some(feed) => Some(end_of(&tools.store, feed).await?),
            None => None,
        };
        let new = match (there, &fetched) {
            (Some(feed), _) if feed.id == dead => {
                let found = "This is the address that the feed has already.".into();
                return Err(SubscribeError::NotAFeed { found });
            }
            (Some(feed), _) => Some(New::Known(feed)),
            (None, Some((url, document))) => Some(New::Unknown(url.clone(), document.clone())),
            (None, None) => None,
        };
        let Some(new) = new else {
            let search = tokio::time::timeout(PATIENCE, find(tools, url.clone())).await;
            let host = url.host_str().unwrap_or_default().to_owned();
            let slow = FetchError::TooSlow(host);
            fetched = Some(search.unwrap_or(Err(slow.into()))?);
            return Ok(Attempt::Conflict);
        };
        match Change::new(tools, chance, user, dead, new)
            .await?
            .commit(tools)
            .await
        {
            Err(error)
                if feeds::store::is_taken(&error)
                    || feeds::store::has_gone(&error)
                    || store::is_there(&error) =>
            {
                Ok(Attempt::Conflict)
            }
            committed => Ok(Attempt::of(committed)?),
        }
    })
}

enum New {
    Known(Feed),
    Unknown(Url, Document),
}

/// One attempt, with all that it was decided on.
struct Change {
    user: UserId,
    /// What is written beside the new feed's own records.
    also: Vec<Mutation>,
    deed: Deed,
    /// What is read of the old feed, by its numbers in the new one.
    read: Vec<u32>,
    numbers: Numbers,
    done: Switched,
}

/// What the new feed's own records need.
enum Deed {
    /// It is there, and has one reader more.
    Join(Box<Feed>),
    /// Nobody had it.
    Bring(Box<Plan>),
    /// The reader has it already.
    Nothing,
}

impl Change {
    async fn new(
        tools: &RefreshContext,
        chance: &Chance,
        user: UserId,
        dead: FeedId,
        new: New,
    ) -> Result<Self, SubscribeError> {
        let store = &tools.store;
        let now = tools.clock.now();
        let missing = || StoreError::NotFound(feeds::store::key(dead));
        let (old, extra, version) = store::get(store, user, dead).await?.ok_or_else(missing)?;
        let old_feed = feeds::store::get(store, dead).await?.ok_or_else(missing)?;
        let read = read_store::fresh(store, user).await?;
        let (mut feed, document) = match new {
            New::Known(feed) => (feed, None),
            New::Unknown(url, document) => {
                let id = FeedId::from_number(chance.id(FEED_IDS)).unwrap_or(FeedId(1));
                (unknown(id, url.as_str()), Some(document))
            }
        };
        let was_there = store::get(store, user, feed.id).await?.is_some();
        let mut deed = Deed::Nothing;
        if let Some(document) = document {
            feed.card.subscribers = 1;
            let decided = decide(&feed, Outcome::Parsed(Box::new(document)), now);
            feed = decided.feed.clone();
            deed = Deed::Bring(Box::new(decided));
        } else if !was_there {
            joins(&mut feed, now);
            deed = Deed::Join(Box::new(feed.clone()));
        }
        let twins = twins(&old_feed, &feed, old_feed.card.first);
        let is_read = |seq| {
            let id = ArticleId { feed: dead, seq };
            seq < old_feed.card.first || read.is_read(id)
        };
        let unread = (old_feed.card.first..=old_feed.card.last).filter(|&seq| !is_read(seq));
        let left = unread.filter(|seq| !twins.contains_key(seq)).count();
        let carried = twins.iter().filter(|(seq, _)| is_read(**seq));
        let carried = carried.map(|(_, twin)| *twin).collect();
        let mut also = Vec::new();
        if !was_there {
            let one = Subscription {
                feed: feed.id,
                // What was unread goes along.
                found: Some(0),
                ..old
            };
            also.push(store::insert(user, &one, &extra)?);
        }
        if left == 0 {
            also.push(store::remove(user, dead, version));
            also.extend(departure(store, user, old_feed, now).await?);
        }
        let done = Switched {
            feed: feed.id,
            was_there,
            left_unread: u32::try_from(left).unwrap_or(u32::MAX),
        };
        Ok(Self {
            user,
            also,
            deed,
            read: carried,
            numbers: feed.card.numbers(feed.id),
            done,
        })
    }

    /// The switch is one commit. What is read follows it, when the new numbers are certain: were we stopped between the two,
    /// articles would come up again, and none would be lost.
    async fn commit(self, tools: &RefreshContext) -> Result<Switched, StoreError> {
        let Self {
            mut also,
            numbers,
            read,
            ..
        } = self;
        match self.deed {
            Deed::Bring(plan) => {
                apply(&tools.store, *plan, also, true).await?;
            }
            Deed::Join(feed) => {
                also.push(feeds::store::update(&feed)?);
                tools.store.commit(also).await?;
            }
            Deed::Nothing if also.is_empty() => {}
            Deed::Nothing => {
                tools.store.commit(also).await?;
            }
        }
        if !read.is_empty() {
            let now = tools.clock.now();
            read_store::change(&tools.store, self.user, now, |reading| {
                for &seq in &read {
                    reading.mark(numbers, seq, true);
                }
            })
            .await?;
        }
        Ok(self.done)
    }
}
