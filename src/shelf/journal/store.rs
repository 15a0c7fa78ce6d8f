//! `Journal` in the store, below its account: `2026-11.0` and on for a month's parts, `sums` for the record of sums.

use std::sync::Arc;

use super::month::{Part, Parts};
use super::sums::Sums;
use super::zone::{Month, month_from, month_text};
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Region, StoreError, Stored, Version,
};
use crate::ids::UserId;

/// Readers' journals: months and sums.
pub static JOURNALS: Region = Region {
    name: "journals",
    minutes: 10,
    share: 2,
    class: Some(Class::Read),
    is_patient: false,
    keeps_latest: false,
};

/// Largest packed record of sums: an entity has room for a little more.
const SUMS_BYTES: usize = 900 * 1_024;
/// The name of the record of sums.
const SUMS: &str = "sums";

fn key(user: UserId, name: &str) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Journal, name)
}

fn part_key(user: UserId, month: Month, part: usize) -> Key {
    key(user, &format!("{}.{part}", month_text(month)))
}

fn memo(user: UserId, month: Option<Month>) -> u128 {
    let month = month.map_or(0, |month| month.cast_unsigned() as u128 + 1);
    (user.0 as u128) << 40 | month
}

/// Updates [`JOURNALS`] for a commit. The committer keeps its own new state.
pub fn remember(cache: &Cache, mutation: &Mutation, _: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Journal {
        return;
    }
    let user = key.parent().and_then(|user| user.id());
    if let (Some(user), Some(name)) = (user, key.id_name()) {
        let month = name.split('.').next().and_then(month_from);
        cache.forget(&JOURNALS, memo(UserId(user), month), None);
    }
}

/// A month with the versions of its parts.
pub(in crate::shelf) type KnownMonth = (Parts, Vec<Version>);

fn part_of(stored: &Stored) -> Result<Part, StoreError> {
    codec::unpack(stored.entity.blob("body").unwrap_or_default())
}

async fn read_month(
    store: &Datastore,
    user: UserId,
    month: Month,
) -> Result<KnownMonth, StoreError> {
    let Some(first) = store.get(&part_key(user, month, 0)).await? else {
        return Ok((Parts::default(), Vec::new()));
    };
    let mut parts = vec![part_of(&first)?];
    let mut versions = vec![first.version];
    let rest: Vec<Key> = (1..parts[0].parts)
        .map(|part| part_key(user, month, part))
        .collect();
    if !rest.is_empty() {
        for stored in store.lookup(&rest).await?.into_iter().flatten() {
            parts.push(part_of(&stored)?);
            versions.push(stored.version);
        }
    }
    Ok((Parts::of(parts), versions))
}

/// A month, from the cache or by one read, and one for each further part.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub(in crate::shelf) async fn month(
    store: &Datastore,
    user: UserId,
    month: Month,
    is_fresh: bool,
) -> Result<Arc<KnownMonth>, StoreError> {
    if is_fresh {
        return Ok(Arc::new(read_month(store, user, month).await?));
    }
    let load = async {
        let known = read_month(store, user, month).await?;
        let bytes = 100
            + known
                .0
                .events()
                .map(|event| 60 + event.weight())
                .sum::<usize>();
        Ok(Loaded::new(known, bytes))
    };
    store
        .get_or_load(&JOURNALS, memo(user, Some(month)), load)
        .await
}

/// The writes of a month's changed parts, on the versions that were read.
///
/// # Errors
/// Never in practice: a part always serializes.
pub(in crate::shelf) fn write_month(
    user: UserId,
    month: Month,
    parts: &Parts,
    versions: &[Version],
) -> Result<Vec<Mutation>, StoreError> {
    let writes = parts.changed().map(|(place, part)| {
        let entity =
            Entity::new(part_key(user, month, place)).unindexed("body", codec::pack(part)?);
        let base = versions.get(place).copied().unwrap_or(0);
        Ok(Mutation::Upsert(entity, Some(base)))
    });
    writes.collect()
}

/// The deletes of a month's parts.
pub(in crate::shelf) fn delete_month(user: UserId, month: Month, parts: usize) -> Vec<Mutation> {
    (0..parts)
        .map(|part| Mutation::Delete(part_key(user, month, part), None))
        .collect()
}

/// The record of sums and its version, from the cache or by one read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if it can't be decoded.
pub(in crate::shelf) async fn sums(
    store: &Datastore,
    user: UserId,
    is_fresh: bool,
) -> Result<Arc<(Sums, Version)>, StoreError> {
    let read = async {
        match store.get(&key(user, SUMS)).await? {
            Some(stored) => {
                let body = stored.entity.blob("body").unwrap_or_default();
                Ok((codec::unpack(body)?, stored.version))
            }
            None => Ok((Sums::default(), 0)),
        }
    };
    if is_fresh {
        return read.await.map(Arc::new);
    }
    let load = async {
        let known: (Sums, Version) = read.await?;
        let bytes = known.0.weight();
        Ok(Loaded::new(known, bytes))
    };
    store.get_or_load(&JOURNALS, memo(user, None), load).await
}

/// The write of the record of sums.
///
/// # Errors
/// Never in practice: sums always serialize.
pub(in crate::shelf) fn write_sums(
    user: UserId,
    sums: &Sums,
    version: Version,
) -> Result<Mutation, StoreError> {
    let mut body = codec::pack(sums)?;
    let mut thinner = sums.clone();
    // However many feeds there were: first of the oldest months, then of all.
    for most in [100, 30, 10, 3, 0] {
        if body.len() <= SUMS_BYTES {
            break;
        }
        thinner.thin(most);
        body = codec::pack(&thinner)?;
    }
    let entity = Entity::new(key(user, SUMS)).unindexed("body", body);
    Ok(Mutation::Upsert(entity, Some(version)))
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    let body = stored.entity.blob("body").unwrap_or_default();
    match stored.entity.key.id_name() {
        Some(SUMS) => codec::unpack::<Sums>(body).is_ok(),
        _ => codec::unpack::<Part>(body).is_ok(),
    }
}
