//! When editions end and begin, at a reader's own hour.

use chrono::{NaiveDate, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::shelf::journal::zone::{day_of, first_minute};
use crate::users::preferences::EditionHabits;

/// Days back in which an edition can be asked for: older articles are gone from busy feeds.
pub const DAYS_BACK: i64 = 14;

/// The span of one edition, in minutes since 1970: from the end of the one before to its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first minute.
    pub from: i64,
    /// The minute after the last.
    pub to: i64,
}

/// An hour of a day. Where clocks skip it, the first minute after.
fn minute_at(day: NaiveDate, hour: u8, zone: Tz) -> i64 {
    let at = day
        .and_hms_opt(u32::from(hour.min(23)), 0, 0)
        .unwrap_or_default();
    let local = (0..4).find_map(|more| {
        zone.from_local_datetime(&(at + TimeDelta::hours(more)))
            .earliest()
    });
    local.map_or_else(
        || first_minute(day, zone),
        |at| at.timestamp().div_euclid(60),
    )
}

/// When editions end around a day, the latest first: by the hour that held then, and by the new one since it was chosen.
fn ends(habits: &EditionHabits, zone: Tz, day: NaiveDate) -> Vec<i64> {
    let days = (-3..=1).map(|by| day + TimeDelta::days(by));
    let mut ends: Vec<i64> = days
        .flat_map(|day| {
            let old = minute_at(day, habits.before, zone);
            let new = minute_at(day, habits.hour, zone);
            let old = Some(old).filter(|old| *old <= habits.changed);
            let new = Some(new).filter(|new| *new > habits.changed);
            old.into_iter().chain(new)
        })
        .collect();
    ends.sort_unstable_by(|one, other| other.cmp(one));
    ends.dedup();
    ends
}

/// The latest edition at a minute.
pub fn latest(habits: &EditionHabits, zone: Tz, now: i64) -> Span {
    let ends = ends(habits, zone, day_of(now, zone));
    let mut past = ends.into_iter().filter(|end| *end <= now);
    let to = past.next().unwrap_or(now);
    Span {
        from: past.next().unwrap_or(to - 24 * 60),
        to,
    }
}

/// The edition that ended on a day; `None` if there was none, or it isn't over.
pub fn of_day(habits: &EditionHabits, zone: Tz, day: NaiveDate, now: i64) -> Option<Span> {
    let ends = ends(habits, zone, day);
    let mut from_it = ends
        .into_iter()
        .filter(|end| *end <= now)
        .skip_while(|end| day_of(*end, zone) > day);
    let to = from_it.next().filter(|end| day_of(*end, zone) == day)?;
    Some(Span {
        from: from_it.next().unwrap_or(to - 24 * 60),
        to,
    })
}

/// When the next edition ends.
pub fn next(habits: &EditionHabits, zone: Tz, now: i64) -> i64 {
    let ends = ends(habits, zone, day_of(now, zone));
    let later = ends.into_iter().filter(|end| *end > now).min();
    later.unwrap_or(now + 24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32, hour: i64) -> i64 {
        first_minute(NaiveDate::from_ymd_opt(2026, 11, day).unwrap(), Tz::UTC) + hour * 60
    }

    #[test]
    fn an_edition_ends_at_its_hour() {
        let habits = EditionHabits::default();
        assert_eq!(
            latest(&habits, Tz::UTC, at(28, 9)),
            Span {
                from: at(27, 7),
                to: at(28, 7)
            }
        );
        assert_eq!(
            latest(&habits, Tz::UTC, at(28, 6)),
            Span {
                from: at(26, 7),
                to: at(27, 7)
            }
        );
        assert_eq!(next(&habits, Tz::UTC, at(28, 9)), at(29, 7));
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert_eq!(
            of_day(&habits, Tz::UTC, day(26), at(28, 9)),
            Some(Span {
                from: at(25, 7),
                to: at(26, 7)
            })
        );
        assert_eq!(of_day(&habits, Tz::UTC, day(29), at(28, 9)), None);
    }

    #[test]
    fn a_changed_hour_counts_from_the_next_edition() {
        let habits = EditionHabits {
            hour: 20,
            before: 7,
            changed: at(28, 9),
            ..EditionHabits::default()
        };
        assert_eq!(
            latest(&habits, Tz::UTC, at(28, 10)),
            Span {
                from: at(27, 7),
                to: at(28, 7)
            },
            "it stays"
        );
        assert_eq!(
            latest(&habits, Tz::UTC, at(28, 21)),
            Span {
                from: at(28, 7),
                to: at(28, 20)
            }
        );
        assert_eq!(
            latest(&habits, Tz::UTC, at(29, 21)),
            Span {
                from: at(28, 20),
                to: at(29, 20)
            }
        );
        // Earlier in the day than it was: nothing is left out, and nothing comes twice.
        let habits = EditionHabits {
            hour: 6,
            before: 7,
            changed: at(28, 9),
            ..EditionHabits::default()
        };
        assert_eq!(
            latest(&habits, Tz::UTC, at(29, 6)),
            Span {
                from: at(28, 7),
                to: at(29, 6)
            }
        );
    }

    #[test]
    fn an_hour_that_clocks_skip_is_the_next_one() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let habits = EditionHabits {
            hour: 2,
            before: 2,
            ..EditionHabits::default()
        };
        let now = first_minute(day, Tz::Europe__Berlin) + 10 * 60;
        let span = latest(&habits, Tz::Europe__Berlin, now);
        assert_eq!(
            span.to - span.from,
            24 * 60,
            "from two o’clock to what is called three"
        );
    }
}
