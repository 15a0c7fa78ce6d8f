//! When a feed is asked: the pure schedule, over sweeps as they come.

use dormouse::feeds::phase::{Spread, spread};
use dormouse::feeds::polling_hints::Wishes;
use dormouse::feeds::{Card, Rung, Validators};
use dormouse::ids::FeedId;
use dormouse::update::schedule::{
    FLOOR, OVERLAP, Sweep, last_asked, next_poll, pause, refuse_until, rung_for, wait_until,
};

const DAY: i64 = 24 * 60;
/// A Thursday at midnight.
const START: i64 = 20_454 * DAY;

fn card(rung: Rung) -> Card {
    Card {
        rung,
        validators: Validators {
            etag: Some("\"x\"".into()),
            ..Validators::default()
        },
        ..Card::new("https://news.example/feed")
    }
}

/// Numbers from 0 to below `n`, the same each time.
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

/// Sweeps for some days, so many minutes apart, give or take some.
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

/// The minutes at which a feed is asked, if each sweep knows exactly when it was asked last.
fn asked(feed: Spread, card: &Card, sweeps: &[Sweep]) -> Vec<i64> {
    let mut card = card.clone();
    let mut all = Vec::new();
    for &Sweep(from, to, at) in sweeps {
        let is_due = feed.next_due(card.rung, from).is_some_and(|due| due <= to);
        if is_due && wait_until(feed, &card, &[], at).is_none() {
            card.asked = at;
            all.push(at);
        }
    }
    all
}

#[test]
fn the_sweeps_alone_show_when_a_feed_was_asked() {
    let mut dice = Dice(1);
    for (every, jitter) in [(5, 2), (7, 6), (60, 9), (600, 300)] {
        let sweeps = sweeps(&mut dice, 4, every, jitter);
        for id in 1..40 {
            let feed = spread(FeedId(id));
            for step in 0..5 {
                let card = card(Rung::Step(step));
                let truth = asked(feed, &card, &sweeps);
                let end = sweeps.last().unwrap().2;
                let found = last_asked(feed, &card, &sweeps, end);
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
fn nobody_is_asked_too_soon_and_nobody_starves_however_the_sweeps_come() {
    let mut dice = Dice(7);
    for (every, jitter) in [(5, 0), (5, 2), (6, 5)] {
        let sweeps = sweeps(&mut dice, 3, every, jitter);
        for id in 1..100 {
            let asked = asked(spread(FeedId(id)), &card(Rung::Step(0)), &sweeps);
            let gaps: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(
                gaps.len() >= 3 * 24 * 60 / 85,
                "feed {id}: {} in 3 days",
                gaps.len()
            );
            assert!(gaps.iter().all(|&gap| gap >= FLOOR), "feed {id}: {gaps:?}");
            // Each minute late is a minute later the next time, until a turn is lost.
            assert!(
                gaps.iter().all(|&gap| gap <= 2 * FLOOR),
                "feed {id}: {gaps:?}"
            );
            let mean = gaps.iter().sum::<i64>() / i64::try_from(gaps.len()).unwrap();
            assert!(mean <= FLOOR + 20, "feed {id}: {mean} minutes");
        }
    }
}

#[test]
fn one_sweep_after_a_night_asks_everyone_and_the_next_passes_them_over() {
    let feed = spread(FeedId(7));
    let card = card(Rung::Step(0));
    let due = feed.next_due(card.rung, START).unwrap();
    let night = Sweep(START - 600, due - 1, due - 1);
    assert_eq!(wait_until(feed, &card, &[], due), None);
    let until = due - 1 + FLOOR;
    assert_eq!(wait_until(feed, &card, &[night], due), Some(until));
    assert_eq!(wait_until(feed, &card, &[night], until), None);
    assert_eq!(next_poll(feed, &card, &[night], due), Some(due + 60));
}

#[test]
fn what_the_publisher_asks_for_is_the_least() {
    let feed = spread(FeedId(9));
    let mut card = card(Rung::Step(0));
    (card.asked, card.newest) = (START, START * 60_000_000);
    card.gap = 1;
    for (ttl, fresh, least, rung) in [
        (0, 0, 60, 60),
        (30, 5, 61, 120),
        (180, 0, 180, 240),
        (0, 360, 481, 720),
        (0, 525_600, 1_441, 2_880),
    ] {
        card.wishes = Wishes {
            ttl,
            ..Wishes::default()
        };
        card.wishes.set_fresh(fresh);
        assert_eq!(
            rung_for(&card, START).period(),
            Some(rung),
            "{ttl} and {fresh}"
        );
        assert_eq!(pause(&card, START), least, "{ttl} and {fresh}");
        assert_eq!(
            wait_until(feed, &card, &[], START + least - 1),
            Some(START + least)
        );
        assert_eq!(wait_until(feed, &card, &[], START + least), None);
        assert_eq!(
            refuse_until(feed, &card, &[], START + 1),
            Some(START + least)
        );
    }
}

#[test]
fn at_the_hours_and_days_that_are_to_be_skipped_nobody_is_asked() {
    // From 22:00 to 06:00, and on Saturdays and Sundays, in UTC.
    let night = (22..24)
        .chain(0..6)
        .fold(0, |hours, hour| hours | 1 << hour);
    let mut card = card(Rung::Off);
    card.wishes = Wishes {
        hours: night,
        days: 0b110_0000,
        ..Wishes::default()
    };
    (card.gap, card.newest) = (1, (START + 14 * DAY) * 60_000_000);
    card.rung = rung_for(&card, START);
    let mut dice = Dice(3);
    let sweeps = sweeps(&mut dice, 14, 5, 2);
    for id in 1..30 {
        let asked = asked(spread(FeedId(id)), &card, &sweeps);
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
        wait_until(feed, &card, &[], saturday),
        Some(START + 4 * DAY + 6 * 60)
    );
    assert_eq!(
        refuse_until(feed, &card, &[], saturday),
        Some(START + 4 * DAY + 6 * 60)
    );
}

#[test]
fn a_slow_feed_with_hours_to_skip_is_asked_as_rarely_as_it_posts() {
    let mut card = card(Rung::Off);
    card.wishes = Wishes {
        hours: 0b1111,
        ..Wishes::default()
    };
    (card.gap, card.newest) = (2 * DAY, START * 60_000_000);
    card.rung = rung_for(&card, START);
    let sweeps = sweeps(&mut Dice(5), 4, 5, 1);
    let asked = asked(spread(FeedId(3)), &card, &sweeps);
    assert!(asked.len() <= 6, "{} times in four days", asked.len());
    assert!(asked.len() >= 3, "{} times in four days", asked.len());
}
