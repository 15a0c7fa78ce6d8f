//! Failures as [`StoreError`]s.

use tonic::{Code, Status};

use super::retry::{Failure, is_oversized, text_of};
use crate::datastore::rules::COMMIT_BYTES;
use crate::datastore::{Key, Mutation, StoreError};

/// The error for a failed read.
pub(super) fn of_read(failure: Failure, has_cursor: bool) -> StoreError {
    match failure {
        Failure::NotSent(error) => error,
        Failure::InDoubt(text) => StoreError::Unavailable(text),
        Failure::Refused(status) => match status.code() {
            Code::InvalidArgument if has_cursor && is_about_cursor(&status) => {
                StoreError::BadCursor
            }
            _ => of_status(&status),
        },
    }
}

fn is_about_cursor(status: &Status) -> bool {
    let text = status.message().to_lowercase();
    text.contains("cursor") || text.contains("parsing protocol message")
}

/// The error for a status that any call can get.
pub(super) fn of_status(status: &Status) -> StoreError {
    let text = text_of(status);
    match status.code() {
        Code::Aborted => contention("an entity"),
        Code::FailedPrecondition if is_about_index(status) => StoreError::MissingIndex {
            entry: status.message().to_owned(),
        },
        // The emulator says "invalid" if the base is in the future, as after a move to another database.
        Code::FailedPrecondition | Code::InvalidArgument
            if status.message().contains("base version") =>
        {
            contention("an entity of the commit")
        }
        Code::InvalidArgument | Code::OutOfRange | Code::Unimplemented => StoreError::Invalid(text),
        Code::ResourceExhausted if is_oversized(status) => StoreError::TooLarge {
            what: format!("a request ({})", status.message()),
            size: 0,
            limit: COMMIT_BYTES,
        },
        Code::PermissionDenied | Code::Unauthenticated => StoreError::Unavailable(format!(
            "{text}; the account needs the role Cloud Datastore User (roles/datastore.user)"
        )),
        Code::NotFound => StoreError::Unavailable(format!(
            "{text}; make the database with `gcloud firestore databases create --type=datastore-mode`"
        )),
        _ => StoreError::Unavailable(text),
    }
}

fn is_about_index(status: &Status) -> bool {
    let text = status.message();
    [
        "no matching index",
        "requires an index",
        "requires a composite index",
    ]
    .iter()
    .any(|words| text.contains(words))
}

fn contention(what: &str) -> StoreError {
    let key = what.to_owned();
    StoreError::Contention { key }
}

/// The error for a refused commit, of which nothing was done. `taken` is the insert whose key is taken, if one was
/// found.
pub(super) fn of_commit(status: &Status, mutations: &[Mutation], taken: Option<Key>) -> StoreError {
    let first = |wanted: fn(&Mutation) -> bool| {
        let found = mutations.iter().find(|mutation| wanted(mutation));
        found.map(|mutation| mutation.key().clone())
    };
    let missing = || {
        let named = mutations
            .iter()
            .filter(|m| matches!(m, Mutation::Update(..)));
        let mut named = named.map(Mutation::key);
        match (named.next(), named.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => first(|mutation| matches!(mutation, Mutation::Update(..))),
        }
    };
    match status.code() {
        Code::AlreadyExists => {
            let key = taken.or_else(|| first(Mutation::is_insert));
            let found = mutations.iter().find(|m| Some(m.key()) == key.as_ref());
            match (found, key) {
                (Some(Mutation::Insert(_)), Some(key)) => StoreError::AlreadyExists(key),
                (_, Some(key)) => contention(&key.to_string()),
                (_, None) => of_status(status),
            }
        }
        // In a commit, versions are the only preconditions.
        Code::FailedPrecondition if !is_about_index(status) => {
            contention("an entity of the commit")
        }
        // A database that doesn't exist is "not found" too.
        Code::NotFound if status.message().contains("no entity to update") => {
            missing().map_or_else(|| of_status(status), StoreError::NotFound)
        }
        _ => of_status(status),
    }
}
