//! What was asked of publishers in a day, and what they were spared.

use serde::{Deserialize, Serialize};

/// Counted where it happens, and carried by the tick's own record: no write of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fetches {
    /// Requests for feeds that were sent.
    #[serde(rename = "n")]
    pub sent: u64,
    /// Those that were answered with nothing but "not modified" (RFC 9110, 15.4.5).
    #[serde(rename = "u")]
    pub unchanged: u64,
    /// Requests that further readers of the same feeds would have sent, each with a reader of their own.
    #[serde(rename = "s")]
    pub shared: u64,
    /// What hubs pushed, so that nobody asked for it.
    #[serde(rename = "p")]
    pub pushed: u64,
}

impl Fetches {
    /// A request for a feed with so many readers.
    pub fn asked(readers: u32, is_unchanged: bool) -> Self {
        Self {
            sent: 1,
            unchanged: u64::from(is_unchanged),
            shared: u64::from(readers.saturating_sub(1)),
            pushed: 0,
        }
    }

    /// A push.
    pub fn pushed() -> Self {
        Self {
            pushed: 1,
            ..Self::default()
        }
    }

    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.unchanged += other.unchanged;
        self.shared += other.shared;
        self.pushed += other.pushed;
    }

    /// Downloads that publishers were spared.
    pub fn spared(self) -> u64 {
        self.unchanged + self.shared + self.pushed
    }

    /// Whether nothing was counted.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
