//! Identifies entries: hashes of an entry's identity and of its content.
//!
//! The publisher's own id is used if it is unique within the document; otherwise the link, if that is; otherwise title
//! and date; otherwise everything. (Some feeds give every item the same id; others none.) A value seen to repeat once
//! is remembered with the feed and never trusted again: an id that occurs once today occurred twice yesterday.
//!
//! There are also looser identities, for when the exact one changes; `matching` says when they count.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::normalize::{normalize, untracked};
use crate::parse::{ParsedEntry, ParsedFeed, date_of};

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Most repeated values remembered per feed.
const MAX_REPEATED: usize = 1_000;

/// An entry's hashes. 0 where there is nothing to hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Equal for the same entry, whatever its content: the first of `exact` that doesn't repeat.
    pub identity: u64,
    /// Equal while the content is the same. Tracking parameters are ignored.
    pub content: u64,
    /// Candidates for its identity, best first: id, link, title and date, everything.
    pub exact: [u64; 4],
    /// The second identity: its id without scheme, host, case and trackers. 0 if the id isn't its identity.
    pub second: u64,
    /// Its link, normalized likewise.
    pub link: u64,
    /// Title and date.
    pub title: u64,
    /// Whether it has a date.
    pub dated: bool,
    /// Whether it has a title, and a date with a time of day: together they name it well.
    pub titled: bool,
    id: u64,
}

/// The hashes of a document's entries, in document order. Indistinguishable entries have the same identity.
pub fn of(feed: &ParsedFeed) -> Vec<Hashes> {
    let mut hashes: Vec<Hashes> = feed.entries.iter().map(of_entry).collect();
    settle(&mut hashes, &mut Vec::new());
    hashes
}

fn of_entry(entry: &ParsedEntry) -> Hashes {
    let title = entry.title.as_deref().unwrap_or_default();
    let link = entry.link.as_deref().unwrap_or_default();
    let dated = date_of(entry);
    let date = dated.map(|date| date.timestamp()).unwrap_or_default();
    let date = date.to_string();
    let is_titled = dated.is_some() || !title.is_empty();
    // Without title and date, only the text identifies it.
    let text = if is_titled { "" } else { text_of(entry) };
    let stripped = |kind: &str, text: &str| {
        let bare = normalize(text);
        match (bare.is_telling, is_titled) {
            (true, _) => Some(hash(&[kind, &bare.text])),
            // Too short to identify it alone.
            (false, true) => Some(hash(&[kind, &bare.text, title, &date])),
            (false, false) => None,
        }
    };
    let content = content(entry);
    let id = entry.id.as_deref();
    let exact_id = id.map(|id| hash(&["id", id])).unwrap_or_default();
    let all = [
        id.unwrap_or_default(),
        title,
        &date,
        link,
        &content.to_string(),
    ];
    Hashes {
        identity: 0,
        content,
        exact: [
            exact_id,
            if link.is_empty() {
                0
            } else {
                hash(&["link", link])
            },
            hash(&["title", title, &date, link, text]),
            hash(&[
                "all",
                &all.map(|part| format!("{}:{part}", part.len())).concat(),
            ]),
        ],
        second: 0,
        link: stripped("bare link", link)
            .filter(|_| !link.is_empty())
            .unwrap_or_default(),
        title: if is_titled {
            hash(&["title", title, &date])
        } else {
            0
        },
        dated: dated.is_some(),
        titled: !title.is_empty() && dated.is_some_and(|date| date.timestamp() % DAY_SECONDS != 0),
        id: id
            .and_then(|id| stripped("bare id", id))
            .unwrap_or(exact_id),
    }
}

/// Chooses each entry's identity: the best candidate that is unique and not in `repeated`.
///
/// Candidates that repeat are added to `repeated`. An entry listed twice, identical in everything, counts as one.
pub fn settle(hashes: &mut [Hashes], repeated: &mut Vec<u64>) {
    let mut distrusted: HashSet<u64> = repeated.iter().copied().collect();
    for hash in hashes.iter_mut() {
        (hash.identity, hash.second) = (0, 0);
    }
    for level in 0..4 {
        let mut owners = HashMap::new();
        let mut several = HashSet::new();
        for hash in hashes.iter() {
            let all = hash.exact[3];
            if *owners.entry(hash.exact[level]).or_insert(all) != all {
                several.insert(hash.exact[level]);
            }
        }
        for hash in hashes.iter_mut().filter(|hash| hash.identity == 0) {
            let candidate = hash.exact[level];
            if several.contains(&candidate) && candidate != 0 && distrusted.insert(candidate) {
                repeated.push(candidate);
            }
            if candidate != 0 && !distrusted.contains(&candidate) {
                hash.identity = candidate;
                hash.second = if level == 0 { hash.id } else { 0 };
            }
        }
    }
    repeated.drain(..repeated.len().saturating_sub(MAX_REPEATED));
}

/// One hash of everything relevant in a document, to readers and to polling; a changing `lastBuildDate` is ignored.
pub fn digest(feed: &ParsedFeed, hashes: &[Hashes]) -> String {
    let mut sum = Sha256::new();
    for text in [&feed.title, &feed.link, &feed.subtitle] {
        sum.update(text.as_deref().unwrap_or_default());
        sum.update([0]);
    }
    for hash in hashes {
        sum.update(hash.identity.to_le_bytes());
        sum.update(hash.content.to_le_bytes());
    }
    let hints = feed.hints;
    if !hints.is_none() {
        sum.update(hints.ttl.to_le_bytes());
        sum.update(hints.hours.to_le_bytes());
        sum.update([hints.days]);
    }
    crate::random::hex(&sum.finalize()[..8])
}

fn text_of(entry: &ParsedEntry) -> &str {
    entry
        .content
        .as_deref()
        .or(entry.summary.as_deref())
        .unwrap_or_default()
}

fn content(entry: &ParsedEntry) -> u64 {
    let link = entry.link.as_deref().map(untracked);
    let mut parts = vec![
        entry.title.as_deref().unwrap_or_default(),
        link.as_deref().unwrap_or_default(),
        entry.author.as_deref().unwrap_or_default(),
        entry.summary.as_deref().unwrap_or_default(),
        entry.content.as_deref().unwrap_or_default(),
    ];
    parts.extend(
        entry
            .enclosures
            .iter()
            .map(|enclosure| enclosure.url.as_str()),
    );
    hash(&parts)
}

fn hash(parts: &[&str]) -> u64 {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update((part.len() as u64).to_le_bytes());
        sum.update(part);
    }
    let digest = sum.finalize();
    u64::from_le_bytes(digest.first_chunk::<8>().copied().unwrap_or_default())
}
