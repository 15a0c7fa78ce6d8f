//! A reader's numbers in the store: one record below the account.

use std::sync::Arc;

use super::Numbers;
use super::packed::Packed;
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Attempt, Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Region, StoreError, Version,
    retry_on_conflict,
};
use crate::ids::UserId;
use crate::shelf::streams::Library;

/// Readers' numbers, with the versions of their records.
pub static NUMBERS: Region = Region {
    name: "numbers",
    minutes: 60,
    share: 2,
    class: Some(Class::Shelf),
    is_patient: false,
    keeps_latest: false,
};

/// The name of the record.
const NAME: &str = "numbers";

fn key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, NAME)
}

/// What a commit means for [`NUMBERS`].
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    let user = key.parent().and_then(|user| user.id());
    if let Some(user) = user.filter(|_| key.kind() == Kind::Import && key.id_name() == Some(NAME)) {
        cache.forget(&NUMBERS, user as u128, version);
    }
}

/// A reader's numbers, and the version of their record.
pub type Met = (Numbers, Version);

async fn read(store: &Datastore, user: UserId) -> Result<Met, StoreError> {
    let Some(stored) = store.get(&key(user)).await? else {
        return Ok((Numbers::default(), 0));
    };
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let packed: Packed = codec::unpack(stored.entity.blob("body").ok_or_else(damaged)?)?;
    Ok((packed.numbers().ok_or_else(damaged)?, stored.version))
}

/// The numbers of a reader's articles, after what came since is numbered. From the cache, or one read; one write if anything came.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn meet(store: &Datastore, library: &Library) -> Result<Arc<Met>, StoreError> {
    let user = library.shelf.user;
    let memo = user.0 as u128;
    let mut is_fresh = store.cache().is_none();
    retry_on_conflict!(key(user), {
        let known: Arc<Met> = match is_fresh {
            true => Arc::new(read(store, user).await?),
            false => {
                let load = async {
                    let found = read(store, user).await?;
                    let bytes = found.0.weight();
                    Ok(Loaded::new(found, bytes))
                };
                store.get_or_load(&NUMBERS, memo, load).await?
            }
        };
        let Some(next) = known.0.meet(library) else {
            return Ok(Attempt::Done(known));
        };
        let body = codec::pack(&Packed::of(&next))?;
        let entity = Entity::new(key(user)).unindexed("body", body);
        let write = match known.1 {
            0 => Mutation::Insert(entity),
            version => Mutation::Update(entity, Some(version)),
        };
        is_fresh = true;
        let committed = match store.commit(vec![write]).await {
            // Another instance was first.
            Err(StoreError::AlreadyExists(_) | StoreError::NotFound(_)) => {
                return Ok(Attempt::Conflict);
            }
            committed => Attempt::of(committed)?,
        };
        Ok(committed.map(|versions| {
            let version = versions.first().copied().unwrap_or_default();
            if let Some(cache) = store.cache() {
                let bytes = next.weight();
                cache.keep(&NUMBERS, memo, version, (next.clone(), version), bytes);
            }
            Arc::new((next, version))
        }))
    })
}
