//! Entities on pages to which nothing leads: what is left where a file's upper pages are gone.
//!
//! redb's file format, version 3: pages begin at multiples of 4 KiB. A leaf has a byte 1, a byte that is free, its number of
//! rows in two, the ends of its keys and of its values in four each, counted from its beginning, all little-endian, and
//! then the keys and the values themselves. An entity's key and record are strict enough that other content doesn't pass
//! for one.
//!
//! Such a page may be of an earlier moment: what stands on it may have been changed or deleted since. Of several records of
//! a key, the one of the highest version counts.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

use super::{codec, record};
use crate::datastore::{Entity, Kind, Version};

const PAGE: u64 = 4_096;
/// Bytes of the largest leaf: an entity, or as many as fit beside each other.
const LARGEST: usize = 8 * 1_024 * 1_024;
/// What may have been ended since, and would let somebody in, or tell somebody.
const NEVER: [Kind; 5] = [
    Kind::Session,
    Kind::Token,
    Kind::Invitation,
    Kind::Share,
    Kind::Webhook,
];

/// Where a record lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    version: Version,
    at: u64,
    length: usize,
}

impl Place {
    /// Bytes from the file's beginning.
    pub(super) fn at(self) -> u64 {
        self.at
    }
}

/// The places of all entities that `is_wanted` by their encoded key: the newest record of each.
pub(super) fn find(
    file: &File,
    is_wanted: impl Fn(&[u8]) -> bool,
    is_readable: fn(&Entity) -> bool,
) -> HashMap<Vec<u8>, Place> {
    let length = file.metadata().map_or(0, |data| data.len());
    let mut found: HashMap<Vec<u8>, Place> = HashMap::new();
    let mut at = 0;
    while at < length {
        let Some(leaf) = Leaf::read(file, at, length) else {
            at += PAGE;
            continue;
        };
        let mut are_all_whole = true;
        for row in 0..leaf.rows {
            let Some((key, start, value)) = leaf.row(row) else {
                are_all_whole = false;
                continue;
            };
            let Some((entity, version)) = entity(key, value).zip(record::version(value).ok())
            else {
                are_all_whole = false;
                continue;
            };
            if !is_readable(&entity) {
                continue;
            }
            let place = Place {
                version,
                at: at + start as u64,
                length: value.len(),
            };
            if is_wanted(key) && !is_never(key) {
                let known = found.entry(key.to_vec()).or_insert(place);
                if known.version < version {
                    *known = place;
                }
            }
        }
        // What lies within a whole leaf is content, which a publisher may have made look like a leaf.
        at += match are_all_whole {
            true => (leaf.bytes.len() as u64).next_multiple_of(PAGE),
            false => PAGE,
        };
    }
    found
}

/// Reads the entity at a place again.
pub(super) fn read(file: &File, key: &[u8], place: Place) -> Option<Entity> {
    let mut value = vec![0; place.length];
    file.read_exact_at(&mut value, place.at).ok()?;
    entity(key, &value)
}

fn entity(key: &[u8], value: &[u8]) -> Option<Entity> {
    let mut reader = codec::ByteReader::new(key);
    let key = reader.key().ok()?;
    if !reader.is_at_end() || Kind::from_name(key.kind()).is_none() {
        return None;
    }
    Some(record::decode(key, value).ok()?.entity)
}

fn is_never(key: &[u8]) -> bool {
    let key = codec::ByteReader::new(key).key();
    key.is_ok_and(|key| NEVER.iter().any(|kind| kind.name() == key.kind()))
}

/// A page that looks like a leaf with keys and values of any length. At the end of a file that was cut off, its last rows
/// are missing.
struct Leaf {
    bytes: Vec<u8>,
    rows: usize,
}

impl Leaf {
    fn read(file: &File, at: u64, length: u64) -> Option<Self> {
        let head: [u8; 4] = bytes_at(file, at, 4)?.try_into().ok()?;
        let rows = usize::from(u16::from_le_bytes([head[2], head[3]]));
        if head[0] != 1 || rows == 0 {
            return None;
        }
        let ends = bytes_at(file, at + 4, 8 * rows)?;
        let ends: Vec<usize> = ends
            .chunks_exact(4)
            .map(|end| {
                end.iter()
                    .rev()
                    .fold(0, |sum, &byte| sum << 8 | usize::from(byte))
            })
            .collect();
        // Keys aren't empty; a value holds a version at least.
        let is_rising = ends.is_sorted() && ends[0] > 4 + 8 * rows;
        let last = *ends.last()?;
        if !is_rising || last > LARGEST {
            return None;
        }
        let there = usize::try_from(length - at).map_or(last, |there| there.min(last));
        let bytes = bytes_at(file, at, there)?;
        Some(Self { bytes, rows })
    }

    /// A row's key, where its value begins, and its value.
    fn row(&self, row: usize) -> Option<(&[u8], usize, &[u8])> {
        let end = |at: usize| {
            let end = self.bytes.get(4 + 4 * at..8 + 4 * at)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(end)).ok()
        };
        let key_start = match row {
            0 => 4 + 8 * self.rows,
            _ => end(row - 1)?,
        };
        let value_start = end(self.rows + row - 1)?;
        let key = self.bytes.get(key_start..end(row)?)?;
        let value = self.bytes.get(value_start..end(self.rows + row)?)?;
        Some((key, value_start, value))
    }
}

fn bytes_at(file: &File, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}
