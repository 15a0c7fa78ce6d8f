//! What a store notes for a backup in steps (`backup.rs`): which backup that is, and which records have changed since it began.

use redb::{ReadableTable, ReadableTableMetadata, Table, TableDefinition, WriteTransaction};

use super::unavailable;
use crate::datastore::{StoreError, Version};

/// Keys that were changed since a backup began → the version of the last change.
pub(super) const CHANGED: TableDefinition<'static, &[u8], i64> = TableDefinition::new("changed");
/// The row of `META` that says which backup a file is part of.
pub(super) const NOTE: &str = "backup";
/// The row of `META` with the last version whose changes were noted: an earlier release of the program notes none.
const LOGGED: &str = "backup_version";
/// Noted changes above which a backup isn't worth going on with, such as one whose scheduler has gone: some 100 MB.
const MOST_CHANGED: u64 = 1_000_000;

/// Which backup a file is part of, and its last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// When it began, in microseconds since 1970, and at which version.
    pub(super) began: (i64, Version),
    pub(super) step: u64,
}

impl Note {
    /// The length of its bytes.
    pub(super) const BYTES: usize = 24;

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let (at, version) = self.began;
        let mut bytes = at.to_le_bytes().to_vec();
        bytes.extend(version.to_le_bytes());
        bytes.extend(self.step.to_le_bytes());
        bytes
    }

    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let part = |at: usize| bytes.get(at..)?.first_chunk::<8>().copied();
        Some(Self {
            began: (
                i64::from_le_bytes(part(0)?),
                Version::from_le_bytes(part(8)?),
            ),
            step: u64::from_le_bytes(part(16)?),
        })
    }
}

/// The backup that a store is part of.
pub(super) fn noted(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<Option<Note>, StoreError> {
    let note = meta.get(NOTE).map_err(unavailable)?;
    Ok(note.and_then(|note| Note::of(note.value())))
}

/// Whether a commit has to say what it changes.
pub(super) fn is_wanted(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<bool, StoreError> {
    Ok(meta.get(NOTE).map_err(unavailable)?.is_some())
}

/// Says that the changes up to this version are noted.
pub(super) fn logged(
    meta: &mut Table<'_, &'static str, &'static [u8]>,
    version: Version,
) -> Result<(), StoreError> {
    let bytes = version.to_le_bytes();
    meta.insert(LOGGED, bytes.as_slice()).map_err(unavailable)?;
    Ok(())
}

/// Up to which version changes are noted.
pub(super) fn last_logged(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<Option<Version>, StoreError> {
    let bytes = meta.get(LOGGED).map_err(unavailable)?;
    let bytes = bytes.and_then(|bytes| bytes.value().first_chunk::<8>().copied());
    Ok(bytes.map(Version::from_le_bytes))
}

/// Says what a commit changes. Gives the backup up where that is more than it is worth.
pub(super) fn changed(
    write: &WriteTransaction,
    meta: &mut Table<'_, &'static str, &'static [u8]>,
    keys: &[(Vec<u8>, Version)],
) -> Result<(), StoreError> {
    let mut table = write.open_table(CHANGED).map_err(unavailable)?;
    for (key, version) in keys {
        table.insert(key.as_slice(), version).map_err(unavailable)?;
    }
    let is_too_much = table.len().map_err(unavailable)? > MOST_CHANGED;
    drop(table);
    if is_too_much {
        write.delete_table(CHANGED).map_err(unavailable)?;
        meta.remove(NOTE).map_err(unavailable)?;
    }
    Ok(())
}

/// Takes the note of a backup out of a copy of the store, which isn't part of it.
pub(super) fn unnote(meta: &mut Table<'_, &'static str, &'static [u8]>) -> Result<(), StoreError> {
    meta.remove(NOTE).map_err(unavailable)?;
    meta.remove(LOGGED).map_err(unavailable)?;
    Ok(())
}
