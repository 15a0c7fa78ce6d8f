//! How often a feed's hub may push.

use std::time::Duration;

use moka::sync::Cache;

use crate::clock::{Timestamp, minute_of};
use crate::ids::FeedId;

/// Pushes of one feed in an hour: one a minute, which no publisher needs who has readers and not machines.
pub const AN_HOUR: u32 = 60;
/// Feeds that are remembered, so that memory is bounded.
const REMEMBERED: u64 = 20_000;

/// Counts pushes, feed by feed and hour by hour, on this instance. Nothing sweeps.
#[derive(Debug)]
pub struct Pace(Cache<(FeedId, i64), u32>);

impl Default for Pace {
    fn default() -> Self {
        let counts = Cache::builder().max_capacity(REMEMBERED);
        Self(
            counts
                .time_to_live(Duration::from_secs(2 * 60 * 60))
                .build(),
        )
    }
}

impl Pace {
    /// Counts a push.
    ///
    /// # Errors
    /// The seconds until the hour is over, where there were too many.
    pub fn push(&self, feed: FeedId, now: Timestamp) -> Result<(), u64> {
        let minute = minute_of(now);
        let count = self
            .0
            .entry((feed, minute / 60))
            .and_upsert_with(|count| count.map_or(1, |count| count.into_value() + 1));
        if count.into_value() > AN_HOUR {
            let left = (60 - minute.rem_euclid(60)) * 60;
            return Err(u64::try_from(left).unwrap_or(60));
        }
        Ok(())
    }
}
