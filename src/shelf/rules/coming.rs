//! When articles came: a rule that ends is for those that came before its end, however late they are met.

use std::collections::HashMap;

use crate::articles::ArticleRow;
use crate::ids::{FeedId, Numbers};
use crate::shelf::rulebook::rule::{Rule, Where};
use crate::shelf::{Shelf, Subscription};
use crate::timestamp::minute_of;

/// What hasn't been met yet.
#[derive(Clone, Debug)]
pub(super) struct Coming {
    /// What counts as read of new feeds, and isn't met.
    over: HashMap<FeedId, u32>,
    /// Now.
    minute: i64,
}

impl Coming {
    pub(super) fn of(over: &[(Numbers, u32)], minute: i64) -> Self {
        let over = over.iter();
        let over = over.map(|(numbers, upto)| (numbers.feed, *upto)).collect();
        Self { over, minute }
    }

    /// The first article of a feed that hasn't been met; `None` if all have.
    pub(super) fn from(&self, shelf: &Shelf, feed: FeedId) -> Option<u32> {
        let numbers = shelf.numbers(feed);
        let met = shelf.read.marks(feed).map_or(0, |marks| marks.met);
        let read = self.over.get(&feed).copied().unwrap_or_default();
        let from = (met + 1).max(numbers.first).max(read + 1);
        (met < numbers.last).then_some(from)
    }

    /// Whether a rule is for anything that hasn't been met: it is on, or something came before its end.
    pub(super) fn concerns(&self, shelf: &Shelf, rule: &Rule) -> bool {
        let mut all = shelf.subscriptions.iter();
        rule.is_on(self.minute) || !rule.is_off && all.any(|one| self.meets(shelf, rule, one))
    }

    /// Whether a rule is for what hasn't been met of a feed. From the summary: no read.
    pub(super) fn meets(&self, shelf: &Shelf, rule: &Rule, one: &Subscription) -> bool {
        let is_for = match &rule.place {
            Where::Everywhere => true,
            Where::Folder(path) => one.is_below(path),
            Where::Feed(only) => *only == one.feed,
        };
        is_for && (rule.is_on(self.minute) || self.came_before(shelf, rule, one))
    }

    /// Whether an article that hasn't been met came before the end of a rule that is over.
    fn came_before(&self, shelf: &Shelf, rule: &Rule, one: &Subscription) -> bool {
        let (Some(from), Some(summary)) = (self.from(shelf, one.feed), shelf.summary(one.feed))
        else {
            return false;
        };
        // Numbers are in the order in which they came.
        let first = from.max(there_before(shelf, one) + 1);
        if rule.is_off || first > shelf.numbers(one.feed).last {
            return false;
        }
        let second = summary.times.second(summary.last, first).map(i64::from);
        let late = i64::from(summary.arrivals.minutes(summary.last, first));
        // What isn't known is looked at: its card says when it came.
        second.is_none_or(|second| rule.is_on(second.div_euclid(60) + late))
    }

    /// The minute at which an article came to the reader.
    pub(super) fn minute(&self, shelf: &Shelf, row: &ArticleRow) -> i64 {
        let one = shelf.subscription(row.id.feed);
        // What a feed had when it came to the shelf comes with it, and what arrives one by one on its own day: now.
        if one.is_none_or(|one| row.id.seq <= there_before(shelf, one)) {
            return self.minute;
        }
        let came = row.summary.arrived_at().unwrap_or_else(|| row.summary.at());
        minute_of(came).min(self.minute)
    }
}

/// The last article that didn't come after its feed was on the shelf.
fn there_before(shelf: &Shelf, one: &Subscription) -> u32 {
    let opening = shelf.summary(one.feed).map_or(0, |summary| summary.opening);
    let found = one.found.unwrap_or(opening);
    one.drip.map_or(found, |drip| drip.last.max(found))
}
