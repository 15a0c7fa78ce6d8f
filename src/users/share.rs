//! What users have opened to people without an account: by a random token in an address, which is renewed or closed at any time.
//!
//! The record is found by the token's hash, as an API token's is. The token itself is sealed in it, so that its owner can see the
//! address again. A token is signed, so that made-up ones cost no read; one that was renewed or closed is remembered as such.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::preferences::Language;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Query, Region, StoreError, Stored,
    Version,
};
use crate::html::visible::visible;
use crate::ids::UserId;
use crate::random::{Random, hex};
use crate::sealed::{Seal, SecretKeys, is_signed, signature};
use crate::timestamp::Timestamp;

/// Most that one user can have open.
pub const MAX_SHARES: u32 = 20;
/// Longest heading, in characters.
pub const HEADING_CHARS: usize = 80;
/// Characters of a token's random part, 128 bits, and of its signature.
const RANDOM_CHARS: usize = 32;
const SIGNATURE_CHARS: usize = 16;
/// The purposes of the signature and of the seal.
const SIGNED: &str = "shared address";
const SEALED: &str = "shared addresses";

/// What is open, by its token's hash; also that nothing is, so that trying old addresses costs nothing.
pub static SHARES: Region = Region {
    name: "shares",
    minutes: 10,
    share: 1,
    class: Some(Class::Account),
    is_patient: false,
    keeps_latest: false,
};
/// Approximate bytes of one.
const SHARE_BYTES: usize = 700;

/// What a commit means for [`SHARES`]: a closed one is refused, on this instance at once.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Share {
        return;
    }
    let share = mutation
        .entity()
        .zip(version)
        .and_then(|(entity, version)| {
            let entity = entity.clone();
            from_stored(&Stored { entity, version }).ok()
        });
    match share {
        Some(share) => cache.replace(&SHARES, memo(key), version, Some(share), SHARE_BYTES),
        None => cache.forget(&SHARES, memo(key), None),
    }
}

/// The cache key: half of the hash.
fn memo(key: &Key) -> u128 {
    let name = key.id_name().and_then(|name| name.get(..32));
    let number = name.and_then(|name| u128::from_str_radix(name, 16).ok());
    number.unwrap_or_default()
}

/// What is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// The starred articles.
    Starred,
    /// What is kept with one tag.
    Tag(String),
    /// The feeds of a folder, outermost name first, and of those below it.
    Folder(Vec<String>),
    /// The daily edition, as a feed for its owner's own programs.
    Edition,
    /// The weekly digest, as a feed for its owner's own programs.
    Digest,
}

/// How it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manner {
    /// What stands over it, in its owner's words; empty for what it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub heading: String,
    /// The language that its page speaks to everyone: a cache has one copy for all.
    pub language: Language,
}

impl Manner {
    /// A heading as typed.
    pub fn new(heading: &str, language: Language) -> Self {
        let plain = visible(heading.trim());
        let plain = plain.chars().filter(|c| !c.is_control());
        Self {
            heading: plain.take(HEADING_CHARS).collect(),
            language,
        }
    }
}

/// Something that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// For renewing and closing: the token's hash, which opens nothing.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// What is open.
    pub what: What,
    /// How it is shown.
    pub manner: Manner,
    /// When it was opened, or its address renewed.
    pub since: Timestamp,
    sealed: String,
    /// Whether its owner may not come in: then it isn't shown.
    is_barred: bool,
}

impl Share {
    /// The token in its address; `None` if the secret key is another one by now: then a renewed address is needed.
    pub fn token(&self, secret: &SecretKeys) -> Option<String> {
        Seal::new(secret, SEALED)?.open(&self.sealed)
    }
}

impl Share {
    /// Whether its address was signed with the older of two keys, and opens nothing once that is gone.
    pub fn ends_with_older(&self, keys: &SecretKeys) -> bool {
        let newest = SecretKeys::one(keys.newest());
        let token = self.token(keys);
        token.is_some_and(|token| !is_ours(&newest, &token))
    }
}

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// The user has as many as are allowed.
    #[error(
        "{MAX_SHARES} addresses are open already, which is the limit. Close one that you don’t need."
    )]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn key_of(token: &str) -> Key {
    Key::name(Kind::Share, hex(&Sha256::digest(token)))
}

fn from_stored(stored: &Stored) -> Result<Share, StoreError> {
    let entity = &stored.entity;
    let damaged = || StoreError::Corrupt(entity.key.to_string());
    let json = |name| entity.text(name).ok_or_else(damaged);
    Ok(Share {
        id: entity.key.id_name().ok_or_else(damaged)?.to_owned(),
        user: UserId(entity.int("user").ok_or_else(damaged)?),
        what: serde_json::from_str(json("what")?).map_err(|_| damaged())?,
        manner: serde_json::from_str(json("manner")?).map_err(|_| damaged())?,
        since: entity.time("since").unwrap_or_default(),
        sealed: json("token")?.to_owned(),
        is_barred: entity.get(BARRED).is_some(),
    })
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    from_stored(stored).is_ok()
}

/// A new token, and the record that it leads to.
fn made(
    (secret, random): (&SecretKeys, &Random),
    now: Timestamp,
    user: UserId,
    (what, manner): (&What, &Manner),
) -> Result<(String, Entity), StoreError> {
    let drawn = random.hex::<{ RANDOM_CHARS / 2 }>();
    let token = format!(
        "{drawn}{}",
        hex(&signature(secret, SIGNED, drawn.as_bytes()))
    );
    let fault = || StoreError::Invalid("the address can’t be sealed".to_owned());
    let seal = Seal::new(secret, SEALED).ok_or_else(fault)?;
    let text = |error: serde_json::Error| StoreError::Invalid(error.to_string());
    let entity = Entity::new(key_of(&token))
        .indexed("user", user.0)
        .unindexed("what", serde_json::to_string(what).map_err(text)?)
        .unindexed("manner", serde_json::to_string(manner).map_err(text)?)
        .unindexed("since", now)
        .unindexed("token", seal.close(&token, random).ok_or_else(fault)?);
    Ok((token, entity))
}

/// Opens something, and returns its token; what is open already stays as it is. One read for each that is open, and two writes: `line` is
/// that of the audit log.
///
/// # Errors
/// [`ShareError::TooMany`] at the limit; [`ShareError::Store`] if the store can't be read or written.
pub async fn open(
    store: &Datastore,
    keys: (&SecretKeys, &Random),
    now: Timestamp,
    user: UserId,
    (what, manner): (&What, &Manner),
    line: Mutation,
) -> Result<String, ShareError> {
    let all = list(store, user).await?;
    let known = all.iter().find(|share| share.what == *what);
    if let Some(token) = known.and_then(|share| share.token(keys.0)) {
        return Ok(token);
    }
    if all.len() >= MAX_SHARES as usize {
        return Err(ShareError::TooMany);
    }
    let (token, entity) = made(keys, now, user, (what, manner))?;
    store.commit(vec![Mutation::Insert(entity), line]).await?;
    Ok(token)
}

/// Whether a token may be one of ours: every other costs no read.
fn is_ours(secret: &SecretKeys, token: &str) -> bool {
    let fits = token.len() == RANDOM_CHARS + SIGNATURE_CHARS
        && token
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let Some((drawn, signed)) = token.split_at_checked(RANDOM_CHARS).filter(|_| fits) else {
        return false;
    };
    let pairs = signed.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let signed: Option<Vec<u8>> = pairs.map(byte).collect();
    signed.is_some_and(|signed| is_signed(secret, SIGNED, drawn.as_bytes(), &signed))
}

/// What a token opens; `None` for one that was renewed, closed or made up. From the cache, or one read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn find(
    store: &Datastore,
    secret: &SecretKeys,
    token: &str,
) -> Result<Option<Share>, StoreError> {
    if !is_ours(secret, token) {
        return Ok(None);
    }
    let key = key_of(token);
    let load = async {
        let stored = store.get(&key).await?;
        let share = stored.as_ref().map(from_stored).transpose()?;
        Ok(Loaded::new(share, SHARE_BYTES))
    };
    let share = store.get_or_load(&SHARES, memo(&key), load).await?;
    Ok((*share).clone().filter(|share| !share.is_barred))
}

/// The property of what is open while its owner may not come in.
const BARRED: &str = "barred";

/// The writes by which nothing of a user's is open, or is open again. One read each, one at least.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn bar(
    store: &Datastore,
    user: UserId,
    is_barred: bool,
) -> Result<Vec<Mutation>, StoreError> {
    let query = Query::kind(Kind::Share, 2 * MAX_SHARES).equal("user", user.0);
    let page = store.run_query(&query).await?;
    let writes = page.rows.into_iter().map(
        |Stored {
             mut entity,
             version,
         }| {
            let entity = match is_barred {
                true => entity.unindexed(BARRED, true),
                false => {
                    entity.properties.remove(BARRED);
                    entity
                }
            };
            Mutation::Update(entity, Some(version))
        },
    );
    Ok(writes.collect())
}

/// What a user has open, the oldest first. One read each, one at least.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn list(store: &Datastore, user: UserId) -> Result<Vec<Share>, StoreError> {
    let query = Query::kind(Kind::Share, 2 * MAX_SHARES).equal("user", user.0);
    let page = store.run_query(&query).await?;
    let all = page.rows.iter().map(from_stored);
    let mut all: Vec<Share> = all.collect::<Result<_, _>>()?;
    all.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
    Ok(all)
}

/// One of a user's own. One read.
async fn own(
    store: &Datastore,
    user: UserId,
    id: &str,
) -> Result<Option<(Share, Version)>, StoreError> {
    if id.len() != 64 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let Some(stored) = store.get(&Key::name(Kind::Share, id)).await? else {
        return Ok(None);
    };
    let share = from_stored(&stored)?;
    Ok((share.user == user).then_some((share, stored.version)))
}

/// Gives it a new token, which is returned; the old one opens nothing any more. `None` if it isn't this user's. One read, two
/// writes and one delete: `line` is that of the audit log.
///
/// # Errors
/// [`StoreError::Contention`] if it was renewed or closed meanwhile; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn renew(
    store: &Datastore,
    keys: (&SecretKeys, &Random),
    now: Timestamp,
    user: UserId,
    id: &str,
    line: Mutation,
) -> Result<Option<String>, StoreError> {
    let Some((share, version)) = own(store, user, id).await? else {
        return Ok(None);
    };
    let (token, entity) = made(keys, now, user, (&share.what, &share.manner))?;
    let old = Mutation::Delete(Key::name(Kind::Share, id), Some(version));
    store
        .commit(vec![Mutation::Insert(entity), old, line])
        .await?;
    Ok(Some(token))
}

/// Closes it, unless it is another user's. Returns whether there was one. One read, one write and one delete: `line` is
/// that of the audit log.
///
/// # Errors
/// The same as [`renew`].
pub async fn close(
    store: &Datastore,
    user: UserId,
    id: &str,
    line: Mutation,
) -> Result<bool, StoreError> {
    if own(store, user, id).await?.is_none() {
        return Ok(false);
    }
    let delete = Mutation::Delete(Key::name(Kind::Share, id), None);
    store.commit(vec![delete, line]).await?;
    Ok(true)
}
