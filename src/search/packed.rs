//! How a list of words is stored: words in order, front-coded, each with the articles that have it, in chunks that are
//! compressed one by one, so that looking a word up unpacks one or two of them.
//!
//! ```text
//! list     = version, docs, chunks' directory, chunks
//! chunk    = lengths, letters, articles: each compressed by itself, since they look alike
//! lengths  = for each word a byte, letters shared with the word before · 16 + letters of its own; 255 and two numbers for longer ones
//! articles = count · 4 + is dense · 2 + is marked, then
//!            { gap }          as a rule, a byte each, two where there are more than 256 articles
//!            bitmap           where every third has the word
//!            count, { gap, where }    if it is marked: those that have it in the title, or among author and categories
//! ```
//! All other numbers are of variable length ([`put_varint`]).

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};

use crate::codec::{put_varint, take_varint};

/// An article's place in its list, and where it has the word: [`TITLE`] and [`ABOUT`], or only in its text.
pub type Posting = (u16, u8);

/// In the title.
pub const TITLE: u8 = 1;
/// Among author and categories.
pub const ABOUT: u8 = 2;

/// Bytes of a chunk before it is compressed: smaller ones are looked up faster, larger ones take less room.
pub const CHUNK_BYTES: usize = 12 * 1_024;
/// As for all bodies.
const LEVEL: i32 = 3;

thread_local! {
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Compresses a chunk. Without memory it is empty, which no reader takes for a chunk.
fn compress(bytes: &[u8]) -> Vec<u8> {
    PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            *packer = Compressor::new(LEVEL).ok();
        }
        let packed = packer
            .as_mut()
            .and_then(|packer| packer.compress(bytes).ok());
        packed.unwrap_or_default()
    })
}

/// Unpacks a chunk into `out`; false if it is damaged.
fn decompress(bytes: &[u8], raw: usize, out: &mut Vec<u8>) -> bool {
    out.clear();
    out.reserve(raw);
    UNPACKER.with_borrow_mut(|unpacker| {
        if unpacker.is_none() {
            *unpacker = Decompressor::new().ok();
        }
        let done = unpacker
            .as_mut()
            .and_then(|unpacker| unpacker.decompress_to_buffer(bytes, out).ok());
        done == Some(raw)
    })
}

/// Streams of a chunk.
const STREAMS: usize = 3;
/// What stands for lengths that have no room in a byte.
const LONG: u8 = 255;

/// Where a chunk is, and the word that it begins with.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Its first word.
    pub first: Box<str>,
    begin: u32,
    /// Bytes of each stream, packed and unpacked.
    sizes: [(u32, u32); STREAMS],
}

/// Writes a list's words.
#[derive(Debug)]
pub struct Writer {
    docs: usize,
    streams: [Vec<u8>; STREAMS],
    first: Option<Box<str>>,
    before: Vec<u8>,
    directory: Vec<(Box<str>, [(usize, usize); STREAMS])>,
    chunks: Vec<u8>,
}

impl Writer {
    /// A list over so many articles.
    pub fn new(docs: usize) -> Self {
        Self {
            docs,
            streams: Default::default(),
            first: None,
            before: Vec::new(),
            directory: Vec::new(),
            chunks: Vec::new(),
        }
    }

    /// Adds a word, which comes after those before it, with its articles in ascending order.
    pub fn word(&mut self, word: &str, postings: &[Posting]) {
        if self.first.is_none() {
            self.first = Some(word.into());
            self.before.clear();
        }
        let bytes = word.as_bytes();
        let same = self.before.iter().zip(bytes);
        let shared = same.take_while(|(one, other)| one == other).count();
        let own = bytes.len() - shared;
        let [lengths, letters, articles] = &mut self.streams;
        match (shared, own) {
            (..15, ..16) => lengths.push((shared << 4 | own) as u8),
            _ => {
                lengths.push(LONG);
                put_varint(lengths, shared as u64);
                put_varint(lengths, own as u64);
            }
        }
        letters.extend_from_slice(&bytes[shared..]);
        put_postings(articles, postings, self.docs);
        self.before.clear();
        self.before.extend_from_slice(bytes);
        if self.streams.iter().map(Vec::len).sum::<usize>() >= CHUNK_BYTES {
            self.end_chunk();
        }
    }

    fn end_chunk(&mut self) {
        if let Some(first) = self.first.take() {
            let chunks = &mut self.chunks;
            let sizes = self.streams.each_mut().map(|raw| {
                let packed = compress(raw);
                let size = (packed.len(), raw.len());
                chunks.extend_from_slice(&packed);
                raw.clear();
                size
            });
            self.directory.push((first, sizes));
        }
    }

    /// Appends directory and chunks.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.end_chunk();
        put_varint(out, self.directory.len() as u64);
        for (first, sizes) in &self.directory {
            put_varint(out, first.len() as u64);
            out.extend_from_slice(first.as_bytes());
            for (packed, raw) in sizes {
                put_varint(out, *packed as u64);
                put_varint(out, *raw as u64);
            }
        }
        out.extend_from_slice(&self.chunks);
    }
}

/// Reads the directory at `rest`, which is the end of a list of `all` bytes; `None` if it is damaged.
pub fn directory(rest: &mut &[u8], all: usize) -> Option<Vec<Chunk>> {
    let count = usize::try_from(take_varint(rest)?).ok()?;
    if count > rest.len() {
        return None;
    }
    let mut chunks = Vec::with_capacity(count);
    for _ in 0..count {
        let length = usize::try_from(take_varint(rest)?).ok()?;
        let (first, after) = rest.split_at_checked(length)?;
        *rest = after;
        let first: Box<str> = std::str::from_utf8(first).ok()?.into();
        let mut sizes = [(0, 0); STREAMS];
        for size in &mut sizes {
            let packed = u32::try_from(take_varint(rest)?).ok()?;
            let raw = u32::try_from(take_varint(rest)?).ok()?;
            // No chunk is much larger than one word more than its limit.
            if raw as usize > 4 * CHUNK_BYTES {
                return None;
            }
            *size = (packed, raw);
        }
        chunks.push(Chunk {
            first,
            begin: 0,
            sizes,
        });
    }
    let mut begin = u32::try_from(all.checked_sub(rest.len())?).ok()?;
    for chunk in &mut chunks {
        chunk.begin = begin;
        for (packed, _) in chunk.sizes {
            begin = begin.checked_add(packed)?;
        }
        if begin as usize > all {
            return None;
        }
    }
    Some(chunks)
}

impl Chunk {
    /// Visits its words in order until `visit` returns false; `None` if it is damaged.
    pub fn each(
        &self,
        list: &[u8],
        docs: usize,
        mut visit: impl FnMut(&[u8], Articles<'_>) -> bool,
    ) -> Option<()> {
        let mut begin = self.begin as usize;
        let mut streams: [Vec<u8>; STREAMS] = Default::default();
        for ((packed, raw), stream) in self.sizes.into_iter().zip(&mut streams) {
            let end = begin.checked_add(packed as usize)?;
            if !decompress(list.get(begin..end)?, raw as usize, stream) {
                return None;
            }
            begin = end;
        }
        let [lengths, letters, articles] = &streams;
        let (mut lengths, mut letters, mut rest) =
            (lengths.as_slice(), letters.as_slice(), articles.as_slice());
        let mut word: Vec<u8> = Vec::with_capacity(64);
        while let Some((&size, after)) = lengths.split_first() {
            lengths = after;
            let (shared, own) = match size {
                LONG => {
                    let shared = usize::try_from(take_varint(&mut lengths)?).ok()?;
                    (shared, usize::try_from(take_varint(&mut lengths)?).ok()?)
                }
                size => (usize::from(size >> 4), usize::from(size & 15)),
            };
            let (own, after) = letters.split_at_checked(own)?;
            letters = after;
            if shared > word.len() {
                return None;
            }
            word.truncate(shared);
            word.extend_from_slice(own);
            let these = Articles { bytes: rest, docs };
            rest = these.skip()?;
            if !visit(&word, these) {
                break;
            }
        }
        Some(())
    }
}

/// Bytes of a gap.
fn gap_bytes(docs: usize) -> usize {
    if docs <= 256 { 1 } else { 2 }
}

fn put_gap(out: &mut Vec<u8>, gap: u16, docs: usize) {
    out.extend_from_slice(&gap.to_le_bytes()[..gap_bytes(docs)]);
}

fn take_gap(rest: &mut &[u8], docs: usize) -> Option<usize> {
    let (gap, after) = rest.split_at_checked(gap_bytes(docs))?;
    *rest = after;
    Some(
        gap.iter()
            .rev()
            .fold(0, |gap, byte| gap << 8 | usize::from(*byte)),
    )
}

fn put_postings(out: &mut Vec<u8>, postings: &[Posting], docs: usize) {
    let is_dense = postings.len() * 3 > docs && docs > 16;
    let marked = postings.iter().filter(|(_, place)| *place > 0);
    let is_marked = marked.clone().next().is_some();
    let head = (postings.len() as u64) << 2 | u64::from(is_dense) << 1 | u64::from(is_marked);
    put_varint(out, head);
    if is_dense {
        let mut bitmap = vec![0_u8; docs.div_ceil(8)];
        for (doc, _) in postings {
            bitmap[usize::from(doc / 8)] |= 1 << (doc % 8);
        }
        out.extend_from_slice(&bitmap);
    } else {
        let mut next = 0;
        for (doc, _) in postings {
            put_gap(out, doc - next, docs);
            next = doc + 1;
        }
    }
    if is_marked {
        put_varint(out, marked.clone().count() as u64);
        let mut next = 0;
        for (doc, place) in marked {
            put_gap(out, doc - next, docs);
            out.push(*place);
            next = doc + 1;
        }
    }
}

/// The articles of a word, still packed.
#[derive(Clone, Copy, Debug)]
pub struct Articles<'c> {
    bytes: &'c [u8],
    docs: usize,
}

impl<'c> Articles<'c> {
    /// How many there are, whether they are a bitmap, whether some are marked, and what follows that.
    fn head(&self) -> Option<(usize, bool, bool, &'c [u8])> {
        let mut rest = self.bytes;
        let head = take_varint(&mut rest)?;
        let count = usize::try_from(head >> 2)
            .ok()
            .filter(|count| *count <= self.docs)?;
        Some((count, head & 2 != 0, head & 1 != 0, rest))
    }

    /// Where the marked ones begin.
    fn marked(&self) -> Option<(bool, &'c [u8], &'c [u8])> {
        let (count, is_dense, is_marked, rest) = self.head()?;
        let bytes = match is_dense {
            true => self.docs.div_ceil(8),
            false => count * gap_bytes(self.docs),
        };
        let (own, rest) = rest.split_at_checked(bytes)?;
        Some((is_marked, own, rest))
    }

    /// What follows them; `None` if they are damaged.
    fn skip(&self) -> Option<&'c [u8]> {
        let (is_marked, _, mut rest) = self.marked()?;
        if is_marked {
            let count = usize::try_from(take_varint(&mut rest)?).ok()?;
            rest = rest.get(count.checked_mul(gap_bytes(self.docs) + 1)?..)?;
        }
        Some(rest)
    }

    /// Visits each article with where it has the word, ascending; `None` if they are damaged.
    pub fn each(&self, mut visit: impl FnMut(u16, u8)) -> Option<()> {
        let (_, is_dense, ..) = self.head()?;
        let (is_marked, mut own, mut rest) = self.marked()?;
        let mut marks: Vec<Posting> = Vec::new();
        if is_marked {
            let count = take_varint(&mut rest)?;
            let mut next = 0;
            for _ in 0..count {
                let doc = next + take_gap(&mut rest, self.docs)?;
                let (&place, after) = rest.split_first()?;
                rest = after;
                marks.push((u16::try_from(doc).ok()?, place & 3));
                next = doc + 1;
            }
        }
        let mut marks = marks.into_iter().peekable();
        let mut each = |doc: usize| {
            let doc = u16::try_from(doc).ok().filter(|_| doc < self.docs)?;
            let mark = marks.next_if(|(other, _)| *other == doc);
            visit(doc, mark.map_or(0, |(_, place)| place));
            Some(())
        };
        if is_dense {
            for doc in (0..self.docs).filter(|doc| own[doc / 8] & 1 << (doc % 8) != 0) {
                each(doc)?;
            }
            return Some(());
        }
        let mut next = 0;
        while !own.is_empty() {
            let doc = next + take_gap(&mut own, self.docs)?;
            each(doc)?;
            next = doc + 1;
        }
        Some(())
    }
}
