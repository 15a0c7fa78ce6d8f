//! The embedded backend: one redb file in its own folder.
//!
//! Three tables: entities by key, index entries (keys without values), and metadata of the file. Every commit is
//! durable when it returns, and leaves the file so that it opens at once after a kill (redb's quick repair). Reads see
//! the last commit and never wait. Transactions run one after another, on a thread that a request awaits, because waiting
//! for the disk must not block other requests; those that wait share the next one (`group.rs`).

mod backup;
mod codec;
mod commit;
mod disk;
mod entries;
mod folder;
mod group;
mod handle;
mod kept;
mod loose;
mod noted;
pub mod overlay;
mod record;
pub mod rescue;
mod scan;

use std::path::Path;
use std::sync::Arc;

use redb::{ReadTransaction, ReadableTable, TableDefinition};

pub use backup::BackupStep;
pub use disk::DiskTrial;
pub use handle::Options;

use self::folder::Folder;
use self::group::Line;
use self::handle::{Handle, Shared};
use super::cache::Witness;
use super::{Entity, IndexSet, Key, Mutation, Page, Progress, Query, StoreError, Stored, Version};

/// Entities: the key's bytes → version and properties.
const ENTITIES: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("entities");
/// Index entries; everything is in the key.
const INDEX: TableDefinition<'static, &[u8], ()> = TableDefinition::new("index");
/// Metadata: `format`, `version`, `indexes`.
const META: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("meta");

/// The file's name inside the store's folder.
pub const FILE: &str = "dormouse.redb";
/// The version of the table layout; a file with another one is refused.
const FORMAT: &[u8] = b"1";

/// The embedded store.
#[derive(Debug)]
pub struct Embedded {
    shared: Arc<Shared>,
    /// The commits that wait.
    line: Arc<Line>,
}

/// What a transaction has read, to be checked again when it commits.
#[derive(Debug)]
pub enum Seen {
    /// An entity and its version; `None` if it was absent.
    Entity(Key, Option<Version>),
    /// A query and its results, by key and version.
    Query(Query, Vec<(Key, Version)>),
}

impl Embedded {
    /// Opens the store in `folder` with the usual [`Options`].
    ///
    /// # Errors
    /// The same as [`open_with`](Self::open_with).
    pub fn open(folder: &Path, indexes: IndexSet) -> Result<Self, StoreError> {
        Self::open_with(folder, indexes, Options::default())
    }

    /// Opens the store in `folder`, creating both if they don't exist. An index that is new to the file is filled.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if another process has it open; [`StoreError::Damaged`] for a file that is no store, or is
    /// no sound one; [`StoreError::Corrupt`] for a file of another format; [`StoreError::Full`] and
    /// [`StoreError::Unavailable`] if it can't be opened or written.
    pub fn open_with(
        folder: &Path,
        indexes: IndexSet,
        options: Options,
    ) -> Result<Self, StoreError> {
        let shared = Shared::open(Folder::new(folder)?, indexes, options)?;
        Ok(Self {
            shared: Arc::new(shared),
            line: Arc::default(),
        })
    }

    /// An in-memory store: works the same, and is gone with the process.
    ///
    /// # Errors
    /// None in practice: a database in memory can always be created.
    pub fn in_memory(indexes: IndexSet) -> Result<Self, StoreError> {
        let backend = redb::backends::InMemoryBackend::new();
        let database = redb::Database::builder().create_with_backend(backend);
        let database = database.map_err(unavailable)?;
        commit::prepare(&database, &indexes, &Progress::default())?;
        let handle = Handle::in_memory(database);
        let shared = Shared::with(handle, None, indexes, Options::default());
        Ok(Self {
            shared: Arc::new(shared),
            line: Arc::default(),
        })
    }

    pub(super) fn indexes(&self) -> &IndexSet {
        &self.shared.indexes
    }

    pub(super) fn lookup(&self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        self.shared.read(|read| lookup_in(read, keys))
    }

    pub(super) fn run_query(&self, query: &Query) -> Result<Page, StoreError> {
        let indexes = &self.shared.indexes;
        self.shared.read(|read| query_in(read, query, indexes))
    }

    pub(super) fn begin(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot {
            read: self.shared.begin()?,
            indexes: self.shared.indexes.clone(),
            seen: Vec::new(),
        })
    }

    pub(super) async fn commit(
        &self,
        mutations: Arc<Vec<Mutation>>,
        seen: Vec<Seen>,
        witness: Witness,
    ) -> Result<Vec<Version>, StoreError> {
        group::commit(&self.shared, &self.line, mutations, seen, witness).await
    }

    pub(super) fn has_folder(&self) -> bool {
        self.shared.folder.is_some()
    }

    /// A copy in a file that has no name. One unit of work, which runs to its end even if the caller goes away.
    pub(super) async fn backup(&self, name: &str) -> Result<std::fs::File, StoreError> {
        let (shared, name) = (self.shared.clone(), name.to_owned());
        blocking(move || shared.backup(&name)).await
    }

    pub(super) async fn compact(&self) -> Result<(u64, u64), StoreError> {
        let shared = self.shared.clone();
        blocking(move || shared.compact()).await
    }

    pub(super) async fn slack(&self) -> Result<f64, StoreError> {
        let shared = self.shared.clone();
        blocking(move || shared.slack()).await
    }

    pub(super) async fn health(&self) -> Result<(), StoreError> {
        let shared = self.shared.clone();
        blocking(move || shared.health()).await
    }

    pub(super) fn check_reserve(&self, bytes: u64) -> Result<(), StoreError> {
        self.shared.check_reserve(bytes)
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.shared.file_bytes()
    }

    pub(super) fn progress(&self) -> Progress {
        self.shared.options.progress.clone()
    }

    pub(super) async fn rebuild_indexes(&self) -> Result<(), StoreError> {
        let shared = self.shared.clone();
        blocking(move || shared.rebuild_indexes()).await
    }

    /// One step of a backup; see [`backup`](mod@backup).
    pub(super) async fn backup_step(
        &self,
        unfinished: &Path,
        whole: &Path,
        bytes: u64,
        now: i64,
    ) -> Result<BackupStep, StoreError> {
        let shared = self.shared.clone();
        let (unfinished, whole) = (unfinished.to_owned(), whole.to_owned());
        blocking(move || backup::step(&shared, (&unfinished, &whole), bytes, now)).await
    }

    pub(super) async fn end_backup(&self) -> Result<(), StoreError> {
        let shared = self.shared.clone();
        blocking(move || backup::end(&shared, None)).await
    }

    pub(super) fn check(&self) -> Result<Findings, StoreError> {
        let (indexes, progress) = (&self.shared.indexes, &self.shared.options.progress);
        self.shared.read(|read| check_in(read, indexes, progress))
    }
}

/// Runs work that waits for the disk on another thread, and awaits it: nothing is still running when this returns.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Unavailable(format!("the commit’s thread: {error}")))?
}

/// A consistent view of the store, with a list of what was read from it.
pub struct Snapshot {
    read: ReadTransaction,
    indexes: IndexSet,
    seen: Vec<Seen>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Snapshot({} reads)", self.seen.len())
    }
}

impl Snapshot {
    pub(super) fn lookup(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        let found = lookup_in(&self.read, keys)?;
        for (key, stored) in keys.iter().zip(&found) {
            let version = stored.as_ref().map(|stored| stored.version);
            self.seen.push(Seen::Entity(key.clone(), version));
        }
        Ok(found)
    }

    pub(super) fn run_query(&mut self, query: &Query) -> Result<Page, StoreError> {
        let page = query_in(&self.read, query, &self.indexes)?;
        let entities = self.read.open_table(ENTITIES).map_err(unavailable)?;
        let results = commit::versions(&page, &entities)?;
        self.seen.push(Seen::Query(query.clone(), results));
        Ok(page)
    }

    pub(super) fn into_seen(self) -> Vec<Seen> {
        self.seen
    }
}

fn lookup_in(read: &ReadTransaction, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
    let table = read.open_table(ENTITIES).map_err(unavailable)?;
    keys.iter().map(|key| scan::load(&table, key)).collect()
}

fn query_in(read: &ReadTransaction, query: &Query, indexes: &IndexSet) -> Result<Page, StoreError> {
    let index = read.open_table(INDEX).map_err(unavailable)?;
    let table = read.open_table(ENTITIES).map_err(unavailable)?;
    scan::run(query, indexes, &index, &table)
}

/// The result of checking the whole file.
#[derive(Debug, Default)]
pub struct Findings {
    /// Entities by kind.
    pub entities: std::collections::BTreeMap<String, u64>,
    /// Index entries.
    pub entries: u64,
    /// Inconsistencies; empty in a sound store.
    pub faults: Vec<String>,
}

fn check_in(
    read: &ReadTransaction,
    indexes: &IndexSet,
    progress: &Progress,
) -> Result<Findings, StoreError> {
    let index = read.open_table(INDEX).map_err(unavailable)?;
    let table = read.open_table(ENTITIES).map_err(unavailable)?;
    let mut findings = Findings::default();
    let mut expected = 0_u64;
    let all = redb::ReadableTableMetadata::len(&table).map_err(unavailable)?;
    for (done, row) in (0_u64..).zip(table.iter().map_err(unavailable)?) {
        progress.at("checking records", done, all);
        let (key, bytes) = row.map_err(unavailable)?;
        let key = codec::ByteReader::new(key.value()).key()?;
        let entity = record::decode(key, bytes.value())?.entity;
        *findings
            .entities
            .entry(entity.key.kind().to_owned())
            .or_default() += 1;
        for entry in entries::of(&entity, indexes) {
            expected += 1;
            if index.get(entry.as_slice()).map_err(unavailable)?.is_none() {
                let fault = format!("{} lacks an index entry", entity.key);
                findings.faults.push(fault);
            }
        }
    }
    findings.entries = redb::ReadableTableMetadata::len(&index).map_err(unavailable)?;
    if findings.entries > expected {
        let extra = findings.entries - expected;
        findings
            .faults
            .push(format!("{extra} index entries without an entity"));
    }
    Ok(findings)
}

/// Decodes an entity from the file's own bytes, for the copy and the check.
fn decode_entity(key: &[u8], bytes: &[u8]) -> Result<Entity, StoreError> {
    let key = codec::ByteReader::new(key).key()?;
    Ok(record::decode(key, bytes)?.entity)
}

/// Any failure of redb.
fn unavailable(error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        error @ redb::Error::Corrupted(_) => StoreError::Damaged(error.to_string()),
        error => StoreError::Unavailable(error.to_string()),
    }
}
