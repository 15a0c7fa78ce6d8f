//! What the installation knows of itself: `Setting` in the store.

use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError, Stored};
use crate::random::Chance;

/// The key that signs cookies and cursors, made on first use. One read.
///
/// # Errors
/// The store's.
pub async fn secret_key(store: &Datastore, chance: &Chance) -> Result<String, StoreError> {
    let key = Key::name(Kind::Setting, "secret-key");
    let stored = |stored: Stored| stored.entity.text("secret").map(str::to_owned);
    if let Some(secret) = store.get(&key).await?.and_then(stored) {
        return Ok(secret);
    }
    let secret = chance.hex::<32>();
    let made = Entity::new(key.clone()).unindexed("secret", secret.clone());
    match store.commit(vec![Mutation::Insert(made)]).await {
        Ok(_) => Ok(secret),
        // Another instance was first: its key is everybody's.
        Err(StoreError::AlreadyExists(_)) => {
            let secret = store.get(&key).await?.and_then(stored);
            secret.ok_or_else(|| StoreError::Corrupt("the secret key".into()))
        }
        Err(error) => Err(error),
    }
}
