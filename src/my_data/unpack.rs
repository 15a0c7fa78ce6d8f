//! Reads a ZIP that may be anything: what it says of itself is believed only as far as it is checked.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::base::{BadFile, DataError, FORMAT, VERSION};
use super::pack::{Manifest, NAMES, kind_of};
use crate::refresh::heavy::heavy;

/// Most files in a ZIP: of ours, one has 500 articles.
const MOST_FILES: u16 = 2_000;
/// Largest directory of a ZIP, in bytes.
const DIRECTORY_BYTES: u32 = 512 * 1_024;
/// Most bytes of one file once it is unpacked: ours end at 4 MiB, with one article more.
const FILE_BYTES: u64 = 24 * 1_024 * 1_024;
/// The same of a manifest.
const MANIFEST_BYTES: u64 = 1_024 * 1_024;

/// A ZIP whose directory and manifest have been read.
pub struct Unpacked<R> {
    archive: Option<ZipArchive<R>>,
    /// Our files in the order in which they are taken in: place in the directory, kind, name.
    files: Vec<(usize, &'static str, String)>,
    /// Which part of how many it says to be, when it was made, and what it is known by.
    pub(super) manifest: Manifest,
    /// How many of its files aren't ours.
    pub(super) foreign: usize,
}

impl<R: Read + Seek + Send + 'static> Unpacked<R> {
    /// Reads directory and manifest.
    ///
    /// # Errors
    /// [`BadFile`] says what is wrong with it.
    pub async fn open(reader: R) -> Result<Self, DataError> {
        heavy(move || open(reader))
            .await
            .ok_or(DataError::BrokeOff)?
    }

    /// How many files of ours are in it.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// Whether it brings feeds.
    pub fn has_feeds(&self) -> bool {
        self.place_of("feeds.opml").is_some()
    }

    /// Which part it is, and of how many; 1 of 1 if it doesn't say.
    pub fn part(&self) -> (u32, u32) {
        (self.manifest.part, self.manifest.parts)
    }

    /// By what it is known among others.
    pub fn id(&self) -> &str {
        &self.manifest.id
    }

    /// The first file of a kind.
    pub(super) fn place_of(&self, kind: &str) -> Option<usize> {
        self.files.iter().position(|(_, known, _)| *known == kind)
    }

    /// What a file is: its kind, and its name.
    pub(super) fn file(&self, place: usize) -> Option<(&'static str, &str)> {
        let (_, kind, name) = self.files.get(place)?;
        Some((kind, name))
    }

    /// A file's bytes.
    pub(super) async fn read(&mut self, place: usize) -> Result<Vec<u8>, DataError> {
        let (Some(mut archive), Some((index, _, name))) =
            (self.archive.take(), self.files.get(place).cloned())
        else {
            return Err(DataError::BrokeOff);
        };
        let work = heavy(move || {
            let read = content(&mut archive, index, &name, FILE_BYTES);
            (archive, read)
        });
        let (archive, read) = work.await.ok_or(DataError::BrokeOff)?;
        self.archive = Some(archive);
        Ok(read?)
    }
}

fn open<R: Read + Seek>(mut reader: R) -> Result<Unpacked<R>, DataError> {
    check_end(&mut reader)?;
    let mut archive = ZipArchive::new(reader).map_err(|_| BadFile::NoZip)?;
    if archive.len() > usize::from(MOST_FILES) {
        return Err(BadFile::TooMany.into());
    }
    let mut manifest = None;
    let (mut files, mut foreign) = (Vec::new(), 0);
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).and_then(Result::ok);
        match name.as_deref() {
            Some("manifest.json") => manifest = Some(index),
            Some(name) => match kind_of(name) {
                Some(kind) => files.push((index, kind, name.to_owned())),
                None => foreign += 1,
            },
            None => foreign += 1,
        }
    }
    let manifest = manifest.ok_or(BadFile::NotOurs)?;
    let manifest = content(&mut archive, manifest, "manifest.json", MANIFEST_BYTES);
    let manifest = manifest.map_err(|_| BadFile::NotOurs)?;
    let manifest: Manifest = serde_json::from_slice(&manifest).map_err(|_| BadFile::NotOurs)?;
    if manifest.format != FORMAT {
        return Err(BadFile::NotOurs.into());
    }
    if manifest.version > VERSION {
        return Err(BadFile::Newer.into());
    }
    let number = |name: &str| -> u32 {
        let digits = name
            .rsplit_once('-')
            .and_then(|(_, rest)| rest.split_once('.'));
        digits
            .and_then(|(digits, _)| digits.parse().ok())
            .unwrap_or(1)
    };
    let order = |kind: &str| NAMES.iter().position(|known| *known == kind);
    files.sort_by_key(|(_, kind, name)| (order(kind), number(name)));
    Ok(Unpacked {
        archive: Some(archive),
        files,
        manifest,
        foreign,
    })
}

/// What a file in a ZIP has, up to a most that doesn't depend on what the ZIP says.
fn content<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    name: &str,
    most: u64,
) -> Result<Vec<u8>, BadFile> {
    let damaged = || BadFile::Damaged(name.to_owned());
    let file = archive.by_index(index).map_err(|_| damaged())?;
    let mut content = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut content)
        .map_err(|_| damaged())?;
    match content.len() as u64 > most {
        true => Err(BadFile::TooLarge(name.to_owned())),
        false => Ok(content),
    }
}

/// Looks at the end of a ZIP, where its directory is described, before anything is made of each of its lines. Zip64 and comments, which
/// can hide another end, are no part of what we write.
fn check_end<R: Read + Seek>(reader: &mut R) -> Result<(), BadFile> {
    /// Bytes of the record at the end, and of the one that leads to a second, larger directory.
    const END: i64 = 22;
    const LOCATOR: i64 = 20;
    let no_zip = |_| BadFile::NoZip;
    let length = reader.seek(SeekFrom::End(0)).map_err(no_zip)?;
    if length < END.unsigned_abs() {
        return Err(BadFile::NoZip);
    }
    reader.seek(SeekFrom::End(-END)).map_err(no_zip)?;
    let mut end = [0; END.unsigned_abs() as usize];
    reader.read_exact(&mut end).map_err(no_zip)?;
    let two = |at: usize| u16::from_le_bytes([end[at], end[at + 1]]);
    let directory = u32::from_le_bytes([end[12], end[13], end[14], end[15]]);
    if !end.starts_with(b"PK\x05\x06") || two(20) != 0 {
        return Err(BadFile::NoZip);
    }
    if two(10) > MOST_FILES || two(8) != two(10) || directory > DIRECTORY_BYTES {
        return Err(BadFile::TooMany);
    }
    if length >= (END + LOCATOR).unsigned_abs() {
        reader.seek(SeekFrom::End(-END - LOCATOR)).map_err(no_zip)?;
        let mut locator = [0; 4];
        reader.read_exact(&mut locator).map_err(no_zip)?;
        if &locator == b"PK\x06\x07" {
            return Err(BadFile::TooMany);
        }
    }
    reader.rewind().map_err(no_zip)
}
