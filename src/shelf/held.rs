//! What hasn't come yet, for one user: what is newer than a pause, and what arrives one by one.

use std::ops::Range;

use super::subscription::Subscription;
use crate::ids::{FeedId, FeedMap, Numbers};

/// What some feeds hold back: derived whenever a shelf is loaded, so that nothing is written for it.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The newest article of a paused feed.
    last: FeedMap<u32>,
    /// The numbers of a feed that come on later days.
    later: FeedMap<Range<u32>>,
}

impl Held {
    /// What these subscriptions hold back at a minute.
    pub(super) fn of(all: &[Subscription], minute: i64) -> Self {
        let mut held = Self::default();
        for one in all {
            if let Some(pause) = one.pause {
                held.last.insert(one.feed, pause.last);
            }
            let later = one.drip.map(|drip| drip.held(minute));
            if let Some(later) = later.filter(|later| !later.is_empty()) {
                held.later.insert(one.feed, later);
            }
        }
        held
    }

    /// A feed's numbers, without those that are newer than its pause.
    pub(super) fn capped(&self, numbers: Numbers) -> Numbers {
        if self.last.is_empty() {
            return numbers;
        }
        let most = self.last.get(&numbers.feed).copied();
        Numbers {
            last: numbers.last.min(most.unwrap_or(u32::MAX)),
            ..numbers
        }
    }

    /// Those of a feed's numbers that come on later days; `None` if there are none.
    pub(super) fn within(&self, numbers: Numbers) -> Option<Numbers> {
        if self.later.is_empty() {
            return None;
        }
        let later = self.later.get(&numbers.feed)?;
        let own = Numbers {
            feed: numbers.feed,
            first: later.start.max(numbers.first),
            last: (later.end - 1).min(numbers.last),
        };
        (own.first <= own.last).then_some(own)
    }

    /// The numbers of a feed that come on later days; `None` if there are none.
    pub(super) fn later(&self, feed: FeedId) -> Option<Range<u32>> {
        self.later.get(&feed).cloned()
    }

    /// Whether an article hasn't come yet.
    pub(super) fn has(&self, feed: FeedId, seq: u32) -> bool {
        let is_later = |later: &Range<u32>| later.contains(&seq);
        (!self.later.is_empty() && self.later.get(&feed).is_some_and(is_later))
            || (!self.last.is_empty() && self.last.get(&feed).is_some_and(|&last| seq > last))
    }
}
