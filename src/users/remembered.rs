//! Readers' records, as an instance remembers them.

use std::sync::Arc;

use super::User;
use super::store::{from_stored, get, user_key};
use crate::datastore::cache::Class;
use crate::datastore::{
    Datastore, Kind, Loaded, Memory, Mutation, Region, StoreError, Stored, Version,
};
use crate::ids::UserId;

/// Readers' records.
pub static USERS: Region = Region {
    name: "users",
    minutes: 10,
    share: 4,
    class: Some(Class::Account),
};

/// What a commit means for [`USERS`].
pub fn remember(memory: &Memory, mutation: &Mutation, version: Option<Version>) {
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
            memory.replace(&USERS, id as u128, version, user, bytes);
        }
        None => memory.forget(&USERS, id as u128, None),
    }
}

fn weight(user: &User) -> usize {
    size_of::<User>() + 200 + 40 * user.profile.resting.len()
}

/// A reader by id, from memory or by one read. A record that is older than the store's makes a write on its version fail
/// with contention.
///
/// # Errors
/// The store's.
pub async fn known(store: &Datastore, id: UserId) -> Result<Option<Arc<User>>, StoreError> {
    let load = async {
        let user = get(store, id).await?;
        let user = user.ok_or_else(|| StoreError::NotFound(user_key(id)))?;
        let bytes = weight(&user);
        Ok(Loaded::new(user, bytes))
    };
    match store.through(&USERS, id.0 as u128, load).await {
        Err(StoreError::NotFound(_)) => Ok(None),
        user => user.map(Some),
    }
}
