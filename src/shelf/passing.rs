//! Articles that are fresh for a while only: then they pass by, neither read nor unread.

use std::sync::{Arc, OnceLock};

use super::{Scope, Shelf};
use crate::ids::{ArticleId, FeedId, Numbers};

impl Shelf {
    /// Whether any of its articles has passed by.
    pub fn has_passing(&self) -> bool {
        !self.passed.is_empty()
    }

    /// The same shelf, on which nothing passes by.
    #[must_use]
    pub fn without_passing(self) -> Self {
        Self {
            passed: Arc::default(),
            tally: OnceLock::new(),
            ..self
        }
    }

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
