//! Times of day.

use chrono::NaiveTime;

/// The half of the day that a time of twelve hours belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Afternoon,
}

impl Half {
    /// `am`, `PM`, `a.m.`; `None` for any other word.
    pub(super) fn of(word: &str) -> Option<Self> {
        let letters: String = word.chars().filter(|c| *c != '.').collect();
        match letters.to_ascii_lowercase().as_str() {
            "am" => Some(Self::Morning),
            "pm" => Some(Self::Afternoon),
            _ => None,
        }
    }
}

/// A time of day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
}

impl Clock {
    /// Times that have a name.
    pub(super) fn named(word: &str) -> Option<Self> {
        let hour = match word.to_ascii_lowercase().as_str() {
            "noon" => 12,
            "midnight" => 0,
            _ => return None,
        };
        Some(Self {
            hour,
            minute: 0,
            second: 0,
        })
    }

    /// `7:48`, `19:48:21`, `19:48:21.5`, `10.30.00`, `10h30`, `194821`; also an hour alone, which needs a [`Half`].
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['.', ':']);
        let parts: Vec<&str> = if text.contains(':') {
            let whole = text.split(['.', ',']).next().unwrap_or_default();
            whole.split(':').collect()
        } else if Self::has_hour_sign(text) {
            text.split(['h', 'H', 'm'])
                .filter(|part| !part.is_empty())
                .collect()
        } else if text.contains('.') {
            text.split('.').take(3).collect()
        } else if matches!(text.len(), 4 | 6) && text.is_ascii() {
            (0..text.len())
                .step_by(2)
                .filter_map(|at| text.get(at..at + 2))
                .collect()
        } else {
            vec![text]
        };
        let mut numbers = [0; 3];
        if parts.len() > numbers.len() {
            return None;
        }
        for (place, part) in parts.iter().enumerate() {
            let is_number =
                (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            // A minute has two digits; `3.5` is no time.
            let is_whole = place == 0 || part.len() == 2 || text.contains(':');
            numbers[place] = part.parse().ok().filter(|_| is_number && is_whole)?;
        }
        let [hour, minute, second] = numbers;
        let is_time =
            minute < 60 && second <= 60 && (hour < 24 || (hour, minute, second) == (24, 0, 0));
        is_time.then_some(Self {
            hour,
            minute,
            second,
        })
    }

    /// `10h30`, `10h`.
    pub(super) fn has_hour_sign(text: &str) -> bool {
        let (hour, rest) = text.split_at(
            text.find(|c: char| !c.is_ascii_digit())
                .unwrap_or(text.len()),
        );
        let minutes = rest.strip_prefix(['h', 'H']);
        let is_rest = |byte: u8| byte.is_ascii_digit() || byte == b'm';
        (1..=2).contains(&hour.len())
            && minutes.is_some_and(|rest| rest.len() <= 5 && rest.bytes().all(is_rest))
    }

    /// The time; `None` if it has no such half. A leap second and the end of the day are read as the second before.
    pub(super) fn time(self, half: Option<Half>) -> Option<NaiveTime> {
        let Self {
            hour,
            minute,
            second,
        } = self;
        let hour = match half {
            Some(Half::Afternoon) if hour < 12 => hour + 12,
            Some(Half::Morning) if hour == 12 => 0,
            _ => hour,
        };
        match (hour, minute, second) {
            (24, ..) => NaiveTime::from_hms_opt(23, 59, 59),
            _ => NaiveTime::from_hms_opt(hour, minute, second.min(59)),
        }
    }
}
