//! Parses the dates that real feeds contain: in any order, in twenty languages, with any punctuation.

mod clock;
mod names;
mod zone;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use clock::{Clock, Half};
use names::Named;
use zone::Zone;

/// What comes first in `3/4/2024`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    DayFirst,
    MonthFirst,
}

/// A date that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) date: DateTime<Utc>,
    /// It names a time of day that can't be understood; midnight was assumed.
    pub(super) has_lost_clock: bool,
}

/// Longest text that may be a date, in bytes.
const LONGEST: usize = 200;

/// The point in time a date means. Without a zone, UTC is assumed; without a time of day, midnight. `order` decides where
/// the numbers of day and month could be either.
pub(super) fn parse(text: &str, order: Order) -> Option<Read> {
    let text = bare(text)?;
    let exact = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(text))
        .ok()
        // A leap second is read as the second before.
        .and_then(|date| {
            DateTime::from_timestamp(
                date.timestamp(),
                date.timestamp_subsec_nanos() % 1_000_000_000,
            )
        });
    let exact = exact.or_else(|| since_1970(text));
    let read = match exact {
        Some(date) => Read {
            date,
            has_lost_clock: false,
        },
        None => Words::of(text).read(order)?,
    };
    // Earlier dates are a program's placeholder for none.
    (read.date.timestamp() > 0).then_some(read)
}

/// What the numbers of one date say about the order in all of them: `31/12/2023` can only be read one way.
pub(super) fn order_of(text: &str) -> Option<Order> {
    let (first, second) = Words::of(bare(text)?).slashed?;
    match (first > 12, second > 12) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    }
}

/// The date itself: of a `<time datetime="…">` its value.
fn bare(text: &str) -> Option<&str> {
    let text = match text.split_once("datetime=") {
        Some((_, value)) => {
            let value = value.trim_start_matches(['"', '\'']);
            value.split(['"', '\'', '>']).next().unwrap_or_default()
        }
        None => text,
    };
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    (!text.is_empty() && text.len() <= LONGEST).then_some(text)
}

/// Seconds or milliseconds since 1970, as JSON and some programs write them.
fn since_1970(text: &str) -> Option<DateTime<Utc>> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = whole.parse::<i64>().ok().filter(|_| is_number)?;
    match whole.len() {
        9 | 10 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp_millis(number),
        16 => DateTime::from_timestamp_micros(number),
        _ => None,
    }
}

/// The parts of a date, gathered word by word.
#[derive(Default)]
struct Words {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    /// Whether the month may be a weekday of another language.
    is_doubtful: bool,
    /// The two numbers before the year, where either may be the month.
    slashed: Option<(u32, u32)>,
    clock: Option<Clock>,
    half: Option<Half>,
    zone: Option<Zone>,
    has_lost_clock: bool,
    /// A number that can be no part of any date.
    is_impossible: bool,
    /// How many words there were.
    count: usize,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self::default();
        let spelled = spelled_out(text);
        let separators =
            |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']' | ';' | '|');
        for word in spelled.split(separators).filter(|word| !word.is_empty()) {
            words.take(word);
        }
        words
    }

    fn take(&mut self, word: &str) {
        self.count += 1;
        let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
        if let Some(zone) = Zone::of(word) {
            // `CST (UTC-6)`: the first is enough.
            self.zone = self.zone.or(Some(zone));
        } else if let Some(named) = names::of(word).filter(|_| !starts_with_digit) {
            self.name(named);
        } else if let Some(half) = Half::of(word) {
            self.half = Some(half);
        } else if let Some(date) = iso_week(word) {
            (self.year, self.month, self.day) =
                (Some(date.year()), Some(date.month()), Some(date.day()));
        } else if let Some(clock) = Clock::named(word) {
            self.clock = self.clock.or(Some(clock));
        } else if let Some((day, clock)) = word
            .split_once(['T', 't'])
            .filter(|_| starts_with_digit && is_numeric_date(word))
        {
            self.date(day);
            self.clock(clock);
        } else if word.starts_with(['T', 't'])
            && word[1..].starts_with(|c: char| c.is_ascii_digit())
        {
            self.clock(&word[1..]);
        } else if starts_with_digit {
            self.digits(word);
        } else if word.contains(':') && !word.ends_with(':') {
            self.clock(word);
        }
    }

    fn name(&mut self, named: Named) {
        match named {
            Named::Weekday => {}
            Named::Month(month) if self.month.is_none() || self.is_doubtful => {
                (self.month, self.is_doubtful) = (Some(month), false);
            }
            Named::Either(month) if self.month.is_none() => {
                (self.month, self.is_doubtful) = (Some(month), true);
            }
            Named::Month(_) | Named::Either(_) => {}
        }
    }

    fn has_date(&self) -> bool {
        self.year.is_some() && (self.day.is_some() || self.slashed.is_some())
    }

    /// A word that begins with a digit: a number, a date, or a time of day.
    fn digits(&mut self, word: &str) {
        let named_within = word
            .split(['-', '/', '.'])
            .any(|part| names::of(part).is_some());
        if word.contains(':') || (self.has_date() && Clock::of(word).is_some()) {
            self.clock(word);
        } else if named_within {
            // `01-Jan-2004` is three words.
            for part in word.split(['-', '/', '.']).filter(|part| !part.is_empty()) {
                self.take(part);
            }
        } else if is_numeric_date(word) {
            match self.has_date() {
                // The date is known: this would have been the time.
                true => self.has_lost_clock = true,
                false => self.date(word),
            }
        } else if Clock::has_hour_sign(word) || has_half(word) {
            self.clock(word);
        } else {
            self.number(word);
        }
    }

    /// A day or a year, with whatever makes it an ordinal.
    fn number(&mut self, word: &str) {
        let end = word
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(word.len());
        let (digits, _) = word.split_at(end);
        let Ok(number) = digits.parse::<u32>() else {
            return;
        };
        match digits.len() {
            8 | 12 | 14 if self.year.is_none() => self.date(digits),
            1 | 2 if self.day.is_none() && (1..=31).contains(&number) => self.day = Some(number),
            // `4. 3. 2024`: the month is an ordinal, too.
            1 | 2 if self.month.is_none() && word.ends_with('.') && (1..=12).contains(&number) => {
                self.month = Some(number);
            }
            1 | 2 if self.day.is_none() => self.is_impossible = true,
            2 | 4 if self.year.is_none() => self.year = Some(full_year(digits.len(), number)),
            // What is left over would have been the time.
            _ => self.has_lost_clock |= self.has_date(),
        }
    }

    /// Numbers only: `2004-01-31`, `31.1.2004`, `1/31/04`, `2004-01`, `20040131`, `200401311030`.
    fn date(&mut self, word: &str) {
        let parts: Vec<&str> = word
            .split(['-', '/', '.'])
            .filter(|part| !part.is_empty())
            .collect();
        let number = |text: &str| text.parse::<u32>().ok();
        match parts.as_slice() {
            [year, month, day] if year.len() == 4 => {
                (self.month, self.day) = (number(month), number(day));
                self.year = number(year).map(|year| full_year(4, year));
            }
            // Points stand between a day, its month and the year, in this order.
            [day, month, year]
                if word.contains('.') && number(month).is_some_and(|month| month <= 12) =>
            {
                self.year = number(year).map(|number| full_year(year.len(), number));
                (self.day, self.month) = (number(day), number(month));
            }
            [first, second, year] => {
                self.year = number(year).map(|number| full_year(year.len(), number));
                self.slashed = number(first).zip(number(second));
            }
            [year, month] if year.len() == 4 => {
                (self.month, self.day) = (number(month), Some(1));
                self.year = number(year).map(|year| full_year(4, year));
            }
            [year] if year.len() == 4 => {
                self.year = number(year).map(|year| full_year(4, year));
            }
            [all] if all.len() >= 8 => {
                (self.month, self.day) = (number(&all[4..6]), number(&all[6..8]));
                self.year = number(&all[..4]).map(|year| full_year(4, year));
                if all.len() > 8 {
                    self.clock(&all[8..]);
                }
            }
            _ => {}
        }
    }

    /// A time of day, with its zone or half of the day behind it.
    fn clock(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        // Past the sign that the time itself may have.
        let end = word.find(|c: char| {
            matches!(c, '+' | '-' | '−') || c.is_ascii_alphabetic() && !matches!(c, 'h' | 'H' | 'm')
        });
        let (time, behind) = word.split_at(end.unwrap_or(word.len()));
        let half = Half::of(behind);
        let zone = Zone::of(behind);
        let is_understood = behind.is_empty() || half.is_some() || zone.is_some();
        self.half = half.or(self.half);
        self.zone = zone.or(self.zone);
        match Clock::of(time).filter(|_| is_understood) {
            Some(clock) if self.clock.is_none() => self.clock = Some(clock),
            Some(_) => {}
            None => self.has_lost_clock = true,
        }
    }

    fn read(self, order: Order) -> Option<Read> {
        let (mut day, mut month) = (self.day, self.month);
        if let Some((first, second)) = self.slashed {
            let is_month_first = match (first > 12, second > 12) {
                (true, _) => false,
                (false, true) => true,
                (false, false) => order == Order::MonthFirst,
            };
            (month, day) = if is_month_first {
                (Some(first), Some(second))
            } else {
                (Some(second), Some(first))
            };
        }
        let year = self.year.filter(|_| !self.is_impossible)?;
        // `2004` alone, or a month and its year.
        let (month, day) = match (month, day) {
            (Some(month), day) => (month, day.unwrap_or(1)),
            (None, None) if self.count == 1 => (1, 1),
            (None, None) => return None,
            (None, Some(_)) => return None,
        };
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        let clock = self.clock.and_then(|clock| clock.time(self.half));
        let has_lost_clock = clock.is_none() && (self.has_lost_clock || self.clock.is_some());
        let clock = clock.unwrap_or(NaiveTime::MIN);
        let zone = self.zone.unwrap_or(Zone::Offset(0));
        Some(Read {
            date: zone.at(date.and_time(clock))?,
            has_lost_clock,
        })
    }
}

/// A day by its week (ISO 8601): `2024-W33-4`.
fn iso_week(word: &str) -> Option<NaiveDate> {
    let (year, rest) = word.split_once("-W")?;
    let (week, day) = rest.split_once('-').unwrap_or((rest, "1"));
    let weekday = chrono::Weekday::try_from(day.parse::<u8>().ok()?.checked_sub(1)?).ok()?;
    NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, weekday)
}

/// Whether a word is an hour with its half of the day: `10am`.
fn has_half(word: &str) -> bool {
    let end = word
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(word.len());
    end <= 2 && Half::of(&word[end..]).is_some()
}

/// The signs that Chinese, Japanese and Korean dates are written with, as punctuation.
fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '年' | '月' | '년' | '월' => out.push('-'),
            '日' | '일' => out.push(' '),
            '时' | '時' | '시' | '点' => out.push(':'),
            '分' | '분' => out.push(':'),
            '秒' | '초' => {}
            '：' => out.push(':'),
            '\u{a0}' | '\u{202f}' | '\u{3000}' => out.push(' '),
            other => out.push(other),
        }
    }
    // `10時30分` ends in a colon now, and `2024년 3월` has a space behind its sign.
    let tidy = out
        .replace("- ", "-")
        .replace("午前", " am ")
        .replace("上午", " am ");
    let tidy = tidy
        .replace("午後", " pm ")
        .replace("下午", " pm ")
        .replace("오전", " am ")
        .replace("오후", " pm ");
    let words = tidy.split(' ').map(|word| word.trim_end_matches(':'));
    words.collect::<Vec<_>>().join(" ")
}

fn is_numeric_date(word: &str) -> bool {
    let date = word.split(['T', 't']).next().unwrap_or_default();
    let is_separator = |byte: u8| matches!(byte, b'-' | b'/' | b'.');
    let trimmed = date.trim_end_matches(['.', '-']);
    let separators = trimmed.bytes().filter(|byte| is_separator(*byte)).count();
    let is_plain = trimmed
        .bytes()
        .all(|byte| byte.is_ascii_digit() || is_separator(byte));
    let has_year = trimmed.split(['-', '/', '.']).any(|part| part.len() == 4);
    is_plain
        && (separators == 2
            || separators == 1 && has_year
            || separators == 0
                && (trimmed.len() == 8
                    || trimmed.len() == 14
                    || trimmed.len() == 12
                    || (word.len() > date.len() && has_year)))
}

fn full_year(digits: usize, year: u32) -> i32 {
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    match (digits, year) {
        (..=2, ..70) => year + 2000,
        (..=2, _) => year + 1900,
        _ => year,
    }
}

#[cfg(test)]
mod tests;
