//! Estimates how many elements a tree builder would reopen.
//!
//! Elements such as `<b>` that are still open when their paragraph ends are reopened in the next (HTML, "reconstruct
//! the active formatting elements"). Two hundred of them before a hundred thousand empty paragraphs would be twenty
//! million elements, from half a megabyte of text.

use super::tree::{MAX_NODE_BYTES, weight};

/// Elements that are reopened. The list never holds more than three identical ones.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Start tags after which the list begins anew, if the builder accepts them.
const MARKERS: &[&str] = &["td", "th", "caption", "applet", "marquee", "object"];

/// An upper bound, from the tags alone, on what would be reopened.
#[derive(Default)]
pub(super) struct Estimate<'a> {
    open: Vec<(&'a str, &'a str)>,
    open_weight: usize,
    /// How many of `open` precede the last marker; end tags after it don't reach them.
    sealed: usize,
    reopened: usize,
}

impl<'a> Estimate<'a> {
    /// Counts a tag: its name as written and in lower case, and everything after the name.
    pub(super) fn tag(&mut self, name: &'a str, lower: &str, rest: &'a str, closes: bool) {
        if self.is_high() {
            return;
        }
        // Any start or end tag may have closed a block around the open elements.
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

    /// Whether it may be too much, so that building the tree to find out is worthwhile.
    pub(super) fn is_high(&self) -> bool {
        self.reopened > MAX_NODE_BYTES
    }
}
