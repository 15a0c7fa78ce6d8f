//! Days and months of a reader's own zone, by name.

use chrono::{Datelike, NaiveDate};

use super::{msg, t};
use crate::shelf::journal::zone::{self, Month};

/// A month's name: `November 2026`.
pub fn month_name(month: Month) -> String {
    let day = zone::first_day(month);
    let number = month.rem_euclid(12) + 1;
    msg("journal-month")
        .text("month", t(&format!("date-month-{number}")))
        .text("year", day.format("%Y"))
        .into()
}

/// A day's name: `Friday 27 November`, with its year if that isn't `today`'s.
pub fn day_name(day: NaiveDate, today: NaiveDate) -> String {
    let name = match day.year() == today.year() {
        true => "date-day-of-month",
        false => "date-date",
    };
    msg(name)
        .text("day", day.day())
        .text("year", day.year())
        .text("month", t(&format!("date-month-{}", day.month())))
        .into()
}
