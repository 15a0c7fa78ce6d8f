//! When to check a feed: pure functions of its summary, the clock, and past sweeps.

use crate::feeds::phase::Spread;
use crate::feeds::polling_hints::MAX_INTERVAL;
use crate::feeds::{FeedSummary, POLL_PERIODS, PollTier};
use crate::timestamp::{Timestamp, minute_of};

/// Minimum minutes between two polls of a feed.
pub const MIN_INTERVAL: i64 = 60;
/// Minimum minutes between two polls of a feed without validators: every response is the whole document.
pub const MIN_INTERVAL_WITHOUT_VALIDATORS: i64 = 24 * 60;
/// The assumed gap, in minutes, of a feed that has fewer than two dated articles.
pub(crate) const UNKNOWN_GAP: i64 = 24 * 60;
/// Longest gap between two articles, in minutes: an old article pinned to the top says nothing about next week.
const MAX_GAP: i64 = 30 * 24 * 60;
/// The period in minutes is cbrt(`TIMES_SQUARE` × gap²), about ten times gap^(2/3). The value was found with `dormouse-tools
/// simulate`; docs/decisions/0009-polling-cadence.md justifies it.
const TIMES_SQUARE: i64 = 1_100;
/// The divisor by which a silence counts as a gap.
const PART_OF_SILENCE: i64 = 2;
/// Longest silence that counts, in minutes: ten years.
const MAX_SILENCE: i64 = 3_650 * 24 * 60;
/// The period of a feed whose hub pushes its updates, in minutes: the poll only checks that the hub works.
const PUSHED_PERIOD: i64 = 24 * 60;
/// Longest pause after failures, in minutes: a week.
const MAX_BACKOFF: i64 = 7 * 24 * 60;
/// Longest `Retry-After` honored, in minutes: two days. Some servers say a year by mistake.
const MAX_RETRY_AFTER: i64 = 48 * 60;
/// Longest pause that anything can cause, in minutes; one that ends later comes from a clock that was wrong.
pub const LONGEST_PAUSE: i64 = MAX_BACKOFF + 60;

/// Minutes each sweep looks back beyond the start of the last one, for feeds that were skipped for being a minute
/// early.
pub const OVERLAP: i64 = 10;

/// One finished sweep: it checked the feeds due in the minutes `from < m <= to`, no later than the minute `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sweep(pub i64, pub i64, pub i64);

/// The tier a feed belongs to, by its summary and the current minute.
///
/// A feed that excludes certain hours is on the fastest tier, so that it comes up soon once allowed; the time between
/// checks then depends on [`interval`] alone.
pub fn tier_for(summary: &FeedSummary, minute: i64) -> PollTier {
    if summary.hints.has_times() {
        return PollTier::Step(0);
    }
    let pushed = if summary.is_pushed(minute) {
        PUSHED_PERIOD
    } else {
        0
    };
    tier_between(
        min_interval(summary).max(pushed),
        own_period(summary, minute),
    )
}

/// Minutes between checks by our own schedule, without the publisher's hints.
pub(crate) fn own_period(summary: &FeedSummary, minute: i64) -> i64 {
    let gap = if summary.gap > 0 {
        summary.gap
    } else {
        UNKNOWN_GAP
    };
    let silence = match summary.newest {
        0 => 0,
        micros => minute - micros.div_euclid(60_000_000),
    };
    period(gap, silence)
}

/// Whether a feed's silence counts for more than its gap.
pub(crate) fn is_silent(gap: i64, silence: i64) -> bool {
    silence / PART_OF_SILENCE > gap
}

/// Minutes between two checks of a feed with this gap and silence.
///
/// Checking in proportion to the square root of the posting rate minimizes the mean delay; in proportion to the rate
/// itself, the median. The power of two thirds lies between.
pub fn period(gap: i64, silence: i64) -> i64 {
    let silence = silence.clamp(0, MAX_SILENCE);
    let gap = gap.clamp(0, MAX_GAP).max(silence / PART_OF_SILENCE);
    // Below 2^53: no digit is lost.
    ((TIMES_SQUARE * gap * gap) as f64).cbrt() as i64
}

/// The slowest tier of at most `period` minutes, but of at least `least`, the publisher's minimum interval.
///
/// If the publisher's minimum exceeds all tiers, the slowest.
pub fn tier_between(least: i64, period: i64) -> PollTier {
    let slowest = POLL_PERIODS.len() - 1;
    let wanted = POLL_PERIODS.iter().rposition(|&step| step <= period);
    let borne = POLL_PERIODS.iter().position(|&step| step >= least);
    let step = wanted.unwrap_or(0).max(borne.unwrap_or(slowest));
    PollTier::Step(u8::try_from(step).unwrap_or_default())
}

/// The typical gap between articles in minutes: the mean of the newest ten gaps, each counted as at most thirty days.
///
/// 0 if fewer than two articles have dates. The mean and not the median: for a feed that publishes ten articles at once
/// each morning, or many in an afternoon and none for a week, the median would be a minute.
pub fn typical_gap(dates: &[Timestamp]) -> i64 {
    let mut minutes: Vec<i64> = dates.iter().map(|&date| minute_of(date)).collect();
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.truncate(11);
    let gaps = minutes.windows(2).map(|pair| pair[0] - pair[1]);
    let sum: i64 = gaps.map(|gap| gap.min(MAX_GAP)).sum();
    let count = i64::try_from(minutes.len()).unwrap_or_default() - 1;
    if count < 1 { 0 } else { (sum / count).max(1) }
}

/// The minute before which a feed that failed `failures` times in a row isn't retried.
///
/// 1, 2, 4 … hours later, at most a week, and not before the publisher's `Retry-After`, within reason.
pub fn back_off(failures: u32, minute: i64, retry_after: Option<i64>) -> i64 {
    let doubled = MIN_INTERVAL << failures.saturating_sub(1).min(16);
    let own = doubled.min(MAX_BACKOFF);
    minute + own.max(retry_after.map_or(0, granted))
}

/// Minutes to wait for a server's `Retry-After`.
pub fn granted(retry_after: i64) -> i64 {
    retry_after.clamp(0, MAX_RETRY_AFTER)
}

/// Minimum minutes between two polls of a feed on any tier: our own limit, and the publisher's.
pub fn min_interval(summary: &FeedSummary) -> i64 {
    let base = if summary.has_validators() {
        MIN_INTERVAL
    } else {
        MIN_INTERVAL_WITHOUT_VALIDATORS
    };
    base.max(summary.hints.least())
}

/// Minutes between two polls of a feed on its tier: half the tier's period, or the publisher's minimum interval.
pub fn interval(summary: &FeedSummary, minute: i64) -> i64 {
    let own = if summary.hints.has_times() {
        // The tier is the fastest, so what would have determined it applies here. At most a day: past sweeps, which
        // tell when such a feed was checked, aren't kept much longer if there is one every five minutes.
        let pushed = if summary.is_pushed(minute) {
            PUSHED_PERIOD
        } else {
            0
        };
        own_period(summary, minute).min(MAX_INTERVAL).max(pushed)
    } else {
        summary.tier.period().unwrap_or(0) / 2
    };
    own.max(min_interval(summary))
}

/// The minute before which a feed isn't fetched; one that no rule can have set isn't believed.
pub fn not_before(summary: &FeedSummary, minute: i64) -> i64 {
    match summary.not_before > minute + LONGEST_PAUSE {
        true => 0,
        false => summary.not_before,
    }
}

/// The minute at which a feed was last checked: the one in its summary, or a later sweep.
///
/// The sweeps are replayed, oldest first: one that found a feed due within its pause skipped it, and the next one to
/// cover the same minute didn't.
pub fn last_checked(
    feed: Spread,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    minute: i64,
) -> Option<i64> {
    let pause = interval(summary, minute);
    // What lies in the future comes from a clock that was wrong once.
    let mut asked = Some(summary.asked).filter(|&asked| asked > 0 && asked <= minute + 1);
    for &Sweep(from, to, at) in sweeps {
        let is_due = || {
            feed.next_due(summary.tier, from)
                .is_some_and(|due| due <= to)
        };
        let is_soon = asked.is_some_and(|asked| at < asked + pause);
        if !is_soon && at >= not_before(summary, minute) && summary.hints.permits(at) && is_due() {
            asked = Some(at);
        }
    }
    asked
}

/// The minute until which a due feed has to wait; `None` to check it now.
///
/// After an idle night one sweep checks every feed; those due again within their pause are skipped.
pub fn wait_until(
    feed: Spread,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    minute: i64,
) -> Option<i64> {
    let asked = last_checked(feed, summary, sweeps, minute);
    let paused = match asked {
        // A feed that was checked and then prioritized doesn't wait for its cadence.
        Some(asked) if summary.tier != PollTier::New => asked + interval(summary, minute),
        Some(_) | None => minute,
    };
    let until = summary
        .hints
        .permitted_from(paused.max(not_before(summary, minute)).max(minute));
    (until > minute).then_some(until)
}

/// The minute until which a refresh on demand has to wait; `None` to check now.
///
/// Like [`wait_until`] without the cadence: only the publisher's limits count.
pub fn on_demand_refused_until(
    feed: Spread,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    minute: i64,
) -> Option<i64> {
    let asked = last_checked(feed, summary, sweeps, minute).unwrap_or(0);
    let until = (asked + min_interval(summary)).max(not_before(summary, minute));
    let until = summary.hints.permitted_from(until.max(minute));
    (until > minute).then_some(until)
}

/// The first minute from now at which a feed is due and not skipped; `None` if it isn't scheduled.
///
/// The sweep itself comes some minutes later.
pub fn next_check(
    feed: Spread,
    summary: &FeedSummary,
    sweeps: &[Sweep],
    minute: i64,
) -> Option<i64> {
    let from = wait_until(feed, summary, sweeps, minute).unwrap_or(minute);
    match summary.tier {
        PollTier::Off => None,
        PollTier::New => Some(from),
        tier if from == minute => feed.next_due(tier, minute),
        // Skipped within the sweeps' overlap, it is checked when its pause is over.
        tier => {
            let due = feed.next_due(tier, from - 1 - OVERLAP);
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

    fn summary(gap: i64, silence: i64) -> FeedSummary {
        FeedSummary {
            gap,
            newest: (NOW - silence) * 60_000_000,
            validators: Validators {
                etag: Some("\"x\"".into()),
                ..Validators::default()
            },
            ..FeedSummary::new("https://news.example/feed".parse().unwrap())
        }
    }

    /// The cadence, case by case: gap, silence, the tier's minutes.
    #[test]
    fn the_tier_follows_the_gap_and_the_silence() {
        for (gap, silence, minutes) in [
            // A news wire: hourly, which is the minimum.
            (1, 0, 60),
            (15, 10, 60),
            (39, 5, 60),
            (40, 5, 120),
            // A few a day.
            (111, 30, 120),
            (113, 30, 240),
            (480, 100, 480),
            // Daily, weekly, monthly, and beyond the longest gap that counts.
            (DAY, DAY / 2, 720),
            (7 * DAY, DAY, 2 * DAY),
            (30 * DAY, DAY, 7 * DAY),
            (300 * DAY, DAY, 7 * DAY),
            // Nights and holidays: half of a silence counts if it is longer than the gap.
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
            let tier = tier_for(&summary(gap, silence), NOW);
            assert_eq!(tier.period(), Some(minutes), "gap {gap}, silence {silence}");
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
            let tier = tier_between(least, period);
            assert_eq!(tier.period(), Some(minutes), "{least} and {period}");
        }
    }

    #[test]
    fn without_validators_a_day_is_the_least() {
        let mut summary = summary(10, 5);
        summary.validators = Validators::default();
        assert_eq!(tier_for(&summary, NOW).period(), Some(DAY));
    }

    #[test]
    fn while_its_hub_pushes_a_feed_is_polled_daily_at_most_and_then_as_before() {
        for (gap, pushed_until, minutes) in [
            (10, NOW + 1, DAY),
            (10, NOW, 60),
            (7 * DAY, NOW + 1, 2 * DAY),
        ] {
            let summary = FeedSummary {
                pushed_until,
                ..summary(gap, 5)
            };
            assert_eq!(tier_for(&summary, NOW).period(), Some(minutes), "gap {gap}");
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
            // A pinned article from years ago counts as a month old.
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
