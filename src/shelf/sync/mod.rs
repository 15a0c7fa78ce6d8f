//! What changed on a shelf since a program saw it: from what is loaded anyway, and from what the program says that it has.
//!
//! Nothing is written for it. A program's place says of each feed which articles it was given, and carries prints of the
//! subscription, of what is unread, of what is starred and of what is hidden; a part whose print is another one is sent whole for this feed. `docs/decisions/0053` has the reasons.

mod delta;
mod place;

use std::ops::Range;

pub use delta::{Delta, Gone, delta};
use sha2::{Digest, Sha256};

use super::{Seen, Shelf};
use crate::ids::{ArticleId, FeedId};

/// What a program has, after what it was given last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// By feed, ascending.
    parts: Vec<Part>,
    /// A print of the feeds' order.
    order: u32,
    /// A print of the stars of feeds that aren't on the shelf.
    elsewhere: u32,
}

/// What a program has of a feed. A print is 0 for nothing at all.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    feed: FeedId,
    /// The numbers that it was given, without those that are held back.
    numbers: Range<u32>,
    held: Range<u32>,
    /// A print of the subscription.
    card: u32,
    /// A print of the numbers that are unread.
    unread: u32,
    /// A print of the numbers that are starred.
    stars: u32,
    /// A print of the numbers that rules hide.
    hidden: u32,
    /// The minute of the last edit that it was given.
    edited: i64,
}

impl Part {
    fn none(feed: FeedId) -> Self {
        Self {
            feed,
            numbers: 0..0,
            held: 0..0,
            card: 0,
            unread: 0,
            stars: 0,
            hidden: 0,
            edited: 0,
        }
    }
}

impl Place {
    /// The feeds of which a program has newer articles than a shelf knows: another instance was ahead of this one's cache.
    pub fn ahead_of(&self, shelf: &Shelf) -> Vec<FeedId> {
        let is_ahead = |part: &&Part| {
            let known = shelf.summary(part.feed);
            known.is_some_and(|summary| part.numbers.end > summary.last + 1)
        };
        let ahead = self.parts.iter().filter(is_ahead);
        ahead.map(|part| part.feed).collect()
    }

    /// What a shelf has, without what a program wasn't told of.
    pub fn within(&self, seen: &Seen) -> Seen {
        let known = seen.feeds().iter().filter_map(|&(feed, last)| {
            let told = self.part(feed)?.numbers.end.checked_sub(1)?;
            Some((feed, last.min(told)))
        });
        Seen::of(known.collect())
    }

    fn part(&self, feed: FeedId) -> Option<&Part> {
        let at = self.parts.binary_search_by_key(&feed, |part| part.feed);
        self.parts.get(at.ok()?)
    }
}

/// A print of some numbers; 0 for none.
pub fn print(numbers: impl IntoIterator<Item = u32>) -> u32 {
    let mut bytes = Vec::new();
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    print_of(&bytes)
}

/// A print of a text; 0 for an empty one.
pub fn print_of(bytes: &[u8]) -> u32 {
    if bytes.is_empty() {
        return 0;
    }
    let digest = Sha256::digest(bytes);
    let first = digest.iter().take(4);
    let print = first.fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte));
    print.max(1)
}

impl Shelf {
    /// The numbers of a feed's unread articles, as programs see them, ascending.
    pub fn unread_numbers(&self, feed: FeedId) -> Vec<u32> {
        let mut found = Vec::new();
        let fresh = self.fresh_numbers(feed);
        self.read.each_unread(fresh, false, |seq| {
            if !self.holds_back(feed, seq) {
                found.push(seq);
            }
            std::ops::ControlFlow::Continue(())
        });
        found
    }

    /// The numbers of a feed's articles that rules hide from lists, ascending.
    pub fn hidden_numbers(&self, feed: FeedId) -> Vec<u32> {
        let there = self.numbers(feed);
        let marks = self.read.marks(feed);
        let hidden = marks.into_iter().flat_map(|marks| marks.hidden.0.iter());
        let is_here = |seq: &u32| (there.first..=there.last).contains(seq);
        hidden.filter(is_here).collect()
    }

    /// The numbers of a feed's starred articles, ascending, those included that the feed has no longer.
    pub fn starred_numbers(&self, feed: FeedId) -> Vec<u32> {
        let of_feed = ArticleId { feed, seq: 0 }..=ArticleId {
            feed,
            seq: u32::MAX,
        };
        self.stars.range(of_feed).map(|id| id.seq).collect()
    }

    /// The stars of feeds that aren't on the shelf.
    pub fn stars_elsewhere(&self) -> Vec<ArticleId> {
        let all = self.stars.iter().copied();
        all.filter(|id| self.subscription(id.feed).is_none())
            .collect()
    }
}

/// Ascending numbers as ranges, both ends included.
pub fn ranges(numbers: impl IntoIterator<Item = u32>) -> Vec<[u32; 2]> {
    let mut all: Vec<[u32; 2]> = Vec::new();
    for number in numbers {
        match all.last_mut() {
            Some(last) if last[1] + 1 == number => last[1] = number,
            _ => all.push([number, number]),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_differ_and_nothing_has_none() {
        assert_eq!((print([]), print_of(b"")), (0, 0));
        assert_ne!(print([1, 2]), print([1, 3]));
        assert_ne!(print([1]), print([0, 1]));
    }

    #[test]
    fn neighbours_make_a_range() {
        assert_eq!(ranges([]), Vec::<[u32; 2]>::new());
        assert_eq!(ranges([1, 2, 3, 7, 9, 10]), [[1, 3], [7, 7], [9, 10]]);
    }
}
