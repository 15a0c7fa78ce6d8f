//! Installation-wide settings: `Setting` in the store.

use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError, Stored};
use crate::random::Random;

/// The name of the record of the generated key.
const SECRET: &str = "secret-key";

/// The key that signs cookies and cursors, generated on first use. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the stored key can't be
/// decoded.
pub async fn secret_key(store: &Datastore, random: &Random) -> Result<String, StoreError> {
    let key = Key::name(Kind::Setting, SECRET);
    let stored = |stored: Stored| stored.entity.text("secret").map(str::to_owned);
    if let Some(secret) = generated_key(store).await? {
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

/// The key that was generated, if one was. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn generated_key(store: &Datastore) -> Result<Option<String>, StoreError> {
    let stored = store.get(&Key::name(Kind::Setting, SECRET)).await?;
    Ok(stored.and_then(|stored| stored.entity.text("secret").map(str::to_owned)))
}

/// Forgets the key that was generated: what it signed and sealed counts no longer. One delete.
///
/// # Errors
/// The same as [`generated_key`].
pub async fn end_generated_key(store: &Datastore) -> Result<(), StoreError> {
    let key = Key::name(Kind::Setting, SECRET);
    store
        .commit(vec![Mutation::Delete(key, None)])
        .await
        .map(drop)
}
