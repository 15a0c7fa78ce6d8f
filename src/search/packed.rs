//! How a list of words is stored: words in order, front-coded, each with the articles that have it, in chunks that are
//! compressed one by one, so that looking a word up unpacks one or two of them.
//!
//! ```text
//! list     = version, docs, chunks' directory, chunks
//! chunk    = { letters shared with the word before, letters of its own, these letters, articles }
//! articles = count·2,   { gap·4 + where }           as a rule
//!          | count·2+1, bitmap, count, { gap·4 + where }   where every third has the word; only those that have it elsewhere
//! ```
//! All numbers are of variable length ([`put_varint`]).

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

/// Where a chunk is, and the word that it begins with.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Its first word.
    pub first: Box<str>,
    begin: u32,
    end: u32,
    raw: u32,
}

/// Writes a list's words.
#[derive(Debug)]
pub struct Writer {
    docs: usize,
    raw: Vec<u8>,
    first: Option<Box<str>>,
    before: String,
    directory: Vec<(Box<str>, usize, usize)>,
    chunks: Vec<u8>,
}

impl Writer {
    /// A list over so many articles.
    pub fn new(docs: usize) -> Self {
        Self {
            docs,
            raw: Vec::with_capacity(CHUNK_BYTES + 1_024),
            first: None,
            before: String::new(),
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
        let shared = self
            .before
            .bytes()
            .zip(word.bytes())
            .take_while(|(one, other)| one == other)
            .count();
        // Between letters, so that the rest is a text, too.
        let shared = word.floor_char_boundary(shared);
        put_varint(&mut self.raw, shared as u64);
        put_varint(&mut self.raw, (word.len() - shared) as u64);
        self.raw.extend_from_slice(&word.as_bytes()[shared..]);
        put_postings(&mut self.raw, postings, self.docs);
        self.before.clear();
        self.before.push_str(word);
        if self.raw.len() >= CHUNK_BYTES {
            self.end_chunk();
        }
    }

    fn end_chunk(&mut self) {
        if let Some(first) = self.first.take() {
            let packed = compress(&self.raw);
            self.directory.push((first, packed.len(), self.raw.len()));
            self.chunks.extend_from_slice(&packed);
            self.raw.clear();
        }
    }

    /// Appends directory and chunks.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        self.end_chunk();
        put_varint(out, self.directory.len() as u64);
        for (first, packed, raw) in &self.directory {
            put_varint(out, first.len() as u64);
            out.extend_from_slice(first.as_bytes());
            put_varint(out, *packed as u64);
            put_varint(out, *raw as u64);
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
    let mut sizes = Vec::with_capacity(count);
    for _ in 0..count {
        let length = usize::try_from(take_varint(rest)?).ok()?;
        let (first, after) = rest.split_at_checked(length)?;
        *rest = after;
        let first: Box<str> = std::str::from_utf8(first).ok()?.into();
        let packed = u32::try_from(take_varint(rest)?).ok()?;
        let raw = u32::try_from(take_varint(rest)?).ok()?;
        sizes.push((first, packed, raw));
    }
    let mut begin = u32::try_from(all.checked_sub(rest.len())?).ok()?;
    let mut chunks = Vec::with_capacity(count);
    for (first, packed, raw) in sizes {
        let end = begin.checked_add(packed)?;
        // No chunk is much larger than one word more than its limit.
        if end as usize > all || raw as usize > 4 * CHUNK_BYTES {
            return None;
        }
        chunks.push(Chunk {
            first,
            begin,
            end,
            raw,
        });
        begin = end;
    }
    Some(chunks)
}

impl Chunk {
    /// Visits its words in order until `visit` returns false; `None` if it is damaged.
    pub fn each(
        &self,
        list: &[u8],
        docs: usize,
        mut visit: impl FnMut(&str, Articles<'_>) -> bool,
    ) -> Option<()> {
        let packed = list.get(self.begin as usize..self.end as usize)?;
        let mut raw = Vec::new();
        if !decompress(packed, self.raw as usize, &mut raw) {
            return None;
        }
        let mut rest = raw.as_slice();
        let mut word: Vec<u8> = Vec::with_capacity(64);
        while !rest.is_empty() {
            let shared = usize::try_from(take_varint(&mut rest)?).ok()?;
            let own = usize::try_from(take_varint(&mut rest)?).ok()?;
            let (letters, after) = rest.split_at_checked(own)?;
            if shared > word.len() {
                return None;
            }
            word.truncate(shared);
            word.extend_from_slice(letters);
            rest = after;
            let articles = Articles { bytes: rest, docs };
            rest = articles.skip()?;
            if !visit(std::str::from_utf8(&word).ok()?, articles) {
                break;
            }
        }
        Some(())
    }
}

fn put_postings(out: &mut Vec<u8>, postings: &[Posting], docs: usize) {
    let is_dense = postings.len() * 3 > docs && docs > 16;
    put_varint(out, (postings.len() as u64) << 1 | u64::from(is_dense));
    let gaps = |out: &mut Vec<u8>, these: &mut dyn Iterator<Item = Posting>| {
        let mut next = 0;
        for (doc, place) in these {
            put_varint(out, u64::from(doc - next) << 2 | u64::from(place));
            next = doc + 1;
        }
    };
    if !is_dense {
        gaps(out, &mut postings.iter().copied());
        return;
    }
    let mut bitmap = vec![0_u8; docs.div_ceil(8)];
    for (doc, _) in postings {
        bitmap[usize::from(doc / 8)] |= 1 << (doc % 8);
    }
    out.extend_from_slice(&bitmap);
    let elsewhere = postings.iter().copied().filter(|(_, place)| *place > 0);
    put_varint(out, elsewhere.clone().count() as u64);
    gaps(out, &mut elsewhere.into_iter());
}

/// The articles of a word, still packed.
#[derive(Clone, Copy, Debug)]
pub struct Articles<'c> {
    bytes: &'c [u8],
    docs: usize,
}

impl<'c> Articles<'c> {
    /// What follows them; `None` if they are damaged.
    fn skip(&self) -> Option<&'c [u8]> {
        let mut rest = self.bytes;
        let head = take_varint(&mut rest)?;
        let mut count = head >> 1;
        if head & 1 == 1 {
            rest = rest.get(self.docs.div_ceil(8)..)?;
            count = take_varint(&mut rest)?;
        }
        for _ in 0..count {
            take_varint(&mut rest)?;
        }
        Some(rest)
    }

    /// Visits each article with where it has the word, ascending.
    pub fn each(&self, mut visit: impl FnMut(u16, u8)) -> Option<()> {
        let mut rest = self.bytes;
        let head = take_varint(&mut rest)?;
        let gaps = |rest: &mut &[u8], count: u64, visit: &mut dyn FnMut(u16, u8)| {
            let mut next = 0_u64;
            for _ in 0..count {
                let step = take_varint(rest)?;
                let doc = next.checked_add(step >> 2)?;
                if doc >= self.docs as u64 {
                    return None;
                }
                visit(u16::try_from(doc).ok()?, (step & 3) as u8);
                next = doc + 1;
            }
            Some(())
        };
        if head & 1 == 0 {
            return gaps(&mut rest, head >> 1, &mut visit);
        }
        let (bitmap, after) = rest.split_at_checked(self.docs.div_ceil(8))?;
        rest = after;
        let mut elsewhere: Vec<Posting> = Vec::new();
        let count = take_varint(&mut rest)?;
        gaps(&mut rest, count, &mut |doc, place| {
            elsewhere.push((doc, place))
        })?;
        let mut elsewhere = elsewhere.into_iter().peekable();
        for doc in 0..self.docs {
            if bitmap[doc / 8] & 1 << (doc % 8) != 0 {
                let doc = u16::try_from(doc).ok()?;
                let place = elsewhere.next_if(|(other, _)| *other == doc);
                visit(doc, place.map_or(0, |(_, place)| place));
            }
        }
        Some(())
    }
}
