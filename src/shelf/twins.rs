//! Matches the articles of two feeds.

use std::collections::HashMap;

use crate::feeds::{Feed, Fingerprint};

/// Articles that both feeds have, as numbers in the old and the new one.
///
/// Matched by id, link, or title and date, if that is unique in each feed. Of the old feed from the number `from` on:
/// below its first are retired articles.
pub(super) fn twins(old: &Feed, new: &Feed, from: u32) -> HashMap<u32, u32> {
    let kinds: [fn(&Fingerprint) -> u64; 4] =
        [|p| p.identity, |p| p.second, |p| p.link, |p| p.title];
    let mut twins = HashMap::new();
    for kind in kinds {
        let (old, new) = (
            by_hash(old, kind, from),
            by_hash(new, kind, new.summary.first),
        );
        for (hash, seq) in old {
            if let (Some(seq), Some(Some(twin))) = (seq, new.get(&hash)) {
                twins.entry(seq).or_insert(*twin);
            }
        }
    }
    twins
}

/// A feed's articles from a number on, by one of their hashes; `None` if several share it.
fn by_hash(feed: &Feed, kind: fn(&Fingerprint) -> u64, from: u32) -> HashMap<u64, Option<u32>> {
    let mut found = HashMap::new();
    for print in &feed.body.window {
        let hash = kind(print);
        if hash != 0 && print.seq >= from && !feed.body.repeated.contains(&hash) {
            found
                .entry(hash)
                .and_modify(|seq| *seq = None)
                .or_insert(Some(print.seq));
        }
    }
    found
}
