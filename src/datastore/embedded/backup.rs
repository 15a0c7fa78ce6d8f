//! A backup in steps, each of which a request can do.
//!
//! The entities are copied in the order of their keys, each step's from the store as it is then. From the beginning on, the store
//! notes the key of whatever is changed, in the same transaction as the change. When all are copied, what was changed is copied
//! again: with the step that comes to the end of these notes, the file is the store as it was when that step began. The index
//! entries aren't copied: a store that is opened without them writes them anew.
//!
//! Both files say which backup they are part of, and how many steps it had. The store says so first, and durably. So a step that
//! was killed is done again, and a store that was put back to an earlier moment, or another store, has a lower number or another
//! beginning: then nothing of the unfinished file is used. See decision 0062.

use std::fs::File;
use std::io;
use std::ops::Bound;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, ReadableTableMetadata,
    WriteTransaction,
};

use super::commit::{begin, last_version};
use super::disk::{Disk, guarded};
use super::handle::{Shared, open_file};
use super::noted::{CHANGED, NOTE, Note, last_logged, logged, noted, unnote};
use super::{ENTITIES, FORMAT, META, folder, unavailable};
use crate::datastore::{Progress, StoreError, Version};

/// What a row takes besides its value, about.
const ROW_BYTES: u64 = 200;
/// Rows that are committed together, in bytes.
const SLICE_BYTES: u64 = 4 * 1_024 * 1_024;

/// What a step of a backup did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackupStep {
    /// Whether the backup is whole. If not, another step goes on; where nothing was written, somebody else is at it.
    pub finished: bool,
    /// Bytes that were written, about.
    pub bytes: u64,
    /// The length of the file.
    pub length: u64,
}

/// How far the unfinished file is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Everything up to this key is copied; nothing without one.
    Copied(Option<Vec<u8>>),
    /// Everything is copied; what has changed since is copied again.
    Again,
}

/// What the unfinished file says of itself: its note, and then a byte for each kind of place, and the key.
fn told(note: Note, place: &Place) -> Vec<u8> {
    let mut bytes = note.to_bytes();
    match place {
        Place::Copied(None) => bytes.push(0),
        Place::Copied(Some(key)) => {
            bytes.push(1);
            bytes.extend(key);
        }
        Place::Again => bytes.push(2),
    }
    bytes
}

fn understood(bytes: &[u8]) -> Option<(Note, Place)> {
    let note = Note::of(bytes)?;
    let (kind, key) = bytes.get(Note::BYTES..)?.split_first()?;
    let place = match kind {
        0 => Place::Copied(None),
        1 => Place::Copied(Some(key.to_vec())),
        2 => Place::Again,
        _ => return None,
    };
    Some((note, place))
}

/// The unfinished file, which one step at a time has.
struct Target(Arc<File>);

impl Target {
    /// Opens or creates it; `None` while another step has it, or has just finished it.
    fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let file = folder::private_at(path)?;
        let failed =
            |error: io::Error| StoreError::Unavailable(format!("{}: {error}", path.display()));
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        // It may have been given its other name before it was locked.
        let own = file.metadata().map_err(failed)?;
        let is_here = std::fs::metadata(path).is_ok_and(|here| here.ino() == own.ino());
        Ok(is_here.then_some(Self(file)))
    }

    fn empty(&self) -> Result<(), StoreError> {
        let emptied = self.0.set_len(0);
        emptied.map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

/// One step of about so many bytes. A failure ends the whole backup, so that no useless file fills the disk.
pub(super) fn step(
    shared: &Shared,
    (unfinished, whole): (&Path, &Path),
    bytes: u64,
    now: i64,
) -> Result<BackupStep, StoreError> {
    shared.on_disk()?;
    let Some(target) = Target::open(unfinished)? else {
        return Ok(BackupStep::default());
    };
    let disk = Disk::new(target.0.clone(), shared.options.trial.clone());
    let done = guarded(|| write(shared, &target, &disk, (unfinished, whole), bytes, now));
    let done = done
        .unwrap_or_else(|why| Err(StoreError::Damaged(why)))
        .map_err(|error| match disk.failure() {
            Some(failure) => failure.error(),
            None => error,
        });
    if done.is_err() {
        let _ = std::fs::remove_file(unfinished);
    }
    done
}

fn write(
    shared: &Shared,
    target: &Target,
    disk: &Arc<Disk>,
    (unfinished, whole): (&Path, &Path),
    bytes: u64,
    now: i64,
) -> Result<BackupStep, StoreError> {
    let cache = shared.options.cache_bytes;
    let mut database = open_file(disk, cache)?;
    let known = known(&database)?;
    // What is copied is the store right after the note of this step.
    let (note, view) = shared.between_commits(|handle| {
        let note = announce(&handle.database, known.as_ref().map(|(note, _)| *note), now)?;
        Ok((note, handle.read()?))
    })?;
    let place = match known {
        // The first step of another backup begins with nothing, whatever the file says.
        Some((_, place)) if note.step > 1 => place,
        _ => {
            drop(database);
            target.empty()?;
            database = open_file(disk, cache)?;
            Place::Copied(None)
        }
    };
    let mut work = Work {
        view: &view,
        database: &database,
        note,
        room: bytes.max(1),
        written: 0,
        progress: &shared.options.progress,
    };
    let is_copied = match place {
        Place::Copied(from) => work.copy(from)?,
        Place::Again => true,
    };
    let again = match is_copied {
        true => work.copy_again()?,
        false => Again::default(),
    };
    let written = work.written;
    if is_copied && again.is_all {
        work.conclude()?;
    }
    drop(database);
    let failed =
        |error: io::Error| StoreError::Unavailable(format!("{}: {error}", whole.display()));
    let length = target.0.metadata().map_err(failed)?.len();
    let finished = is_copied && again.is_all;
    if finished {
        target.0.sync_all().map_err(failed)?;
        std::fs::rename(unfinished, whole).map_err(failed)?;
        let folder = whole.parent().map(File::open).transpose().map_err(failed)?;
        folder
            .map_or(Ok(()), |folder| folder.sync_all())
            .map_err(failed)?;
        end(shared, Some(note))?;
    } else {
        forget(shared, note, &again.done)?;
    }
    Ok(BackupStep {
        finished,
        bytes: written,
        length,
    })
}

/// What an unfinished file says of itself; `None` for a new one, and for what isn't one.
fn known(database: &Database) -> Result<Option<(Note, Place)>, StoreError> {
    let read = database.begin_read().map_err(unavailable)?;
    let meta = match read.open_table(META) {
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        other => other.map_err(unavailable)?,
    };
    let note = meta.get(NOTE).map_err(unavailable)?;
    Ok(note.and_then(|note| understood(note.value())))
}

/// Notes a further step in the store, or the first of a new backup if the unfinished file isn't this one's.
fn announce(database: &Database, known: Option<Note>, now: i64) -> Result<Note, StoreError> {
    let write = begin(database)?;
    let note = {
        let mut meta = write.open_table(META).map_err(unavailable)?;
        let version = last_version(&meta)?;
        let here = match last_logged(&meta)? == Some(version) {
            true => noted(&meta)?,
            false => None,
        };
        let note = match (here, known) {
            (Some(here), Some(known)) if here.began == known.began && known.step <= here.step => {
                Note {
                    step: here.step + 1,
                    ..here
                }
            }
            _ => {
                write.delete_table(CHANGED).map_err(unavailable)?;
                write.open_table(CHANGED).map_err(unavailable)?;
                Note {
                    began: (now, version),
                    step: 1,
                }
            }
        };
        let bytes = note.to_bytes();
        meta.insert(NOTE, bytes.as_slice()).map_err(unavailable)?;
        logged(&mut meta, version)?;
        note
    };
    write.commit().map_err(unavailable)?;
    Ok(note)
}

/// Forgets a backup, this one or any; writes nothing if there is none.
pub(super) fn end(shared: &Shared, which: Option<Note>) -> Result<(), StoreError> {
    shared.between_commits(|handle| {
        let read = handle.read()?;
        let here = noted(&read.open_table(META).map_err(unavailable)?)?;
        drop(read);
        let Some(here) = here else { return Ok(()) };
        if which.is_some_and(|which| which.began != here.began) {
            return Ok(());
        }
        let write = begin(&handle.database)?;
        write.delete_table(CHANGED).map_err(unavailable)?;
        unnote(&mut write.open_table(META).map_err(unavailable)?)?;
        write.commit().map_err(unavailable)
    })
}

/// Forgets changes that are in the unfinished file, unless there was another one since.
fn forget(shared: &Shared, note: Note, done: &[(Vec<u8>, Version)]) -> Result<(), StoreError> {
    if done.is_empty() {
        return Ok(());
    }
    shared.between_commits(|handle| {
        let write = begin(&handle.database)?;
        {
            let meta = write.open_table(META).map_err(unavailable)?;
            if noted(&meta)? != Some(note) {
                return Ok(());
            }
            let mut table = write.open_table(CHANGED).map_err(unavailable)?;
            for (key, version) in done {
                let is_same = {
                    let last = table.get(key.as_slice()).map_err(unavailable)?;
                    last.is_some_and(|last| last.value() == *version)
                };
                if is_same {
                    table.remove(key.as_slice()).map_err(unavailable)?;
                }
            }
        }
        write.commit().map_err(unavailable)
    })
}

/// Changes that were copied again.
#[derive(Default)]
struct Again {
    done: Vec<(Vec<u8>, Version)>,
    /// Whether these are all.
    is_all: bool,
}

/// One step's work on the unfinished file.
struct Work<'w> {
    view: &'w ReadTransaction,
    database: &'w Database,
    note: Note,
    /// Bytes that may still be written.
    room: u64,
    written: u64,
    progress: &'w Progress,
}

impl Work<'_> {
    /// Copies what comes after a key; whether that was all.
    fn copy(&mut self, from: Option<Vec<u8>>) -> Result<bool, StoreError> {
        let entities = self.view.open_table(ENTITIES).map_err(unavailable)?;
        let all = entities.len().map_err(unavailable)?;
        let begin = match &from {
            Some(key) => Bound::Excluded(key.as_slice()),
            None => Bound::Unbounded,
        };
        let mut rows = entities
            .range::<&[u8]>((begin, Bound::Unbounded))
            .map_err(unavailable)?;
        let mut last = from.clone();
        let mut is_over = false;
        while !is_over && self.room > 0 {
            let write = super::commit::begin(self.database)?;
            {
                let mut table = write.open_table(ENTITIES).map_err(unavailable)?;
                let mut slice = SLICE_BYTES.min(self.room);
                while slice > 0 {
                    let Some(row) = rows.next() else {
                        is_over = true;
                        break;
                    };
                    let (key, value) = row.map_err(unavailable)?;
                    table
                        .insert(key.value(), value.value())
                        .map_err(unavailable)?;
                    let took = ROW_BYTES + value.value().len() as u64;
                    slice = slice.saturating_sub(took);
                    self.count(took);
                    last = Some(key.value().to_vec());
                }
                let there = table.len().map_err(unavailable)?;
                self.progress.at("backing up records", there, all);
            }
            let place = match is_over {
                true => Place::Again,
                false => Place::Copied(last.clone()),
            };
            self.commit(write, &place)?;
        }
        Ok(is_over)
    }

    /// Copies again what was changed since the backup began, as far as there is room.
    fn copy_again(&mut self) -> Result<Again, StoreError> {
        let entities = self.view.open_table(ENTITIES).map_err(unavailable)?;
        let changed = self.view.open_table(CHANGED).map_err(unavailable)?;
        let mut rows = changed.iter().map_err(unavailable)?.peekable();
        let mut again = Again::default();
        while rows.peek().is_some() && self.room > 0 {
            let write = super::commit::begin(self.database)?;
            {
                let mut table = write.open_table(ENTITIES).map_err(unavailable)?;
                let mut slice = SLICE_BYTES.min(self.room);
                while slice > 0 {
                    let Some(row) = rows.next() else { break };
                    let (key, version) = row.map_err(unavailable)?;
                    let now = entities.get(key.value()).map_err(unavailable)?;
                    let mut took = ROW_BYTES;
                    match now {
                        Some(value) => {
                            took += value.value().len() as u64;
                            table
                                .insert(key.value(), value.value())
                                .map_err(unavailable)?;
                        }
                        None => drop(table.remove(key.value()).map_err(unavailable)?),
                    }
                    slice = slice.saturating_sub(took);
                    self.count(took);
                    again.done.push((key.value().to_vec(), version.value()));
                }
            }
            self.commit(write, &Place::Again)?;
        }
        again.is_all = rows.peek().is_none();
        Ok(again)
    }

    fn count(&mut self, took: u64) {
        self.written += took;
        self.room = self.room.saturating_sub(took);
    }

    /// Makes a slice durable, together with the place where the next goes on.
    fn commit(&self, write: WriteTransaction, place: &Place) -> Result<(), StoreError> {
        {
            let mut meta = write.open_table(META).map_err(unavailable)?;
            let told = told(self.note, place);
            meta.insert(NOTE, told.as_slice()).map_err(unavailable)?;
        }
        write.commit().map_err(unavailable)
    }

    /// Makes a store of the file: what it lacks is written when it is opened.
    fn conclude(&self) -> Result<(), StoreError> {
        let from = self.view.open_table(META).map_err(unavailable)?;
        let version = from.get("version").map_err(unavailable)?;
        let write = super::commit::begin(self.database)?;
        {
            // A store without any entity has the table, too.
            write.open_table(ENTITIES).map_err(unavailable)?;
            let mut meta = write.open_table(META).map_err(unavailable)?;
            meta.remove(NOTE).map_err(unavailable)?;
            meta.insert("format", FORMAT).map_err(unavailable)?;
            if let Some(version) = version {
                meta.insert("version", version.value())
                    .map_err(unavailable)?;
            }
        }
        write.commit().map_err(unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_unfinished_file_says_is_understood() {
        let note = Note {
            began: (-5, 7),
            step: 9,
        };
        for place in [
            Place::Copied(None),
            Place::Copied(Some(b"key\0\xff".to_vec())),
            Place::Again,
        ] {
            let bytes = told(note, &place);
            assert_eq!(understood(&bytes), Some((note, place)));
            assert_eq!(understood(&bytes[..Note::BYTES]), None);
        }
        assert_eq!(understood(b""), None);
    }
}
