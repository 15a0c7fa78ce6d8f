//! The refresh limit: how often a user may refresh feeds on demand. Each refresh is a request to a publisher.

use std::time::Duration;

use super::{Counter, MAX_KEYS, Wait};
use crate::ids::UserId;
use crate::timestamp::Timestamp;

/// Counts refreshes on demand, by user.
#[derive(Debug)]
pub struct RefreshLimit(Counter<UserId>);

impl RefreshLimit {
    /// Counts one more, of at most `max` in an hour.
    ///
    /// # Errors
    /// [`Wait`] if there were more.
    pub fn refresh(&self, user: UserId, max: u32, now: Timestamp) -> Result<(), Wait> {
        self.0.count(user, max, now)
    }
}

impl Default for RefreshLimit {
    fn default() -> Self {
        Self(Counter::new(Duration::from_secs(60 * 60), MAX_KEYS))
    }
}
