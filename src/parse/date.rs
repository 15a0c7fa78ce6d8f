//! Parses the dates that real feeds contain.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

/// The point in time a date means. Without a zone, UTC is assumed; without a time of day, midnight.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    /// Longer texts aren't dates.
    const LONGEST: usize = 100;
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let exact = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok();
    let date = exact
        .map(|date| date.to_utc())
        .or_else(|| iso(text))
        .or_else(|| words(text))?;
    // Earlier dates are a program's placeholder for none.
    (date.timestamp() > 0).then_some(date)
}

/// ISO 8601 and loose variants: `2004`, `2004-01`, `20040101`, `2004-1-1 10:00`.
fn iso(text: &str) -> Option<DateTime<Utc>> {
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], text[at + 1..].trim()),
        None => (text, ""),
    };
    if !day
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
    {
        return None;
    }
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [year, month] if year.len() == 4 => (number(year)?, number(month)?, 1),
        [year] if year.len() == 4 => (number(year)?, 1, 1),
        [all] if all.len() == 8 => (number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?),
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let at = rest.find(['+', '-', 'Z', 'z']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(at);
    let (clock, named) = clock.trim().split_once(' ').unwrap_or((clock.trim(), ""));
    let zone = if zone.is_empty() { named } else { zone };
    at_offset(
        date,
        time(clock).unwrap_or_default(),
        offset(zone.trim()).unwrap_or(0),
    )
}

/// Dates in words, in any order: `Thu, 1 Jan 04 19:48 EST`, `January 1, 2004 7:48 PM`, asctime.
fn words(text: &str) -> Option<DateTime<Utc>> {
    let (mut day, mut month, mut year, mut clock, mut zone) = (None, None, None, None, 0);
    let mut afternoon = None;
    for word in text
        .split([' ', ',', '\t', '\n', '(', ')'])
        .filter(|word| !word.is_empty())
    {
        // `01-Jan-2004` is three words.
        let parts: Vec<&str> = if word.starts_with(|c: char| c.is_ascii_digit())
            && month_of(word.trim_matches(|c: char| !c.is_alphabetic())).is_some()
        {
            word.split('-').collect()
        } else {
            vec![word]
        };
        for word in parts {
            let number = word
                .trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.')
                .parse::<i32>();
            if word.contains(':') && !word.starts_with(['+', '-']) {
                let at = word.find(['+', '-', 'Z']).unwrap_or(word.len());
                clock = clock.or(time(&word[..at]));
                zone = offset(&word[at..]).unwrap_or(zone);
            } else if let Some(found) = month_of(word) {
                month = month.or(Some(found));
            } else if word.eq_ignore_ascii_case("pm") || word.eq_ignore_ascii_case("am") {
                afternoon = Some(word.eq_ignore_ascii_case("pm"));
            } else if let Some(found) = offset(word) {
                zone = found;
            } else if let Ok(number) = number {
                if day.is_none() && (1..=31).contains(&number) {
                    day = Some(number);
                } else if year.is_none() {
                    year = Some(if number < 70 {
                        number + 2000
                    } else if number < 100 {
                        number + 1900
                    } else {
                        number
                    });
                }
            }
        }
    }
    let date = NaiveDate::from_ymd_opt(year?, month?, u32::try_from(day?).ok()?)?;
    let mut clock = clock.unwrap_or_default();
    let noon = NaiveTime::from_hms_opt(12, 0, 0)?;
    match afternoon {
        Some(true) if clock < noon => clock += Duration::hours(12),
        Some(false) if clock >= noon => clock -= Duration::hours(12),
        _ => {}
    }
    at_offset(date, clock, zone)
}

fn at_offset(date: NaiveDate, time: NaiveTime, minutes: i32) -> Option<DateTime<Utc>> {
    let zone = FixedOffset::east_opt(minutes * 60)?;
    Some(
        zone.from_local_datetime(&date.and_time(time))
            .single()?
            .to_utc(),
    )
}

/// `7:48`, `19:48:21`, `19:48:21.5`, `194821`, `24:00`.
fn time(text: &str) -> Option<NaiveTime> {
    let text = text.split(['.', ',']).next()?.trim();
    let mut parts = match text.split_once(':') {
        Some(_) => text
            .split(':')
            .map(|part| part.parse::<u32>().ok())
            .collect::<Vec<_>>(),
        None => (0..text.len())
            .step_by(2)
            .map(|at| text.get(at..at + 2)?.parse().ok())
            .collect(),
    };
    parts.resize(3, Some(0));
    // A leap second and the end of the day are read as the second before.
    match (parts[0]?, parts[1]?, parts[2]?) {
        (24, 0, 0) => NaiveTime::from_hms_opt(23, 59, 59),
        (hour, minute, second) => NaiveTime::from_hms_opt(hour, minute, second.min(59)),
    }
}

/// A zone's offset from UTC in minutes.
fn offset(text: &str) -> Option<i32> {
    let hours = match text.to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "AST" | "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "BST" | "CET" | "MEZ" => 1,
        "CEST" | "MESZ" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        other => return numeric_offset(other),
    };
    Some(hours * 60)
}

fn numeric_offset(text: &str) -> Option<i32> {
    let text = text.trim_start_matches("GMT").trim_start_matches("UTC");
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    Some(
        sign * if digits.len() <= 2 {
            number * 60
        } else {
            number / 100 * 60 + number % 100
        },
    )
}

fn month_of(word: &str) -> Option<u32> {
    const MONTHS: &[&str] = &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let matches = |month: &&str| {
        word.len() >= 3
            && (month.starts_with(&word) || (word == "sept" && month.starts_with("sept")))
    };
    MONTHS
        .iter()
        .position(matches)
        .and_then(|at| u32::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use crate::parse::date::*;

    #[test]
    fn dates_are_read_as_they_are_written() {
        for (text, expected) in [
            ("2003-12-31T10:14:55Z", "2003-12-31T10:14:55Z"),
            ("2003-12-31T10:14:55.5-08:00", "2003-12-31T18:14:55.5Z"),
            ("2003-12-31", "2003-12-31T00:00:00Z"),
            ("2003-12", "2003-12-01T00:00:00Z"),
            ("20031231", "2003-12-31T00:00:00Z"),
            ("2003-12-31 10:14:55 +0100", "2003-12-31T09:14:55Z"),
            ("2003-12-31 10:14 EST", "2003-12-31T15:14:00Z"),
            ("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21Z"),
            ("Thu, 1 Jan 04 19:48 PST", "2004-01-02T03:48:00Z"),
            ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
            ("January 1, 2004 7:48 pm", "2004-01-01T19:48:00Z"),
            ("01-Jan-2004 19:48:21 GMT+1", "2004-01-01T18:48:21Z"),
            ("Thu, 31 Jun 2004 19:48:21 GMT", ""),
            ("0001-01-01T00:00:00Z", ""),
            ("yesterday", ""),
        ] {
            let expected = DateTime::parse_from_rfc3339(expected)
                .ok()
                .map(|date| date.to_utc());
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
