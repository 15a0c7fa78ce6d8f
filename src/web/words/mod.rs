//! Dates, ages and numbers as people read them.

pub mod polling;

use crate::feeds::{Feed, Rung};
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

/// How long a limit lasts, in words: `12 minutes`.
pub fn wait(wait: Wait) -> String {
    span(i64::try_from(wait.minutes()).unwrap_or(60))
}

/// `1 feed`, `2 feeds`, `1,004 articles`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// A number with its thousands set apart.
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

/// How a feed stands with the hub that its publisher names; `None` where he names none.
pub fn pushes(feed: &Feed, minute: i64) -> Option<String> {
    let hub = feed.body.hub.as_ref()?;
    let name = hub.name();
    if feed.is_pushed(minute) {
        let until = date(from_micros(feed.card.pushed_until * 60_000_000));
        let last = match hub.pushed {
            0 => String::new(),
            at => format!(" The last push came {} ago.", span(minute - at)),
        };
        return Some(format!(
            "Updates are pushed by {name} until {until}, and we ask for more before then.{last}"
        ));
    }
    if feed.card.rung == Rung::Off {
        return Some(format!(
            "{name} would push updates, and isn’t asked while the feed rests."
        ));
    }
    if hub.asked > 0 {
        return Some(format!(
            "{name} was asked to push updates, and hasn’t confirmed yet. Until then the feed is polled."
        ));
    }
    Some(match &hub.reason {
        Some(reason) => {
            let again = match hub.due - minute {
                ..1 => "soon".to_owned(),
                left => format!("in {}", span(left)),
            };
            format!(
                "{name} doesn’t push to us, so the feed is polled. {} It is asked again {again}.",
                sentence(reason)
            )
        }
        None => format!("{name} will be asked to push updates. Until then the feed is polled."),
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

/// The letter of a feed's icon.
pub fn letter(title: &str) -> char {
    let first = title.chars().find(|c| c.is_alphanumeric());
    first.and_then(|c| c.to_uppercase().next()).unwrap_or('•')
}

/// The colour of a feed's icon, 0 to 11: ids are drawn at random, so their remainders are spread.
pub fn hue(feed: FeedId) -> u8 {
    u8::try_from(feed.0 % 12).unwrap_or_default()
}

/// A path segment, percent-encoded.
pub fn segment(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    // A browser takes these two for steps in the path.
    match out.as_str() {
        "." => "%2E".into(),
        ".." => "%2E%2E".into(),
        _ => out,
    }
}

/// A percent-encoded path segment as text again; what isn't an escape stays as it is.
pub fn unsegment(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let escape = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escape.unwrap_or(b'%'));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
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
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn segments_are_safe_in_a_path() {
        assert_eq!(segment("Web & Café/x"), "Web%20%26%20Caf%C3%A9%2Fx");
        assert_eq!(segment(".."), "%2E%2E");
        for name in ["Web & Café/x", "100% + 1", "..", "a=b&c#d?e"] {
            assert_eq!(unsegment(&segment(name)), name);
        }
        assert_eq!(unsegment("50% off%2"), "50% off%2");
    }
}
