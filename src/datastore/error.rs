//! Errors of the store.

use super::Key;

/// An operation that failed. Except for [`Unavailable`](Self::Unavailable) and [`Full`](Self::Full), none of it was
/// written.
///
/// Callers can tell "try again" ([`Contention`](Self::Contention), [`Unavailable`](Self::Unavailable)) from "never".
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Another commit changed what this one was based on: read again, decide again.
    #[error("{key} was changed by another request at the same time")]
    Contention {
        /// What changed: an entity, or for a transaction's query one of its results.
        key: String,
    },
    /// An insert found the key taken.
    #[error("{0} exists already")]
    AlreadyExists(Key),
    /// An update found nothing to update.
    #[error("{0} doesn’t exist")]
    NotFound(Key),
    /// The call breaks a rule of the store, whatever the store contains: a bug of ours.
    #[error("not a valid request: {0}")]
    Invalid(String),
    /// The query needs an index that `index.yaml` doesn't have.
    #[error("the query needs an index; add to index.yaml:\n{entry}")]
    MissingIndex {
        /// The entry to add, as YAML.
        entry: String,
    },
    /// The cursor is damaged or belongs to another query.
    #[error("this cursor doesn’t belong to this query")]
    BadCursor,
    /// A limit of the store in bytes or entries was exceeded.
    #[error("{what} is too large: {size}, the limit is {limit}")]
    TooLarge {
        /// What exceeds the limit.
        what: String,
        /// Its size, in the limit's unit.
        size: usize,
        /// The most that is allowed, in the same unit.
        limit: usize,
    },
    /// The store can't be reached or failed; the same call may succeed later. A commit may have happened all the same.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// This backend doesn't support the operation; the text says what does.
    #[error("{0}")]
    Unsupported(&'static str),
    /// Another process has the embedded store open.
    #[error("another process has the store at {path} open")]
    Taken {
        /// The folder.
        path: String,
    },
    /// There is no room on the disk for what was to be written.
    #[error("the disk is full: {0}")]
    Full(String),
    /// The store's file is damaged: which one, and what to do.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Stored data can't be decoded.
    #[error("a stored record is damaged: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Whether another commit changed what the work was based on, so that it may succeed when decided again.
    ///
    /// An insert that found its key taken doesn't count: repeated, it would find it taken again.
    pub fn is_contention(&self) -> bool {
        matches!(self, Self::Contention { .. })
    }

    /// Whether the store as a whole doesn't work now, so that going on with other records is useless.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Full(_) | Self::Damaged(_)
        )
    }
}
