//! What can go wrong at the floor.

use super::Key;

/// An operation that the store didn't carry out. Nothing of it was written.
///
/// A caller can tell "try again" ([`Contention`](Self::Contention), [`Unavailable`](Self::Unavailable)) from "never".
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed what this change was based on: read again, decide again.
    #[error("somebody else changed {key} at the same time")]
    Contention {
        /// The entity, or for a transaction's query the first that changed.
        key: String,
    },
    /// An insert found the key taken.
    #[error("{0} exists already")]
    AlreadyExists(Key),
    /// An update found nothing to update.
    #[error("{0} doesn't exist")]
    NotFound(Key),
    /// The call breaks a rule of the store, whatever is in it: a fault of ours.
    #[error("not a valid request: {0}")]
    Invalid(String),
    /// The query needs an index that `index.yaml` doesn't have.
    #[error("the query needs an index; add to index.yaml:\n{entry}")]
    MissingIndex {
        /// The entry to add, as YAML.
        entry: String,
    },
    /// The cursor is damaged or belongs to another query.
    #[error("this cursor doesn't belong to this query")]
    BadCursor,
    /// A limit of the store in bytes or entries.
    #[error("{what} is too large: {size}, the limit is {limit}")]
    TooLarge {
        /// What broke the limit.
        what: String,
        /// Its size, in the limit's unit.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The store can't be reached, or failed under us; the same call may go through later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// This backend can't do that; the text says what can.
    #[error("{0}")]
    Unsupported(&'static str),
    /// Another process has the embedded store open.
    #[error("another process has the store at {path} open")]
    Taken {
        /// The folder.
        path: String,
    },
    /// What is stored can't be understood.
    #[error("the store holds something damaged: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Whether somebody else changed what the work was based on, so that it may go through when it is decided anew. An insert
    /// that found its key taken isn't among them: repeated, it would find it taken again.
    pub fn is_contention(&self) -> bool {
        matches!(self, Self::Contention { .. })
    }
}
