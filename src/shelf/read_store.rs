//! What a reader has read, in the store: `ReadState` by his id, and further shards below it.

use std::sync::Arc;

use super::read_shards::{Reading, SPLIT};
use super::read_state::ReadState;
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Attempt, Datastore, Entity, Key, Kind, Loaded, Memory, Mutation, Region, StoreError, Stored,
    Version, retry_on_conflict,
};
use crate::ids::UserId;
use crate::timestamp::Timestamp;

/// What readers have read, shard by shard.
pub static READ: Region = Region {
    name: "read",
    minutes: 10,
    share: 10,
    class: Some(Class::Read),
};

/// What a commit means for [`READ`]. Whoever commits a change keeps what he made of it himself.
pub fn remember(memory: &Memory, mutation: &Mutation, version: Option<Version>) {
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
        memory.forget(&READ, memo(UserId(user), place), version);
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

/// What a reader has read, from the store. One read, and one for each further shard.
///
/// # Errors
/// The store's.
pub async fn fresh(store: &Datastore, user: UserId) -> Result<Reading, StoreError> {
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
        // Else they were split between the two looks.
        Ok(match is_whole(&shards) {
            true => Attempt::Done(Reading::of(shards)),
            false => Attempt::Conflict,
        })
    })
}

/// The same from memory, where it is there.
///
/// # Errors
/// The store's.
pub async fn known(store: &Datastore, user: UserId) -> Result<Reading, StoreError> {
    let load = |place: usize| async move {
        let shard = shard_of(store.get(&key(user, place)).await?)?;
        let bytes = shard.0.weight();
        Ok(Loaded::new(shard, bytes))
    };
    let first = store
        .through::<Shard>(&READ, memo(user, 0), load(0))
        .await?;
    let mut shards = vec![(*first).clone()];
    for place in 1..first.0.shards.max(1) as usize {
        let shard = store
            .through::<Shard>(&READ, memo(user, place), load(place))
            .await?;
        shards.push((*shard).clone());
    }
    // Some are remembered from before they were split, some read after it: what belongs where is only known from one look.
    if !is_whole(&shards) {
        if let Some(memory) = store.memory() {
            (0..shards.len()).for_each(|place| memory.drop_copy(&READ, memo(user, place)));
        }
        return fresh(store, user).await;
    }
    Ok(Reading::of(shards))
}

/// Whether shards are of one split: each says how many there are.
fn is_whole(shards: &[Shard]) -> bool {
    let mut counts = shards.iter().map(|(state, _)| state.shards.max(1) as usize);
    counts.all(|count| count == shards.len())
}

/// Changes what a reader has read, deciding anew when another tab was faster.
///
/// No read where it is remembered, else one; one write for each shard that changes, none where `how` changes nothing, which
/// takes a look at the store.
///
/// # Errors
/// The store's.
pub async fn change<T>(
    store: &Datastore,
    user: UserId,
    now: Timestamp,
    how: impl Fn(&mut Reading) -> T,
) -> Result<(T, Reading), StoreError> {
    change_with(store, user, now, Vec::new(), how).await
}

/// The same, with other mutations in the same commit.
///
/// # Errors
/// The store's, and what those mutations fail with.
pub async fn change_with<T>(
    store: &Datastore,
    user: UserId,
    now: Timestamp,
    also: Vec<Mutation>,
    how: impl Fn(&mut Reading) -> T,
) -> Result<(T, Reading), StoreError> {
    let mut is_fresh = store.memory().is_none();
    retry_on_conflict!(key(user, 0), {
        let before = match is_fresh {
            true => fresh(store, user).await?,
            false => known(store, user).await?,
        };
        let mut after = before.clone();
        let answer = how(&mut after);
        if after == before && !is_fresh && also.is_empty() {
            // So it seems; another instance may know better.
            is_fresh = true;
            return Ok(Attempt::Conflict);
        }
        let (mutations, places) = mutations(user, &mut after, &before, now)?;
        if mutations.is_empty() && also.is_empty() {
            return Ok(Attempt::Done((answer, after)));
        }
        let all: Vec<Mutation> = mutations.into_iter().chain(also.iter().cloned()).collect();
        is_fresh = true;
        let committed = store.commit(all).await;
        Ok(Attempt::of(committed)?.map(|versions| {
            keep(store, user, &mut after, &places, &versions);
            (answer, after)
        }))
    })
}

/// The writes that lead from `before` to `after`, on the versions that were read, and which shards they are.
///
/// # Errors
/// None that is known.
pub fn mutations(
    user: UserId,
    after: &mut Reading,
    before: &Reading,
    now: Timestamp,
) -> Result<(Vec<Mutation>, Vec<usize>), StoreError> {
    let writes = after.writes(before, now, SPLIT)?;
    let places = writes.iter().map(|write| write.place).collect();
    let mutations = writes.into_iter().map(|write| {
        let entity = Entity::new(key(user, write.place)).unindexed("body", write.body);
        Mutation::Upsert(entity, Some(write.base))
    });
    Ok((mutations.collect(), places))
}

/// Remembers what was just committed.
fn keep(
    store: &Datastore,
    user: UserId,
    after: &mut Reading,
    places: &[usize],
    versions: &[Version],
) {
    let written: Vec<(usize, Version)> = places
        .iter()
        .copied()
        .zip(versions.iter().copied())
        .collect();
    after.written(&written);
    let Some(memory) = store.memory() else {
        return;
    };
    for (place, (state, version)) in after.parts().enumerate() {
        if places.contains(&place) {
            let shard: Shard = (state.clone(), version);
            memory.keep(&READ, memo(user, place), version, shard, state.weight());
        }
    }
}
