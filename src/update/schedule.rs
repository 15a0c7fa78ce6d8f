//! When to ask a feed: pure functions of its card, the clock, and the sweeps that were made.

use crate::feeds::phase::Spread;
use crate::feeds::polling_hints::LONGEST;
use crate::feeds::{Card, LADDER, Rung};
use crate::timestamp::{Timestamp, minute_of};

/// No feed is asked again within this many minutes of a poll.
pub const FLOOR: i64 = 60;
/// No feed without validators is asked again within this many minutes: every answer is the whole document.
pub const FLOOR_WITHOUT_VALIDATORS: i64 = 24 * 60;
/// The gap that is assumed of a feed whose articles have no dates, or which has fewer than two.
pub(crate) const UNKNOWN_GAP: i64 = 24 * 60;
/// No gap between two articles counts for more minutes than these: an article of years ago that is pinned to a document
/// says nothing about next week.
const LONGEST_GAP: i64 = 30 * 24 * 60;
/// The period in minutes is the cube root of so many times the gap's square: about ten times its power of two thirds. The
/// point that `dormouse simulate` found, and ARCHITECTURE.md defends.
const TIMES_SQUARE: i64 = 1_100;
/// A silence counts as a gap of this part of it.
const PART_OF_SILENCE: i64 = 2;
/// No silence counts for more minutes than these: ten years.
const LONGEST_SILENCE: i64 = 3_650 * 24 * 60;
/// The period of a feed whose hub pushes its news: the poll only looks whether the hub does as it says.
const PUSHED: i64 = 24 * 60;
/// The longest pause that failures lead to: a week.
const LONGEST_BACKOFF: i64 = 7 * 24 * 60;
/// The longest pause that a publisher's `Retry-After` gets: two days. Some servers say a year by mistake.
const LONGEST_RETRY_AFTER: i64 = 48 * 60;

/// Each sweep looks so many minutes further back than the last one came, for those that the last ones passed over because
/// they came a minute early.
pub const OVERLAP: i64 = 10;

/// One finished sweep: it asked whoever was due in the minutes `from < m <= to`, no later than the minute `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sweep(pub i64, pub i64, pub i64);

/// The rung that a feed belongs on, by what its card says and the minute it is.
///
/// One that may not be asked at some hours stands on the fastest, so that its turn comes soon whenever it may be; how
/// long it is left alone is then [`pause`] alone.
pub fn rung_for(card: &Card, minute: i64) -> Rung {
    if card.wishes.has_times() {
        return Rung::Step(0);
    }
    let pushed = if card.pushed_until > minute {
        PUSHED
    } else {
        0
    };
    rung_between(least_pause(card).max(pushed), own_period(card, minute))
}

/// The minutes after which we would ask a feed if its publisher wished nothing.
pub(crate) fn own_period(card: &Card, minute: i64) -> i64 {
    let gap = if card.gap > 0 { card.gap } else { UNKNOWN_GAP };
    let silence = match card.newest {
        0 => 0,
        micros => minute - micros.div_euclid(60_000_000),
    };
    period(gap, silence)
}

/// Whether a feed's silence counts for more than its gap.
pub(crate) fn is_silent(gap: i64, silence: i64) -> bool {
    silence / PART_OF_SILENCE > gap
}

/// How many minutes may pass between two requests of a feed with this gap that has been silent for so long.
///
/// To ask in proportion to the root of how often a feed posts makes the mean delay the shortest; in proportion to how often
/// it posts, the middle one. The power of two thirds lies between.
pub fn period(gap: i64, silence: i64) -> i64 {
    let silence = silence.clamp(0, LONGEST_SILENCE);
    let gap = gap.clamp(0, LONGEST_GAP).max(silence / PART_OF_SILENCE);
    // Below 2^53: no digit is lost.
    ((TIMES_SQUARE * gap * gap) as f64).cbrt() as i64
}

/// The slowest rung of at most `period` minutes, but none of fewer than `least`, which is what the publisher bears: the
/// slowest of all where he asks for more than that.
pub fn rung_between(least: i64, period: i64) -> Rung {
    let slowest = LADDER.len() - 1;
    let wanted = LADDER.iter().rposition(|&step| step <= period);
    let borne = LADDER.iter().position(|&step| step >= least);
    let step = wanted.unwrap_or(0).max(borne.unwrap_or(slowest));
    Rung::Step(u8::try_from(step).unwrap_or_default())
}

/// The typical gap between articles in minutes, from how often they come: the mean over the newest ten gaps, of which none
/// counts for more than thirty days; 0 where fewer than two articles have dates.
///
/// The mean and not the median: of a feed that brings ten articles at once each morning, or many in an afternoon and none
/// for a week, the median says that it posts every minute.
pub fn typical_gap(dates: &[Timestamp]) -> i64 {
    let mut minutes: Vec<i64> = dates.iter().map(|&date| minute_of(date)).collect();
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.truncate(11);
    let gaps = minutes.windows(2).map(|pair| pair[0] - pair[1]);
    let sum: i64 = gaps.map(|gap| gap.min(LONGEST_GAP)).sum();
    let count = i64::try_from(minutes.len()).unwrap_or_default() - 1;
    if count < 1 { 0 } else { (sum / count).max(1) }
}

/// The minute before which a feed that failed `failures` times in a row isn't asked: 1, 2, 4 … hours, at most a week,
/// and not before the publisher's own `Retry-After`, as far as that is reasonable.
pub fn back_off(failures: u32, minute: i64, retry_after: Option<i64>) -> i64 {
    let doubled = FLOOR << failures.saturating_sub(1).min(16);
    let own = doubled.min(LONGEST_BACKOFF);
    minute + own.max(retry_after.map_or(0, granted))
}

/// For how many minutes a server that says `Retry-After` is left alone.
pub fn granted(retry_after: i64) -> i64 {
    retry_after.clamp(0, LONGEST_RETRY_AFTER)
}

/// Minutes that must pass between two polls of a feed, whatever its rung: our floor, and what the publisher asks for.
pub fn least_pause(card: &Card) -> i64 {
    let floor = if card.has_validators() {
        FLOOR
    } else {
        FLOOR_WITHOUT_VALIDATORS
    };
    floor.max(card.wishes.least())
}

/// Minutes that pass between two polls of a feed on its rung: half the rung's period, or what the publisher bears.
pub fn pause(card: &Card, minute: i64) -> i64 {
    let own = if card.wishes.has_times() {
        // The rung is the fastest: what would have decided about it is heeded here. For a day at most, since sweeps, by which
        // it is known when such a feed was asked, aren't remembered for much longer where there is one every five minutes.
        let pushed = if card.pushed_until > minute {
            PUSHED
        } else {
            0
        };
        own_period(card, minute).min(LONGEST).max(pushed)
    } else {
        card.rung.period().unwrap_or(0) / 2
    };
    own.max(least_pause(card))
}

/// The minute at which a feed was asked last: what its card remembers, or a later sweep.
///
/// The sweeps are played again, the oldest first: one that found a feed due within its pause passed it over, and the next
/// that covers the same minute didn't.
pub fn last_asked(feed: Spread, card: &Card, sweeps: &[Sweep], minute: i64) -> Option<i64> {
    let pause = pause(card, minute);
    let mut asked = Some(card.asked).filter(|&asked| asked > 0);
    for &Sweep(from, to, at) in sweeps {
        let is_due = || feed.next_due(card.rung, from).is_some_and(|due| due <= to);
        let is_soon = asked.is_some_and(|asked| at < asked + pause);
        if !is_soon && at >= card.not_before && card.wishes.permits(at) && is_due() {
            asked = Some(at);
        }
    }
    asked
}

/// Why a feed that is due isn't asked now, as the minute from when it is; `None` to ask.
///
/// After a night's sleep one sweep asks everyone; whoever is due again within its pause is passed over.
pub fn wait_until(feed: Spread, card: &Card, sweeps: &[Sweep], minute: i64) -> Option<i64> {
    let asked = last_asked(feed, card, sweeps, minute);
    let paused = match asked {
        // One that was asked and then put in front of all others isn't asked for its cadence's sake.
        Some(asked) if card.rung != Rung::New => asked + pause(card, minute),
        Some(_) | None => minute,
    };
    let until = card
        .wishes
        .permitted_from(paused.max(card.not_before).max(minute));
    (until > minute).then_some(until)
}

/// Why a reader who asks for a feed now is told to wait, as the minute from when it may be asked; `None` to ask. It is
/// [`wait_until`] without the cadence: what the publisher bears alone counts.
pub fn refuse_until(feed: Spread, card: &Card, sweeps: &[Sweep], minute: i64) -> Option<i64> {
    let asked = last_asked(feed, card, sweeps, minute).unwrap_or(0);
    let until = (asked + least_pause(card)).max(card.not_before);
    let until = card.wishes.permitted_from(until.max(minute));
    (until > minute).then_some(until)
}

/// The first minute from now on at which a feed is due and not passed over; `None` off the ladder. A sweep comes some
/// minutes later.
pub fn next_poll(feed: Spread, card: &Card, sweeps: &[Sweep], minute: i64) -> Option<i64> {
    let from = wait_until(feed, card, sweeps, minute).unwrap_or(minute);
    match card.rung {
        Rung::Off => None,
        Rung::New => Some(from),
        rung if from == minute => feed.next_due(rung, minute),
        // Passed over by less than the sweeps' overlap, it is asked when its pause is over.
        rung => {
            let due = feed.next_due(rung, from - 1 - OVERLAP);
            due.map(|due| due.max(from))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::feeds::Validators;
    use crate::update::schedule::*;

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

    /// The cadence, case by case: gap, silence, the rung's minutes.
    #[test]
    fn the_rung_follows_the_gap_and_the_silence() {
        for (gap, silence, minutes) in [
            // A wire: hourly, which is the floor.
            (1, 0, 60),
            (15, 10, 60),
            (39, 5, 60),
            (40, 5, 120),
            // Some a day.
            (111, 30, 120),
            (113, 30, 240),
            (480, 100, 480),
            // Daily, weekly, monthly, and slower than any gap counts.
            (DAY, DAY / 2, 720),
            (7 * DAY, DAY, 2 * DAY),
            (30 * DAY, DAY, 7 * DAY),
            (300 * DAY, DAY, 7 * DAY),
            // Nights and holidays: half of a silence counts where it is longer than the gap.
            (15, 78, 60),
            (15, 80, 120),
            (15, 8 * 60, 240),
            (15, 7 * DAY, 2 * DAY),
            (DAY, 2 * DAY, 720),
            (DAY, 10 * DAY, 2 * DAY),
            (DAY, 60 * DAY, 7 * DAY),
            (15, 9_000 * DAY, 7 * DAY),
            // A date in the future, and no dates at all.
            (15, -DAY, 60),
            (0, 0, 720),
        ] {
            let rung = rung_for(&card(gap, silence), NOW);
            assert_eq!(rung.period(), Some(minutes), "gap {gap}, silence {silence}");
        }
    }

    #[test]
    fn the_publishers_wish_is_the_least() {
        for (least, period, minutes) in [
            (0, 10, 60),
            (60, 119, 60),
            (60, 120, 120),
            (61, 60, 120),
            (180, 60, 240),
            (180, 720, 720),
            (DAY, 60, DAY),
            (DAY + 1, 60, 2 * DAY),
            (60 * DAY, 60, 7 * DAY),
            (60, 60 * DAY, 7 * DAY),
        ] {
            let rung = rung_between(least, period);
            assert_eq!(rung.period(), Some(minutes), "{least} and {period}");
        }
    }

    #[test]
    fn without_validators_a_day_is_the_least() {
        let mut card = card(10, 5);
        card.validators = Validators::default();
        assert_eq!(rung_for(&card, NOW).period(), Some(DAY));
    }

    #[test]
    fn while_its_hub_pushes_a_feed_is_polled_daily_at_most_and_then_as_before() {
        for (gap, pushed_until, minutes) in [
            (10, NOW + 1, DAY),
            (10, NOW, 60),
            (7 * DAY, NOW + 1, 2 * DAY),
        ] {
            let card = Card {
                pushed_until,
                ..card(gap, 5)
            };
            assert_eq!(rung_for(&card, NOW).period(), Some(minutes), "gap {gap}");
        }
    }

    #[test]
    fn failures_double_the_pause_up_to_a_week() {
        assert_eq!(back_off(1, 0, None), 60);
        assert_eq!(back_off(3, 0, None), 240);
        assert_eq!(back_off(30, 0, None), 7 * DAY);
        assert_eq!(back_off(1, 0, Some(600)), 600);
        assert_eq!(back_off(1, 0, Some(365 * DAY)), 2 * DAY);
    }

    /// The gap, case by case: the minutes of a document's dates, in any order.
    #[test]
    fn the_gap_is_how_often_articles_come() {
        let month = 30 * DAY;
        for (minutes, gap) in [
            (vec![], 0),
            (vec![5], 0),
            (vec![5, 5], 1),
            (vec![0, 60, 120, 180], 60),
            (vec![120, 0, 180, 60], 60),
            // Ten at once each morning are ten a day.
            ([vec![0], vec![DAY; 10], vec![2 * DAY]].concat(), DAY / 10),
            // A pinned article of years ago counts as one of a month ago.
            (vec![0, 2_000 * DAY, 2_001 * DAY], (month + DAY) / 2),
            // Only the newest ten gaps count.
            (
                (0..30).map(|n| if n < 19 { n } else { n * 100 }).collect(),
                100,
            ),
        ] {
            let date = |&m: &i64| chrono::DateTime::from_timestamp(m * 60, 0).unwrap();
            let dates: Vec<_> = minutes.iter().map(date).collect();
            assert_eq!(typical_gap(&dates), gap, "{minutes:?}");
        }
    }
}
