//! Mutations: what a commit changes.

use super::{Entity, Key};

/// The version of an entity: strictly greater after each commit that changes it. As a base, 0 means "must not exist".
pub type Version = i64;

/// One change. All changes of a commit happen, or none.
#[derive(Clone, Debug, PartialEq)]
pub enum Mutation {
    /// Fails the commit if the key is taken.
    Insert(Entity),
    /// Fails the commit if there is nothing at the key, or, with a version, if it isn't the stored one.
    Update(Entity, Option<Version>),
    /// Writes, whatever was there; with a version only if it is the stored one.
    Upsert(Entity, Option<Version>),
    /// Leaves nothing at the key; what is absent already is fine, unless a version was given.
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

    /// What will stand there; `None` for a delete.
    pub fn entity(&self) -> Option<&Entity> {
        match self {
            Self::Insert(entity) | Self::Update(entity, _) | Self::Upsert(entity, _) => {
                Some(entity)
            }
            Self::Delete(..) => None,
        }
    }

    /// Whether nothing may stand at the key before: to Google an insert, since a deleted entity keeps a version there.
    pub fn is_insert(&self) -> bool {
        matches!(self, Self::Insert(_) | Self::Upsert(_, Some(0)))
    }

    /// The version that the stored entity must have.
    pub fn base_version(&self) -> Option<Version> {
        match self {
            Self::Insert(_) => None,
            Self::Update(_, version) | Self::Upsert(_, version) | Self::Delete(_, version) => {
                *version
            }
        }
    }
}
