//! The clock, as a dependency that is passed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{TimeDelta, Utc};

use crate::timestamp::{Timestamp, from_micros};

/// Tells the time. Everything that needs "now" gets one, so that tests move it instead of waiting.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system clock.
    System,
    /// Stands still until it is moved. Microseconds since 1970.
    Test(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `now`.
    pub fn fixed(now: Timestamp) -> Self {
        Self::Test(Arc::new(AtomicI64::new(now.timestamp_micros())))
    }

    /// Now, truncated to microseconds, which is what the store can hold.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that asks the machine"
            )]
            Self::System => from_micros(Utc::now().timestamp_micros()),
            Self::Test(micros) => from_micros(micros.load(Ordering::Relaxed)),
        }
    }

    /// Moves a test clock; has no effect on the system clock.
    pub fn advance(&self, by: TimeDelta) {
        if let (Self::Test(micros), Some(by)) = (self, by.num_microseconds()) {
            micros.fetch_add(by, Ordering::Relaxed);
        }
    }
}
