//! What an administrator does to a feed of everybody: pausing it, and removing it from all shelves.

use super::store;
use super::subscribe::unsubscribe;
use super::subscriber_counts::{goes_on, stops};
use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::feeds;
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// Readers whose shelves one step changes.
const A_STEP: u32 = 50;

/// Pauses a feed for everybody, or has it go on, with a line of the audit log; `false` if there is no such feed, or it is so already. One
/// read and two writes.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn set(
    store: &Datastore,
    id: FeedId,
    is_stopped: bool,
    now: Timestamp,
    line: &Mutation,
) -> Result<bool, StoreError> {
    retry_on_conflict!(format!("feed {id}"), {
        let feed = feeds::store::get(store, id).await?;
        let Some(mut feed) = feed.filter(|feed| feed.summary.is_stopped != is_stopped) else {
            return Ok(Attempt::Done(false));
        };
        match is_stopped {
            true => stops(&mut feed),
            false => goes_on(&mut feed, now),
        }
        let changes = vec![feeds::store::update(&feed)?, line.clone()];
        match store.commit(changes).await {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Done(false)),
            committed => Ok(Attempt::of(committed)?.map(|_| true)),
        }
    })
}

/// Removes a feed from at most 50 shelves; returns whether it is on none any more. One read, and for each of them two reads, a write and
/// a delete.
///
/// # Errors
/// Those of [`set`].
pub async fn remove_some(
    store: &Datastore,
    id: FeedId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let readers = store::some_readers(store, id, A_STEP).await?;
    let is_last = readers.len() < A_STEP as usize;
    for user in readers {
        unsubscribe(store, user, id, now).await?;
    }
    Ok(is_last)
}
