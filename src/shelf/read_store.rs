//! The read state in the store: `ReadState` by user id, and further shards as its children.

use std::sync::Arc;

use super::journal::moving::{self, Taken};
use super::read_shards::{ReadShards, SPLIT_BYTES};
use super::read_state::ReadState;
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Attempt, Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Region, StoreError, Stored,
    Version, retry_on_conflict,
};
use crate::ids::UserId;
use crate::timestamp::Timestamp;

/// What users have read, by shard.
pub static READ: Region = Region {
    name: "read",
    minutes: 10,
    share: 8,
    class: Some(Class::Read),
    is_patient: false,
    keeps_latest: false,
};

/// Updates [`READ`] for a commit. The committer keeps its own new state.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::ReadState {
        return;
    }
    let (user, place) = match key.parent() {
        Some(parent) => (parent.id(), key.id().unwrap_or_default()),
        None => (key.id(), 0),
    };
    let place = usize::try_from(place).unwrap_or_default();
    if let Some(user) = user {
        let version = version.filter(|_| mutation.entity().is_some());
        cache.forget(&READ, memo(UserId(user), place), version);
    }
}

fn key(user: UserId, place: usize) -> Key {
    let first = Key::int(Kind::ReadState, user.0);
    match i64::try_from(place) {
        Ok(place) if place > 0 => first.child_int(Kind::ReadState, place),
        _ => first,
    }
}

fn memo(user: UserId, place: usize) -> u128 {
    (user.0 as u128) << 8 | place as u128
}

type Shard = (Arc<ReadState>, Version);

fn shard_of(stored: Option<Stored>) -> Result<Shard, StoreError> {
    let Some(stored) = stored else {
        return Ok((Arc::default(), 0));
    };
    let body = stored.entity.blob("body").unwrap_or_default();
    Ok((Arc::new(codec::unpack(body)?), stored.version))
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    shard_of(Some(stored.clone())).is_ok()
}

/// A user's read state, from the store. One read, and one per further shard.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn fresh(store: &Datastore, user: UserId) -> Result<ReadShards, StoreError> {
    retry_on_conflict!(key(user, 0), {
        let first = shard_of(store.get(&key(user, 0)).await?)?;
        let count = first.0.shards.max(1);
        let mut shards = vec![first];
        if count > 1 {
            let keys: Vec<Key> = (1..count as usize).map(|place| key(user, place)).collect();
            for stored in store.lookup(&keys).await? {
                shards.push(shard_of(stored)?);
            }
        }
        // Otherwise they were split between the two reads.
        Ok(match is_whole(&shards) {
            true => Attempt::Done(ReadShards::of(shards)),
            false => Attempt::Conflict,
        })
    })
}

/// A user's read state if all of it is cached: no read.
pub(super) fn remembered(store: &Datastore, user: UserId) -> Option<ReadShards> {
    let cache = store.cache()?;
    let recall = |place| cache.recall::<Shard>(&READ, memo(user, place));
    let first = recall(0)?;
    let mut shards = vec![(*first).clone()];
    for place in 1..first.0.shards.max(1) as usize {
        shards.push((*recall(place)?).clone());
    }
    is_whole(&shards).then(|| ReadShards::of(shards))
}

/// The same from the cache, if it is there.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached(store: &Datastore, user: UserId) -> Result<ReadShards, StoreError> {
    let load = |place: usize| async move {
        let shard = shard_of(store.get(&key(user, place)).await?)?;
        let bytes = shard.0.weight();
        Ok(Loaded::new(shard, bytes))
    };
    let first = store
        .get_or_load::<Shard>(&READ, memo(user, 0), load(0))
        .await?;
    let mut shards = vec![(*first).clone()];
    for place in 1..first.0.shards.max(1) as usize {
        let shard = store
            .get_or_load::<Shard>(&READ, memo(user, place), load(place))
            .await?;
        shards.push((*shard).clone());
    }
    // Some were cached before a split and some read after it; only a single read shows a consistent whole.
    if !is_whole(&shards) {
        if let Some(cache) = store.cache() {
            (0..shards.len()).for_each(|place| cache.drop_copy(&READ, memo(user, place)));
        }
        return fresh(store, user).await;
    }
    Ok(ReadShards::of(shards))
}

/// Drops a user's cached read state, because it may be older than the store's.
pub fn invalidate(store: &Datastore, user: UserId) {
    if let Some(cache) = store.cache() {
        // A further shard that is older than the first one's split is found out by `cached`.
        cache.drop_copy(&READ, memo(user, 0));
    }
}

/// Whether shards are from the same split: each stores their number.
fn is_whole(shards: &[Shard]) -> bool {
    let mut counts = shards.iter().map(|(state, _)| state.shards.max(1) as usize);
    counts.all(|count| count == shards.len())
}

/// Changes a user's read state, deciding again after a conflict.
///
/// No read if it is cached, otherwise one; one write per changed shard, none if `how` changes nothing, which is
/// verified by a read of the store. About once a day, what waits for the journal is moved along: a read and a write more.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn change<T>(
    store: &Datastore,
    user: UserId,
    now: Timestamp,
    how: impl Fn(&mut ReadShards) -> T,
) -> Result<(T, ReadShards), StoreError> {
    change_with(store, user, now, Vec::new(), how).await
}

/// The same, with other mutations in the same commit.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts; and those of the other mutations, such as
/// [`StoreError::AlreadyExists`].
pub async fn change_with<T>(
    store: &Datastore,
    user: UserId,
    now: Timestamp,
    also: Vec<Mutation>,
    how: impl Fn(&mut ReadShards) -> T,
) -> Result<(T, ReadShards), StoreError> {
    let mut is_fresh = store.cache().is_none();
    retry_on_conflict!(key(user, 0), {
        let before = match is_fresh {
            true => fresh(store, user).await?,
            false => cached(store, user).await?,
        };
        let mut after = before.clone();
        let answer = how(&mut after);
        if after == before && !is_fresh && also.is_empty() {
            // By the cache; another instance may have written since.
            is_fresh = true;
            return Ok(Attempt::Conflict);
        }
        let moved = match taken(&before, &mut after, now) {
            // Boxed: rare, and large.
            Some(taken) => Box::pin(moving::write(store, user, taken, is_fresh)).await?,
            None => Vec::new(),
        };
        let (mutations, places) = mutations(user, &mut after, &before, now)?;
        if mutations.is_empty() && also.is_empty() {
            return Ok(Attempt::Done((answer, after)));
        }
        let also = also.iter().cloned().chain(moved);
        let all: Vec<Mutation> = mutations.into_iter().chain(also).collect();
        is_fresh = true;
        let committed = store.commit(all).await;
        Ok(Attempt::of(committed)?.map(|versions| {
            keep(store, user, &mut after, &places, &versions);
            (answer, after)
        }))
    })
}

/// What is due to be moved into the journal, of the shards that a commit writes anyway; `None` as a rule.
fn taken(before: &ReadShards, after: &mut ReadShards, now: Timestamp) -> Option<Taken> {
    let mut taken = None;
    for place in after.touched(before) {
        if after.journal(place).is_due(now) {
            let taken = taken.get_or_insert_with(Taken::default);
            taken.take(after.journal_mut(place), now);
        }
    }
    taken
}

/// The writes that lead from `before` to `after`, conditional on the versions that were read, and their shards.
///
/// # Errors
/// Never in practice: a state always serializes.
pub fn mutations(
    user: UserId,
    after: &mut ReadShards,
    before: &ReadShards,
    now: Timestamp,
) -> Result<(Vec<Mutation>, Vec<usize>), StoreError> {
    let writes = after.writes(before, now, SPLIT_BYTES)?;
    let places = writes.iter().map(|write| write.place).collect();
    let mutations = writes.into_iter().map(|write| {
        let entity = Entity::new(key(user, write.place)).unindexed("body", write.body);
        Mutation::Upsert(entity, Some(write.base))
    });
    Ok((mutations.collect(), places))
}

/// Caches what was just committed.
fn keep(
    store: &Datastore,
    user: UserId,
    after: &mut ReadShards,
    places: &[usize],
    versions: &[Version],
) {
    let written: Vec<(usize, Version)> = places
        .iter()
        .copied()
        .zip(versions.iter().copied())
        .collect();
    after.written(&written);
    let Some(cache) = store.cache() else {
        return;
    };
    for (place, (state, version)) in after.parts().enumerate() {
        if places.contains(&place) {
            let shard: Shard = (state.clone(), version);
            cache.keep(&READ, memo(user, place), version, shard, state.weight());
        }
    }
}
