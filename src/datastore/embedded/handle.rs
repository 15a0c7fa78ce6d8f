//! The open database, which is opened anew after a failure.
//!
//! The first request that needs the store after a failure opens it, one at a time, and no more often than once in
//! [`PAUSE`] while that fails. A commit that only waited while another one failed is made on the new database; one that
//! failed itself is reported, and nothing of it is there.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use redb::{Database, ReadTransaction, ReadableDatabase};
use tokio::time::Instant;

use super::commit::Part;
use super::disk::{Backend, Disk, DiskTrial, Failure, guarded};
use super::folder::{Folder, Found};
use super::{commit, overlay, unavailable};
use crate::datastore::{IndexSet, Progress, StoreError, Version};

/// How long a failed attempt at opening the store is not repeated.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a failure counts as present for the health check.
const HEALTH_PAUSE: Duration = Duration::from_secs(5);
/// Room below which a commit isn't tried, besides four times its own size: a commit copies what it changes.
const LEAST_ROOM: u64 = 1_024 * 1_024;

/// How an embedded store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of the file that are kept in memory. `STORE_CACHE_MB`.
    pub cache_bytes: usize,
    /// Bytes on the disk that imports and backups leave free. `DISK_RESERVE_MB`.
    pub reserve_bytes: u64,
    /// A test's disk.
    pub trial: Option<Arc<DiskTrial>>,
    /// Whom long work tells how far it has come.
    pub progress: Progress,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 32 * 1_024 * 1_024,
            reserve_bytes: 64 * 1_024 * 1_024,
            trial: None,
            progress: Progress::default(),
        }
    }
}

/// One opening of the database.
#[derive(Debug)]
pub(super) struct Handle {
    pub(super) database: Database,
    /// Its file; `None` in memory.
    disk: Option<Arc<Disk>>,
    /// Whether it can only be read, because the disk takes nothing.
    read_only: Option<Failure>,
}

impl Handle {
    pub(super) fn in_memory(database: Database) -> Self {
        Self {
            database,
            disk: None,
            read_only: None,
        }
    }

    fn on(disk: Arc<Disk>, database: Database) -> Self {
        Self {
            database,
            disk: Some(disk),
            read_only: None,
        }
    }

    fn failure(&self) -> Option<Failure> {
        self.disk.as_ref()?.failure()
    }

    pub(super) fn read(&self) -> Result<ReadTransaction, StoreError> {
        self.database.begin_read().map_err(unavailable)
    }
}

/// Opens a database in a file. What panics in it is damage.
pub(super) fn open_file(disk: &Arc<Disk>, cache: usize) -> Result<Database, StoreError> {
    let open = || {
        Database::builder()
            .set_cache_size(cache)
            .create_with_backend(Backend(disk.clone()))
    };
    let opened = guarded(open).map_err(StoreError::Damaged)?;
    opened.map_err(|error| match disk.failure() {
        Some(Failure::Full(why)) => StoreError::Full(why),
        // A file that ends too early is not a busy one.
        _ if matches!(&error, redb::DatabaseError::Storage(redb::StorageError::Io(io)) if is_damage(io)) => {
            StoreError::Damaged(error.to_string())
        }
        _ => unavailable(error),
    })
}

fn is_damage(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    matches!(error.kind(), InvalidData | UnexpectedEof)
}

/// What keeps the store from working now.
#[derive(Clone, Debug)]
struct Trouble {
    failure: Failure,
    tried: Instant,
}

/// The handle in use, and the last attempt at opening another one that failed.
#[derive(Debug)]
struct Current {
    handle: Arc<Handle>,
    refused: Option<(Instant, Failure)>,
}

/// The database and how to get it back.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) indexes: IndexSet,
    pub(super) options: Options,
    pub(super) folder: Option<Folder>,
    current: Mutex<Current>,
    /// The last failure that no commit has disproved yet.
    trouble: Mutex<Option<Trouble>>,
    /// Held for reading by commits, and for writing while the file is exchanged.
    exchange: RwLock<()>,
}

impl Shared {
    /// Opens the store in a folder; creates both if need be.
    pub(super) fn open(
        folder: Folder,
        indexes: IndexSet,
        options: Options,
    ) -> Result<Self, StoreError> {
        let name = |error: StoreError| named(error, &folder);
        let handle = match folder.find()? {
            Found::Store(file) => {
                folder.sweep();
                let disk = Disk::new(file, options.trial.clone());
                let database = open_file(&disk, options.cache_bytes).map_err(name)?;
                prepare(&database, &indexes, &options.progress).map_err(name)?;
                Handle::on(disk, database)
            }
            Found::Nothing => {
                let disk = Disk::new(folder.next()?, options.trial.clone());
                let database = open_file(&disk, options.cache_bytes).map_err(name)?;
                prepare(&database, &indexes, &options.progress).map_err(name)?;
                folder.take_place()?;
                Handle::on(disk, database)
            }
        };
        Ok(Self::with(handle, Some(folder), indexes, options))
    }

    pub(super) fn with(
        handle: Handle,
        folder: Option<Folder>,
        indexes: IndexSet,
        options: Options,
    ) -> Self {
        Self {
            indexes,
            options,
            folder,
            current: Mutex::new(Current {
                handle: Arc::new(handle),
                refused: None,
            }),
            trouble: Mutex::default(),
            exchange: RwLock::default(),
        }
    }

    /// The open database to read; opened anew if it has failed, and only to be read if the disk is full.
    fn handle(&self) -> Result<Arc<Handle>, StoreError> {
        self.handle_for(false)
    }

    /// The same, to write if `to_write`.
    fn handle_for(&self, to_write: bool) -> Result<Arc<Handle>, StoreError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let known = current.handle.clone();
        let Some(disk) = &known.disk else {
            return Ok(known);
        };
        let is_good = disk.failure().is_none() && known.read_only.is_none();
        if is_good || (!to_write && known.read_only.is_some()) {
            return Ok(known);
        }
        if let Some((at, failure)) = &current.refused
            && at.elapsed() < PAUSE
        {
            return Err(self.named(failure.error()));
        }
        disk.close();
        let file = disk.file().clone();
        let again = Disk::new(file.clone(), self.options.trial.clone());
        let opened = open_file(&again, self.options.cache_bytes).and_then(|database| {
            prepare(&database, &self.indexes, &Progress::default())?;
            Ok(database)
        });
        let error = match opened {
            Ok(database) => {
                tracing::warn!("the store was opened anew after a failure");
                current.handle = Arc::new(Handle::on(again, database));
                current.refused = None;
                return Ok(current.handle.clone());
            }
            Err(error) => error,
        };
        again.close();
        let failure = match &error {
            StoreError::Full(why) => Failure::Full(why.clone()),
            StoreError::Damaged(why) => Failure::Damaged(why.clone()),
            other => Failure::Other(other.to_string()),
        };
        current.refused = Some((Instant::now(), failure.clone()));
        self.note(failure.clone());
        if let StoreError::Full(_) = &error
            && let Ok(database) = overlay::open_file(file, self.options.cache_bytes)
        {
            let mut handle = Handle::on(again, database);
            handle.read_only = Some(failure);
            current.handle = Arc::new(handle);
            if !to_write {
                return Ok(current.handle.clone());
            }
        }
        Err(self.named(error))
    }

    fn named(&self, error: StoreError) -> StoreError {
        match &self.folder {
            Some(folder) => named(error, folder),
            None => error,
        }
    }

    fn trouble(&self) -> Option<Trouble> {
        let trouble = self.trouble.lock();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, failure: Failure) {
        tracing::error!(error = %failure.error(), "the store failed");
        let tried = Instant::now();
        let trouble = Trouble { failure, tried };
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
    }

    fn note_success(&self) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Runs a read; if the store fails meanwhile, once more on the store opened anew.
    pub(super) fn read<T>(
        &self,
        work: impl Fn(&ReadTransaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let attempt = || {
            let handle = self.handle().map_err(Judged::Sound)?;
            let done = guarded(|| work(&handle.read()?));
            self.judge(&handle, done)
        };
        match attempt() {
            Err(Judged::Failed(_)) => attempt().map_err(Judged::error),
            other => other.map_err(Judged::error),
        }
    }

    /// Whether an error is the store's own failure, after which it is opened anew.
    fn judge<T>(
        &self,
        handle: &Handle,
        done: Result<Result<T, StoreError>, String>,
    ) -> Result<T, Judged> {
        let result = match done {
            Ok(result) => result,
            Err(panic) => {
                let failure = Failure::Damaged(panic);
                if let Some(disk) = &handle.disk {
                    disk.fail(failure.clone());
                }
                Err(failure.error())
            }
        };
        match (result, handle.failure()) {
            (Ok(value), _) => Ok(value),
            (Err(_), Some(failure)) => {
                let error = self.named(failure.error());
                self.note(failure);
                Err(Judged::Failed(error))
            }
            (Err(error), None) => Err(Judged::Sound(error)),
        }
    }

    /// Commits all parts in one transaction, durably, but for those that are refused: each has its own outcome, in their
    /// order.
    pub(super) fn commit(&self, parts: &[Part<'_>]) -> Vec<Result<Vec<Version>, StoreError>> {
        let _exchange = self.exchange.read().unwrap_or_else(PoisonError::into_inner);
        let mut room = self.room();
        // Deletes are let through: they make room.
        let fits: Vec<Option<StoreError>> = parts
            .iter()
            .map(|part| {
                if part.bytes == 0 {
                    return None;
                }
                let needed = 4 * part.bytes as u64 + LEAST_ROOM;
                let refused = lacks_room(room, needed);
                if refused.is_none() {
                    room = room.map(|room| room - 4 * part.bytes as u64);
                }
                refused
            })
            .collect();
        if let Some(error) = fits.iter().flatten().next() {
            self.note(Failure::Full(error.to_string()));
        }
        let let_through = || {
            parts
                .iter()
                .zip(&fits)
                .filter(|(_, refused)| refused.is_none())
        };
        let tried: Vec<Part<'_>> = let_through().map(|(part, _)| *part).collect();
        let mut outcomes = match tried.is_empty() {
            true => Vec::new(),
            false => self.commit_all(&tried).unwrap_or_else(|error| {
                let failed = |_| Err(error.clone());
                tried.iter().map(failed).collect()
            }),
        }
        .into_iter();
        let outcome = |refused: Option<StoreError>| match refused {
            Some(error) => Err(self.named(error)),
            // There is one for each that was tried.
            None => outcomes.next().unwrap_or_else(|| Ok(Vec::new())),
        };
        fits.into_iter().map(outcome).collect()
    }

    fn commit_all(
        &self,
        parts: &[Part<'_>],
    ) -> Result<Vec<Result<Vec<Version>, StoreError>>, StoreError> {
        // The commits that were waiting when another one failed have changed nothing yet.
        for is_last in [false, true] {
            let handle = self.handle_for(true)?;
            let begun = guarded(|| commit::begin(&handle.database));
            let write = match self.judge(&handle, begun) {
                Err(Judged::Failed(_)) if !is_last => continue,
                other => other.map_err(Judged::error)?,
            };
            let done = guarded(|| commit::commit(write, &self.indexes, parts));
            let outcomes = self.judge(&handle, done).map_err(Judged::error)?;
            self.note_success();
            return Ok(outcomes);
        }
        Err(StoreError::Unavailable("the store failed again".into()))
    }

    /// A transaction's view.
    pub(super) fn begin(&self) -> Result<ReadTransaction, StoreError> {
        let handle = self.handle()?;
        let begun = guarded(|| handle.read());
        self.judge(&handle, begun).map_err(Judged::error)
    }

    /// Bytes that are free on the disk; `None` if that can't be known.
    fn room(&self) -> Option<u64> {
        self.folder.as_ref().and_then(Folder::room)
    }

    /// Whether so many bytes can be written.
    fn check_room(&self, bytes: u64) -> Result<(), StoreError> {
        lacks_room(self.room(), bytes).map_or(Ok(()), Err)
    }

    /// Whether so many bytes can be written with the reserve left over.
    pub(super) fn check_reserve(&self, bytes: u64) -> Result<(), StoreError> {
        self.check_room(bytes.saturating_add(self.options.reserve_bytes))
    }

    /// The file's length in bytes; 0 in memory.
    pub(super) fn file_bytes(&self) -> u64 {
        let file = self.folder.as_ref().map(Folder::file);
        let data = file.and_then(|file| file.metadata().ok());
        data.map_or(0, |data| data.len())
    }

    /// What keeps the store from working, as far as is known. Where the last attempt is some seconds past, a small
    /// commit finds out.
    pub(super) fn health(&self) -> Result<(), StoreError> {
        let Some(trouble) = self.trouble() else {
            return Ok(());
        };
        if trouble.tried.elapsed() < HEALTH_PAUSE {
            return Err(self.named(trouble.failure.error()));
        }
        self.check_room(LEAST_ROOM)?;
        let handle = self.handle_for(true)?;
        let touched = guarded(|| commit::touch(&handle.database));
        self.judge(&handle, touched).map_err(Judged::error)?;
        self.note_success();
        Ok(())
    }

    /// Writes all index entries anew.
    pub(super) fn rebuild_indexes(&self) -> Result<(), StoreError> {
        let handle = self.handle_for(true)?;
        let done =
            guarded(|| commit::reindex(&handle.database, &self.indexes, &self.options.progress));
        self.judge(&handle, done).map_err(Judged::error)
    }

    /// Copies a snapshot into a file without a name.
    pub(super) fn backup(&self, name: &str) -> Result<std::fs::File, StoreError> {
        let folder = self.on_disk()?;
        self.check_reserve(self.file_bytes())?;
        let file = folder.nameless(name)?;
        self.copy_to(&file)?;
        use std::io::{Seek, SeekFrom};
        let failed = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        let mut copy = file.try_clone().map_err(failed)?;
        copy.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(copy)
    }

    /// Runs work between two commits: nothing is committed while it runs.
    pub(super) fn between_commits<T>(
        &self,
        work: impl FnOnce(&Handle) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _exchange = self
            .exchange
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let handle = self.handle_for(true)?;
        let done = guarded(|| work(&handle));
        self.judge(&handle, done).map_err(Judged::error)
    }

    pub(super) fn on_disk(&self) -> Result<&Folder, StoreError> {
        self.folder.as_ref().ok_or(StoreError::Unsupported(
            "This store is in memory: there is no file to copy.",
        ))
    }

    fn copy_to(&self, file: &Arc<std::fs::File>) -> Result<(), StoreError> {
        let read = self.begin()?;
        let disk = Disk::new(file.clone(), self.options.trial.clone());
        let copied = guarded(|| {
            let database = open_file(&disk, self.options.cache_bytes)?;
            commit::copy(&read, &database, &self.options.progress)
        });
        copied
            .map_err(StoreError::Damaged)?
            .map_err(|error| match disk.failure() {
                Some(failure) => failure.error(),
                None => error,
            })
    }

    /// Writes the file anew without its gaps. Returns its length before and after.
    ///
    /// The new file takes the old one's place when it is complete. Reads go on; commits wait.
    pub(super) fn compact(&self) -> Result<(u64, u64), StoreError> {
        let Some(folder) = &self.folder else {
            return Ok((0, 0));
        };
        let _exchange = self
            .exchange
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.file_bytes();
        self.check_reserve(before)?;
        let handle = self.handle_for(true)?;
        let disk = Disk::new(folder.next()?, self.options.trial.clone());
        let copied = guarded(|| {
            let mut database = open_file(&disk, self.options.cache_bytes)?;
            commit::copy(&handle.read()?, &database, &self.options.progress)?;
            database
                .compact()
                .map_err(|error| unavailable_compaction(&error))?;
            Ok(database)
        });
        let copied = copied.map_err(StoreError::Damaged).and_then(|done| done);
        let database = copied.inspect_err(|_| folder.give_up_next())?;
        folder.take_place()?;
        let handle = Handle::on(disk, database);
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *current = Current {
            handle: Arc::new(handle),
            refused: None,
        };
        drop(current);
        Ok((before, self.file_bytes()))
    }

    /// The share of the file that holds nothing.
    pub(super) fn slack(&self) -> Result<f64, StoreError> {
        let handle = self.handle()?;
        let used = guarded(|| commit::used_bytes(&handle.database));
        let used = self.judge(&handle, used).map_err(Judged::error)?;
        let all = self.file_bytes().max(1);
        Ok(1.0 - (used as f64 / all as f64).min(1.0))
    }
}

/// Why so many bytes can't be written.
fn lacks_room(room: Option<u64>, bytes: u64) -> Option<StoreError> {
    let room = room.filter(|&room| room < bytes)?;
    let kib = |bytes: u64| bytes.div_ceil(1_024);
    let (room, bytes) = (kib(room), kib(bytes));
    Some(StoreError::Full(format!(
        "{room} KiB are free, {bytes} are needed"
    )))
}

fn unavailable_compaction(error: &redb::CompactionError) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

fn prepare(database: &Database, indexes: &IndexSet, progress: &Progress) -> Result<(), StoreError> {
    guarded(|| commit::prepare(database, indexes, progress))
        .map_err(StoreError::Damaged)
        .and_then(|done| done)
}

/// An error with the file's name, and for damage with what to do.
fn named(error: StoreError, folder: &Folder) -> StoreError {
    let file = folder.file();
    let file = file.display();
    match error {
        StoreError::Damaged(why) => StoreError::Damaged(format!(
            "{file}: {why}. Put a backup in its place, or save what can be read with \
             “dormouse rescue {} NEW-FOLDER”",
            folder.path().display()
        )),
        StoreError::Unavailable(why) => StoreError::Unavailable(format!("{file}: {why}")),
        StoreError::Full(why) => StoreError::Full(format!("{file}: {why}")),
        other => other,
    }
}

/// An error of the store.
enum Judged {
    /// The store itself failed, and is opened anew.
    Failed(StoreError),
    /// It works, and says no.
    Sound(StoreError),
}

impl Judged {
    fn error(self) -> StoreError {
        match self {
            Self::Failed(error) | Self::Sound(error) => error,
        }
    }
}
