//! Counts what a tree builder would open again.
//!
//! Elements such as `<b>` that stand open when their paragraph ends are opened again in the next (HTML, "reconstruct the
//! active formatting elements"). Two hundred of them before a hundred thousand empty paragraphs would be twenty million
//! elements, out of half a megabyte of text.

use super::tree::{MOST, weight};

/// Elements that are opened again. There are never more than three of the same in the list.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Beginnings of elements behind which the list begins anew, if the builder takes them for what they say.
const MARKERS: &[&str] = &["td", "th", "caption", "applet", "marquee", "object"];

/// An estimate from the tags alone, never below what would be opened again.
#[derive(Default)]
pub(super) struct Estimate<'a> {
    open: Vec<(&'a str, &'a str)>,
    open_weight: usize,
    /// How many of `open` stood before the last marker, which end tags behind it don't reach.
    sealed: usize,
    reopened: usize,
}

impl<'a> Estimate<'a> {
    /// Takes a tag: its name as written and in small letters, and all of it behind the name.
    pub(super) fn tag(&mut self, name: &'a str, lower: &str, rest: &'a str, closes: bool) {
        if self.is_high() {
            return;
        }
        // Whatever ends or begins may have closed a block around what is open.
        self.reopened += self.open_weight;
        if !closes && MARKERS.contains(&lower) {
            self.sealed = self.open.len();
        }
        if !FORMATTING.contains(&lower) {
            return;
        }
        let same_name = |(known, _): &(&str, &str)| known.eq_ignore_ascii_case(name);
        let alone = matches!(lower, "a" | "nobr");
        if closes || alone {
            let within = &self.open[self.sealed..];
            if let Some(at) = within.iter().rposition(same_name) {
                self.remove(self.sealed + at);
            }
        }
        if !closes {
            let twins = self.open.iter().filter(|one| **one == (name, rest));
            if twins.count() < 3 || self.sealed > 0 {
                self.open.push((name, rest));
                self.open_weight += weight(rest.len());
            }
        }
    }

    fn remove(&mut self, at: usize) {
        let (_, rest) = self.open.remove(at);
        self.open_weight -= weight(rest.len());
    }

    /// Whether it may be too much, so that it is worth building the tree to know.
    pub(super) fn is_high(&self) -> bool {
        self.reopened > MOST
    }
}
