//! The list of the house in the store: one entity, `Setting` by the name `house`.

use std::sync::Arc;

use super::House;
use crate::codec;
use crate::datastore::{
    Attempt, Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Region, StoreError, Stored,
    Version, retry_on_conflict,
};

/// The list, as an instance knows it. What another instance changed is known ten minutes later.
pub static HOUSE: Region = Region {
    name: "house",
    minutes: 10,
    share: 1,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// The one value of [`HOUSE`].
const ONE: u128 = 0;

/// Updates [`HOUSE`] for a commit.
pub fn remember(cache: &Cache, mutation: &Mutation, _: Option<Version>) {
    if *mutation.key() == key() {
        cache.forget(&HOUSE, ONE, None);
    }
}

fn key() -> Key {
    Key::name(Kind::Setting, "house")
}

fn from_stored(stored: &Stored) -> Result<House, StoreError> {
    let body = stored.entity.blob("body");
    codec::unpack(body.ok_or_else(|| StoreError::Corrupt(key().to_string()))?)
}

/// The list and its version. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(store: &Datastore) -> Result<(House, Version), StoreError> {
    match store.get(&key()).await? {
        Some(stored) => Ok((from_stored(&stored)?, stored.version)),
        None => Ok((House::default(), 0)),
    }
}

/// The list, from the cache or by one read.
///
/// # Errors
/// The same as [`get`].
pub async fn cached(store: &Datastore) -> Result<Arc<House>, StoreError> {
    let load = async {
        let (house, _) = get(store).await?;
        let bytes = house.feeds.iter().map(|one| {
            let folder: usize = one.folder.iter().map(|name| 24 + name.len()).sum();
            120 + one.address.len() + one.title.len() + folder
        });
        let bytes = 200 + bytes.sum::<usize>();
        Ok(Loaded::new(house, bytes))
    };
    store.get_or_load(&HOUSE, ONE, load).await
}

/// Changes the list by `how`, with `line` in the same commit if anything changed; returns what `how` returned. One read, and a
/// write for each.
///
/// # Errors
/// The error of `how`; [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be
/// decoded; [`StoreError::Contention`] after many conflicts.
pub async fn change<T, E: From<StoreError>>(
    store: &Datastore,
    line: impl Fn(&T) -> Option<Mutation>,
    how: impl Fn(&mut House) -> Result<T, E>,
) -> Result<T, E> {
    retry_on_conflict!("the list of the house", {
        let (before, version) = get(store).await?;
        let mut house = before.clone();
        let done = how(&mut house)?;
        if house == before {
            return Ok(Attempt::Done(done));
        }
        let entity = Entity::new(key()).unindexed("body", codec::pack(&house)?);
        let write = match version {
            0 => Mutation::Insert(entity),
            version => Mutation::Update(entity, Some(version)),
        };
        let changes = std::iter::once(write).chain(line(&done)).collect();
        match store.commit(changes).await {
            // Another was the first to write one.
            Err(StoreError::AlreadyExists(taken)) if taken == key() => Ok(Attempt::Conflict),
            committed => Ok(Attempt::of(committed)?.map(|_| done)),
        }
    })
}
