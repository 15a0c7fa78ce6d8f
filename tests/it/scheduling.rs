//! When a feed is due: the pure schedule, over irregular sweeps.

use dormouse::feeds::phase::{Spread, spread};
use dormouse::feeds::polling_hints::PollingHints;
use dormouse::feeds::{FeedSummary, PollTier, Validators};
use dormouse::ids::FeedId;
use dormouse::update::schedule::{
    MIN_INTERVAL, OVERLAP, Sweep, interval, last_checked, next_check, on_demand_refused_until,
    tier_for, wait_until,
};

const DAY: i64 = 24 * 60;
/// A Thursday at midnight.
const START: i64 = 20_454 * DAY;

fn summary(tier: PollTier) -> FeedSummary {
    FeedSummary {
        tier,
        validators: Validators {
            etag: Some("\"x\"".into()),
            ..Validators::default()
        },
        ..FeedSummary::new("https://news.example/feed".parse().unwrap())
    }
}

/// Deterministic pseudo-random numbers below `n`.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        i64::try_from(self.0 >> 40).unwrap() % n
    }
}

/// Sweeps for some days at a given interval in minutes, with jitter.
fn sweeps(dice: &mut Dice, days: i64, every: i64, jitter: i64) -> Vec<Sweep> {
    let mut all = Vec::new();
    let mut swept = START;
    while swept < START + days * DAY {
        let to = swept + every + dice.below(2 * jitter + 1) - jitter;
        all.push(Sweep(swept - OVERLAP, to, to + dice.below(3)));
        swept = to;
    }
    all
}

/// The minutes at which a feed is fetched, if each sweep knows the exact time of the last fetch.
fn asked(feed: Spread, summary: &FeedSummary, sweeps: &[Sweep]) -> Vec<i64> {
    let mut summary = summary.clone();
    let mut all = Vec::new();
    for &Sweep(from, to, at) in sweeps {
        let is_due = feed
            .next_due(summary.tier, from)
            .is_some_and(|due| due <= to);
        if is_due && wait_until(feed, &summary, &[], at).is_none() {
            summary.asked = at;
            all.push(at);
        }
    }
    all
}

#[test]
fn the_sweeps_alone_show_when_a_feed_was_checked() {
    let mut dice = Dice(1);
    for (every, jitter) in [(5, 2), (7, 6), (60, 9), (600, 300)] {
        let sweeps = sweeps(&mut dice, 4, every, jitter);
        for id in 1..40 {
            let feed = spread(FeedId(id));
            for step in 0..5 {
                let summary = summary(PollTier::Step(step));
                let truth = asked(feed, &summary, &sweeps);
                let end = sweeps.last().unwrap().2;
                let found = last_checked(feed, &summary, &sweeps, end);
                assert_eq!(
                    found,
                    truth.last().copied(),
                    "feed {id}, step {step}, {every}"
                );
            }
        }
    }
}

#[test]
fn no_feed_is_checked_too_soon_and_none_starves_however_the_sweeps_come() {
    let mut dice = Dice(7);
    for (every, jitter) in [(5, 0), (5, 2), (6, 5)] {
        let sweeps = sweeps(&mut dice, 3, every, jitter);
        for id in 1..100 {
            let asked = asked(spread(FeedId(id)), &summary(PollTier::Step(0)), &sweeps);
            let gaps: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(
                gaps.len() >= 3 * 24 * 60 / 85,
                "feed {id}: {} in 3 days",
                gaps.len()
            );
            assert!(
                gaps.iter().all(|&gap| gap >= MIN_INTERVAL),
                "feed {id}: {gaps:?}"
            );
            // Delays accumulate until a turn is lost.
            assert!(
                gaps.iter().all(|&gap| gap <= 2 * MIN_INTERVAL),
                "feed {id}: {gaps:?}"
            );
            let mean = gaps.iter().sum::<i64>() / i64::try_from(gaps.len()).unwrap();
            assert!(mean <= MIN_INTERVAL + 20, "feed {id}: {mean} minutes");
        }
    }
}

#[test]
fn one_sweep_after_a_night_fetches_all_and_the_next_skips_them() {
    let feed = spread(FeedId(7));
    let summary = summary(PollTier::Step(0));
    let due = feed.next_due(summary.tier, START).unwrap();
    let night = Sweep(START - 600, due - 1, due - 1);
    assert_eq!(wait_until(feed, &summary, &[], due), None);
    let until = due - 1 + MIN_INTERVAL;
    assert_eq!(wait_until(feed, &summary, &[night], due), Some(until));
    assert_eq!(wait_until(feed, &summary, &[night], until), None);
    assert_eq!(next_check(feed, &summary, &[night], due), Some(due + 60));
}

#[test]
fn the_publishers_interval_is_the_minimum() {
    let feed = spread(FeedId(9));
    let mut summary = summary(PollTier::Step(0));
    (summary.asked, summary.newest) = (START, START * 60_000_000);
    summary.gap = 1;
    for (ttl, fresh, least, tier) in [
        (0, 0, 60, 60),
        (30, 5, 61, 120),
        (180, 0, 180, 240),
        (0, 360, 481, 720),
        (0, 525_600, 1_441, 2_880),
    ] {
        summary.hints = PollingHints {
            ttl,
            ..PollingHints::default()
        };
        summary.hints.set_fresh(fresh);
        assert_eq!(
            tier_for(&summary, START).period(),
            Some(tier),
            "{ttl} and {fresh}"
        );
        assert_eq!(interval(&summary, START), least, "{ttl} and {fresh}");
        assert_eq!(
            wait_until(feed, &summary, &[], START + least - 1),
            Some(START + least)
        );
        assert_eq!(wait_until(feed, &summary, &[], START + least), None);
        assert_eq!(
            on_demand_refused_until(feed, &summary, &[], START + 1),
            Some(START + least)
        );
    }
}

#[test]
fn hours_and_days_to_skip_are_skipped() {
    // From 22:00 to 06:00, and on Saturdays and Sundays, in UTC.
    let night = (22..24)
        .chain(0..6)
        .fold(0, |hours, hour| hours | 1 << hour);
    let mut summary = summary(PollTier::Off);
    summary.hints = PollingHints {
        hours: night,
        days: 0b110_0000,
        ..PollingHints::default()
    };
    (summary.gap, summary.newest) = (1, (START + 14 * DAY) * 60_000_000);
    summary.tier = tier_for(&summary, START);
    let mut dice = Dice(3);
    let sweeps = sweeps(&mut dice, 14, 5, 2);
    for id in 1..30 {
        let asked = asked(spread(FeedId(id)), &summary, &sweeps);
        assert!(
            asked.len() >= 10 * 13,
            "feed {id}: {} in two weeks",
            asked.len()
        );
        for at in asked {
            let (day, hour) = ((at / DAY + 3) % 7, at / 60 % 24);
            assert!(
                day < 5 && (6..22).contains(&hour),
                "asked on day {day} at {hour}"
            );
        }
    }
    let saturday = START + 2 * DAY + 700;
    let feed = spread(FeedId(1));
    assert_eq!(
        wait_until(feed, &summary, &[], saturday),
        Some(START + 4 * DAY + 6 * 60)
    );
    assert_eq!(
        on_demand_refused_until(feed, &summary, &[], saturday),
        Some(START + 4 * DAY + 6 * 60)
    );
}

#[test]
fn a_slow_feed_with_hours_to_skip_is_checked_as_rarely_as_it_posts() {
    let mut summary = summary(PollTier::Off);
    summary.hints = PollingHints {
        hours: 0b1111,
        ..PollingHints::default()
    };
    (summary.gap, summary.newest) = (2 * DAY, START * 60_000_000);
    summary.tier = tier_for(&summary, START);
    let sweeps = sweeps(&mut Dice(5), 4, 5, 1);
    let asked = asked(spread(FeedId(3)), &summary, &sweeps);
    assert!(asked.len() <= 6, "{} times in four days", asked.len());
    assert!(asked.len() >= 3, "{} times in four days", asked.len());
}
