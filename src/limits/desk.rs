//! The limit of the publishers' desk, by host.

use std::time::Duration;

use super::{Counter, MAX_KEYS, Wait};
use crate::timestamp::Timestamp;

/// Looks at one host's desk in a window.
const PER_HOST: u32 = 30;

/// Counts looks at the publishers' desk.
#[derive(Debug)]
pub struct DeskLimit(Counter<String>);

impl DeskLimit {
    /// Counts one more look at a host's desk, of at most 30 in ten minutes.
    ///
    /// # Errors
    /// [`Wait`] if there were more.
    pub fn look(&self, host: &str, now: Timestamp) -> Result<(), Wait> {
        self.0.count(host.to_owned(), PER_HOST, now)
    }
}

impl Default for DeskLimit {
    fn default() -> Self {
        Self(Counter::new(Duration::from_secs(10 * 60), MAX_KEYS))
    }
}
