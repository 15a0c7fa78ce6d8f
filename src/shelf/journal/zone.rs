//! Days and months as a reader has them.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone};
use chrono_tz::Tz;

use crate::timestamp::{Timestamp, from_micros};

/// A month, counted from the year 0: `12 × year + month − 1`.
pub type Month = i32;

/// The zone with this name in the IANA database; UTC if there is none.
pub fn named(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// A minute in a zone.
pub fn local(minute: i64, zone: Tz) -> DateTime<Tz> {
    let at: Timestamp = from_micros(minute.saturating_mul(60_000_000));
    at.with_timezone(&zone)
}

/// The day on which a minute falls.
pub fn day_of(minute: i64, zone: Tz) -> NaiveDate {
    local(minute, zone).date_naive()
}

/// The month in which a minute falls.
pub fn month_of(minute: i64, zone: Tz) -> Month {
    month_of_day(day_of(minute, zone))
}

/// A day's month.
pub fn month_of_day(day: NaiveDate) -> Month {
    day.year() * 12 + day.month0().cast_signed()
}

/// A month's first day.
pub fn first_day(month: Month) -> NaiveDate {
    let number = month.rem_euclid(12).cast_unsigned() + 1;
    NaiveDate::from_ymd_opt(month.div_euclid(12), number, 1).unwrap_or_default()
}

/// A day's first minute. Where clocks skip it, the first that is there.
pub fn first_minute(day: NaiveDate, zone: Tz) -> i64 {
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    let hours = (0..4).filter_map(|hour| {
        let at = midnight + chrono::TimeDelta::hours(hour);
        zone.from_local_datetime(&at).earliest()
    });
    let first = hours.map(|at| at.timestamp()).next();
    first
        .unwrap_or_else(|| midnight.and_utc().timestamp())
        .div_euclid(60)
}

/// `2026-11`.
pub fn month_text(month: Month) -> String {
    format!(
        "{:04}-{:02}",
        month.div_euclid(12),
        month.rem_euclid(12) + 1
    )
}

/// The month of `2026-11`; `None` for anything else.
pub fn month_from(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    let is_number =
        |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(year, 4) || !is_number(month, 2) {
        return None;
    }
    let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
    (1..=12).contains(&month).then_some(year * 12 + month - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_the_readers() {
        // 2026-12-31 23:30 UTC is a new year in Berlin, and not yet in New York.
        let minute = first_minute(NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(), Tz::UTC) - 30;
        assert_eq!(month_text(month_of(minute, Tz::Europe__Berlin)), "2027-01");
        assert_eq!(
            month_text(month_of(minute, Tz::America__New_York)),
            "2026-12"
        );
        assert_eq!(month_from("2026-12"), Some(2026 * 12 + 11));
        for wrong in ["2026-13", "2026-1", "26-01", "2026-00", "x", "2026-+1"] {
            assert_eq!(month_from(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_begins_where_clocks_skip_midnight() {
        let day = NaiveDate::from_ymd_opt(2018, 11, 4).unwrap();
        let first = first_minute(day, Tz::America__Sao_Paulo);
        assert_eq!(
            local(first, Tz::America__Sao_Paulo).to_rfc3339(),
            "2018-11-04T01:00:00-02:00"
        );
    }
}
