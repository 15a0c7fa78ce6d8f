//! Dates, ages and numbers as people read them.

mod brought;
mod days;
pub mod letter;
pub mod locale;
pub mod polling;
mod recognised;
pub mod searching;

pub use brought::brought;
pub use days::{day_name, month_name};
pub use locale::{Said, counts, for_scripts, has_zone, language, local, msg, t};
pub use recognised::told;

use chrono::{Datelike, Timelike};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::feeds::{Feed, PollTier};
use crate::ids::FeedId;
use crate::limits::Wait;
use crate::timestamp::{Timestamp, from_micros};
use crate::users::device::Device;

/// A short age: `now`, `5 min`, `3 h`, `2 d`, then the date.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = (now - at).num_minutes();
    let of = |name: &'static str, n: i64| msg(name).number("n", n.unsigned_abs()).to_string();
    match minutes {
        ..1 => t("age-now").to_owned(),
        1..60 => of("age-minutes", minutes),
        60..1_440 => of("age-hours", minutes / 60),
        1_440..10_080 => of("age-days", minutes / 1_440),
        _ if at.year() == now.year() => dated("date-day-of-month", "date-short-", at).into(),
        _ => dated("date-date", "date-short-", at).into(),
    }
}

/// A span of minutes in words: `12 minutes`, `3 hours`, `2 days`.
pub fn span(minutes: i64) -> String {
    let (number, unit) = match minutes.max(1) {
        minutes @ ..90 => (minutes, "count-minute"),
        minutes @ 90..2_880 => ((minutes + 30) / 60, "count-hour"),
        minutes => ((minutes + 720) / 1_440, "count-day"),
    };
    count(number.unsigned_abs(), unit)
}

/// The length of an episode: `42 min`, `1 h 5 min`.
pub fn length(seconds: u32) -> String {
    let minutes = seconds.div_ceil(60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let name = match (hours, minutes) {
        (0, _) => "length-minutes",
        (_, 0) => "length-hours",
        _ => "length-both",
    };
    msg(name)
        .number("hours", hours)
        .number("minutes", minutes)
        .into()
}

/// Words that are read in a minute.
const WORDS_A_MINUTE: u32 = 220;

/// How long reading so many words takes: `6 min`; `None` below two minutes, which isn't worth saying.
pub fn reading_time(words: u32) -> Option<String> {
    let minutes = words.div_ceil(WORDS_A_MINUTE);
    (minutes > 1).then(|| length(minutes.saturating_mul(60)))
}

/// A span of minutes as people say it: `53 min`, `3 hours`, `about a day`, `5 weeks`, `about 10 years`.
pub fn about(minutes: i64) -> String {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let of =
        |unit: i64, name: &'static str| count(((minutes + unit / 2) / unit).unsigned_abs(), name);
    match minutes.max(1) {
        minutes @ ..90 => msg("age-minutes")
            .number("n", minutes.unsigned_abs())
            .into(),
        minutes if minutes < 20 * HOUR => of(HOUR, "count-hour"),
        minutes if minutes < 36 * HOUR => t("about-a-day").into(),
        minutes if minutes < 14 * DAY => of(DAY, "count-day"),
        minutes if minutes < 60 * DAY => of(7 * DAY, "count-week"),
        minutes if minutes < 730 * DAY => of(30 * DAY, "count-month"),
        _ => msg("about-span")
            .text("span", of(365 * DAY, "count-year"))
            .into(),
    }
}

/// How often something happens, as people say it: `every 40 min`, `every 1–2 days`, `about every 3 weeks`.
pub fn every(minutes: i64) -> String {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let of = |unit: i64, name: &'static str| {
        let number = ((minutes + unit / 2) / unit).max(1);
        msg(name).number("n", number.unsigned_abs()).into()
    };
    match minutes.max(1) {
        ..50 => of(1, "every-minutes"),
        minutes if minutes < 20 * HOUR => of(HOUR, "every-hours"),
        minutes if minutes < 28 * HOUR => t("every-day").into(),
        minutes if minutes < 42 * HOUR => t("every-day-or-two").into(),
        minutes if minutes < 14 * DAY => of(DAY, "every-days"),
        minutes if minutes < 60 * DAY => of(7 * DAY, "every-weeks"),
        _ => of(30 * DAY, "every-months"),
    }
}

/// A browser's name: `Firefox on Linux`.
pub fn device(device: &Device) -> String {
    match (device.browser.as_str(), device.system.as_str()) {
        ("", "") => t("security-some-device").into(),
        (browser, "") => browser.to_owned(),
        (browser, system) => msg("security-device")
            .text("browser", browser)
            .text("system", system)
            .into(),
    }
}

/// The remaining time of a rate limit, in words: `12 minutes`.
pub fn wait(wait: Wait) -> String {
    span(i64::try_from(wait.minutes()).unwrap_or(60))
}

/// `1 feed`, `2 feeds`, `1,004 articles`: by the message `name`.
pub fn count(number: u64, name: &'static str) -> String {
    msg(name).number("n", number).into()
}

/// A number with thousands separators: `1,004`.
pub fn thousands(number: u64) -> String {
    grouped(number, locale::separator())
}

/// A number with this separator between its thousands.
fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// The parts of a date in the reader's zone, of which a language takes those it needs. `months` is how the month's messages
/// begin.
fn dated(name: &'static str, months: &str, at: Timestamp) -> Said {
    let at = local(at);
    let weekday = at.weekday().number_from_monday();
    msg(name)
        .text("day", at.day())
        .text("year", at.year())
        .text("month", t(&format!("{months}{}", at.month())))
        .text("weekday", t(&format!("date-weekday-{weekday}")))
        .text("time", at.format("%H:%M"))
}

/// `Sunday 22 November 2026, 05:38 UTC`; in the reader's zone, where that is known, without the zone.
pub fn date_time(at: Timestamp) -> String {
    let said = dated("date-full", "date-month-", at);
    match has_zone() {
        true => said.into(),
        false => format!("{said} UTC"),
    }
}

/// `22 November 2026`.
pub fn date(at: Timestamp) -> String {
    dated("date-date", "date-month-", at).into()
}

/// `22 November 2026`, in UTC, whatever the reader's zone.
pub fn day_in_utc(at: Timestamp) -> String {
    let said = msg("date-date")
        .text("day", at.day())
        .text("year", at.year());
    said.text("month", t(&format!("date-month-{}", at.month())))
        .into()
}

/// `November 2026`.
pub fn month_of(year: i32, month: u32) -> String {
    let said = msg("search-month").text("year", year);
    said.text("month", t(&format!("date-month-{month}"))).into()
}

/// `Sunday 22 November`.
pub fn day(at: Timestamp) -> String {
    dated("date-day", "date-month-", at).into()
}

/// `22 November`.
pub fn day_of_month(at: Timestamp) -> String {
    dated("date-day-of-month", "date-month-", at).into()
}

/// `22 November, 05:38`.
pub fn day_and_time(at: Timestamp) -> String {
    dated("date-day-and-time", "date-month-", at).into()
}

/// The second at which the reader's day began.
pub fn midnight(now: Timestamp) -> i64 {
    let now = local(now);
    now.timestamp() - i64::from(now.num_seconds_from_midnight())
}

/// The state of a feed's subscription at its hub, in words; `None` if the publisher names no hub.
pub fn pushes(feed: &Feed, minute: i64) -> Option<String> {
    let hub = feed.body.hub.as_ref()?;
    let of = |name: &'static str| msg(name).text("hub", hub.name());
    if feed.is_pushed(minute) {
        let until = date(from_micros(feed.summary.pushed_until * 60_000_000));
        let until = of("push-until").text("date", until);
        return Some(match hub.pushed {
            0 => until.to_string(),
            at => format!(
                "{until} {}",
                msg("push-last").text("ago", span(minute - at))
            ),
        });
    }
    let said = if feed.summary.tier == PollTier::Off {
        of("push-resting")
    } else if hub.asked > 0 {
        of("push-unconfirmed")
    } else if let Some(reason) = &hub.reason {
        let again = match hub.due - minute {
            ..1 => t("push-soon").to_owned(),
            left => msg("push-in").text("span", span(left)).into(),
        };
        let reason = sentence(reason);
        of("push-refused")
            .text("reason", told(&reason))
            .text("again", again)
    } else {
        of("push-planned")
    };
    Some(said.into())
}

/// A message as a sentence: with a capital letter and a full stop.
pub fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let stop = if text.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.unwrap_or_default(), letters.as_str())
}

/// The letter of a feed's icon: the first letter or digit of its title, in upper case, or `•` if there is none.
pub fn letter(title: &str) -> char {
    let first = title.chars().find(|c| c.is_alphanumeric());
    first.and_then(|c| c.to_uppercase().next()).unwrap_or('•')
}

/// The colour of a feed's icon, 0 to 11: ids are drawn at random, so their remainders are spread.
pub fn hue(feed: FeedId) -> u8 {
    u8::try_from(feed.0 % 12).unwrap_or_default()
}

/// The characters to encode in a path segment: all but the unreserved ones.
///
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// A path segment, percent-encoded.
pub fn segment(text: &str) -> String {
    // Browsers resolve these two as dot segments, in whatever spelling: so they get a character that no name has.
    match text {
        "." | ".." => format!("%7F{text}"),
        text => utf8_percent_encode(text, SEGMENT).to_string(),
    }
}

/// Decodes a percent-encoded path segment. Invalid escapes are kept as they are.
pub fn unsegment(encoded: &str) -> String {
    let text = percent_decode_str(encoded).decode_utf8_lossy().into_owned();
    match text.strip_prefix('\u{7F}') {
        Some(dots @ ("." | "..")) => dots.to_owned(),
        _ => text,
    }
}

/// A folder's path from the encoded segments of an address.
pub(crate) fn decode_path(raw: &str) -> Vec<String> {
    let segments = raw.split('/').filter(|segment| !segment.is_empty());
    segments.map(unsegment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_counts_read_well() {
        assert_eq!(span(1), "1 minute");
        assert_eq!(span(150), "3 hours");
        assert_eq!(span(10_080), "7 days");
        assert_eq!(count(1, "count-article"), "1 article");
        assert_eq!(count(1_004, "count-article"), "1,004 articles");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn spans_are_said_as_people_say_them() {
        for (minutes, said) in [
            (0, "1 min"),
            (53, "53 min"),
            (180, "3 hours"),
            (25 * 60, "about a day"),
            (3 * 1_440, "3 days"),
            (35 * 1_440, "5 weeks"),
            (100 * 1_440, "3 months"),
            (3_612 * 1_440, "about 10 years"),
        ] {
            assert_eq!(about(minutes), said);
        }
        for (minutes, said) in [
            (15, "about every 15 min"),
            (60, "about every hour"),
            (180, "about every 3 hours"),
            (24 * 60, "about every day"),
            (32 * 60, "every 1–2 days"),
            (3 * 1_440, "about every 3 days"),
            (7 * 1_440, "about every 7 days"),
            (35 * 1_440, "about every 5 weeks"),
            (90 * 1_440, "about every 3 months"),
        ] {
            assert_eq!(every(minutes), said);
        }
    }

    #[test]
    fn segments_are_safe_in_a_path() {
        assert_eq!(segment("Web & Café/x"), "Web%20%26%20Caf%C3%A9%2Fx");
        assert_eq!(segment(".."), "%7F..");
        for name in ["Web & Café/x", "100% + 1", ".", "..", "a=b&c#d?e"] {
            assert_eq!(unsegment(&segment(name)), name);
        }
        assert_eq!(unsegment("50% off%2"), "50% off%2");
        assert_eq!(unsegment("a%+1b"), "a%+1b", "a sign is no digit");
    }
}
