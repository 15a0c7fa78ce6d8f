//! Changing a list of words, and its ceiling: where it would be larger, the rarest words of its longest articles go.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::links;
use super::packed::{Posting, Writer};
use super::words::{Doc, Entry, LIST_BYTES, MAX_DOCS, MOST_BYTES, Words, begun};

/// Articles in a list of [`LIST_BYTES`].
const LIST_DOCS: usize = 200;
/// How often it is tried how many words fit.
const ROUNDS: usize = 5;

/// Largest list of so many articles, in bytes.
fn list_bytes(docs: usize) -> usize {
    (docs * (LIST_BYTES / LIST_DOCS)).clamp(LIST_BYTES, MOST_BYTES)
}

impl Words {
    /// The packed list without the articles that `keeps` doesn't select, and with these; one that is in it already is
    /// replaced. Empty if nothing is left.
    pub fn changed(&self, keeps: impl Fn(u32) -> bool, add: &[Entry]) -> Vec<u8> {
        let mut add: Vec<&Entry> = add.iter().filter(|one| keeps(one.doc.seq)).collect();
        add.sort_by_key(|one| one.doc.seq);
        add.dedup_by_key(|one| one.doc.seq);
        let extra = add.len().saturating_sub(MAX_DOCS);
        add.drain(..extra);
        let mut least = 0;
        loop {
            let list = self.merged(|seq| seq >= least && keeps(seq), &add);
            let Some(opened) = Self::open(list.as_slice().into()) else {
                return Vec::new();
            };
            let most = list_bytes(opened.docs().len());
            if list.len() <= most {
                return list;
            }
            let list = lightened(&opened, most);
            if list.len() <= most {
                return list;
            }
            // The oldest go: as many as are too much, if all were of the same size.
            let fitting = opened.docs().len() * most / list.len();
            let gone = (opened.docs().len() - fitting).max(1);
            match opened.docs().get(gone) {
                Some(doc) => least = doc.seq,
                None => return Vec::new(),
            }
            add.retain(|one| one.doc.seq >= least);
        }
    }
}

/// A list, unpacked.
struct Unpacked {
    docs: Vec<Doc>,
    words: Vec<(String, Vec<Posting>)>,
    /// How many words each article has.
    counts: Vec<usize>,
    /// The words that may go, the rarest first.
    order: Vec<usize>,
}

/// The list without the rarest words of its longest articles, which are marked: as many as it takes to have at most `most` bytes, and
/// never a word of a title, of an author, a category or a link. Larger if that isn't enough.
///
/// Each article keeps as many words as any other, or all that it has: a short one loses none.
fn lightened(words: &Words, most: usize) -> Vec<u8> {
    let unpacked = Unpacked::of(words);
    let all: usize = unpacked.counts.iter().sum();
    let size = |list: &[u8]| list.len() as f64;
    // Of shares of the words, the largest that is known to fit, and the smallest that is known not to, with their bytes.
    let mut fits: Option<(f64, Vec<u8>)> = None;
    let mut over = (1.0, size(words.list()));
    let mut share = most as f64 / over.1;
    for _ in 0..ROUNDS {
        let list = unpacked.with((all as f64 * share) as usize);
        let is_close = size(&list) > most as f64 * 0.96;
        if list.len() <= most {
            fits = Some((share, list));
            if is_close {
                break;
            }
        } else {
            over = (share, size(&list));
        }
        // A little less than fits, so that the next news needn't take words away again.
        share = match &fits {
            Some((low, list)) => {
                let wanted = most as f64 * 0.98 - size(list);
                low + (over.0 - low) * (wanted / (over.1 - size(list))).clamp(0.05, 0.95)
            }
            None => over.0 * 0.7,
        };
    }
    match fits {
        Some((_, list)) => list,
        None => words.list().to_vec(),
    }
}

impl Unpacked {
    fn of(words: &Words) -> Self {
        let mut all: Vec<(String, Vec<Posting>)> = Vec::new();
        let mut counts = vec![0_usize; words.docs().len()];
        words.beginning("", |word, articles| {
            let mut postings = Vec::new();
            let _ = articles.each(|doc, place| {
                postings.push((doc, place));
                counts[usize::from(doc)] += 1;
            });
            all.push((word.to_owned(), postings));
        });
        let mut order: Vec<usize> = (0..all.len())
            .filter(|&n| !links::is_word(&all[n].0))
            .collect();
        // Of equally rare ones no letter goes before the others.
        order.sort_by_cached_key(|&n| (all[n].1.len(), mixed(&all[n].0)));
        Self {
            docs: words.docs().to_vec(),
            words: all,
            counts,
            order,
        }
    }

    /// The list with about so many words of articles.
    fn with(&self, stay: usize) -> Vec<u8> {
        let cap = cap_of(&self.counts, stay);
        let mut counts = self.counts.clone();
        let mut docs = self.docs.clone();
        let mut left: Vec<Option<Vec<Posting>>> = vec![None; self.words.len()];
        for &n in &self.order {
            let goes = |&(doc, place): &Posting| place == 0 && counts[usize::from(doc)] > cap;
            let (gone, stays): (Vec<Posting>, Vec<Posting>) =
                self.words[n].1.iter().partition(|one| goes(one));
            if gone.is_empty() {
                continue;
            }
            for (doc, _) in gone {
                counts[usize::from(doc)] -= 1;
                docs[usize::from(doc)].is_part = true;
            }
            left[n] = Some(stays);
        }
        let mut out = begun(&docs);
        let mut writer = Writer::new(docs.len());
        for ((word, all), left) in self.words.iter().zip(&left) {
            let postings = left.as_ref().unwrap_or(all);
            if !postings.is_empty() {
                writer.word(word, postings);
            }
        }
        writer.finish(&mut out);
        out
    }
}

/// How many words each article may keep so that there are about so many in all.
fn cap_of(counts: &[usize], all: usize) -> usize {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let (mut room, mut left) = (all, sorted.len());
    for count in sorted {
        if count * left >= room {
            break;
        }
        room -= count;
        left -= 1;
    }
    room.checked_div(left).unwrap_or(usize::MAX)
}

fn mixed(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    word.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_articles_keep_as_many_words() {
        assert_eq!(cap_of(&[10, 100, 100], 110), 50);
        let all = cap_of(&[10, 20, 30], 1_000);
        assert!(all >= 30, "there is room for all");
        assert_eq!(cap_of(&[50, 50], 100), 50);
    }
}
