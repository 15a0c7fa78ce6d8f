//! What the installation knows of itself: `Setting` in the store.

use super::store::TRIES;
use crate::chance::Chance;
use crate::datastore::{Datastore, Entity, Key, Mutation, StoreError};

pub(super) const SETTING: &str = "Setting";

/// The key that signs cookies and cursors, made on first use. One read.
///
/// # Errors
/// The store's.
pub async fn secret_key(store: &Datastore, chance: &Chance) -> Result<String, StoreError> {
    let key = Key::name(SETTING, "secret-key");
    for _ in 0..TRIES {
        if let Some(stored) = store.get(&key).await?
            && let Some(secret) = stored.entity.text("secret")
        {
            return Ok(secret.to_owned());
        }
        let made = Entity::new(key.clone()).unindexed("secret", chance.hex::<32>());
        match store.commit(vec![Mutation::Insert(made)]).await {
            Ok(_) | Err(StoreError::AlreadyExists(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Corrupt("the secret key".into()))
}
