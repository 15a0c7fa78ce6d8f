//! When a device did something, as it says later.

use chrono::TimeDelta;

use crate::shelf::When;
use crate::timestamp::Timestamp;

/// How far back it may lie, in milliseconds: 31 days.
const FARTHEST: i64 = 31 * 24 * 60 * 60 * 1_000;

/// When something was done that we hear of `now`. `at` and `sent` are by the device's own clock, in milliseconds since 1970: only
/// what lies between them counts, so a clock that is wrong does no harm. Never to come, and never further back than 31 days.
pub(crate) fn when(now: Timestamp, sent: Option<i64>, at: Option<i64>) -> When {
    let sent = sent.unwrap_or_else(|| now.timestamp_millis());
    let age = at
        .map_or(0, |at| sent.saturating_sub(at))
        .clamp(0, FARTHEST);
    When {
        at: now - TimeDelta::milliseconds(age),
        now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::from_second;

    #[test]
    fn only_what_lies_between_counts() {
        let now = from_second(1_800_000_000);
        let age = |sent, at| (now - when(now, sent, at).at).num_seconds();
        assert_eq!(age(None, None), 0);
        assert_eq!(age(Some(5_000), None), 0);
        // A clock that stands in 1970.
        assert_eq!(age(Some(90_000), Some(30_000)), 60);
        assert_eq!(age(None, Some(1_799_999_400_000)), 600);
        // To come, and long gone.
        assert_eq!(age(Some(0), Some(60_000)), 0);
        assert_eq!(age(Some(i64::MAX), Some(i64::MIN)), 31 * 24 * 60 * 60);
    }
}
