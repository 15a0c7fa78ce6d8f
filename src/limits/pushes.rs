//! The push limit: how often a feed's hub may push.

use std::time::Duration;

use super::{Counter, MAX_KEYS, Wait};
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// Counts pushes by feed.
#[derive(Debug)]
pub struct PushLimit(Counter<FeedId>);

impl PushLimit {
    /// Pushes of one feed per hour: one a minute, more than any publisher with human readers needs.
    pub const PER_HOUR: u32 = 60;

    /// Counts a push.
    ///
    /// # Errors
    /// [`Wait`] if there were more than [`PER_HOUR`](Self::PER_HOUR) within an hour.
    pub fn push(&self, feed: FeedId, now: Timestamp) -> Result<(), Wait> {
        self.0.count(feed, Self::PER_HOUR, now)
    }
}

impl Default for PushLimit {
    fn default() -> Self {
        Self(Counter::new(Duration::from_secs(60 * 60), MAX_KEYS))
    }
}
