//! Mutations: what a commit changes.

use super::{Entity, Key};

/// The version of an entity: strictly greater after each commit that changes it. As a base, 0 means "must not exist".
pub type Version = i64;

/// One change. A commit makes all of its changes or none.
#[derive(Clone, Debug, PartialEq)]
pub enum Mutation {
    /// Fails the commit if the key is taken.
    Insert(Entity),
    /// Fails the commit if the key is free, or if a version is given that isn't the stored one.
    Update(Entity, Option<Version>),
    /// Writes whether or not the key is taken; with a version, only if it is the stored one.
    Upsert(Entity, Option<Version>),
    /// Deletes what is at the key; nothing there is fine, unless a version is given.
    Delete(Key, Option<Version>),
}

impl Mutation {
    /// The key that changes.
    pub fn key(&self) -> &Key {
        match self {
            Self::Insert(entity) | Self::Update(entity, _) | Self::Upsert(entity, _) => &entity.key,
            Self::Delete(key, _) => key,
        }
    }

    /// The entity to be stored; `None` for a delete.
    pub fn entity(&self) -> Option<&Entity> {
        match self {
            Self::Insert(entity) | Self::Update(entity, _) | Self::Upsert(entity, _) => {
                Some(entity)
            }
            Self::Delete(..) => None,
        }
    }

    /// Whether the key must be free. To Google this is an insert, since a deleted entity keeps a version there.
    pub fn is_insert(&self) -> bool {
        matches!(self, Self::Insert(_) | Self::Upsert(_, Some(0)))
    }

    /// The version that the stored entity must have, if any.
    pub fn base_version(&self) -> Option<Version> {
        match self {
            Self::Insert(_) => None,
            Self::Update(_, version) | Self::Upsert(_, version) | Self::Delete(_, version) => {
                *version
            }
        }
    }
}
