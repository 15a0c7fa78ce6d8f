//! How many failed sign-ins the audit log takes: each line is a write, and strangers may try as often as they like.

use std::time::Duration;

use super::{Counter, MAX_KEYS};
use crate::timestamp::Timestamp;

/// Lines about one account and one kind of failure in an hour.
const PER_ACCOUNT: u32 = 2;
/// All of them in an hour.
const IN_ALL: u32 = 60;

/// Counts lines about failures.
#[derive(Debug)]
pub struct AuditLimit(Counter<String>);

impl AuditLimit {
    /// Whether one more failure at an account's door becomes a line.
    pub fn may_note(&self, act: &str, account: &str, now: Timestamp) -> bool {
        let own = format!("{act} {account}");
        self.0.count(own, PER_ACCOUNT, now).is_ok()
            && self.0.count(String::new(), IN_ALL, now).is_ok()
    }
}

impl Default for AuditLimit {
    fn default() -> Self {
        Self(Counter::new(Duration::from_secs(60 * 60), MAX_KEYS))
    }
}
