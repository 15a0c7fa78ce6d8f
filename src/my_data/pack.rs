//! Writes a ZIP, file by file, and counts its bytes.

use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::base::{DataError, FORMAT, Mine, VERSION};
use super::place::Part;
use crate::refresh::heavy::heavy;
use crate::timestamp::rfc3339;

/// How much of everything a ZIP has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Feeds in `feeds.opml`.
    pub feeds: usize,
    /// Lines of the journal.
    pub journal: usize,
    /// Feeds of which it is said what is read.
    pub read_state: usize,
    /// Articles and pages that are kept.
    pub kept: usize,
    /// Stars.
    pub starred: usize,
}

/// A file in a ZIP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct FileLine {
    pub name: String,
    pub count: usize,
}

/// What a ZIP says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Manifest {
    pub format: String,
    pub version: u32,
    /// Tells it from others.
    pub id: String,
    /// When it was made (RFC 3339), and by which version.
    pub made: String,
    pub by: String,
    pub part: u32,
    pub parts: u32,
    /// The places between which it lies.
    pub from: String,
    pub to: Option<String>,
    pub counts: Counts,
    pub files: Vec<FileLine>,
}

impl Manifest {
    pub(super) fn new(mine: &Mine<'_>, part: &Part, (number, of): (u32, u32)) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            id: mine.random.hex::<8>(),
            made: rfc3339(mine.now),
            by: concat!("Dormouse ", env!("CARGO_PKG_VERSION")).to_owned(),
            part: number,
            parts: of,
            from: part.from.to_string(),
            to: part.to.as_ref().map(ToString::to_string),
            ..Self::default()
        }
    }
}

/// Counts what is written.
#[derive(Debug)]
pub(super) struct Counted<W> {
    inner: W,
    at: u64,
    most: Arc<AtomicU64>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.at += written as u64;
        self.most.fetch_max(self.at, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Seek> Seek for Counted<W> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}

/// A ZIP that is being written.
pub(super) struct Packer<W: Write + Seek> {
    zip: Option<ZipWriter<Counted<W>>>,
    written: Arc<AtomicU64>,
    pub manifest: Manifest,
}

impl<W: Write + Seek + Send + 'static> Packer<W> {
    pub(super) fn new(inner: W, manifest: Manifest) -> Self {
        let written = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            inner,
            at: 0,
            most: written.clone(),
        };
        Self {
            zip: Some(ZipWriter::new(counted)),
            written,
            manifest,
        }
    }

    /// Bytes so far, without the directory at the end: about 100 for each file, and the manifest.
    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.written.load(Ordering::Relaxed)).unwrap_or(usize::MAX)
    }

    /// Adds a file. Packing takes a processor for a while, so it gives way to those who read.
    pub(super) async fn add(
        &mut self,
        name: &str,
        count: usize,
        content: Vec<u8>,
    ) -> Result<(), DataError> {
        let again = self.manifest.files.iter();
        let again = again
            .filter(|known| kind_of(&known.name) == Some(name))
            .count();
        let name = match (again, name.rsplit_once('.')) {
            (1.., Some((stem, end))) => format!("{stem}-{}.{end}", again + 1),
            _ => name.to_owned(),
        };
        let line = FileLine {
            name: name.clone(),
            count,
        };
        self.manifest.files.push(line);
        self.write(name, content).await
    }

    async fn write(&mut self, name: String, content: Vec<u8>) -> Result<(), DataError> {
        let mut zip = self.zip.take().ok_or(DataError::BrokeOff)?;
        let packed = heavy(move || {
            let options = SimpleFileOptions::default();
            let options = options.compression_method(CompressionMethod::Deflated);
            zip.start_file(name, options)?;
            zip.write_all(&content)?;
            zip.flush()?;
            Ok::<_, DataError>(zip)
        });
        self.zip = Some(packed.await.ok_or(DataError::BrokeOff)??);
        Ok(())
    }

    /// Adds the manifest and ends the ZIP.
    pub(super) async fn finish(mut self) -> Result<(W, Counts), DataError> {
        // Numbers and texts always serialize.
        let manifest = serde_json::to_vec_pretty(&self.manifest).unwrap_or_default();
        self.write("manifest.json".to_owned(), manifest).await?;
        let zip = self.zip.take().ok_or(DataError::BrokeOff)?;
        let mut counted = zip.finish()?;
        counted.flush()?;
        Ok((counted.inner, self.manifest.counts))
    }
}

/// The names of files, without the number of those that go on.
pub(super) const NAMES: [&str; 6] = [
    "feeds.opml",
    "settings.json",
    "journal.jsonl",
    "read-state.jsonl",
    "kept.json",
    "starred.json",
];

/// What a file of this name goes on with: `starred-3.json` is one of `starred.json`.
pub(super) fn kind_of(name: &str) -> Option<&'static str> {
    let bare = |kind: &str| {
        let (stem, end) = kind.rsplit_once('.')?;
        let number = name.strip_prefix(stem)?.strip_suffix(end)?;
        let number = number.strip_suffix('.')?;
        let number = match number.strip_prefix('-') {
            Some(number) => number,
            None => return number.is_empty().then_some(()),
        };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(())
    };
    NAMES.into_iter().find(|kind| bare(kind).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_go_on_are_known_by_their_names() {
        assert_eq!(kind_of("starred.json"), Some("starred.json"));
        assert_eq!(kind_of("starred-12.json"), Some("starred.json"));
        assert_eq!(kind_of("read-state-2.jsonl"), Some("read-state.jsonl"));
        for other in [
            "starred-.json",
            "starred-x.json",
            "../starred.json",
            "starred.jsonl",
            "",
        ] {
            assert_eq!(kind_of(other), None, "{other}");
        }
    }
}
