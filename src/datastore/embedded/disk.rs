//! The store's file, as redb sees it.
//!
//! redb stops for good at the first failed call: every later one fails too, also when there is room again. So a failure
//! is noted here, where it happens, and the store is opened anew above. What still uses the old view can't harm the new
//! one: a closed view neither reads nor writes.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use redb::StorageBackend;

use crate::datastore::StoreError;

/// A disk that misbehaves on demand: a test's double of what only a bad day has.
#[derive(Debug, Default)]
pub struct DiskTrial {
    /// Whether nothing can be written any more, as on a full disk.
    pub full: AtomicBool,
    /// How many syncs there may be until nothing can be written any more; 0 for any number.
    pub last_sync: AtomicU64,
    /// What each sync takes longer, in microseconds.
    pub sync_delay: AtomicU64,
    /// How many syncs there were.
    pub syncs: AtomicU64,
}

/// Why a view of the file failed.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// There is no room left on the disk, or the file may not grow.
    Full(String),
    /// Anything else.
    Other(String),
    /// redb found what it never wrote.
    Damaged(String),
}

impl Failure {
    fn of(error: &io::Error) -> Self {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | FileTooLarge | QuotaExceeded => Self::Full(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }

    pub(super) fn error(&self) -> StoreError {
        match self {
            Self::Full(why) => StoreError::Full(why.clone()),
            Self::Other(why) => StoreError::Unavailable(why.clone()),
            Self::Damaged(why) => StoreError::Damaged(why.clone()),
        }
    }
}

/// Runs work in redb, which may panic on what it never wrote.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|cause| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|&text| text.to_owned()))
            .unwrap_or_default()
    })
}

/// One view of the file: redb's, from an opening to the first failure.
#[derive(Debug)]
pub(super) struct Disk {
    file: Arc<File>,
    is_open: RwLock<bool>,
    failure: Mutex<Option<Failure>>,
    trial: Option<Arc<DiskTrial>>,
}

impl Disk {
    pub(super) fn new(file: Arc<File>, trial: Option<Arc<DiskTrial>>) -> Arc<Self> {
        Arc::new(Self {
            file,
            is_open: RwLock::new(true),
            failure: Mutex::default(),
            trial,
        })
    }

    /// The file itself, which outlives the view.
    pub(super) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// The first failure, if any.
    pub(super) fn failure(&self) -> Option<Failure> {
        let failure = self.failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes a failure, unless there was one.
    pub(super) fn fail(&self, failure: Failure) {
        let mut known = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert(failure);
    }

    /// Ends the view: waits for calls in progress, and every later one fails.
    pub(super) fn close(&self) {
        *self.is_open.write().unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn during<T>(&self, call: impl FnOnce(&File) -> io::Result<T>) -> io::Result<T> {
        let is_open = self.is_open.read().unwrap_or_else(PoisonError::into_inner);
        if !*is_open {
            return Err(io::Error::other("the store was opened anew"));
        }
        let result = call(&self.file);
        if let Err(error) = &result {
            self.fail(Failure::of(error));
        }
        result
    }

    fn try_to_write(&self) -> io::Result<()> {
        let is_full = |trial: &Arc<DiskTrial>| {
            let last = trial.last_sync.load(Ordering::Relaxed);
            let is_over = last > 0 && trial.syncs.load(Ordering::Relaxed) >= last;
            is_over || trial.full.load(Ordering::Relaxed)
        };
        match self.trial.as_ref().is_some_and(is_full) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }
}

/// The view, handed to redb.
#[derive(Debug)]
pub(super) struct Backend(pub(super) Arc<Disk>);

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.during(|file| Ok(file.metadata()?.len()))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.during(|file| file.read_exact_at(out, offset))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.during(|file| {
            if len > file.metadata()?.len() {
                self.0.try_to_write()?;
            }
            file.set_len(len)
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        if let Some(trial) = &self.0.trial {
            let micros = trial.sync_delay.load(Ordering::Relaxed);
            trial.syncs.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_micros(micros));
        }
        self.0.during(File::sync_data)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.during(|file| {
            self.0.try_to_write()?;
            file.write_all_at(data, offset)
        })
    }
}
