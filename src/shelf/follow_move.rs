//! A feed that moved onto another: its readers follow it, each when he comes next.
//!
//! Each follows in one commit, on the versions of all that it was decided on: of two tabs, or two instances, one gets
//! there, and the other finds nothing left to do. A move that leads back to where it began, or to a feed that was cleared
//! away, is taken back by the first reader who would have followed it.

use std::collections::BTreeSet;

use super::departure::{departure, end_of};
use super::subscriber_counts::{joins, stays};
use super::subscription::Subscription;
use super::twins::twins;
use super::{Reading, read_store, store};
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed};
use crate::ids::{ArticleId, FeedId, UserId};
use crate::timestamp::Timestamp;

/// Feeds that are followed when a shelf is loaded; the others when it is loaded next.
pub const FEEDS_A_LOAD: usize = 8;

/// Where a feed is now, if it moved: for an address of it that somebody kept. One read, and one for each move.
///
/// # Errors
/// The store's.
pub async fn place_of(store: &Datastore, feed: FeedId) -> Result<Option<FeedId>, StoreError> {
    let Some(feed) = feeds::store::get(store, feed).await? else {
        return Ok(None);
    };
    if feed.card.onto.is_none() {
        return Ok(None);
    }
    let first = feed.id;
    let end = end_of(store, feed).await?;
    Ok(Some(end.id).filter(|&end| end != first))
}

/// Re-points a reader's subscriptions to feeds that moved, [`FEEDS_A_LOAD`] at most. For each, five reads (one more for each
/// further move, and for one of whose readers somebody sleeps), four writes and a delete, in one commit.
///
/// # Errors
/// The store's. Where others are faster again and again, the feed stays as it is until the next load.
pub(super) async fn follow(
    store: &Datastore,
    user: UserId,
    moved: impl Iterator<Item = FeedId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    for feed in moved.take(FEEDS_A_LOAD) {
        let followed: Result<(), StoreError> = retry_on_conflict!(format!("feed {feed}"), {
            match follow_one(store, user, feed, now).await {
                Err(error)
                    if matches!(error, StoreError::NotFound(_)) || store::is_there(&error) =>
                {
                    Ok(Attempt::Conflict)
                }
                followed => Attempt::of(followed),
            }
        });
        match followed {
            // The next load tries again.
            Err(error) if error.is_contention() => {}
            followed => followed?,
        }
    }
    Ok(())
}

async fn follow_one(
    store: &Datastore,
    user: UserId,
    id: FeedId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((old, extra, version)) = store::get(store, user, id).await? else {
        return Ok(());
    };
    let Some(old_feed) = feeds::store::get(store, id).await? else {
        return Ok(());
    };
    let mut end = end_of(store, old_feed.clone()).await?;
    if end.id == id {
        if old_feed.card.onto.is_some() {
            stays(&mut end, now);
            store.commit(vec![feeds::store::update(&end)?]).await?;
        }
        return Ok(());
    }
    let was_there = store::get(store, user, end.id).await?.is_some();
    let before = read_store::fresh(store, user).await?;
    let mut read = before.clone();
    carry(&mut read, &old_feed, &end, was_there);
    let mut changes = vec![store::remove(user, id, version)];
    if !was_there {
        joins(&mut end, now);
        let one = Subscription {
            feed: end.id,
            // What was unread goes along.
            found: Some(0),
            ..old
        };
        changes.push(store::insert(user, &one, &extra)?);
        changes.push(feeds::store::update(&end)?);
    }
    changes.extend(departure(store, user, old_feed, now).await?);
    let (writes, _) = read_store::mutations(user, &mut read, &before, now)?;
    changes.extend(writes);
    store.commit(changes).await.map(drop)
}

/// Marks in the new feed what was read in the old, or had left it: by the identities, as when a dead feed is replaced. For
/// whom the new feed is new, its articles from before the first that both have are read too: they were never news to him.
fn carry(read: &mut Reading, old: &Feed, new: &Feed, was_there: bool) {
    let first = old.card.first;
    let is_read = |seq| {
        let id = ArticleId { feed: old.id, seq };
        seq < first || read.is_read(id)
    };
    let kept = twins(old, new, first);
    let departed = twins(old, new, 0);
    let departed = departed.into_iter().filter(|(seq, _)| *seq < first);
    let mut marks: BTreeSet<u32> = departed.map(|(_, twin)| twin).collect();
    if let Some(&lowest) = kept.values().min().filter(|_| !was_there) {
        marks.extend(new.card.first..lowest);
    }
    // One that is still there says whether it is read; what has gone stands back.
    for (&seq, &twin) in &kept {
        match is_read(seq) {
            true => marks.insert(twin),
            false => marks.remove(&twin),
        };
    }
    let numbers = new.card.numbers(new.id);
    for seq in marks {
        read.mark(numbers, seq, true);
    }
}
