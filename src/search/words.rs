//! The words of a feed's articles: which article has which, packed into a part of the feed's record.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::packed::{self, ABOUT, Articles, Chunk, Posting, TITLE, Writer};
use super::stem::Language;
use super::{links, tokens};
use crate::codec::{put_varint, take_varint};

/// The format. Another one isn't read: its feed counts as not indexed.
const VERSION: u8 = 1;
/// Most different words of one article; of a longer one, the first are indexed.
pub const ARTICLE_WORDS: usize = 2_500;
/// Largest list of 200 articles or fewer, in bytes.
///
/// Of more, it grows with their number. Where the words don't fit, the rarest of the longest articles aren't indexed, and the page
/// says which feeds these are of.
pub const LIST_BYTES: usize = 80_000;
/// Largest list of all, in bytes: with the rest of a feed's record it stays far below an entity's limit. The oldest articles that
/// don't fit even so aren't indexed, and the page says so.
pub const MOST_BYTES: usize = 500 * 1_024;
/// Most articles in one list.
pub(super) const MAX_DOCS: usize = 4_000;

/// An article in a list: what a query asks besides words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// Its number in its feed.
    pub seq: u32,
    /// Its time in lists, in seconds since 1970.
    pub at: i64,
    /// When it was published, in seconds since 1970; its time in lists if that isn't known.
    pub published: i64,
    /// By which its words are stemmed.
    pub language: Language,
    /// What else than text it has, as bits: 1 sound, 2 film, 4 picture.
    pub media: u8,
    /// Whether some of its words aren't indexed: it is long.
    pub is_part: bool,
}

/// What of an article is searched, as plain text.
#[derive(Clone, Debug, Default)]
pub struct Pieces<'t> {
    /// The whole title.
    pub title: &'t str,
    /// The author.
    pub author: &'t str,
    /// The publisher's categories.
    pub categories: &'t [String],
    /// The texts: the feed's own, and the full one.
    pub texts: &'t [&'t str],
    /// The addresses that it links to.
    pub links: &'t [String],
}

/// An article's words, ready to be put into a list.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) doc: Doc,
    words: BTreeMap<String, u8>,
}

impl Entry {
    /// Of an article.
    pub fn of(mut doc: Doc, pieces: &Pieces<'_>) -> Self {
        let mut words: BTreeMap<String, u8> = BTreeMap::new();
        let mut is_full = false;
        let mut add = |text: &str, place: u8| {
            tokens::each(text, |word, _, _, _| {
                let word = tokens::cut(word);
                if let Some(places) = words.get_mut(word) {
                    *places |= place;
                } else if words.len() < ARTICLE_WORDS {
                    words.insert(word.to_owned(), place);
                } else {
                    is_full = true;
                }
            });
        };
        add(pieces.title, TITLE);
        add(pieces.author, ABOUT);
        pieces.categories.iter().for_each(|name| add(name, ABOUT));
        pieces.texts.iter().for_each(|text| add(text, 0));
        for word in links::words(pieces.links) {
            words.insert(word, 0);
        }
        doc.is_part = is_full;
        Self { doc, words }
    }
}

/// A list of words, ready to be searched. It keeps the packed bytes, and unpacks what a search looks at.
#[derive(Clone, Debug, Default)]
pub struct Words {
    docs: Vec<Doc>,
    /// The language of most of them.
    usual: Language,
    chunks: Vec<Chunk>,
    list: Arc<[u8]>,
}

impl Words {
    /// Opens a packed list; `None` for a damaged one, or one of another format.
    pub fn open(list: Arc<[u8]>) -> Option<Self> {
        let mut rest = &*list;
        let (&version, after) = rest.split_first()?;
        if version != VERSION {
            return None;
        }
        rest = after;
        let count = usize::try_from(take_varint(&mut rest)?).ok()?;
        if count > MAX_DOCS.min(rest.len()) {
            return None;
        }
        let mut docs = Vec::with_capacity(count);
        let mut before = Doc::default();
        for _ in 0..count {
            let step = u32::try_from(take_varint(&mut rest)?).ok()?;
            let at = before.at.checked_add(unzigzag(take_varint(&mut rest)?))?;
            let published = at.checked_add(unzigzag(take_varint(&mut rest)?))?;
            let (&[language, kinds], after) = rest.split_first_chunk::<2>()?;
            rest = after;
            before = Doc {
                seq: before.seq.checked_add(step)?,
                at,
                published,
                language: Language(language),
                media: kinds & 7,
                is_part: kinds & 8 != 0,
            };
            docs.push(before);
        }
        let chunks = packed::directory(&mut rest, list.len())?;
        Some(Self {
            usual: usual(&docs),
            docs,
            chunks,
            list,
        })
    }

    /// Its articles, in the order of their numbers.
    pub fn docs(&self) -> &[Doc] {
        &self.docs
    }

    /// The language by which an article's words are stemmed. What is too short for its language to be told has that of most
    /// others in the list, and English if none is known.
    pub fn language_of(&self, doc: &Doc) -> Language {
        match doc.language {
            Language(0) => self.usual,
            known => known,
        }
    }

    /// The packed list.
    pub fn list(&self) -> &[u8] {
        &self.list
    }

    /// Whether an article is in it.
    pub fn has(&self, seq: u32) -> bool {
        self.docs.binary_search_by_key(&seq, |doc| doc.seq).is_ok()
    }

    /// Its size in memory, in bytes.
    pub fn weight(&self) -> usize {
        let names: usize = self.chunks.iter().map(|chunk| chunk.first.len()).sum();
        let chunks = self.chunks.len() * size_of::<Chunk>() + names;
        size_of::<Self>() + self.list.len() + self.docs.len() * size_of::<Doc>() + chunks
    }

    /// Visits the words that begin like this, with their articles.
    pub fn beginning(&self, with: &str, mut visit: impl FnMut(&str, Articles<'_>)) {
        let first = self.chunks.partition_point(|chunk| &*chunk.first <= with);
        for chunk in &self.chunks[first.saturating_sub(1)..] {
            if &*chunk.first > with && !chunk.first.starts_with(with) {
                break;
            }
            let look = |word: &[u8], articles: Articles<'_>| {
                let begins = word.starts_with(with.as_bytes());
                if begins && let Ok(word) = std::str::from_utf8(word) {
                    visit(word, articles);
                }
                begins || word <= with.as_bytes()
            };
            // A damaged chunk has no words: its articles aren't found, and doctor says so.
            let _ = chunk.each(&self.list, self.docs.len(), look);
        }
    }

    /// Visits the articles that have exactly this word, with where.
    pub fn articles(&self, word: &str, mut visit: impl FnMut(u16, u8)) {
        let first = self.chunks.partition_point(|chunk| &*chunk.first <= word);
        let Some(chunk) = first
            .checked_sub(1)
            .and_then(|place| self.chunks.get(place))
        else {
            return;
        };
        let look = |known: &[u8], articles: Articles<'_>| {
            if known == word.as_bytes() {
                let _ = articles.each(&mut visit);
            }
            known < word.as_bytes()
        };
        let _ = chunk.each(&self.list, self.docs.len(), look);
    }

    /// Whether every chunk can be read: for checks.
    pub fn is_whole(&self) -> bool {
        let all = |chunk: &Chunk| {
            let mut is_good = true;
            let read = chunk.each(&self.list, self.docs.len(), |_, articles| {
                is_good &= articles.each(|_, _| ()).is_some();
                true
            });
            read.is_some() && is_good
        };
        self.chunks.iter().all(all)
    }

    /// The packed list with these articles in place of those of the same numbers, and without those that `keeps` doesn't select; however
    /// large it is.
    pub(super) fn merged(&self, keeps: impl Fn(u32) -> bool, add: &[&Entry]) -> Vec<u8> {
        let is_new = |seq: u32| add.binary_search_by_key(&seq, |one| one.doc.seq).is_ok();
        let room = MAX_DOCS.saturating_sub(add.len());
        let stay: Vec<usize> = (0..self.docs.len())
            .filter(|&place| keeps(self.docs[place].seq) && !is_new(self.docs[place].seq))
            .collect();
        let stay = &stay[stay.len().saturating_sub(room)..];
        let mut docs: Vec<(Doc, Result<usize, usize>)> = stay
            .iter()
            .map(|&place| (self.docs[place], Ok(place)))
            .chain(add.iter().enumerate().map(|(n, one)| (one.doc, Err(n))))
            .collect();
        docs.sort_by_key(|(doc, _)| doc.seq);
        if docs.is_empty() {
            return Vec::new();
        }
        // Where each article of the old list, and each new one, stands in the new list.
        let mut moved: Vec<Option<u16>> = vec![None; self.docs.len()];
        let mut fresh: Vec<u16> = vec![0; add.len()];
        for (place, (_, from)) in docs.iter().enumerate() {
            let place = u16::try_from(place).unwrap_or(u16::MAX);
            match from {
                Ok(old) => moved[*old] = Some(place),
                Err(new) => fresh[*new] = place,
            }
        }
        let mut new: BTreeMap<&str, Vec<Posting>> = BTreeMap::new();
        for (one, &place) in add.iter().zip(&fresh) {
            for (word, &places) in &one.words {
                new.entry(word).or_default().push((place, places));
            }
        }
        let docs: Vec<Doc> = docs.into_iter().map(|(doc, _)| doc).collect();
        let mut out = begun(&docs);
        let mut writer = Writer::new(docs.len());
        let mut new = new.into_iter().peekable();
        let mut postings: Vec<Posting> = Vec::new();
        for chunk in &self.chunks {
            let _ = chunk.each(&self.list, self.docs.len(), |word, articles| {
                let Ok(word) = std::str::from_utf8(word) else {
                    return true;
                };
                while let Some((before, these)) = new.next_if(|(other, _)| *other < word) {
                    writer.word(before, &these);
                }
                postings.clear();
                let _ = articles.each(|doc, place| {
                    if let Some(doc) = moved.get(usize::from(doc)).copied().flatten() {
                        postings.push((doc, place));
                    }
                });
                if let Some((_, these)) = new.next_if(|(other, _)| *other == word) {
                    postings.extend(these);
                    postings.sort_unstable();
                }
                if !postings.is_empty() {
                    writer.word(word, &postings);
                }
                true
            });
        }
        for (word, these) in new {
            writer.word(word, &these);
        }
        writer.finish(&mut out);
        out
    }
}

/// The beginning of a list: its articles.
pub(super) fn begun(docs: &[Doc]) -> Vec<u8> {
    let mut out = vec![VERSION];
    put_docs(&mut out, docs.iter());
    out
}

fn usual(docs: &[Doc]) -> Language {
    let mut counts = [0_u32; Language::COUNT];
    for doc in docs {
        if let Some(count) = counts.get_mut(usize::from(doc.language.0)) {
            *count += 1;
        }
    }
    let known = (1..Language::COUNT).filter(|n| counts[*n] > 0);
    let most = known.max_by_key(|n| counts[*n]);
    most.map_or(Language::of(Some("en")), |n| Language(n as u8))
}

fn put_docs<'d>(out: &mut Vec<u8>, docs: impl ExactSizeIterator<Item = &'d Doc>) {
    put_varint(out, docs.len() as u64);
    let mut before = Doc::default();
    for doc in docs {
        put_varint(out, u64::from(doc.seq - before.seq));
        put_varint(out, zigzag(doc.at.saturating_sub(before.at)));
        put_varint(out, zigzag(doc.published.saturating_sub(doc.at)));
        out.push(doc.language.0);
        out.push(doc.media & 7 | u8::from(doc.is_part) << 3);
        before = *doc;
    }
}

/// Small numbers of either sign become small ones without a sign.
fn zigzag(number: i64) -> u64 {
    let number = number.clamp(-(1 << 60), 1 << 60);
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: u32, title: &str, text: &str) -> Entry {
        let doc = Doc {
            seq,
            at: 1_700_000_000 + i64::from(seq),
            published: 1_690_000_000,
            language: Language::of(Some("en")),
            media: 5,
            is_part: false,
        };
        let pieces = Pieces {
            title,
            texts: &[text],
            ..Pieces::default()
        };
        Entry::of(doc, &pieces)
    }

    fn found(words: &Words, word: &str) -> Vec<(u32, u8)> {
        let mut found = Vec::new();
        words.articles(word, |doc, place| {
            found.push((words.docs[usize::from(doc)].seq, place))
        });
        found
    }

    fn open(list: Vec<u8>) -> Words {
        Words::open(list.into()).unwrap()
    }

    #[test]
    fn words_lead_to_their_articles() {
        let entries: Vec<Entry> = (1..=60)
            .map(|n| {
                entry(
                    n,
                    &format!("Title{n} shared"),
                    &format!("body{n} common {}", n % 7),
                )
            })
            .collect();
        let words = open(Words::default().changed(|_| true, &entries));
        assert!(words.is_whole());
        assert_eq!(words.docs().len(), 60);
        assert_eq!(words.docs()[4].published, 1_690_000_000);
        assert_eq!(found(&words, "title7"), [(7, TITLE)]);
        assert_eq!(found(&words, "body7"), [(7, 0)]);
        assert_eq!(found(&words, "common").len(), 60);
        assert_eq!(found(&words, "shared")[0], (1, TITLE));
        assert!(found(&words, "nothing").is_empty());
        let mut begin = Vec::new();
        words.beginning("title1", |word, _| begin.push(word.to_owned()));
        assert_eq!(begin.len(), 11);
    }

    #[test]
    fn retention_and_edits_take_words_along() {
        let first = Words::default().changed(
            |_| true,
            &[
                entry(1, "a", "old"),
                entry(2, "b", "stays"),
                entry(3, "c", "x"),
            ],
        );
        let next = open(first).changed(
            |seq| seq > 1,
            &[entry(3, "c", "edited"), entry(4, "d", "new")],
        );
        let words = open(next);
        assert_eq!(
            words.docs().iter().map(|doc| doc.seq).collect::<Vec<_>>(),
            [2, 3, 4]
        );
        assert!(found(&words, "old").is_empty());
        assert!(found(&words, "x").is_empty());
        assert_eq!(found(&words, "edited"), [(3, 0)]);
        assert_eq!(found(&words, "stays"), [(2, 0)]);
        assert_eq!(words.changed(|_| false, &[]), Vec::<u8>::new());
    }

    #[test]
    fn many_words_are_spread_over_chunks_and_bounded() {
        let text = |n: u32| {
            (0..3_000)
                .map(|k| format!("w{:x} ", (k * 7_919 + n * 104_729) % 99_991))
                .collect::<String>()
        };
        let entries: Vec<Entry> = (1..=200).map(|n| entry(n, "t", &text(n))).collect();
        assert!(entries[0].doc.is_part);
        let list = Words::default().changed(|_| true, &entries);
        assert!(list.len() <= LIST_BYTES);
        let words = open(list);
        assert!(words.chunks.len() > 5 && words.is_whole());
        assert_eq!(words.docs().len(), 200);
        // The newest are those that stay.
        assert_eq!(words.docs().last().map(|doc| doc.seq), Some(200));
        for chunk in &words.chunks {
            assert!(!found(&words, &chunk.first).is_empty(), "{}", chunk.first);
        }
    }

    #[test]
    fn damage_is_no_panic() {
        let list = Words::default().changed(|_| true, &[entry(1, "a b c", "some words here")]);
        for at in 0..list.len() {
            for value in [0, 0x7f, 0xff] {
                let mut bad = list.clone();
                bad[at] = value;
                if let Some(words) = Words::open(bad.into()) {
                    words.is_whole();
                    words.beginning("", |_, articles| {
                        let _ = articles.each(|_, _| ());
                    });
                }
            }
            assert!(
                Words::open(list[..at].into())
                    .is_none_or(|words| !words.is_whole() || words.chunks.is_empty())
            );
        }
    }
}
