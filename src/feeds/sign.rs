//! What a failed fetch is a sign of.

use serde::{Deserialize, Serialize};

/// What a failure is a sign of: the same sign at several feeds of a host is the host's.
///
/// Stored as a number: 0 for nothing in particular, 1 and 2 as below, otherwise the HTTP status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sign(pub u16);

impl Sign {
    /// The feed's own affair.
    pub const NONE: Self = Self(0);
    /// The request didn't leave this machine's network, or no name server answered.
    pub const UNREACHED: Self = Self(1);
    /// The host took too long.
    pub const TIMED_OUT: Self = Self(2);

    /// The sign of an HTTP status.
    pub fn of_status(status: u16) -> Self {
        match status {
            404 | 500..=599 => Self(status),
            _ => Self::NONE,
        }
    }

    /// Whether a host can have it.
    pub fn is_of_a_host(self) -> bool {
        self == Self::TIMED_OUT || self.0 >= 400
    }

    /// Whether it is nothing in particular.
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}
