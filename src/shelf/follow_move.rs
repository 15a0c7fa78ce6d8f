//! Moves subscribers of a merged feed to the feed it was merged into, each at their next visit.
//!
//! Each move is one commit, conditional on the versions of everything it was decided on: of two tabs or instances one
//! succeeds, and the other finds nothing left to do. A merge that leads back to its start, or to a deleted feed, is
//! undone by the first subscriber who would have been moved.

use std::collections::BTreeSet;

use super::departure::{departure, end_of};
use super::place::Place;
use super::subscriber_counts::{joins, stays};
use super::subscription::Subscription;
use super::twins::twins;
use super::{ReadShards, read_store, store};
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed};
use crate::ids::{ArticleId, FeedId, UserId};
use crate::timestamp::Timestamp;

/// Most feeds followed per shelf load; the rest are left to the next load.
pub const FEEDS_A_LOAD: usize = 8;

/// The feed that a feed was merged into, for an old address of it. One read, and one per merge.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn place_of(store: &Datastore, feed: FeedId) -> Result<Option<FeedId>, StoreError> {
    let Some(feed) = feeds::store::get(store, feed).await? else {
        return Ok(None);
    };
    if feed.summary.onto.is_none() {
        return Ok(None);
    }
    let first = feed.id;
    let end = end_of(store, feed).await?;
    Ok(Some(end.id).filter(|&end| end != first))
}

/// Moves a user's subscriptions to merged feeds, [`FEEDS_A_LOAD`] at most.
///
/// For each, five reads (one more per further merge, and for a feed with sleeping subscribers or webhooks), four writes and a
/// delete, in one commit, and a write for each webhook of theirs, which follows.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
/// After eight conflicts the feed stays as it is until the next load.
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
            // The next load retries.
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
        if old_feed.summary.onto.is_some() {
            stays(&mut end, now);
            store.commit(vec![feeds::store::update(&end)?]).await?;
        }
        return Ok(());
    }
    let was_there = store::get(store, user, end.id).await?.is_some();
    let before = read_store::fresh(store, user).await?;
    let mut read = before.clone();
    carry(&mut read, &old_feed, &end, was_there);
    let hooks = end.summary.hooks;
    let left = departure(store, user, old_feed, now, Some(&mut end)).await?;
    let removal = store::remove(user, id, version);
    let place = Place::instead_of(&removal).filter(|_| !was_there);
    let mut changes = vec![removal];
    if let Some(place) = place {
        joins(&mut end, now);
        let one = Subscription {
            feed: end.id,
            // Unread articles are carried over.
            found: Some(0),
            // By the old feed's numbers.
            pause: None,
            drip: None,
            ..old
        };
        changes.push(store::insert(place, user, &one, &extra)?);
    }
    if !was_there || end.summary.hooks != hooks {
        changes.push(feeds::store::update(&end)?);
    }
    changes.extend(left);
    let (writes, _) = read_store::mutations(user, &mut read, &before, now)?;
    changes.extend(writes);
    store.commit(changes).await.map(drop)
}

/// Marks in the new feed what was read in, or had been retired from, the old one.
///
/// Articles are matched by their identities, as when a dead feed is replaced. If the user is new to the new feed, its
/// articles before the first that both have are marked read too: they were never new to them.
fn carry(read: &mut ReadShards, old: &Feed, new: &Feed, was_there: bool) {
    let first = old.summary.first;
    let is_read = |seq| {
        let id = ArticleId { feed: old.id, seq };
        seq < first || read.is_read(id)
    };
    let kept = twins(old, new, first);
    let departed = twins(old, new, 0);
    let departed = departed.into_iter().filter(|(seq, _)| *seq < first);
    let mut marks: BTreeSet<u32> = departed.map(|(_, twin)| twin).collect();
    if let Some(&lowest) = kept.values().min().filter(|_| !was_there) {
        marks.extend(new.summary.first..lowest);
    }
    // The kept article determines whether its twin is read, over any retired one.
    for (&seq, &twin) in &kept {
        match is_read(seq) {
            true => marks.insert(twin),
            false => marks.remove(&twin),
        };
    }
    let numbers = new.summary.numbers(new.id);
    for seq in marks {
        read.mark(numbers, seq, true);
    }
}
