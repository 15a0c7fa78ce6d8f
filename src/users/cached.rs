//! Users' records, as an instance caches them.

use std::sync::Arc;

use super::User;
use super::store::{from_stored, get, user_key};
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Kind, Loaded, Mutation, Region, StoreError, Stored, Version,
};
use crate::ids::UserId;

/// Users' records.
pub static USERS: Region = Region {
    name: "users",
    minutes: 10,
    share: 2,
    class: Some(Class::Account),
    is_patient: false,
    keeps_latest: false,
};

/// What a commit means for [`USERS`].
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    let Some(id) = key.id().filter(|_| key.kind() == Kind::User) else {
        return;
    };
    let user = mutation
        .entity()
        .zip(version)
        .and_then(|(entity, version)| {
            let entity = entity.clone();
            from_stored(&Stored { entity, version }).ok()
        });
    match user {
        Some(user) => {
            let bytes = weight(&user);
            cache.replace(&USERS, id as u128, version, user, bytes);
        }
        None => cache.forget(&USERS, id as u128, None),
    }
}

/// Approximate bytes of a passkey.
const PASSKEY_BYTES: usize = 600;

fn weight(user: &User) -> usize {
    let profile = &user.profile;
    let given = profile
        .house
        .as_ref()
        .map_or(0, |house| house.given.len() + house.declined.len());
    size_of::<User>()
        + 200
        + 40 * profile.resting.len()
        + PASSKEY_BYTES * profile.passkeys.len()
        + 80 * given
}

/// A user by id, from the cache or by one read. If the record is older than the store's, a write on its version fails
/// with contention.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn cached(store: &Datastore, id: UserId) -> Result<Option<Arc<User>>, StoreError> {
    let load = async {
        let user = get(store, id).await?;
        let user = user.ok_or_else(|| StoreError::NotFound(user_key(id)))?;
        let bytes = weight(&user);
        Ok(Loaded::new(user, bytes))
    };
    match store.get_or_load(&USERS, id.0 as u128, load).await {
        Err(StoreError::NotFound(_)) => Ok(None),
        user => user.map(Some),
    }
}
