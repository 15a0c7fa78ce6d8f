//! Matches a document's entries with the known ones: pure, like `decide`.
//!
//! Exact identities come first, over the whole document, so that no entry takes another's match. What is left on both
//! sides is compared by values that survive a publisher's changes, and only if they name one entry in the document and
//! one in the window: in doubt they are two, since an entry shown twice is a nuisance, but one swallowed by another is
//! lost.

use std::collections::HashMap;

use super::entry_id::Hashes;
use crate::feeds::Fingerprint;

/// Minimum minutes between two accepted edits of one entry: some publishers' texts change on every fetch.
pub const MIN_EDIT_INTERVAL: i64 = 24 * 60;

/// For each entry, the index of its fingerprint in the window.
///
/// No fingerprint is used twice. The entries' identities are unique.
pub fn pairs(entries: &[Hashes], window: &[Fingerprint]) -> Vec<Option<usize>> {
    let mut pairing = Pairing {
        entries,
        window,
        of_entry: vec![None; entries.len()],
        taken: vec![false; window.len()],
    };
    let any = |_: &Hashes, _: &Fingerprint| true;
    pairing.pass(|hash| hash.identity, |print| print.identity, any);
    // Its identity while a better one repeated, or was missing.
    for level in 1..3 {
        pairing.pass(|hash| hash.exact[level], |print| print.identity, any);
    }
    pairing.pass(|hash| hash.second, |print| print.second, vouched);
    // A publisher with new ids: link, title and date still name it, or title and date. Its old id has left the document, or
    // that entry would have been paired above.
    let named = |title: u64, link: u64| {
        let is_both = title != 0 && link != 0;
        if is_both {
            title.rotate_left(1) ^ link
        } else {
            0
        }
    };
    pairing.pass(
        |hash| {
            if hash.dated {
                named(hash.title, hash.link)
            } else {
                0
            }
        },
        |print| named(print.title, print.link),
        any,
    );
    pairing.pass(
        |hash| {
            if hash.dated && hash.titled {
                hash.title
            } else {
                0
            }
        },
        |print| print.title,
        |_, print| print.present,
    );
    // If both have an id of their own and they differ, two entries share one link: a wiki's page, changed twice.
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

/// Whether the fingerprint was in the last document, or has the same title and date: another site's entry may have the
/// name of one that left long ago.
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
    /// Pairs what is left by one hash.
    ///
    /// It must be unique among the document's entries, paired or not, and in the window among the fingerprints of the
    /// last document, or, if none of them has it, among the others.
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

/// A known entry's current state in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// Its new fingerprint.
    pub print: Fingerprint,
    /// Whether the article must be rewritten.
    pub is_edit: bool,
    /// Whether there was a change that has to wait, since the last was less than a day ago.
    pub is_held: bool,
}

/// Updates the fingerprint of an entry in the document.
///
/// The number stays, and with it its read state. One with the identity 0 has lost it to another entry, and accepts the
/// new one at once.
pub fn renew(known: &Fingerprint, hash: &Hashes, minute: i64) -> Renewed {
    let is_known = known.identity == hash.identity;
    let says_the_same = known.content == hash.content;
    let is_due = minute - known.changed >= MIN_EDIT_INTERVAL;
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
