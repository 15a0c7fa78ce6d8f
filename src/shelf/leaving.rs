//! A shelf that is emptied because its reader's account is deleted, in steps; with the feeds that are behind a door, and so nobody else's.

use super::store;
use super::subscriber_counts::leaves;
use crate::articles::removal;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds;
use crate::ids::{FeedId, UserId};
use crate::timestamp::Timestamp;
use crate::users::day_of;
use crate::{users, webhooks};

/// Subscriptions removed by one step: their feeds' records can be some ten thousand bytes each.
const A_STEP: u32 = 50;

/// Removes at most 50 subscriptions, and returns how many; their feeds count one subscriber less in the same commit.
///
/// One read and one read, one write and one delete for each feed, and one read and one write for the account; one read if none is left.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn leave_some(
    store: &Datastore,
    id: UserId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    retry_on_conflict!(format!("the shelf of reader {id}"), {
        let shelf = store::some_feeds(store, id, A_STEP).await?;
        if shelf.is_empty() {
            return Ok(Attempt::Done(0));
        }
        let user = users::store::get(store, id).await?;
        let mut user = user.ok_or_else(|| StoreError::NotFound(users::store::user_key(id)))?;
        let mut changes: Vec<_> = shelf.iter().map(|feed| store::drop_of(id, *feed)).collect();
        for mut feed in feeds::store::get_many(store, &shelf).await? {
            let was_asleep = user.profile.resting.contains(&feed.id);
            leaves(&mut feed, was_asleep, now);
            changes.extend(webhooks::store::leaves(store, id, &mut feed).await?);
            changes.push(feeds::store::update(&feed)?);
        }
        let profile = &mut user.profile;
        profile.resting.retain(|feed| !shelf.contains(feed));
        profile.paused.retain(|feed| !shelf.contains(feed));
        profile.returning.retain(|feed, _| !shelf.contains(feed));
        // On its version: of two that do this step at once, one does it.
        changes.push(users::store::update(&user)?);
        let committed = store.commit(changes).await;
        match committed {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Conflict),
            committed => Ok(Attempt::of(committed)?.map(|_| shelf.len())),
        }
    })
}

/// Deletes a reader's feeds behind a door that they read no more, with what opens them, their addresses and articles: a page's, at most
/// 20. Returns how many were found.
///
/// One read for each feed that the clean-up would soon take anyhow, one at least; for each that is theirs one read and n + 2 deletes
/// for n articles, in a commit of its own.
///
/// # Errors
/// Those of [`leave_some`].
pub async fn remove_doors(
    store: &Datastore,
    id: UserId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut cursor = None;
    loop {
        let (found, next) =
            feeds::store::unread_doors_of(store, id, day_of(now), cursor.take()).await?;
        for feed in &found {
            remove_door(store, *feed).await?;
        }
        match next {
            _ if !found.is_empty() => return Ok(found.len()),
            Some(next) => cursor = Some(next),
            None => return Ok(0),
        }
    }
}

async fn remove_door(store: &Datastore, id: FeedId) -> Result<(), StoreError> {
    retry_on_conflict!(feeds::store::key(id), {
        let feed = feeds::store::get(store, id).await?;
        let Some(feed) = feed.filter(|feed| feed.summary.subscribers == 0) else {
            return Ok(Attempt::Done(()));
        };
        match store.commit(removal::with_feed(&feed)).await {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Done(())),
            committed => Ok(Attempt::of(committed)?.map(drop)),
        }
    })
}
