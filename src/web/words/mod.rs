//! Dates, ages and numbers as people read them.

pub mod letter;
pub mod polling;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::feeds::{Feed, PollTier};
use crate::ids::FeedId;
use crate::limits::Wait;
use crate::timestamp::{Timestamp, from_micros};

/// A short age: `now`, `5 min`, `3 h`, `2 d`, then the date.
pub fn age(at: Timestamp, now: Timestamp) -> String {
    let minutes = (now - at).num_minutes();
    match minutes {
        ..1 => "now".into(),
        1..60 => format!("{minutes} min"),
        60..1_440 => format!("{} h", minutes / 60),
        1_440..10_080 => format!("{} d", minutes / 1_440),
        _ if at.format("%Y").to_string() == now.format("%Y").to_string() => {
            at.format("%-d %b").to_string()
        }
        _ => at.format("%-d %b %Y").to_string(),
    }
}

/// A span of minutes in words: `12 minutes`, `3 hours`, `2 days`.
pub fn span(minutes: i64) -> String {
    let (number, unit) = match minutes.max(1) {
        minutes @ ..90 => (minutes, "minute"),
        minutes @ 90..2_880 => ((minutes + 30) / 60, "hour"),
        minutes => ((minutes + 720) / 1_440, "day"),
    };
    count(u64::try_from(number).unwrap_or_default(), unit)
}

/// The length of an episode: `42 min`, `1 h 5 min`.
pub fn length(seconds: u32) -> String {
    let minutes = seconds.div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// A span of minutes as people say it: `53 min`, `3 hours`, `about a day`, `5 weeks`, `about 10 years`.
pub fn about(minutes: i64) -> String {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let of = |unit: i64, noun: &str| {
        count(
            u64::try_from((minutes + unit / 2) / unit).unwrap_or(1),
            noun,
        )
    };
    match minutes.max(1) {
        minutes @ ..90 => format!("{minutes} min"),
        minutes if minutes < 20 * HOUR => of(HOUR, "hour"),
        minutes if minutes < 36 * HOUR => "about a day".into(),
        minutes if minutes < 14 * DAY => of(DAY, "day"),
        minutes if minutes < 60 * DAY => of(7 * DAY, "week"),
        minutes if minutes < 730 * DAY => of(30 * DAY, "month"),
        _ => format!("about {}", of(365 * DAY, "year")),
    }
}

/// How often something happens, as people say it: `every 40 min`, `every 1–2 days`, `about every 3 weeks`.
pub fn every(minutes: i64) -> String {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;
    let of = |unit: i64, noun: &str| match (minutes + unit / 2) / unit {
        ..=1 => format!("about every {noun}"),
        number => format!("about every {number} {noun}s"),
    };
    match minutes.max(1) {
        minutes @ ..50 => format!("about every {minutes} min"),
        minutes if minutes < 20 * HOUR => of(HOUR, "hour"),
        minutes if minutes < 28 * HOUR => "about every day".into(),
        minutes if minutes < 42 * HOUR => "every 1–2 days".into(),
        minutes if minutes < 14 * DAY => of(DAY, "day"),
        minutes if minutes < 60 * DAY => of(7 * DAY, "week"),
        _ => of(30 * DAY, "month"),
    }
}

/// The remaining time of a rate limit, in words: `12 minutes`.
pub fn wait(wait: Wait) -> String {
    span(i64::try_from(wait.minutes()).unwrap_or(60))
}

/// `1 feed`, `2 feeds`, `1,004 articles`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// `1 feed is`, `2 feeds are`.
pub fn are(number: u64, noun: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", count(number, noun))
}

/// A number with thousands separators: `1,004`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `Sunday 22 November 2026, 05:38`, in UTC.
pub fn date_time(at: Timestamp) -> String {
    at.format("%A %-d %B %Y, %H:%M UTC").to_string()
}

/// `22 November 2026`.
pub fn date(at: Timestamp) -> String {
    at.format("%-d %B %Y").to_string()
}

/// `Sunday 22 November`.
pub fn day(at: Timestamp) -> String {
    at.format("%A %-d %B").to_string()
}

/// The state of a feed's subscription at its hub, in words; `None` if the publisher names no hub.
pub fn pushes(feed: &Feed, minute: i64) -> Option<String> {
    let hub = feed.body.hub.as_ref()?;
    let name = hub.name();
    if feed.is_pushed(minute) {
        let until = date(from_micros(feed.summary.pushed_until * 60_000_000));
        let last = match hub.pushed {
            0 => String::new(),
            at => format!(" The last push came {} ago.", span(minute - at)),
        };
        return Some(format!(
            "Updates are pushed by {name} until {until}, and we ask for more before then.{last}"
        ));
    }
    if feed.summary.tier == PollTier::Off {
        return Some(format!(
            "{name} would push updates, and isn’t subscribed to while the feed rests."
        ));
    }
    if hub.asked > 0 {
        return Some(format!(
            "{name} was asked for pushes and hasn’t confirmed yet. Until then the feed is polled."
        ));
    }
    Some(match &hub.reason {
        Some(reason) => {
            let again = match hub.due - minute {
                ..1 => "soon".to_owned(),
                left => format!("in {}", span(left)),
            };
            format!(
                "{name} doesn’t push to us, so the feed is polled. {} We try again {again}.",
                sentence(reason)
            )
        }
        None => format!("{name} will be asked for pushes. Until then the feed is polled."),
    })
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
        assert_eq!(count(1_004, "article"), "1,004 articles");
        assert_eq!(are(1, "feed"), "1 feed is");
        assert_eq!(are(2, "feed"), "2 feeds are");
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
