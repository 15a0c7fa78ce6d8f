//! Sessions: tower-sessions' records in our store.
//!
//! A session that a request doesn't touch costs nothing; one that it touches, one read. It is written at sign-in and
//! then at most once a day, when it is extended. An expired one is deleted by the request that finds it, and a few more
//! by every sign-in, so that an installation without a cron needs no sweep; where there is one, it deletes them all.

use async_trait::async_trait;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use crate::clock::Clock;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Entity, Key, Kind, Loaded, Mutation, Query, RangeOp, Region, StoreError,
    Stored, Version,
};
use crate::random::hex;
use crate::timestamp::Timestamp;

/// Days after the last visit when a session ends.
pub const SESSION_DAYS: i64 = 30;
/// Expired sessions that one sign-in deletes: more than it adds.
const SWEEP: u32 = 10;

/// What a session's record has, by name.
pub mod fields {
    /// The account's number.
    pub const USER: &str = "user";
    /// The account's epoch when it was begun.
    pub const EPOCH: &str = "epoch";
    /// The last day on which it was used, in days since 1970.
    pub const DAY: &str = "day";
    /// The minute of the last proof that the user is the account's owner.
    pub const PROVEN: &str = "proven";
    /// The minute at which it was begun.
    pub const SINCE: &str = "since";
    /// The browser it was begun in.
    pub const DEVICE: &str = "device";
    /// The network it was begun from.
    pub const NETWORK: &str = "network";
}

/// Session records, by the hash that names them.
pub static SESSIONS: Region = Region {
    name: "sessions",
    minutes: 10,
    share: 2,
    class: Some(Class::Account),
    is_patient: false,
    keeps_latest: false,
};
/// Approximate bytes of a record.
const RECORD_BYTES: usize = 600;

/// What a commit means for [`SESSIONS`]: signing out takes effect on this instance at once.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Session {
        return;
    }
    match mutation.entity().and_then(|entity| read(entity).ok()) {
        Some(session) => cache.replace(&SESSIONS, memo(key), version, session, RECORD_BYTES),
        None => cache.forget(&SESSIONS, memo(key), None),
    }
}

/// A record and its expiry.
#[derive(Clone, Debug)]
pub(super) struct CachedSession {
    pub(super) record: Record,
    pub(super) expires: Option<Timestamp>,
}

pub(super) fn read(entity: &Entity) -> Result<CachedSession> {
    let json = entity.blob("record").unwrap_or_default();
    let record = serde_json::from_slice(json).map_err(|error| Error::Decode(error.to_string()))?;
    Ok(CachedSession {
        record,
        expires: entity.time("expires"),
    })
}

fn memo(key: &Key) -> u128 {
    let name = key.id_name().unwrap_or_default();
    u128::from_str_radix(name, 16).unwrap_or_default()
}

/// Keeps sessions in the store.
#[derive(Clone, Debug)]
pub struct Sessions {
    store: Datastore,
    clock: Clock,
}

impl Sessions {
    /// Sessions in this store.
    pub fn new(store: Datastore, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Deletes a few expired sessions. One read, and a delete for each.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached.
    pub async fn sweep(&self) -> std::result::Result<usize, StoreError> {
        self.sweep_some(SWEEP).await
    }

    /// Deletes at most `limit` expired sessions, and returns how many: fewer than that means all. One read, and a
    /// delete for each.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached.
    pub async fn sweep_some(&self, limit: u32) -> std::result::Result<usize, StoreError> {
        let query = Query::kind(Kind::Session, limit)
            .range("expires", RangeOp::Less, self.clock.now())
            .keys_only();
        let over = self.store.run_query(&query).await?.rows;
        let deletes = over
            .into_iter()
            .map(|row| Mutation::Delete(row.entity.key, None));
        let deletes: Vec<_> = deletes.collect();
        let count = deletes.len();
        if count > 0 {
            self.store.commit(deletes).await?;
        }
        Ok(count)
    }

    /// The expiry is counted from our own clock: the record's own comes from the system's.
    fn mutation(&self, record: &Record) -> Result<Entity> {
        let json = serde_json::to_vec(record).map_err(|error| Error::Encode(error.to_string()))?;
        let expires = self.clock.now() + TimeDelta::days(SESSION_DAYS);
        let user = record
            .data
            .get(fields::USER)
            .and_then(serde_json::Value::as_i64);
        let entity = Entity::new(key_of(&record.id)).indexed("expires", expires);
        let entity = match user {
            Some(user) => entity.indexed("user", user),
            None => entity,
        };
        Ok(entity.unindexed("record", json))
    }
}

/// Ids are hashed: someone who can read the store can't take a session over.
pub(super) fn key_of(id: &Id) -> Key {
    Key::name(
        Kind::Session,
        hex(&Sha256::digest(id.0.to_le_bytes())[..16]),
    )
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let insert = Mutation::Insert(self.mutation(record)?);
            match self.store.commit(vec![insert]).await {
                Err(StoreError::AlreadyExists(_)) => record.id = Id::default(),
                other => return other.map(|_| ()).map_err(backend),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        // An update: a session that was ended meanwhile, by signing out elsewhere, stays ended.
        let update = Mutation::Update(self.mutation(record)?, None);
        match self.store.commit(vec![update]).await {
            Ok(_) | Err(StoreError::NotFound(_)) => Ok(()),
            Err(error) => Err(backend(error)),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let key = key_of(id);
        let load = async {
            let stored = self.store.get(&key).await?;
            let Stored { entity, .. } = stored.ok_or_else(|| StoreError::NotFound(key.clone()))?;
            let known = read(&entity).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            Ok(Loaded::new(known, RECORD_BYTES))
        };
        let known = match self.store.get_or_load(&SESSIONS, memo(&key), load).await {
            Err(StoreError::NotFound(_)) => return Ok(None),
            Err(StoreError::Corrupt(text)) => return Err(Error::Decode(text)),
            known => known.map_err(backend)?,
        };
        let now = self.clock.now();
        if known.expires.is_none_or(|expires| expires <= now) {
            let delete = Mutation::Delete(key, None);
            self.store.commit(vec![delete]).await.map_err(backend)?;
            return Ok(None);
        }
        let mut record = known.record.clone();
        record.id = *id;
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let delete = Mutation::Delete(key_of(id), None);
        self.store
            .commit(vec![delete])
            .await
            .map(|_| ())
            .map_err(backend)
    }
}
