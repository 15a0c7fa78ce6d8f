//! A publisher's polling hints: how long to wait between requests, and when not to send any.

use serde::{Deserialize, Serialize};

use super::POLL_PERIODS;

/// Minutes of a day, the longest hint honored. Some servers say a year by mistake.
pub const MAX_INTERVAL: i64 = 24 * 60;

/// All hours, or all days.
const HOURS: u32 = (1 << 24) - 1;
const DAYS: u8 = (1 << 7) - 1;

/// A publisher's polling hints, as stored in the feed's summary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollingHints {
    /// Minutes a response is fresh, by `Cache-Control` or `Expires`, rounded up to a poll period; 0 for none.
    #[serde(rename = "f", skip_serializing_if = "super::is_zero")]
    pub fresh: i64,
    /// Minutes between two requests, by the document's `ttl` or `sy:updatePeriod`; 0 for none.
    #[serde(rename = "t", skip_serializing_if = "super::is_zero")]
    pub ttl: i64,
    /// `skipHours`: bit n for the hour n in UTC.
    #[serde(rename = "h", skip_serializing_if = "super::is_zero_u32")]
    pub hours: u32,
    /// `skipDays`: bit n for a day of the week in UTC, 0 for Monday.
    #[serde(rename = "d", skip_serializing_if = "is_zero_u8")]
    pub days: u8,
}

fn is_zero_u8(number: &u8) -> bool {
    *number == 0
}

impl PollingHints {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Sets how many minutes a response is fresh. Times that vary with each response, such as the distance to a fixed
    /// moment, are rounded to poll periods, so that they don't cost a write each.
    pub fn set_fresh(&mut self, minutes: i64) {
        let minutes = minutes.clamp(0, MAX_INTERVAL);
        let step = POLL_PERIODS.iter().copied().find(|&step| step >= minutes);
        self.fresh = if minutes == 0 {
            0
        } else {
            step.unwrap_or(MAX_INTERVAL)
        };
    }

    /// Minimum interval the publisher asks for, in minutes; 0 for none.
    ///
    /// The longest of its hints counts. If every hour or every day is excluded, the feed is polled once a day.
    pub fn least(&self) -> i64 {
        // Freshness is given in seconds, and our minutes are whole.
        let fresh = if self.fresh == 0 { 0 } else { self.fresh + 1 };
        let never = if self.forbids_all() { MAX_INTERVAL } else { 0 };
        fresh.max(self.ttl.min(MAX_INTERVAL)).max(never)
    }

    /// Whether some hours or days are excluded, but not all.
    pub fn has_times(&self) -> bool {
        (self.hours != 0 || self.days != 0) && !self.forbids_all()
    }

    fn forbids_all(&self) -> bool {
        self.hours & HOURS == HOURS || self.days & DAYS == DAYS
    }

    /// Whether a request is allowed at a minute, as far as hours and days go.
    pub fn permits(&self, minute: i64) -> bool {
        if !self.has_times() {
            return true;
        }
        let hour = minute.div_euclid(60).rem_euclid(24);
        // 1970 began on a Thursday.
        let day = (minute.div_euclid(MAX_INTERVAL) + 3).rem_euclid(7);
        self.hours >> hour & 1 == 0 && self.days >> day & 1 == 0
    }

    /// The first minute from `minute` on at which a request is allowed.
    ///
    /// Every week has one: [`permits`](Self::permits) ignores hints that exclude all hours or all days.
    pub fn permitted_from(&self, minute: i64) -> i64 {
        let hours = (0..=7 * 24).map(|n| (minute.div_euclid(60) + n) * 60);
        let mut starts = hours.map(|start| start.max(minute));
        starts.find(|&at| self.permits(at)).unwrap_or(minute)
    }
}

#[cfg(test)]
mod tests {
    use crate::feeds::polling_hints::*;

    const MONDAY: i64 = 4 * MAX_INTERVAL;

    #[test]
    fn freshness_is_rounded_up_to_a_step_and_capped_at_a_day() {
        for (minutes, fresh, least) in [
            (0, 0, 0),
            (5, 60, 61),
            (60, 60, 61),
            (61, 120, 121),
            (1_000, 1_440, 1_441),
            (525_600, 1_440, 1_441),
        ] {
            let mut hints = PollingHints::default();
            hints.set_fresh(minutes);
            assert_eq!((hints.fresh, hints.least()), (fresh, least), "{minutes}");
        }
    }

    #[test]
    fn the_longer_of_two_wishes_counts() {
        let mut hints = PollingHints {
            ttl: 180,
            ..PollingHints::default()
        };
        hints.set_fresh(60);
        assert_eq!(hints.least(), 180);
        hints.set_fresh(360);
        assert_eq!(hints.least(), 481);
        hints.ttl = 10_080;
        assert_eq!(hints.least(), 1_440);
    }

    #[test]
    fn hours_and_days_in_utc_are_left_out() {
        let nights = PollingHints {
            hours: 0b11 | 1 << 23,
            ..PollingHints::default()
        };
        assert!(!nights.permits(MONDAY) && !nights.permits(MONDAY + 23 * 60 + 59));
        assert!(nights.permits(MONDAY + 120) && nights.permits(MONDAY + 22 * 60));
        assert_eq!(nights.permitted_from(MONDAY - 30), MONDAY + 120);
        let weekend = PollingHints {
            days: 0b110_0000,
            ..PollingHints::default()
        };
        assert!(weekend.permits(MONDAY) && !weekend.permits(MONDAY - 1));
        assert_eq!(weekend.permitted_from(MONDAY - 2 * MAX_INTERVAL), MONDAY);
    }

    #[test]
    fn a_feed_that_skips_all_hours_is_checked_once_a_day() {
        for (hours, days) in [(HOURS, 0), (0, DAYS)] {
            let never = PollingHints {
                hours,
                days,
                ..PollingHints::default()
            };
            assert!(!never.has_times() && never.permits(MONDAY));
            assert_eq!(never.least(), MAX_INTERVAL);
        }
    }
}
