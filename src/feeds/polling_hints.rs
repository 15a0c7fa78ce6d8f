//! What a publisher asks of those who ask him: how long to wait, and when not to come at all.

use serde::{Deserialize, Serialize};

use super::LADDER;

/// Minutes of a day: no wish is granted beyond it. Some servers say a year by mistake.
pub const LONGEST: i64 = 24 * 60;

/// All hours, or all days.
const HOURS: u32 = (1 << 24) - 1;
const DAYS: u8 = (1 << 7) - 1;

/// A publisher's wishes, as they stand on the feed's card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// Minutes for which an answer is fresh, by `Cache-Control` or `Expires`, up to the ladder's next step; 0 for none.
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

impl Wishes {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Sets for how many minutes an answer is fresh. Times that vary with each answer, such as a fixed moment's distance,
    /// become steps of the ladder, so that they don't cost a write each.
    pub fn set_fresh(&mut self, minutes: i64) {
        let minutes = minutes.clamp(0, LONGEST);
        let step = LADDER.iter().copied().find(|&step| step >= minutes);
        self.fresh = if minutes == 0 {
            0
        } else {
            step.unwrap_or(LONGEST)
        };
    }

    /// The least minutes between two requests that the publisher bears; 0 where he says nothing. Of two wishes the
    /// longer one. One who forbids every hour or every day is asked once a day.
    pub fn least(&self) -> i64 {
        // Freshness is told in seconds, and our minutes are whole.
        let fresh = if self.fresh == 0 { 0 } else { self.fresh + 1 };
        let never = if self.forbids_all() { LONGEST } else { 0 };
        fresh.max(self.ttl.min(LONGEST)).max(never)
    }

    /// Whether there are hours or days at which the feed may not be asked, and others at which it may.
    pub fn has_times(&self) -> bool {
        (self.hours != 0 || self.days != 0) && !self.forbids_all()
    }

    fn forbids_all(&self) -> bool {
        self.hours & HOURS == HOURS || self.days & DAYS == DAYS
    }

    /// Whether a feed may be asked at a minute, as far as hours and days go.
    pub fn permits(&self, minute: i64) -> bool {
        if !self.has_times() {
            return true;
        }
        let hour = minute.div_euclid(60).rem_euclid(24);
        // 1970 began on a Thursday.
        let day = (minute.div_euclid(LONGEST) + 3).rem_euclid(7);
        self.hours >> hour & 1 == 0 && self.days >> day & 1 == 0
    }

    /// The first minute from `minute` on at which a feed may be asked. A week has one, unless hours and days forbid it
    /// together, which [`permits`](Self::permits) lets neither do alone.
    pub fn permitted_from(&self, minute: i64) -> i64 {
        let hours = (0..=7 * 24).map(|n| (minute.div_euclid(60) + n) * 60);
        let mut starts = hours.map(|start| start.max(minute));
        starts.find(|&at| self.permits(at)).unwrap_or(minute)
    }
}

#[cfg(test)]
mod tests {
    use crate::feeds::polling_hints::*;

    const MONDAY: i64 = 4 * LONGEST;

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
            let mut wishes = Wishes::default();
            wishes.set_fresh(minutes);
            assert_eq!((wishes.fresh, wishes.least()), (fresh, least), "{minutes}");
        }
    }

    #[test]
    fn the_longer_of_two_wishes_counts() {
        let mut wishes = Wishes {
            ttl: 180,
            ..Wishes::default()
        };
        wishes.set_fresh(60);
        assert_eq!(wishes.least(), 180);
        wishes.set_fresh(360);
        assert_eq!(wishes.least(), 481);
        wishes.ttl = 10_080;
        assert_eq!(wishes.least(), 1_440);
    }

    #[test]
    fn hours_and_days_in_utc_are_left_out() {
        let nights = Wishes {
            hours: 0b11 | 1 << 23,
            ..Wishes::default()
        };
        assert!(!nights.permits(MONDAY) && !nights.permits(MONDAY + 23 * 60 + 59));
        assert!(nights.permits(MONDAY + 120) && nights.permits(MONDAY + 22 * 60));
        assert_eq!(nights.permitted_from(MONDAY - 30), MONDAY + 120);
        let weekend = Wishes {
            days: 0b110_0000,
            ..Wishes::default()
        };
        assert!(weekend.permits(MONDAY) && !weekend.permits(MONDAY - 1));
        assert_eq!(weekend.permitted_from(MONDAY - 2 * LONGEST), MONDAY);
    }

    #[test]
    fn who_forbids_everything_is_asked_once_a_day() {
        for (hours, days) in [(HOURS, 0), (0, DAYS)] {
            let never = Wishes {
                hours,
                days,
                ..Wishes::default()
            };
            assert!(!never.has_times() && never.permits(MONDAY));
            assert_eq!(never.least(), LONGEST);
        }
    }
}
