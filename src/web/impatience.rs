//! How often a reader asks for feeds out of turn, counted on this instance: each such request is one to a publisher.

use std::time::Duration;

use http::StatusCode;
use moka::sync::Cache;

use super::problem::Problem;
use super::words;
use crate::clock::{Timestamp, minute_of};
use crate::ids::UserId;

/// Readers who are remembered, so that memory is bounded.
const REMEMBERED: u64 = 20_000;
/// Minutes of which requests are counted.
const HOUR: i64 = 60;

/// Counts requests, by the hour that began with the first.
#[derive(Debug)]
pub struct Impatience(Cache<UserId, (i64, u32)>);

impl Default for Impatience {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(Duration::from_secs(60 * 60))
            .build();
        Self(cache)
    }
}

impl Impatience {
    /// Counts one more of at most `most` in an hour.
    ///
    /// # Errors
    /// A problem that says when it may be tried again.
    pub fn count(&self, user: UserId, most: u32, now: Timestamp) -> Result<(), Problem> {
        let minute = minute_of(now);
        let known = self.0.get(&user).filter(|(began, _)| minute - began < HOUR);
        let (began, count) = known.unwrap_or((minute, 0));
        if count >= most {
            let title =
                format!("You have asked for {most} feeds within an hour, which is the limit here");
            let wait = words::span((began + HOUR - minute).max(1));
            let advice = format!("Feeds come by themselves. Or try again in {wait}.");
            let status = StatusCode::TOO_MANY_REQUESTS;
            return Err(Problem::new(status, "too_many_refreshes", title, advice));
        }
        self.0.insert(user, (began, count + 1));
        Ok(())
    }
}
