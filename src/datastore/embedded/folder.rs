//! The store's folder: its file, who may read it, and the room on its disk.

use std::fs::{DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::FILE;
use crate::datastore::StoreError;

/// A store that isn't complete yet, and takes the file's name when it is.
const NEXT: &str = "dormouse.redb.next";
/// The rights of others.
const OTHERS: u32 = 0o077;

/// The folder of a store.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

/// What is at the file's place.
pub(super) enum Found {
    /// A store's file, locked for this process.
    Store(Arc<File>),
    /// Nothing: there was never a store.
    Nothing,
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let text = format!("{}: {error}", path.display());
    match error.kind() {
        StorageFull | FileTooLarge | QuotaExceeded => StoreError::Full(text),
        _ => StoreError::Unavailable(text),
    }
}

impl Folder {
    /// Creates the folder, for its owner alone, if it doesn't exist.
    pub(super) fn new(path: &Path) -> Result<Self, StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| failed(path, &error))?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self) -> PathBuf {
        self.0.join(FILE)
    }

    /// Opens and locks a folder's file, to be read alone: neither it nor its folder changes, and nothing is made.
    pub(super) fn look(path: &Path) -> Result<Arc<File>, StoreError> {
        let folder = Self(path.to_owned());
        let file = File::open(folder.file()).map_err(|error| failed(&folder.file(), &error))?;
        folder.lock(&file)?;
        folder.refuse_empty(&file)?;
        Ok(Arc::new(file))
    }

    /// Opens and locks the file. One that is empty is refused: redb would begin a new store in it.
    pub(super) fn find(&self) -> Result<Found, StoreError> {
        let path = self.file();
        let file = match File::options().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            other => other.map_err(|error| failed(&path, &error))?,
        };
        self.lock(&file)?;
        self.refuse_empty(&file)?;
        self.keep_private(&path);
        Ok(Found::Store(Arc::new(file)))
    }

    fn refuse_empty(&self, file: &File) -> Result<(), StoreError> {
        if file.metadata().is_ok_and(|data| data.len() == 0) {
            return Err(StoreError::Damaged(format!(
                "{} is empty, and was a store once. Put a backup in its place; or remove it, to begin with an empty store",
                self.file().display()
            )));
        }
        Ok(())
    }

    /// A new file beside the store's, which [`take_place`](Self::take_place) puts into its place.
    pub(super) fn next(&self) -> Result<Arc<File>, StoreError> {
        let path = self.0.join(NEXT);
        let file = private().create(true).truncate(false).open(&path);
        let file = file.map_err(|error| failed(&path, &error))?;
        self.lock(&file)?;
        file.set_len(0).map_err(|error| failed(&path, &error))?;
        Ok(Arc::new(file))
    }

    /// Makes the next file the store's, for good.
    pub(super) fn take_place(&self) -> Result<(), StoreError> {
        let path = self.file();
        let placed = std::fs::rename(self.0.join(NEXT), &path);
        let placed = placed.and_then(|()| File::open(&self.0)?.sync_all());
        placed.map_err(|error| failed(&path, &error))
    }

    /// Removes the next file, which didn't become one.
    pub(super) fn give_up_next(&self) {
        let _ = std::fs::remove_file(self.0.join(NEXT));
    }

    /// A new file that has no name from the beginning, so that it is gone when it is closed, whatever happens.
    pub(super) fn nameless(&self, name: &str) -> Result<Arc<File>, StoreError> {
        let path = self.0.join(name);
        let file = private().create_new(true).open(&path);
        let file = file.map_err(|error| failed(&path, &error))?;
        std::fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        Ok(Arc::new(file))
    }

    fn lock(&self, file: &File) -> Result<(), StoreError> {
        match file.try_lock() {
            Ok(()) => Ok(()),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Taken {
                path: self.0.display().to_string(),
            }),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(&self.0, &error)),
        }
    }

    /// Removes what a killed process left behind.
    pub(super) fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.0) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_left = name == NEXT || (name.starts_with("backup-") && name.ends_with(".tmp"));
            if is_left && std::fs::remove_file(entry.path()).is_ok() {
                tracing::info!(file = %name, "removed what an earlier process left behind");
            }
        }
    }

    /// Takes others' rights from the file, and from the folder if nothing else is in it; says so.
    fn keep_private(&self, file: &Path) {
        let wide = |path: &Path| {
            let mode = path.metadata().map(|data| data.mode() & 0o7777);
            mode.ok().filter(|mode| mode & OTHERS != 0)
        };
        if let Some(mode) = wide(file) {
            let done = std::fs::set_permissions(file, Permissions::from_mode(mode & !OTHERS));
            let is_mended = done.is_ok();
            let (file, mode) = (file.display(), format!("{mode:o}"));
            tracing::warn!(%file, mode, is_mended, "the store’s file was open to others on this machine");
        }
        if let Some(mode) = wide(&self.0) {
            let ours = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("dormouse.redb");
            let entries = std::fs::read_dir(&self.0).map(|entries| {
                let mut entries = entries.flatten();
                entries.all(|entry| ours(&entry.file_name()))
            });
            let is_mended = entries.unwrap_or(false)
                && std::fs::set_permissions(&self.0, Permissions::from_mode(0o700)).is_ok();
            let (folder, mode) = (self.0.display(), format!("{mode:o}"));
            tracing::warn!(%folder, mode, is_mended, "the store’s folder is open to others on this machine");
        }
    }

    /// Bytes that may still be written to its disk; `None` where nobody knows.
    pub(super) fn room(&self) -> Option<u64> {
        let stat = rustix::fs::statvfs(&self.0).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// A file that only its owner may read, new if there is none.
pub(super) fn private_at(path: &Path) -> Result<Arc<File>, StoreError> {
    let file = private().create(true).truncate(false).open(path);
    Ok(Arc::new(file.map_err(|error| failed(path, &error))?))
}

fn private() -> std::fs::OpenOptions {
    let mut options = File::options();
    options.read(true).write(true).mode(0o600);
    options
}
