//! Articles that are fresh for a while only: then they pass by, neither read nor unread.

use super::heads::Heads;
use super::{Scope, Shelf, Subscription};
use crate::ids::{ArticleId, FeedId, FeedMap, Numbers};
use crate::timestamp::Timestamp;

/// Of the feeds whose articles are fresh for a while only, the highest number that has passed by: derived whenever a shelf
/// is loaded, so that nothing is written for it and it is undone by another term.
pub(super) fn passed(all: &[Subscription], heads: &Heads, now: Timestamp) -> FeedMap<u32> {
    let second = now.timestamp();
    let each = all.iter().filter_map(|one| {
        let fresh = i64::from(one.habits.fresh?) * 60;
        let summary = heads.get(&one.feed)?;
        let is_over = |seq: &u32| {
            let at = summary.times.second(summary.last, *seq);
            at.is_some_and(|at| i64::from(at) + fresh < second)
        };
        // Times may be a little out of order; what is newer than a fresh one is fresh.
        let seqs = (summary.first..=summary.last).rev();
        let last = seqs.take(MOST_PASSING).find(is_over)?;
        Some((one.feed, last))
    });
    each.collect()
}

/// Most articles of a feed that are looked at for one that has passed by: more than are ever kept.
const MOST_PASSING: usize = 10_000;

impl Shelf {
    /// The numbers of a feed's articles that can be unread: those that haven't passed by.
    pub(crate) fn fresh_numbers(&self, feed: FeedId) -> Numbers {
        let numbers = self.numbers(feed);
        match self.passed.get(&feed) {
            Some(passed) => Numbers {
                first: numbers.first.max(passed + 1),
                ..numbers
            },
            None => numbers,
        }
    }

    /// The numbers of a feed's articles that have passed by; empty if none has.
    pub(crate) fn passed_numbers(&self, feed: FeedId) -> Numbers {
        let numbers = self.numbers(feed);
        let passed = self.passed.get(&feed).copied().unwrap_or_default();
        Numbers {
            last: numbers.last.min(passed),
            ..numbers
        }
    }

    /// Whether an article has passed by, unread.
    pub fn has_passed(&self, id: ArticleId) -> bool {
        let passed = self.passed.get(&id.feed).copied().unwrap_or_default();
        id.seq <= passed && id.seq >= self.numbers(id.feed).first && !self.read.is_read(id)
    }

    /// How many articles of a part of the shelf have passed by.
    pub fn passed_in(&self, scope: &Scope) -> u32 {
        if self.passed.is_empty() {
            return 0;
        }
        let inside = self.feeds(scope).into_iter();
        inside
            .map(|feed| match self.passed_numbers(feed) {
                numbers if numbers.last < numbers.first => 0,
                numbers => self.read.unread_count(numbers),
            })
            .sum()
    }
}
