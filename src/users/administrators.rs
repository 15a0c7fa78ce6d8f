//! Who administers: the list by which of two that go at once, one stays.
//!
//! Whether somebody is an administrator stands in their own record. This one names all who may come in, so that the last can't be taken
//! away; each change of the two is one commit, on the version of both. It isn't there until the first change, and is then made from all
//! accounts.

use super::User;
use super::store::list;
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError, Version};
use crate::ids::UserId;

fn key() -> Key {
    Key::name(Kind::Setting, "administrators")
}

/// All who administer, as they were read.
#[derive(Debug)]
pub struct Administrators {
    ids: Vec<i64>,
    version: Version,
}

impl Administrators {
    /// Reads the list. One read; a read for each account if there is none yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn load(store: &Datastore) -> Result<Self, StoreError> {
        if let Some(stored) = store.get(&key()).await? {
            let damaged = || StoreError::Corrupt(key().to_string());
            let ids = stored.entity.text("ids").ok_or_else(damaged)?;
            return Ok(Self {
                ids: serde_json::from_str(ids).map_err(|_| damaged())?,
                version: stored.version,
            });
        }
        let all = list(store).await?.into_iter();
        let ids = all.filter(|user| user.profile.administers());
        Ok(Self {
            ids: ids.map(|user| user.id.0).collect(),
            version: 0,
        })
    }

    /// The write that has the list say what a user's changed record says; `None` if it says so already.
    ///
    /// # Errors
    /// [`LastOne`] if nobody would be left.
    pub fn with(mut self, user: &User) -> Result<Option<Mutation>, LastOne> {
        let UserId(id) = user.id;
        let was = self.ids.contains(&id);
        let is = user.profile.administers();
        if was == is {
            return Ok(None);
        }
        match is {
            true => self.ids.push(id),
            false => self.ids.retain(|known| *known != id),
        }
        if self.ids.is_empty() {
            return Err(LastOne);
        }
        // Numbers always serialize.
        let ids = serde_json::to_string(&self.ids).unwrap_or_default();
        let entity = Entity::new(key()).unindexed("ids", ids);
        Ok(Some(Mutation::Upsert(entity, Some(self.version))))
    }
}

/// There would be no administrator left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastOne;
