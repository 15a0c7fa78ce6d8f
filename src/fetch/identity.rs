//! Which entry is which: hashes of what makes an entry itself, and of what it says.
//!
//! A publisher's own id counts, if it is unique within the document; else the link, if that is; else title and date.
//! (Some feeds give every item the same id; others none.)

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::parse::{ParsedEntry, ParsedFeed};

/// An entry's two hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Equal for the same entry, whatever it says now.
    pub identity: u64,
    /// Equal while it says the same.
    pub content: u64,
}

/// The hashes of a document's entries, in the document's order. Entries that nothing tells apart have the same identity.
pub fn of(feed: &ParsedFeed) -> Vec<Hashes> {
    let ids = counted(feed, |entry| entry.id.as_deref());
    let links = counted(feed, |entry| entry.link.as_deref());
    let once = |counts: &HashMap<&str, usize>, text: &str| counts.get(text) == Some(&1);
    let hashes = feed.entries.iter().map(|entry| {
        let id = entry.id.as_deref().filter(|id| once(&ids, id));
        let link = entry.link.as_deref().filter(|link| once(&links, link));
        let identity = match (id, link) {
            (Some(id), _) => hash(&["id", id]),
            (None, Some(link)) => hash(&["link", link]),
            (None, None) => {
                let title = entry.title.as_deref().unwrap_or_default();
                let date = entry
                    .published
                    .or(entry.updated)
                    .map(|date| date.timestamp());
                let date = date.unwrap_or_default().to_string();
                let link = entry.link.as_deref().unwrap_or_default();
                // Without a date, what it says is all that there is to tell it by.
                let text = if date == "0" && title.is_empty() {
                    text_of(entry)
                } else {
                    ""
                };
                hash(&["title", title, &date, link, text])
            }
        };
        let content = content(entry);
        Hashes { identity, content }
    });
    hashes.collect()
}

/// One hash for all that a document says: a moving `lastBuildDate` is not news.
pub fn digest(feed: &ParsedFeed, hashes: &[Hashes]) -> String {
    let mut sum = Sha256::new();
    for text in [&feed.title, &feed.link, &feed.subtitle] {
        sum.update(text.as_deref().unwrap_or_default());
        sum.update([0]);
    }
    for Hashes { identity, content } in hashes {
        sum.update(identity.to_le_bytes());
        sum.update(content.to_le_bytes());
    }
    crate::chance::hex(&sum.finalize()[..8])
}

fn counted<'f>(
    feed: &'f ParsedFeed,
    part: impl Fn(&'f ParsedEntry) -> Option<&'f str>,
) -> HashMap<&'f str, usize> {
    let mut counts = HashMap::new();
    for text in feed.entries.iter().filter_map(part) {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

fn text_of(entry: &ParsedEntry) -> &str {
    entry
        .content
        .as_deref()
        .or(entry.summary.as_deref())
        .unwrap_or_default()
}

fn content(entry: &ParsedEntry) -> u64 {
    let mut parts = vec![
        entry.title.as_deref().unwrap_or_default(),
        entry.link.as_deref().unwrap_or_default(),
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
