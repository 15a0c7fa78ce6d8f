//! Timestamps, and the units in which they are stored and scheduled. Pure: "now" comes from
//! [`Clock`](crate::clock::Clock).

use chrono::{DateTime, Utc};

/// A time in UTC. It is stored with microseconds and shown with minutes.
pub type Timestamp = DateTime<Utc>;

/// The time `micros` microseconds after 1970; 1970 if it is out of range.
pub fn from_micros(micros: i64) -> Timestamp {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// Whole minutes since 1970: the unit in which feeds are scheduled.
pub fn minute_of(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(60)
}

/// The moment at which a minute since 1970 begins.
pub fn from_minute(minute: i64) -> Timestamp {
    Timestamp::from_timestamp(minute.saturating_mul(60), 0).unwrap_or_default()
}

/// The moment of a second since 1970.
pub fn from_second(second: i64) -> Timestamp {
    Timestamp::from_timestamp(second, 0).unwrap_or_default()
}

/// `2026-01-31T10:14:55Z`: the format of dates in what we send.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
