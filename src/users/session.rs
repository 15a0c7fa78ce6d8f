//! Sessions: tower-sessions' records in our store.
//!
//! A session that a request doesn't touch costs nothing; one that it touches, one read. It is written at sign-in and
//! then at most once a day, when its end is moved. An expired one is deleted by the request that meets it, and a few more
//! by every sign-in, so that an installation without a cron needs nothing to sweep; where there is one, it sweeps them all.

use async_trait::async_trait;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use crate::chance::hex;
use crate::clock::Clock;
use crate::datastore::{Datastore, Entity, Key, Mutation, Query, RangeOp, StoreError};

const SESSION: &str = "Session";
/// Days after the last visit at which a session ends.
pub const DAYS: i64 = 30;
/// Expired sessions that one sign-in clears away: more than it adds.
const SWEEP: u32 = 10;

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

    /// Deletes a few sessions that are over. One read, and a delete for each.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self) -> std::result::Result<usize, StoreError> {
        self.sweep_some(SWEEP).await
    }

    /// Deletes at most `limit` sessions that are over, and answers how many: fewer than that means all. One read, and a
    /// delete for each.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep_some(&self, limit: u32) -> std::result::Result<usize, StoreError> {
        let query = Query::kind(SESSION, limit)
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

    /// The end is counted from our own clock: the record's own comes from the machine's.
    fn mutation(&self, record: &Record) -> Result<Entity> {
        let json = serde_json::to_vec(record).map_err(|error| Error::Encode(error.to_string()))?;
        let expires = self.clock.now() + TimeDelta::days(DAYS);
        Ok(Entity::new(key_of(&record.id))
            .indexed("expires", expires)
            .unindexed("record", json))
    }
}

/// Sessions stand hashed: who reads the store can't take one over.
fn key_of(id: &Id) -> Key {
    Key::name(SESSION, hex(&Sha256::digest(id.0.to_le_bytes())[..16]))
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
        let Some(stored) = self.store.get(&key).await.map_err(backend)? else {
            return Ok(None);
        };
        if stored
            .entity
            .time("expires")
            .is_none_or(|expires| expires <= self.clock.now())
        {
            self.store
                .commit(vec![Mutation::Delete(key, None)])
                .await
                .map_err(backend)?;
            return Ok(None);
        }
        let json = stored.entity.blob("record").unwrap_or_default();
        let mut record: Record =
            serde_json::from_slice(json).map_err(|error| Error::Decode(error.to_string()))?;
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
