//! The fingerprint window: what is remembered of a feed's entries from one document to the next. Pure, like `decide`.

use std::collections::{HashMap, HashSet};

use super::entry_id::{self, Hashes};
use super::matching;
use crate::feeds::{Body, FeedSummary, Fingerprint};
use crate::parse::ParsedEntry;

/// Minimum number of fingerprints kept of entries that have left the document and whose articles are gone; normally
/// twice the document's entries.
pub const MIN_DEPARTED: usize = 200;
/// The maximum number of them. With names and numbers a fingerprint packs into 60 bytes, so with
/// [`MAX_ENTRIES`](super::outcome::MAX_ENTRIES) and [`KEPT`](super::decide::KEPT) all stay below 200 KiB.
pub const MAX_DEPARTED: usize = 1_000;

/// A document's entries, compared with the known ones.
#[derive(Clone, Debug)]
pub struct Recognized {
    /// The known fingerprints, updated.
    pub window: Vec<Fingerprint>,
    /// Unknown entries, in document order.
    pub fresh: Vec<(ParsedEntry, Hashes)>,
    /// Articles to rewrite.
    pub edited: Vec<(u32, ParsedEntry)>,
    /// Values that can't serve as an identity from now on.
    pub repeated: Vec<u64>,
    /// Whether a change has to wait until it is due.
    pub is_held: bool,
}

/// Learns from the window when those articles came of which the summary doesn't know it, having been written by an older version.
pub fn complete_arrivals(summary: &mut FeedSummary, window: &[Fingerprint]) {
    let kept = (summary.last + 1).saturating_sub(summary.first) as usize;
    if summary.opening == 0 || summary.arrivals.knows(kept) {
        return;
    }
    let (last, opening) = (summary.last, summary.opening);
    let arrived: HashMap<u32, i64> = window.iter().map(|one| (one.seq, one.arrived)).collect();
    let times = summary.times.clone();
    summary.arrivals.complete(last, kept, |seq| {
        let at = times.second(last, seq).map(|second| i64::from(second) / 60);
        match (seq > opening, arrived.get(&seq), at) {
            (true, Some(arrived), Some(at)) => u16::try_from(arrived - at).unwrap_or_default(),
            _ => 0,
        }
    });
}

/// Recognizes a document's entries and updates their fingerprints.
pub fn recognize(
    body: &Body,
    entries: Vec<ParsedEntry>,
    mut hashes: Vec<Hashes>,
    minute: i64,
) -> Recognized {
    let mut repeated = body.repeated.clone();
    entry_id::settle(&mut hashes, &mut repeated);
    let distrusted: HashSet<u64> = repeated.iter().copied().collect();
    let mut window = body.window.clone();
    for print in &mut window {
        if distrusted.contains(&print.identity) {
            (print.identity, print.second) = (0, 0);
        }
    }
    let mut seen = HashSet::new();
    let (entries, hashes): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .zip(hashes)
        .filter(|(_, hash)| seen.insert(hash.identity))
        .unzip();
    let pairs = matching::pairs(&hashes, &window);
    for print in &mut window {
        print.present = false;
    }
    let (mut fresh, mut edited, mut is_held) = (Vec::new(), Vec::new(), false);
    for ((entry, hash), pair) in entries.into_iter().zip(hashes).zip(pairs) {
        let Some(print) = pair.and_then(|place| window.get_mut(place)) else {
            fresh.push((entry, hash));
            continue;
        };
        let renewed = matching::renew(print, &hash, minute);
        if renewed.is_edit {
            edited.push((print.seq, entry));
        }
        is_held |= renewed.is_held;
        *print = renewed.print;
    }
    Recognized {
        window,
        fresh,
        edited,
        repeated,
        is_held,
    }
}

/// Whether two windows, sorted by number, hold the same entries with the same content: a changing date alone isn't
/// worth a write.
pub fn same_but_for_hints(new: &[Fingerprint], old: &[Fingerprint]) -> bool {
    let what = |print: &Fingerprint| (print.identity, print.content, print.seq, print.present);
    new.iter().map(what).eq(old.iter().map(what))
}

/// Keeps the fingerprints of entries in the document and of kept articles, and the newest of the others, so that an
/// entry that comes back isn't new.
pub fn forget_departed(window: &mut Vec<Fingerprint>, first: u32, shown: usize) {
    let has_departed = |print: &Fingerprint| !print.present && print.seq < first;
    let departed = window.iter().filter(|print| has_departed(print)).count();
    let mut extra = departed.saturating_sub((shown * 2).clamp(MIN_DEPARTED, MAX_DEPARTED));
    window.retain(|print| {
        let goes = extra > 0 && has_departed(print);
        extra -= usize::from(goes);
        !goes
    });
}
