//! Moments, and the units in which they are stored and scheduled. Pure: what time it is, [`Clock`](crate::clock::Clock) says.

use chrono::{DateTime, Utc};

/// A moment in UTC. What is stored has microseconds; what is shown has minutes.
pub type Timestamp = DateTime<Utc>;

/// The moment `micros` microseconds after 1970; what no calendar can hold becomes 1970.
pub fn from_micros(micros: i64) -> Timestamp {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// Whole minutes since 1970: the unit in which feeds are scheduled.
pub fn minute_of(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(60)
}

/// `2026-01-31T10:14:55Z`: how dates leave us.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
