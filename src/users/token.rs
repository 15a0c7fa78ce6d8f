//! Tokens for programs: shown once, stored hashed. The same token is the password of the Google Reader and Fever APIs.

use chrono::TimeDelta;
use md5::Md5;
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
    share: 1,
    class: Some(Class::Account),
    is_patient: false,
    keeps_latest: false,
};
/// Approximate bytes of one.
const OWNER_BYTES: usize = 800;

/// What a token may do. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// See everything.
    Read,
    /// Mark, star, tag, and tell what was played.
    Mark,
    /// Change subscriptions, and have feeds fetched: everything.
    Manage,
}

impl Scope {
    /// Its name in the store, on the command line and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Mark => "mark",
            Self::Manage => "manage",
        }
    }

    /// The scope of a name; `None` if there is no such scope.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Read, Self::Mark, Self::Manage];
        all.into_iter().find(|scope| scope.name() == name)
    }
}

/// What a commit means for [`TOKENS`]: a revoked token is refused, on this instance at once.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Token {
        return;
    }
    if key.id_name().is_some_and(|name| name.len() > HASH_CHARS) {
        // A Fever key, which never leads to another token.
        return cache.forget(&TOKENS, memo(key), None);
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
    /// What it may do.
    pub scope: Scope,
    /// The last day on which it was used, in days since 1970; `None` if it never was, or not since that is noted.
    pub used_day: Option<i64>,
    /// When it ends; `None` if it doesn't.
    pub expires: Option<Timestamp>,
    /// How many articles' texts it was given, and on which day.
    pub bodies: (i64, u32),
}

impl Token {
    /// Tells tokens apart in memory, as [`Owner::memo`].
    pub fn memo(&self) -> u128 {
        memo(&Key::name(Kind::Token, self.id.as_str()))
    }
}

/// A token to be created.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'n> {
    /// Whom it acts for.
    pub user: UserId,
    /// Their address, which is their name in programs that speak Fever.
    pub email: &'n str,
    /// What it is for, in the user's words.
    pub name: &'n str,
    /// What it may do.
    pub scope: Scope,
    /// How long it opens anything.
    pub lifetime: Lifetime,
}

/// How long a token lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// Until it is revoked.
    #[default]
    Endless,
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
    /// 365 days.
    Year,
}

impl Lifetime {
    /// All of them, as they are shown.
    pub const ALL: [Self; 4] = [Self::Endless, Self::Month, Self::Quarter, Self::Year];

    /// Its name in forms and on the command line: `never`, or days.
    pub fn name(self) -> &'static str {
        match self {
            Self::Endless => "never",
            Self::Month => "30",
            Self::Quarter => "90",
            Self::Year => "365",
        }
    }

    /// The lifetime of a name; `None` if there is no such one.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// When a token ends that is made now.
    fn end(self, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::Endless => return None,
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        };
        Some(now + TimeDelta::days(days))
    }
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

/// Characters of a token's hash.
const HASH_CHARS: usize = 64;

/// The record that leads from a Fever key, the MD5 of the user's name and the token, to the token. MD5 is the protocol's; of 256
/// random bits it gives nothing away, and here it is hashed once more.
fn fever_key(md5: &str) -> Key {
    let hash = hex(&Sha256::digest(md5.to_ascii_lowercase()));
    Key::name(Kind::Token, format!("f{hash}"))
}

/// A token is 256 random bits, so one round of SHA-256 protects it.
fn key_of(token: &str) -> Key {
    Key::name(Kind::Token, hex(&Sha256::digest(token)))
}

/// Creates a token and returns it, the only time that it is shown. One read and three writes.
///
/// # Errors
/// [`TokenError::TooMany`] at the limit; [`TokenError::Store`] if the store can't be read or written.
pub async fn create(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    new: NewToken<'_>,
) -> Result<String, TokenError> {
    create_with(store, random, now, new, None).await
}

/// The same, with a line of the audit log in the commit: one write more.
///
/// # Errors
/// Those of [`create`].
pub async fn create_with(
    store: &Datastore,
    random: &Random,
    now: Timestamp,
    new: NewToken<'_>,
    line: Option<Mutation>,
) -> Result<String, TokenError> {
    let user = new.user;
    if list(store, user).await?.len() >= MAX_TOKENS as usize {
        return Err(TokenError::TooMany);
    }
    let token = format!("{PREFIX}{}", random.hex::<32>());
    let name: String = visible(new.name).chars().take(100).collect();
    let key = key_of(&token);
    // Once more for programs that take the name out of an address, in which an @ is written so.
    let in_addresses = new.email.replace('@', "%40");
    let fever = [new.email, &in_addresses].map(|name| fever_key(&fever_password(name, &token)));
    let names = fever
        .each_ref()
        .map(|key| key.id_name().unwrap_or_default())
        .join(" ");
    let leads_to = key.id_name().unwrap_or_default().to_owned();
    let entity = Entity::new(key)
        .indexed("user", user.0)
        .unindexed("name", name)
        .unindexed("created", now)
        .unindexed("scope", new.scope.name())
        .unindexed("fever", names)
        // A user who creates a token has been seen today.
        .unindexed("noted_day", super::day_of(now));
    let entity = match new.lifetime.end(now) {
        Some(end) => entity.unindexed("expires", end),
        None => entity,
    };
    let fever = fever.map(|key| Entity::new(key).unindexed("token", leads_to.as_str()));
    let inserts = std::iter::once(entity).chain(fever).map(Mutation::Insert);
    store.commit(inserts.chain(line).collect()).await?;
    Ok(token)
}

/// The records that lead to a token: two, or one if it is older.
fn fever_keys(token: &Entity) -> Vec<Key> {
    let names = token.text("fever").unwrap_or_default().split(' ');
    let names = names.filter(|name| !name.is_empty());
    names.map(|name| Key::name(Kind::Token, name)).collect()
}

/// What programs that speak Fever send: the MD5 of name and password, in lower-case hexadecimal.
pub fn fever_password(email: &str, token: &str) -> String {
    hex(&Md5::digest(format!("{email}:{token}")))
}

/// The property of a token whose owner may not come in.
const BARRED: &str = "barred";

/// The writes by which a user's tokens open nothing, or open again. One read each, one at least; no read of the account is needed with
/// each use.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn bar(
    store: &Datastore,
    user: UserId,
    is_barred: bool,
) -> Result<Vec<Mutation>, StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::Token, MAX_TOKENS).equal("user", user.0))
        .await?;
    let writes = page.rows.into_iter().map(|Stored { entity, version }| {
        Mutation::Update(barred(entity, is_barred), Some(version))
    });
    Ok(writes.collect())
}

/// A record of which this is said.
fn barred(mut entity: Entity, is_barred: bool) -> Entity {
    match is_barred {
        true => entity.unindexed(BARRED, true),
        false => {
            entity.properties.remove(BARRED);
            entity
        }
    }
}

/// The deletes of some of a user's tokens; none if none is left. One read each, one at least.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn removals(store: &Datastore, user: UserId) -> Result<Vec<Mutation>, StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::Token, MAX_TOKENS).equal("user", user.0))
        .await?;
    let keys = page.rows.into_iter().flat_map(|row| {
        let mut keys = fever_keys(&row.entity);
        keys.push(row.entity.key);
        keys
    });
    Ok(keys.map(|key| Mutation::Delete(key, None)).collect())
}

/// The owner of a token, which may have expired: [`Owner::has_expired`].
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account that the token acts for.
    pub user: UserId,
    /// The last day on which the token's use counted as a visit of its owner, in days since 1970.
    pub noted_day: i64,
    /// The last day on which it was used, as it is noted: 0 for none.
    pub used_day: i64,
    /// What it may do.
    pub scope: Scope,
    /// When it was created.
    pub created: Timestamp,
    /// When it ends; `None` if it doesn't.
    pub expires: Option<Timestamp>,
    /// How many articles' texts it was given, and on which day.
    pub bodies: (i64, u32),
    /// Whether its owner may not come in: then it opens nothing.
    pub is_barred: bool,
    stored: Stored,
}

impl Owner {
    /// Whether it opens nothing any more.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Tells tokens apart in memory.
    pub fn memo(&self) -> u128 {
        memo(&self.stored.entity.key)
    }
}

/// The scope of a token's record; those from before there were scopes may do everything.
fn scope_of(entity: &Entity) -> Scope {
    let scope = entity.text("scope").map(Scope::of);
    // One that isn't known is of a newer version, and may be narrower.
    scope.map_or(Scope::Manage, |scope| scope.unwrap_or(Scope::Read))
}

fn owner_of(stored: Stored) -> Option<Owner> {
    let user = stored.entity.int("user")?;
    Some(Owner {
        user: UserId(user),
        noted_day: stored.entity.int("noted_day").unwrap_or_default(),
        used_day: stored.entity.int("used_day").unwrap_or_default(),
        scope: scope_of(&stored.entity),
        created: stored.entity.time("created").unwrap_or_default(),
        expires: stored.entity.time("expires"),
        bodies: bodies_of(&stored.entity),
        is_barred: stored.entity.get(BARRED).is_some(),
        stored,
    })
}

/// What a token was given: the day, and how many texts on it.
fn bodies_of(entity: &Entity) -> (i64, u32) {
    let day = entity.int("bodies_day").unwrap_or_default();
    let count = entity.int("bodies").unwrap_or_default();
    (day, u32::try_from(count).unwrap_or_default())
}

/// A token's owner, expired or not; `None` for an unknown token. From the cache, or one read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn owner(store: &Datastore, token: &str) -> Result<Option<Owner>, StoreError> {
    if !token.starts_with(PREFIX) || token.len() > 100 {
        return Ok(None);
    }
    by_key(store, key_of(token)).await
}

/// The owner of the token that a Fever key was made of; `None` for an unknown one. From the cache, or two reads.
///
/// # Errors
/// The same as [`owner`].
pub async fn owner_by_fever_key(store: &Datastore, md5: &str) -> Result<Option<Owner>, StoreError> {
    if md5.len() != 32 || !md5.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let fever = fever_key(md5);
    let load = async {
        let stored = store.get(&fever).await?;
        let token = stored.and_then(|stored| stored.entity.text("token").map(str::to_owned));
        let token = token.ok_or_else(|| StoreError::NotFound(fever.clone()))?;
        Ok(Loaded::new(token, OWNER_BYTES))
    };
    let token: std::sync::Arc<String> = match store.get_or_load(&TOKENS, memo(&fever), load).await {
        Err(StoreError::NotFound(_)) => return Ok(None),
        token => token?,
    };
    by_key(store, Key::name(Kind::Token, token.as_str())).await
}

async fn by_key(store: &Datastore, key: Key) -> Result<Option<Owner>, StoreError> {
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

/// Notes in the token that it was used on `day`, and whether its owner was noted as seen then.
///
/// That saves a read of their record with every use. One write. A token that was revoked meanwhile stays revoked.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn note_day(
    store: &Datastore,
    owner: Owner,
    day: i64,
    has_seen: bool,
) -> Result<(), StoreError> {
    let noted = if has_seen { day } else { owner.noted_day };
    let Stored { entity, version } = owner.stored;
    let entity = entity
        .unindexed("used_day", day)
        .unindexed("noted_day", noted);
    unless_changed(store, Mutation::Update(entity, Some(version))).await
}

/// Notes how many texts a token was given on a day, unless more is noted. One write; a read and a second write where the token's
/// record isn't as it was remembered.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn note_bodies(
    store: &Datastore,
    owner: &Owner,
    given: (i64, u32),
) -> Result<(), StoreError> {
    let Some(update) = with_bodies(&owner.stored, given) else {
        return Ok(());
    };
    match store.commit(vec![update]).await {
        Err(error) if error.is_contention() => {}
        Err(StoreError::NotFound(_)) => return Ok(()),
        other => return other.map(|_| ()),
    }
    let now = store.get(&owner.stored.entity.key).await?;
    match now.and_then(|stored| with_bodies(&stored, given)) {
        Some(update) => unless_changed(store, update).await,
        None => Ok(()),
    }
}

/// The write that notes it in this record; `None` if as much is noted there.
fn with_bodies(stored: &Stored, (day, count): (i64, u32)) -> Option<Mutation> {
    let known = bodies_of(&stored.entity);
    if known.0 > day || (known.0 == day && known.1 >= count) {
        return None;
    }
    let entity = { stored.entity.clone() }
        .unindexed("bodies_day", day)
        .unindexed("bodies", i64::from(count));
    Some(Mutation::Update(entity, Some(stored.version)))
}

/// Commits what somebody else will note soon, if another change came first.
async fn unless_changed(store: &Datastore, update: Mutation) -> Result<(), StoreError> {
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
        scope: scope_of(&row.entity),
        used_day: row.entity.int("used_day"),
        expires: row.entity.time("expires"),
        bodies: bodies_of(&row.entity),
    });
    let mut tokens: Vec<_> = tokens.collect();
    tokens.sort_by_key(|token| token.created);
    Ok(tokens)
}

/// Revokes a token, unless it is another user's, with a line of the audit log. Returns whether there was one. One read, two
/// deletes, and a write for the line.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn revoke(
    store: &Datastore,
    user: UserId,
    id: &str,
    line: Mutation,
) -> Result<bool, StoreError> {
    if id.len() != HASH_CHARS || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(false);
    }
    let key = Key::name(Kind::Token, id);
    match store.get(&key).await? {
        Some(stored) if stored.entity.int("user") == Some(user.0) => {
            let keys = fever_keys(&stored.entity).into_iter().chain([key]);
            let deletes = keys.map(|key| Mutation::Delete(key, None));
            store.commit(deletes.chain([line]).collect()).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}
