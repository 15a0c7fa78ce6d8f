//! Tokens for the API: shown once, stored hashed.

use sha2::{Digest, Sha256};

use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Query, Region, StoreError, Stored,
    Version,
};
use crate::html::visible::visible;
use crate::ids::UserId;
use crate::random::{Random, hex};
use crate::timestamp::Timestamp;

/// The prefix of every token, so that leaked ones are recognised.
const PREFIX: &str = "dm_";
/// Tokens that one user can have.
pub const MAX_TOKENS: u32 = 50;

/// The tokens' owners, by the tokens' hashes.
pub static TOKENS: Region = Region {
    name: "tokens",
    minutes: 10,
    share: 2,
    class: Some(Class::Account),
};
/// Approximate bytes of one.
const OWNER_BYTES: usize = 800;

/// What a commit means for [`TOKENS`]: a revoked token is refused, on this instance at once.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Token {
        return;
    }
    let owner = mutation
        .entity()
        .zip(version)
        .and_then(|(entity, version)| {
            let entity = entity.clone();
            owner_of(Stored { entity, version })
        });
    match owner {
        Some(owner) => cache.replace(&TOKENS, memo(key), version, owner, OWNER_BYTES),
        None => cache.forget(&TOKENS, memo(key), None),
    }
}

/// The cache key: half of the hash.
fn memo(key: &Key) -> u128 {
    let name = key.id_name().and_then(|name| name.get(..32));
    let number = name.and_then(|name| u128::from_str_radix(name, 16).ok());
    number.unwrap_or_default()
}

/// A token as the settings page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// For revoking: the hash, which grants no access.
    pub id: String,
    /// What it is for, in the user's words.
    pub name: String,
    /// When it was created.
    pub created: Timestamp,
}

/// Why no token was created.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The user has as many as are allowed.
    #[error("There are {MAX_TOKENS} tokens already. Revoke one that you don’t use.")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A token is 256 random bits, so one round of SHA-256 protects it.
fn key_of(token: &str) -> Key {
    Key::name(Kind::Token, hex(&Sha256::digest(token)))
}

/// Creates a token and returns it, the only time that it is shown.
///
/// # Errors
/// [`TokenError::TooMany`] at the limit; [`TokenError::Store`] if the store can't be read or written.
pub async fn create(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    user: UserId,
    name: &str,
) -> Result<String, TokenError> {
    if list(store, user).await?.len() >= MAX_TOKENS as usize {
        return Err(TokenError::TooMany);
    }
    let token = format!("{PREFIX}{}", random.hex::<32>());
    let name: String = visible(name).chars().take(100).collect();
    let entity = Entity::new(key_of(&token))
        .indexed("user", user.0)
        .unindexed("name", name)
        .unindexed("created", now)
        // A user who creates a token has been seen today.
        .unindexed("noted_day", super::day_of(now));
    store.commit(vec![Mutation::Insert(entity)]).await?;
    Ok(token)
}

/// The owner of a token.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account that the token acts for.
    pub user: UserId,
    /// The last day on which the token's use counted as a visit of its owner, in days since 1970.
    pub noted_day: i64,
    stored: Stored,
}

fn owner_of(stored: Stored) -> Option<Owner> {
    let user = stored.entity.int("user")?;
    Some(Owner {
        user: UserId(user),
        noted_day: stored.entity.int("noted_day").unwrap_or_default(),
        stored,
    })
}

/// A token's owner; `None` for an unknown token. From the cache, or one read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn owner(store: &Datastore, token: &str) -> Result<Option<Owner>, StoreError> {
    if !token.starts_with(PREFIX) || token.len() > 100 {
        return Ok(None);
    }
    let key = key_of(token);
    let load = async {
        let owner = store.get(&key).await?.and_then(owner_of);
        let owner = owner.ok_or_else(|| StoreError::NotFound(key.clone()))?;
        Ok(Loaded::new(owner, OWNER_BYTES))
    };
    match store.get_or_load(&TOKENS, memo(&key), load).await {
        Err(StoreError::NotFound(_)) => Ok(None),
        owner => owner.map(|owner| Some((*owner).clone())),
    }
}

/// Notes in the token that its owner was noted as seen on `day`, which saves a read of their record with every use. One
/// write. A token that was revoked meanwhile stays revoked.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn note_day(store: &Datastore, owner: Owner, day: i64) -> Result<(), StoreError> {
    let Stored { entity, version } = owner.stored;
    let update = Mutation::Update(entity.unindexed("noted_day", day), Some(version));
    match store.commit(vec![update]).await {
        Err(StoreError::NotFound(_)) => Ok(()),
        Err(error) if error.is_contention() => Ok(()),
        other => other.map(|_| ()),
    }
}

/// A user's tokens. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn list(store: &Datastore, user: UserId) -> Result<Vec<Token>, StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::Token, MAX_TOKENS).equal("user", user.0))
        .await?;
    let tokens = page.rows.into_iter().map(|row| Token {
        id: row.entity.key.id_name().unwrap_or_default().to_owned(),
        name: row.entity.text("name").unwrap_or_default().to_owned(),
        created: row.entity.time("created").unwrap_or_default(),
    });
    let mut tokens: Vec<_> = tokens.collect();
    tokens.sort_by_key(|token| token.created);
    Ok(tokens)
}

/// Revokes a token, unless it is another user's. Returns whether there was one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn revoke(store: &Datastore, user: UserId, id: &str) -> Result<bool, StoreError> {
    if id.len() != 64 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(false);
    }
    let key = Key::name(Kind::Token, id);
    match store.get(&key).await? {
        Some(stored) if stored.entity.int("user") == Some(user.0) => {
            store.commit(vec![Mutation::Delete(key, None)]).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
