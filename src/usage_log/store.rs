//! `Ledger` in the store: the last thirty days, in one record that is written when a day is over.

use super::{DAYS_KEPT, Day};
use crate::codec;
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError, Version};

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
