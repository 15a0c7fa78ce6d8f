//! When to ask a feed: pure functions of its card, the clock, and the sweeps that were made.

use crate::clock::{Timestamp, minute_of};
use crate::feeds::phase::next_due;
use crate::feeds::{Card, LADDER, Rung};
use crate::ids::FeedId;

/// No feed is asked again within this many minutes of a poll.
pub const FLOOR: i64 = 60;
/// No feed without validators is asked again within this many minutes: every answer is the whole document.
pub const FLOOR_WITHOUT_VALIDATORS: i64 = 24 * 60;
/// The gap that is assumed of a feed whose articles have no dates, or which has fewer than two.
const UNKNOWN_GAP: i64 = 24 * 60;
/// The period is this part of the typical gap between articles (one half: a reader waits a quarter of a gap on average).
const PART_OF_GAP: i64 = 2;
/// The period is at least this part of the silence since the newest article: a feed that fell silent is asked ever less.
const PART_OF_SILENCE: i64 = 10;
/// The longest pause that failures lead to: a week.
const LONGEST_BACKOFF: i64 = 7 * 24 * 60;
/// The longest pause that a publisher's `Retry-After` gets: two days. Some servers say a year by mistake.
const LONGEST_RETRY_AFTER: i64 = 48 * 60;

/// One finished sweep: it asked whoever was due in the minutes `from < m <= to`, at the minute `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sweep(pub i64, pub i64, pub i64);

/// The rung that a feed belongs on, by what its card says and the minute it is.
pub fn rung_for(card: &Card, minute: i64) -> Rung {
    let gap = if card.gap > 0 { card.gap } else { UNKNOWN_GAP };
    let silence = match card.newest {
        0 => 0,
        micros => (minute - micros.div_euclid(60_000_000)).max(0),
    };
    let mut period = (gap / PART_OF_GAP).max(silence / PART_OF_SILENCE);
    if !card.has_validators() {
        period = period.max(FLOOR_WITHOUT_VALIDATORS);
    }
    let step = LADDER.iter().rposition(|&step| step <= period).unwrap_or(0);
    Rung::Step(u8::try_from(step).unwrap_or_default())
}

/// The typical gap between articles in minutes: the median over the newest ten; 0 where fewer than two have dates.
pub fn typical_gap(dates: &[Timestamp]) -> i64 {
    let mut minutes: Vec<i64> = dates.iter().map(|&date| minute_of(date)).collect();
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.truncate(11);
    let mut gaps: Vec<i64> = minutes.windows(2).map(|pair| pair[0] - pair[1]).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map_or(0, |&gap| gap.max(1))
}

/// The minute before which a feed that failed `failures` times in a row isn't asked: 1, 2, 4 … hours, at most a week,
/// and not before the publisher's own `Retry-After`, as far as that is reasonable.
pub fn back_off(failures: u32, minute: i64, retry_after: Option<i64>) -> i64 {
    let doubled = FLOOR << failures.saturating_sub(1).min(16);
    let own = doubled.min(LONGEST_BACKOFF);
    let asked = retry_after.unwrap_or(0).min(LONGEST_RETRY_AFTER);
    minute + own.max(asked)
}

/// Minutes that must pass between two polls of a feed, whatever its rung.
pub fn least_pause(card: &Card) -> i64 {
    if card.has_validators() {
        FLOOR
    } else {
        FLOOR_WITHOUT_VALIDATORS
    }
}

/// The minute at which a feed was asked last, as far as the sweeps show.
pub fn last_asked(feed: FeedId, rung: Rung, sweeps: &[Sweep]) -> Option<i64> {
    let asked =
        |&&Sweep(from, to, _): &&Sweep| next_due(feed, rung, from).is_some_and(|due| due <= to);
    sweeps.iter().rev().find(asked).map(|sweep| sweep.2)
}

/// Why a feed that is due isn't asked now, as the minute from when it is; `None` to ask.
///
/// After a night's sleep one sweep asks everyone; whoever is due again within its floor is passed over.
pub fn wait_until(feed: FeedId, card: &Card, sweeps: &[Sweep], minute: i64) -> Option<i64> {
    if card.not_before > minute {
        return Some(card.not_before);
    }
    let floor = least_pause(card).max(card.rung.period().unwrap_or(0) / 2);
    let asked = last_asked(feed, card.rung, sweeps)?;
    (minute - asked < floor).then_some(asked + floor)
}

/// When a feed will be asked next, in words' terms: the first due minute that isn't passed over; `None` off the ladder.
pub fn next_poll(feed: FeedId, card: &Card, minute: i64) -> Option<i64> {
    match card.rung {
        Rung::Off => None,
        Rung::New => Some(minute.max(card.not_before)),
        rung => next_due(feed, rung, minute.max(card.not_before - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::Validators;

    const DAY: i64 = 24 * 60;
    const NOW: i64 = 30_000_000;

    fn card(gap: i64, silence: i64) -> Card {
        Card {
            gap,
            newest: (NOW - silence) * 60_000_000,
            validators: Validators {
                etag: Some("\"x\"".into()),
                ..Validators::default()
            },
            ..Card::new("https://news.example/feed")
        }
    }

    #[test]
    fn the_rung_follows_the_gap_and_the_silence() {
        for (gap, silence, minutes) in [
            (10, 5, 60),
            (120, 30, 60),
            (480, 100, 240),
            (DAY, DAY / 2, 720),
            (7 * DAY, DAY, 2 * DAY),
            (60 * DAY, DAY, 7 * DAY),
            (10, 100 * DAY, 7 * DAY),
            (DAY, 10 * DAY, DAY),
            (0, 0, 720),
        ] {
            let rung = rung_for(&card(gap, silence), NOW);
            assert_eq!(rung.period(), Some(minutes), "gap {gap}, silence {silence}");
        }
    }

    #[test]
    fn without_validators_a_day_is_the_least() {
        let mut card = card(10, 5);
        card.validators = Validators::default();
        assert_eq!(rung_for(&card, NOW).period(), Some(DAY));
    }

    #[test]
    fn failures_double_the_pause_up_to_a_week() {
        assert_eq!(back_off(1, 0, None), 60);
        assert_eq!(back_off(3, 0, None), 240);
        assert_eq!(back_off(30, 0, None), 7 * DAY);
        assert_eq!(back_off(1, 0, Some(600)), 600);
        assert_eq!(back_off(1, 0, Some(365 * DAY)), 2 * DAY);
    }

    #[test]
    fn one_sweep_after_a_night_asks_everyone_and_the_next_passes_them_over() {
        let feed = FeedId(7);
        let mut card = card(10, 5);
        card.rung = Rung::Step(0);
        let due = next_due(feed, card.rung, NOW).unwrap();
        let night = Sweep(NOW - 600, due - 1, due - 1);
        assert_eq!(wait_until(feed, &card, &[], due), None);
        assert_eq!(
            wait_until(feed, &card, &[night], due),
            Some(due - 1 + FLOOR)
        );
        assert_eq!(wait_until(feed, &card, &[night], due + FLOOR), None);
    }

    #[test]
    fn the_median_gap_forgives_a_pause() {
        let minutes = |m: i64| chrono::DateTime::from_timestamp(m * 60, 0).unwrap();
        let dates: Vec<_> = [0, 60, 120, 180, 9_000].map(minutes).into();
        assert_eq!(typical_gap(&dates), 60);
        assert_eq!(typical_gap(&dates[..1]), 0);
    }
}
