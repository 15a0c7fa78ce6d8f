//! `Ledger` in the store: the last thirty days, in one record that is written when a day is over.

use super::{DAYS_KEPT, Day};
use crate::codec;
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Mutation, StoreError, Version, retry_on_conflict,
};
use crate::ids::UserId;

fn key() -> Key {
    Key::name(Kind::Ledger, "days")
}

/// The days that are over, oldest first, and the record's version. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn read_days(store: &Datastore) -> Result<(Vec<Day>, Version), StoreError> {
    let Some(stored) = store.get(&key()).await? else {
        return Ok((Vec::new(), 0));
    };
    let body = stored.entity.blob("body").unwrap_or_default();
    Ok((codec::unpack(body)?, stored.version))
}

/// The days that are over, for display. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn days(store: &Datastore) -> Result<Vec<Day>, StoreError> {
    read_days(store).await.map(|(days, _)| days)
}

/// The write of the days that are over, the last thirty of them, based on the version that was read.
///
/// # Errors
/// None in practice: a day always serializes.
pub fn write_days(mut days: Vec<Day>, version: Version) -> Result<Mutation, StoreError> {
    let extra = days.len().saturating_sub(DAYS_KEPT);
    days.drain(..extra);
    let entity = Entity::new(key()).unindexed("body", codec::pack(&days)?);
    Ok(Mutation::Upsert(entity, Some(version)))
}

/// Whether a day that is over names a reader. One read.
///
/// # Errors
/// Those of [`days`].
pub async fn names_reader(store: &Datastore, reader: UserId) -> Result<bool, StoreError> {
    let days = days(store).await?;
    Ok(days.iter().any(|day| day.readers.contains_key(&reader.0)))
}

/// Takes a reader out of the days that are over, and returns how many of these named them. One read, and one write if any did.
///
/// # Errors
/// Those of [`days`]; [`StoreError::Contention`] after many conflicts.
pub async fn forget_reader(store: &Datastore, reader: UserId) -> Result<usize, StoreError> {
    retry_on_conflict!(key(), {
        let (mut days, version) = read_days(store).await?;
        let named = days
            .iter_mut()
            .filter_map(|day| day.readers.remove(&reader.0))
            .count();
        if named == 0 {
            return Ok(Attempt::Done(0));
        }
        let committed = store.commit(vec![write_days(days, version)?]).await;
        Ok(Attempt::of(committed)?.map(|_| named))
    })
}
