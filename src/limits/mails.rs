//! How many letters an address is sent because somebody asks for them who needn't be its owner.

use std::time::Duration;

use super::{Counter, MAX_KEYS, Wait};
use crate::timestamp::Timestamp;

/// The window in which they are counted.
const WINDOW: Duration = Duration::from_secs(60 * 60);
/// Letters to one address.
const PER_ADDRESS: u32 = 4;

/// Counts letters, whether the address has an account or not: who is refused learns nothing.
#[derive(Debug)]
pub struct MailLimit(Counter<String>);

impl Default for MailLimit {
    fn default() -> Self {
        Self(Counter::new(WINDOW, MAX_KEYS))
    }
}

impl MailLimit {
    /// Counts a letter to an address, which is in its normal form.
    ///
    /// # Errors
    /// [`Wait`] if it has had too many.
    pub fn letter(&self, to: &str, now: Timestamp) -> Result<(), Wait> {
        self.0.count(to.to_owned(), PER_ADDRESS, now)
    }
}
