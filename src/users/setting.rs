//! Installation-wide settings: `Setting` in the store.

use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError, Stored};
use crate::random::Random;

/// The key that signs cookies and cursors, generated on first use. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the stored key can't be
/// decoded.
pub async fn secret_key(store: &Datastore, random: &Random) -> Result<String, StoreError> {
    let key = Key::name(Kind::Setting, "secret-key");
    let stored = |stored: Stored| stored.entity.text("secret").map(str::to_owned);
    if let Some(secret) = store.get(&key).await?.and_then(stored) {
        return Ok(secret);
    }
    let secret = random.hex::<32>();
    let made = Entity::new(key.clone()).unindexed("secret", secret.clone());
    match store.commit(vec![Mutation::Insert(made)]).await {
        Ok(_) => Ok(secret),
        // Another instance was first: all instances use its key.
        Err(StoreError::AlreadyExists(_)) => {
            let secret = store.get(&key).await?.and_then(stored);
            secret.ok_or_else(|| StoreError::Corrupt("the secret key".into()))
        }
        Err(error) => Err(error),
    }
}
