//! How often a user has us ask sites for them: to find feeds, and for the texts of articles.

use std::time::Duration;

use super::{Counter, MAX_KEYS, Wait};
use crate::ids::UserId;
use crate::timestamp::Timestamp;

/// The window in which both are counted.
const WINDOW: Duration = Duration::from_secs(60 * 60);

/// Counts what users have us ask for.
#[derive(Debug)]
pub struct AskingLimit {
    feeds: Counter<UserId>,
    texts: Counter<UserId>,
}

impl AskingLimit {
    /// Counts one more search for a feed, of at most `max` in an hour.
    ///
    /// # Errors
    /// [`Wait`] if there were more.
    pub fn feed(&self, user: UserId, max: u32, now: Timestamp) -> Result<(), Wait> {
        self.feeds.count(user, max, now)
    }

    /// Counts one more article's page, of at most `max` in an hour.
    ///
    /// # Errors
    /// [`Wait`] if there were more.
    pub fn text(&self, user: UserId, max: u32, now: Timestamp) -> Result<(), Wait> {
        self.texts.count(user, max, now)
    }
}

impl Default for AskingLimit {
    fn default() -> Self {
        Self {
            feeds: Counter::new(WINDOW, MAX_KEYS),
            texts: Counter::new(WINDOW, MAX_KEYS),
        }
    }
}
