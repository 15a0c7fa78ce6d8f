//! Time zones: offsets, abbreviations, and the names of the IANA database.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A zone as a date names it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Zone {
    /// Minutes east of Greenwich.
    Offset(i32),
    /// A place, whose offset depends on the day.
    Place(Tz),
}

const HOUR: TimeDelta = TimeDelta::hours(1);

impl Zone {
    /// The point in time at which it was this late there. Of an hour that happens twice, the first.
    pub(super) fn at(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self {
            Self::Offset(minutes) => {
                let zone = FixedOffset::east_opt(minutes * 60)?;
                Some(zone.from_local_datetime(&local).single()?.to_utc())
            }
            Self::Place(place) => {
                let found = place.from_local_datetime(&local).earliest();
                let found = found.map(|date| date.to_utc());
                // An hour that the clocks skip: as if they hadn't yet.
                found.or_else(|| {
                    let before = place.from_local_datetime(&(local - HOUR)).earliest()?;
                    Some(before.to_utc() + HOUR)
                })
            }
        }
    }

    /// A zone's name or offset; `None` for any other word.
    pub(super) fn of(word: &str) -> Option<Self> {
        let upper = word.to_ascii_uppercase();
        if let Some(minutes) = numeric(&upper).or_else(|| abbreviation(&upper)) {
            return Some(Self::Offset(minutes));
        }
        let place = match upper.as_str() {
            "ET" => Tz::America__New_York,
            "CT" => Tz::America__Chicago,
            "MT" => Tz::America__Denver,
            "PT" => Tz::America__Los_Angeles,
            _ if word.contains('/') => {
                let is_it = |place: &&Tz| place.name().eq_ignore_ascii_case(word);
                *chrono_tz::TZ_VARIANTS.iter().find(is_it)?
            }
            _ => return None,
        };
        Some(Self::Place(place))
    }
}

/// `+1`, `-0300`, `+05:30`, with or without `GMT` or `UTC` in front.
fn numeric(text: &str) -> Option<i32> {
    let bare = text.trim_start_matches("GMT").trim_start_matches("UTC");
    let sign = match bare.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = bare.chars().skip(1).filter(|c| *c != ':').collect();
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let minutes = if digits.len() <= 2 {
        number * 60
    } else {
        number / 100 * 60 + number % 100
    };
    Some(sign * minutes)
}

/// The abbreviations' offsets in minutes. Where several zones share one, the most people's.
fn abbreviation(upper: &str) -> Option<i32> {
    let (hours, minutes) = match upper {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => (0, 0),
        "SST" => (-11, 0),
        "HST" | "HAST" => (-10, 0),
        "AKST" | "HDT" => (-9, 0),
        "AKDT" | "PST" => (-8, 0),
        "PDT" | "MST" => (-7, 0),
        "MDT" | "CST" => (-6, 0),
        "CDT" | "EST" | "COT" | "PET" | "ECT" => (-5, 0),
        "EDT" | "AST" | "CLT" | "VET" | "BOT" | "PYT" => (-4, 0),
        "NST" => (-3, -30),
        "ADT" | "BRT" | "ART" | "UYT" | "CLST" => (-3, 0),
        "NDT" => (-2, -30),
        "BRST" => (-2, 0),
        "BST" | "CET" | "MEZ" | "MET" | "WEST" | "WAT" => (1, 0),
        "CEST" | "MESZ" | "MEST" | "EET" | "CAT" | "SAST" => (2, 0),
        "EEST" | "MSK" | "EAT" | "IDT" | "TRT" => (3, 0),
        "IRST" => (3, 30),
        "GST" | "SAMT" | "MSD" => (4, 0),
        "PKT" | "YEKT" | "UZT" => (5, 0),
        "IST" => (5, 30),
        "NPT" => (5, 45),
        "BDT" | "OMST" => (6, 0),
        "ICT" | "WIB" | "KRAT" => (7, 0),
        "HKT" | "SGT" | "PHT" | "AWST" | "WITA" | "IRKT" | "MYT" => (8, 0),
        "JST" | "KST" | "WIT" | "YAKT" => (9, 0),
        "ACST" => (9, 30),
        "AEST" | "CHST" | "VLAT" => (10, 0),
        "ACDT" => (10, 30),
        "AEDT" => (11, 0),
        "NZST" => (12, 0),
        "NZDT" => (13, 0),
        _ => return None,
    };
    Some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_offset_abbreviation_and_place() {
        for (name, minutes) in [
            ("+0100", 60),
            ("-03:30", -210),
            ("GMT+1", 60),
            ("utc-5", -300),
            ("+5", 300),
            ("NZST", 720),
            ("nst", -210),
            ("IST", 330),
            ("Z", 0),
        ] {
            assert_eq!(Zone::of(name), Some(Zone::Offset(minutes)), "{name}");
        }
        for word in ["", "+", "+12345", "at", "/", "Europe/Nowhere", "GMT+x"] {
            assert_eq!(Zone::of(word), None, "{word}");
        }
        let berlin = Zone::of("europe/berlin").expect("a place");
        let noon = |day: &str| format!("{day}T12:00:00").parse().expect("a date");
        let hour = |day| {
            berlin
                .at(noon(day))
                .expect("a time")
                .format("%H")
                .to_string()
        };
        assert_eq!(
            (hour("2024-01-15").as_str(), hour("2024-07-15").as_str()),
            ("11", "10")
        );
        let skipped = "2024-03-31T02:30:00".parse().expect("a date");
        let skipped = berlin.at(skipped).expect("a time");
        assert_eq!(skipped.to_rfc3339(), "2024-03-31T01:30:00+00:00");
    }
}
