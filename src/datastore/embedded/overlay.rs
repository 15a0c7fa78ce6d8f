//! A file that is only read: what redb writes to it stays in memory.
//!
//! Opening a file mends it where it was left unclean, and redb's check of it does too. Whoever looks at a damaged file
//! wants it left as it is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use redb::{Database, StorageBackend};

use super::disk::guarded;
use super::folder::Folder;
use super::unavailable;
use crate::datastore::StoreError;

/// Bytes that are kept together.
const BLOCK: u64 = 4_096;
/// Bytes of the file that redb keeps in memory.
const CACHE_BYTES: usize = 32 * 1_024 * 1_024;

#[derive(Debug)]
struct Overlay {
    file: Arc<File>,
    written: Mutex<Written>,
}

#[derive(Debug)]
struct Written {
    length: u64,
    blocks: HashMap<u64, Box<[u8]>>,
}

impl Overlay {
    /// The block as it is in the file, with zeros beyond its end.
    fn original(&self, block: u64) -> io::Result<Box<[u8]>> {
        let mut bytes = vec![0; BLOCK as usize];
        let mut have = 0;
        while have < bytes.len() {
            match self
                .file
                .read_at(&mut bytes[have..], block * BLOCK + have as u64)?
            {
                0 => break,
                more => have += more,
            }
        }
        Ok(bytes.into_boxed_slice())
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The blocks that a range of bytes touches: each with the range within it.
fn blocks(offset: u64, length: usize) -> impl Iterator<Item = (u64, std::ops::Range<usize>)> {
    let end = offset + length as u64;
    let within = move |block: u64| {
        let start = offset.max(block * BLOCK) - block * BLOCK;
        let stop = end.min((block + 1) * BLOCK) - block * BLOCK;
        // Both are at most `BLOCK`.
        (block, start as usize..stop as usize)
    };
    (offset / BLOCK..end.div_ceil(BLOCK)).map(within)
}

impl StorageBackend for Overlay {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written();
        if offset + out.len() as u64 > written.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut at = 0;
        for (block, within) in blocks(offset, out.len()) {
            let target = &mut out[at..at + within.len()];
            at += within.len();
            match written.blocks.get(&block) {
                Some(bytes) => target.copy_from_slice(&bytes[within]),
                None => target.copy_from_slice(&self.original(block)?[within]),
            }
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.written().length = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written();
        let mut at = 0;
        for (block, within) in blocks(offset, data.len()) {
            let source = &data[at..at + within.len()];
            at += within.len();
            let bytes = match written.blocks.entry(block) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(self.original(block)?),
            };
            bytes[within].copy_from_slice(source);
        }
        Ok(())
    }
}

/// Opens a folder's file to look at it.
fn open(folder: &Path) -> Result<Database, StoreError> {
    let path = folder.join(super::FILE);
    let file = Folder::look(folder)?;
    open_at_length(file, CACHE_BYTES, None).map_err(|error| match error {
        StoreError::Damaged(why) => StoreError::Damaged(format!("{}: {why}", path.display())),
        other => other,
    })
}

/// Opens a file; one whose end was cut off is as long as it was, and holds zeros there. redb opens no file that is shorter
/// than its header says.
pub(super) fn open_cut(file: Arc<File>) -> Result<Database, StoreError> {
    let length = length_in_header(&file);
    open_at_length(file, CACHE_BYTES, length)
}

/// Opens a file whose disk takes nothing, or that is to stay as it is.
pub(super) fn open_file(file: Arc<File>, cache: usize) -> Result<Database, StoreError> {
    open_at_length(file, cache, None)
}

/// The length of a file by its header: a page, and regions, each with pages of its own in front of its data (redb's file
/// format, version 3: five little-endian numbers from byte 12 on). `None` if the header makes no sense.
fn length_in_header(file: &File) -> Option<u64> {
    /// More than this isn't a length but damage.
    const MOST: u64 = 1 << 42;
    let mut header = [0; 32];
    file.read_exact_at(&mut header, 0).ok()?;
    let number = |at: usize| {
        let bytes = header.get(at..at + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_le_bytes(bytes)))
    };
    let (page, in_front, most) = (number(12)?, number(16)?, number(20)?);
    let (full, rest) = (number(24)?, number(28)?);
    let pages = (in_front + most).checked_mul(full)?;
    let trailing = match rest {
        0 => 0,
        rest => in_front + rest,
    };
    let length = (1 + pages + trailing).checked_mul(page)?;
    (page == BLOCK && length <= MOST).then_some(length)
}

/// How long a file is taken to be, of which a header says how long it was: not shorter; and where something that is no page
/// follows, not longer.
fn length_for(length: u64, by_header: Option<u64>) -> u64 {
    match by_header {
        Some(by_header) if length > by_header && !length.is_multiple_of(BLOCK) => by_header,
        Some(by_header) => length.max(by_header),
        None => length,
    }
}

/// Opens a file as if it were at least so long.
fn open_at_length(
    file: Arc<File>,
    cache: usize,
    least: Option<u64>,
) -> Result<Database, StoreError> {
    let length = file
        .metadata()
        .map_err(|error| unavailable(redb::Error::Io(error)))?;
    let overlay = Overlay {
        file,
        written: Mutex::new(Written {
            length: length_for(length.len(), least),
            blocks: HashMap::new(),
        }),
    };
    let opened = guarded(|| {
        Database::builder()
            .set_cache_size(cache)
            .create_with_backend(overlay)
    });
    opened
        .map_err(StoreError::Damaged)?
        .map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Checks every page of a folder's file against its checksum, by redb's own check. The file stays as it is.
///
/// # Errors
/// [`StoreError::Damaged`], with the file and what is wrong; [`StoreError::Taken`] if a server has it open.
pub fn check(folder: &Path) -> Result<(), StoreError> {
    let file = folder.join(super::FILE);
    let damaged = |why: String| StoreError::Damaged(format!("{}: {why}", file.display()));
    let mut database = open(folder)?;
    let checked = guarded(|| database.check_integrity());
    // Dropping it would have it write its state once more.
    let outcome = match checked {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(damaged(
            "its pages are sound, its list of free ones isn’t; “dormouse compact” writes it anew"
                .into(),
        )),
        Ok(Err(error)) => Err(damaged(error.to_string())),
        Err(panic) => Err(damaged(panic)),
    };
    drop(guarded(|| drop(database)));
    outcome
}
