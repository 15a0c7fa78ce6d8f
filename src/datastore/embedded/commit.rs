//! Commits: check, write, index, make durable.

use std::collections::BTreeSet;

use redb::TableDefinition;
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata, Table,
    WriteTransaction,
};

use super::{
    ENTITIES, FORMAT, INDEX, META, Seen, codec, decode_entity, entries, kept, noted, record, scan,
    unavailable,
};
use crate::datastore::{IndexSet, Key, Mutation, Page, Progress, StoreError, Version};

/// One commit of a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'p> {
    /// No key is changed twice: the rules see to that.
    pub(super) mutations: &'p [Mutation],
    pub(super) seen: &'p [Seen],
    /// Bytes of its entities.
    pub(super) bytes: usize,
}

/// Commits parts in one transaction: each as if those before it had been committed, and those that are refused had never
/// been. Dropping the write transaction on any error undoes all of it.
pub(super) fn commit(
    write: WriteTransaction,
    indexes: &IndexSet,
    parts: &[Part<'_>],
) -> Result<Vec<Result<Vec<Version>, StoreError>>, StoreError> {
    let outcomes: Vec<_> = {
        let mut table = write.open_table(ENTITIES).map_err(unavailable)?;
        let mut index = write.open_table(INDEX).map_err(unavailable)?;
        let mut meta = write.open_table(META).map_err(unavailable)?;
        let mut version = last_version(&meta)?;
        let mut outcomes = Vec::with_capacity(parts.len());
        let is_backed_up = noted::is_wanted(&meta)?;
        let mut changed = Vec::new();
        for part in parts {
            // Everything is checked before anything of it is written, so that a refused part leaves nothing.
            let planned = plan(part, version + 1, indexes, &index, &table);
            outcomes.push(match planned {
                Ok(changes) => {
                    version += 1;
                    if is_backed_up {
                        let real = changes.iter().filter(|change| !change.is_nothing);
                        changed.extend(real.map(|change| (change.key.clone(), version)));
                    }
                    let written = changes
                        .into_iter()
                        .map(|change| change.write(&mut table, &mut index));
                    Ok(written.collect::<Result<Vec<_>, _>>()?)
                }
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => Err(error),
            });
        }
        if !changed.is_empty() {
            noted::changed(&write, &mut meta, &changed)?;
        }
        if outcomes.iter().any(Result::is_ok) {
            let bytes = version.to_le_bytes();
            meta.insert("version", bytes.as_slice())
                .map_err(unavailable)?;
            if is_backed_up {
                noted::logged(&mut meta, version)?;
            }
        }
        outcomes
    };
    match outcomes.iter().any(Result::is_ok) {
        true => write.commit().map_err(unavailable)?,
        false => write.abort().map_err(unavailable)?,
    }
    Ok(outcomes)
}

/// What one commit changes, once nothing is against it.
fn plan(
    part: &Part<'_>,
    version: Version,
    indexes: &IndexSet,
    index: &impl ReadableTable<&'static [u8], ()>,
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
) -> Result<Vec<Change>, StoreError> {
    for seen in part.seen {
        check_seen(seen, indexes, index, table)?;
    }
    let change = |mutation| Change::of(mutation, version, indexes, table);
    part.mutations.iter().map(change).collect()
}

/// A write transaction after whose commit the file opens at once, even if the process was killed.
pub(super) fn begin(database: &Database) -> Result<WriteTransaction, StoreError> {
    let mut write = database.begin_write().map_err(unavailable)?;
    write.set_quick_repair(true);
    Ok(write)
}

pub(super) fn last_version(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<Version, StoreError> {
    let Some(bytes) = meta.get("version").map_err(unavailable)? else {
        return Ok(0);
    };
    record::version(bytes.value())
}

fn check_seen(
    seen: &Seen,
    indexes: &IndexSet,
    index: &impl ReadableTable<&'static [u8], ()>,
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
) -> Result<(), StoreError> {
    match seen {
        Seen::Entity(key, version) => {
            let now = scan::load(table, key)?.map(|stored| stored.version);
            if now != *version {
                return Err(contention(key));
            }
        }
        Seen::Query(query, results) => {
            let now = versions(&scan::run(query, indexes, index, table)?, table)?;
            if now != *results {
                let key = format!("a result of a query on {}", query.kind);
                return Err(StoreError::Contention { key });
            }
        }
    }
    Ok(())
}

/// Keys and versions of a page's results, to compare later.
pub(super) fn versions(
    page: &Page,
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
) -> Result<Vec<(Key, Version)>, StoreError> {
    let version = |row: &super::Stored| {
        let stored = scan::load(table, &row.entity.key)?;
        let version = stored.map_or(0, |stored| stored.version);
        Ok((row.entity.key.clone(), version))
    };
    page.rows.iter().map(version).collect()
}

fn contention(key: &Key) -> StoreError {
    let key = key.to_string();
    StoreError::Contention { key }
}

/// What one mutation changes in the file.
struct Change {
    /// The entity's version afterwards: the new one, or, as at Google, the old one if nothing changes.
    version: Version,
    key: Vec<u8>,
    /// Its new record; `None` to remove it. Not written if nothing changes.
    record: Option<Vec<u8>>,
    is_nothing: bool,
    gone: Vec<Vec<u8>>,
    new: Vec<Vec<u8>>,
}

impl Change {
    fn of(
        mutation: &Mutation,
        version: Version,
        indexes: &IndexSet,
        table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    ) -> Result<Self, StoreError> {
        let key = mutation.key();
        let mut bytes = Vec::new();
        codec::put_key(key, &mut bytes);
        let found = table.get(bytes.as_slice()).map_err(unavailable)?;
        let old = found.as_ref().map(|found| found.value());
        let old_version = old.map(record::version).transpose()?;
        if let Some(base) = mutation.base_version()
            && old_version.unwrap_or(0) != base
        {
            return Err(contention(key));
        }
        match (mutation, old) {
            (Mutation::Insert(_), Some(_)) => return Err(StoreError::AlreadyExists(key.clone())),
            (Mutation::Update(..), None) => return Err(StoreError::NotFound(key.clone())),
            _ => {}
        }
        let record = mutation
            .entity()
            .map(|entity| record::encode(entity, version));
        // By bytes: -0 isn't 0, and NaN is itself.
        if let (Some(old), Some(record), Some(old_version)) = (old, &record, old_version)
            && record::is_same_but_for_version(old, record)
        {
            return Ok(Self {
                version: old_version,
                key: bytes,
                record: None,
                is_nothing: true,
                gone: Vec::new(),
                new: Vec::new(),
            });
        }
        let before = match old {
            Some(old) => entries::of(&record::decode(key.clone(), old)?.entity, indexes),
            None => BTreeSet::new(),
        };
        let after = mutation
            .entity()
            .map(|entity| entries::of(entity, indexes))
            .unwrap_or_default();
        Ok(Self {
            version,
            key: bytes,
            record,
            is_nothing: false,
            gone: before.difference(&after).cloned().collect(),
            new: after.difference(&before).cloned().collect(),
        })
    }

    fn write(
        self,
        table: &mut Table<'_, &'static [u8], &'static [u8]>,
        index: &mut Table<'_, &'static [u8], ()>,
    ) -> Result<Version, StoreError> {
        if self.is_nothing {
            return Ok(self.version);
        }
        for entry in &self.gone {
            index.remove(entry.as_slice()).map_err(unavailable)?;
        }
        for entry in &self.new {
            index.insert(entry.as_slice(), ()).map_err(unavailable)?;
        }
        let key = self.key.as_slice();
        match &self.record {
            Some(record) => drop(table.insert(key, record.as_slice()).map_err(unavailable)?),
            None => drop(table.remove(key).map_err(unavailable)?),
        }
        Ok(self.version)
    }
}

/// Creates the tables of a new file, and rebuilds an older file's index entries if the list has changed.
pub(super) fn prepare(
    database: &Database,
    indexes: &IndexSet,
    progress: &Progress,
) -> Result<(), StoreError> {
    let wanted = kept::plan(indexes);
    if let Some(known) = known_indexes(database)?
        && known == wanted
    {
        return Ok(());
    }
    reindex(database, indexes, progress)
}

/// Writes all index entries anew.
pub(super) fn reindex(
    database: &Database,
    indexes: &IndexSet,
    progress: &Progress,
) -> Result<(), StoreError> {
    let write = begin(database)?;
    {
        let table = write.open_table(ENTITIES).map_err(unavailable)?;
        // Much faster than removing each entry.
        write.delete_table(INDEX).map_err(unavailable)?;
        let mut index = write.open_table(INDEX).map_err(unavailable)?;
        let mut meta = write.open_table(META).map_err(unavailable)?;
        rebuild(&table, &mut index, indexes, progress)?;
        meta.insert("format", FORMAT).map_err(unavailable)?;
        let list = kept::plan(indexes).join("\0");
        meta.insert("indexes", list.as_bytes())
            .map_err(unavailable)?;
    }
    write.commit().map_err(unavailable)
}

/// The indexes that the file's entries were built for; `None` for a new file.
fn known_indexes(database: &Database) -> Result<Option<Vec<String>>, StoreError> {
    let read = database.begin_read().map_err(unavailable)?;
    let meta = match read.open_table(META) {
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        other => other.map_err(unavailable)?,
    };
    let format = meta.get("format").map_err(unavailable)?;
    if format.is_none_or(|format| format.value() != FORMAT) {
        let text = "a file of another format; this version reads format 1";
        return Err(StoreError::Corrupt(text.into()));
    }
    let list = meta.get("indexes").map_err(unavailable)?;
    Ok(list.map(|list| {
        let text = String::from_utf8_lossy(list.value()).into_owned();
        text.split('\0')
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect()
    }))
}

/// Fills the empty index table: the list changes with a release, not with a request.
fn rebuild(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    index: &mut Table<'_, &'static [u8], ()>,
    indexes: &IndexSet,
    progress: &Progress,
) -> Result<(), StoreError> {
    let all = table.len().map_err(unavailable)?;
    for (done, row) in (0_u64..).zip(table.iter().map_err(unavailable)?) {
        progress.at("indexing records", done, all);
        let (key, bytes) = row.map_err(unavailable)?;
        let entity = decode_entity(key.value(), bytes.value())?;
        for entry in entries::of(&entity, indexes) {
            index.insert(entry.as_slice(), ()).map_err(unavailable)?;
        }
    }
    Ok(())
}

/// What a row takes besides its value, about.
const ROW_BYTES: usize = 100;
/// Rows of one slice of a copy, in bytes: what a copy holds in memory.
const SLICE_BYTES: usize = 4 * 1_024 * 1_024;

/// Copies a snapshot's tables into an empty database, slice by slice.
pub(super) fn copy(
    read: &ReadTransaction,
    into: &Database,
    progress: &Progress,
) -> Result<(), StoreError> {
    copy_table(read, into, ENTITIES, |row| row.len(), progress)?;
    copy_table(read, into, INDEX, |()| 0, progress)?;
    copy_table(read, into, META, |row| row.len(), &Progress::default())?;
    let write = begin(into)?;
    noted::unnote(&mut write.open_table(META).map_err(unavailable)?)?;
    write.commit().map_err(unavailable)
}

fn copy_table<K: redb::Key, V: redb::Value>(
    read: &ReadTransaction,
    into: &Database,
    table: TableDefinition<'static, K, V>,
    size: impl Fn(V::SelfType<'_>) -> usize,
    progress: &Progress,
) -> Result<(), StoreError> {
    let from = read.open_table(table).map_err(unavailable)?;
    let (mut done, all) = (0_u64, from.len().map_err(unavailable)?);
    let mut rows = from.iter().map_err(unavailable)?.peekable();
    loop {
        let write = into.begin_write().map_err(unavailable)?;
        {
            let mut to = write.open_table(table).map_err(unavailable)?;
            let mut bytes = 0;
            while bytes < SLICE_BYTES
                && let Some(row) = rows.next()
            {
                let (key, value) = row.map_err(unavailable)?;
                bytes += ROW_BYTES + size(value.value());
                to.insert(key.value(), value.value()).map_err(unavailable)?;
                done += 1;
                progress.at("copying rows", done, all);
            }
        }
        write.commit().map_err(unavailable)?;
        if rows.peek().is_none() {
            return Ok(());
        }
    }
}

/// Writes as little as can be written, durably.
pub(super) fn touch(database: &Database) -> Result<(), StoreError> {
    let write = begin(database)?;
    {
        let mut meta = write.open_table(META).map_err(unavailable)?;
        let version = last_version(&meta)?.to_le_bytes();
        meta.insert("touched", version.as_slice())
            .map_err(unavailable)?;
    }
    write.commit().map_err(unavailable)
}

/// Bytes of the pages that hold something.
pub(super) fn used_bytes(database: &Database) -> Result<u64, StoreError> {
    let write = database.begin_write().map_err(unavailable)?;
    let stats = write.stats().map_err(unavailable)?;
    let bytes = stats.allocated_pages() * stats.page_size() as u64;
    write.abort().map_err(unavailable)?;
    Ok(bytes)
}
