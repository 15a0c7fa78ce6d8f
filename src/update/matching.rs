//! Which entry of a document is which of those that we know: pure, like `decide`.
//!
//! Exact identities first, over the whole document, so that nobody takes what is another's. What is left over on both sides
//! is compared by what survives a publisher's changes, and only where that names one entry in the document and one in the
//! window: when in doubt there are two, for an entry shown twice is a nuisance, and one swallowed by another is lost.

use std::collections::HashMap;

use super::entry_id::Hashes;
use crate::feeds::Fingerprint;

/// Minutes between two changes of one entry that are taken: some publishers' texts change whenever they are asked.
pub const REST: i64 = 24 * 60;

/// For each entry, the place of its fingerprint in the window. No fingerprint is named twice. The entries' identities
/// are unique.
pub fn pairs(entries: &[Hashes], window: &[Fingerprint]) -> Vec<Option<usize>> {
    let mut pairing = Pairing {
        entries,
        window,
        of_entry: vec![None; entries.len()],
        taken: vec![false; window.len()],
    };
    let any = |_: &Hashes, _: &Fingerprint| true;
    pairing.pass(|hash| hash.identity, |print| print.identity, any);
    // What was its identity while a better one repeated, or was missing.
    for level in 1..3 {
        pairing.pass(|hash| hash.exact[level], |print| print.identity, any);
    }
    pairing.pass(|hash| hash.second, |print| print.second, vouched);
    // Where both have an id of their own and they differ, one link has two entries: a wiki's page, changed twice.
    let without_id = |hash: &Hashes, print: &Fingerprint| hash.second == 0 || print.second == 0;
    pairing.pass(
        |hash| hash.link,
        |print| print.link,
        |hash, print| without_id(hash, print) && vouched(hash, print),
    );
    pairing.pass(
        |hash| hash.title,
        |print| print.title,
        |hash, print| without_id(hash, print) && (hash.dated || links_agree(hash, print)),
    );
    pairing.of_entry
}

/// Whether it is the publisher's whole list that changed, or else the same title and date: another site's entry may have
/// the name of one that left long ago.
fn vouched(hash: &Hashes, print: &Fingerprint) -> bool {
    print.present || (hash.title != 0 && hash.title == print.title)
}

fn links_agree(hash: &Hashes, print: &Fingerprint) -> bool {
    hash.link == print.link || hash.link == 0 || print.link == 0
}

struct Pairing<'a> {
    entries: &'a [Hashes],
    window: &'a [Fingerprint],
    of_entry: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairing<'_> {
    /// Pairs by one hash what is left. It must be one entry's in the document, taken or not; and in the window one
    /// fingerprint's of those that stood in the last document, or, if it is none's of them, of the others.
    fn pass(
        &mut self,
        of_entry: impl Fn(&Hashes) -> u64,
        of_print: impl Fn(&Fingerprint) -> u64,
        agree: impl Fn(&Hashes, &Fingerprint) -> bool,
    ) {
        let mut wanted: HashMap<u64, usize> = HashMap::new();
        for hash in self.entries {
            *wanted.entry(of_entry(hash)).or_default() += 1;
        }
        let mut known: HashMap<u64, [Vec<usize>; 2]> = HashMap::new();
        for (place, print) in self.window.iter().enumerate() {
            let [present, absent] = known.entry(of_print(print)).or_default();
            if print.present { present } else { absent }.push(place);
        }
        for (index, hash) in self.entries.iter().enumerate() {
            let value = of_entry(hash);
            if value == 0 || self.of_entry[index].is_some() || wanted.get(&value) != Some(&1) {
                continue;
            }
            let Some([present, absent]) = known.get(&value) else {
                continue;
            };
            let places = if present.is_empty() { absent } else { present };
            if let [place] = places[..]
                && !self.taken[place]
                && agree(hash, &self.window[place])
            {
                self.taken[place] = true;
                self.of_entry[index] = Some(place);
            }
        }
    }
}

/// A known entry, as it stands in the document now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// Its fingerprint from now on.
    pub print: Fingerprint,
    /// Whether the article is to be written again.
    pub is_edit: bool,
    /// Whether there was a change that has to wait, since the last was less than a day ago.
    pub is_held: bool,
}

/// What becomes of a fingerprint whose entry the document shows. The number stays, and with it who has read it. One with
/// the identity 0 has lost it to another entry, and takes the new one at once.
pub fn renew(known: &Fingerprint, hash: &Hashes, minute: i64) -> Renewed {
    let is_known = known.identity == hash.identity;
    let says_the_same = known.content == hash.content;
    let is_due = minute - known.changed >= REST;
    let takes_name = is_known || is_due || known.identity == 0;
    let is_held = !is_due && (!says_the_same || !takes_name);
    let mut print = Fingerprint {
        present: true,
        ..*known
    };
    if !is_held || known.identity == 0 {
        print.identity = hash.identity;
        print.second = hash.second;
        print.link = hash.link;
        print.title = hash.title;
    }
    if is_due {
        print.content = hash.content;
        if !is_known || !says_the_same {
            print.changed = minute;
        }
    }
    Renewed {
        print,
        is_edit: is_due && !says_the_same,
        is_held,
    }
}
