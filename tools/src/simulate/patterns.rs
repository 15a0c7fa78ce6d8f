//! How feeds post, as a table of classes.
//!
//! Measured on the real feeds among our samples (the test data of the projects FeedReader.Net and feedjira: 87 files,
//! of which 56 are distinct feeds with at least five dated entries, 1,230 such entries). Feeds were sorted by their
//! mean gap. For each class the table has the number of feeds, the range of mean gaps, the median deviation of the
//! gaps' logarithms, the share of gaps below three minutes, and the distribution of entries over the day and week. Two
//! kinds were separated by hand: feeds that post at a fixed minute of the day, and feeds that stopped posting (of some
//! thirty feeds collected in the same weeks of January 2017, one had posted nothing for 39 days, with a mean gap of 19
//! hours before).
//!
//! The samples can't show how many subscribed feeds are permanently dead, since those aren't collected. With them,
//! every strategy that adapts to the feed would send fewer requests.

use super::dice::Dice;

/// Minutes in a day.
pub(super) const DAY: i64 = 24 * 60;
/// Minutes in each of a week's 42 four-hour blocks.
const BLOCK: i64 = 240;
const BLOCKS: usize = 42;

/// One class of feeds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class {
    /// Name in the report.
    pub(super) name: &'static str,
    /// Number of its feeds among the 56.
    pub(super) feeds: i64,
    /// Range of mean gaps between articles in hours; the feeds' mean gaps are log-uniform within it.
    hours: (f64, f64),
    /// Standard deviation of the gaps' natural logarithms.
    deviation: f64,
    /// Share of articles published within minutes of the previous one.
    bursts: f64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Log-normal gaps, scaled by time of day and week.
    Flows(Hours),
    /// As `Flows`, but stops posting on one of the 60 days before the start.
    Ended(Hours),
    /// At a fixed minute of the day, once per mean gap.
    Fixed,
}

/// Weights of a day's six four-hour blocks (local time), and of a weekend day relative to a working day.
#[derive(Clone, Copy, Debug)]
struct Hours([f64; 6], f64);

/// 391 entries of feeds with a mean gap below four hours whose document covers a day. None covers a week, so their
/// weekends are unknown.
const NEWSROOM: Hours = Hours([72.0, 61.0, 84.0, 93.0, 57.0, 24.0], 1.0);
/// 301 entries of feeds with a mean gap from 4 to 72 hours.
const OFFICE: Hours = Hours([11.0, 25.0, 91.0, 91.0, 71.0, 12.0], 0.4);
/// 282 entries of slower feeds.
const LEISURE: Hours = Hours([34.0, 20.0, 44.0, 81.0, 72.0, 31.0], 0.6);

/// The classes, busiest first.
pub(super) const CLASSES: [Class; 11] = [
    class("wire", 10, (0.2, 1.0), 1.06, 0.14, Kind::Flows(NEWSROOM)),
    class("news", 12, (1.0, 4.0), 1.36, 0.02, Kind::Flows(NEWSROOM)),
    class("busy blog", 5, (4.0, 18.0), 1.44, 0.13, Kind::Flows(OFFICE)),
    class("daily", 3, (18.0, 30.0), 1.3, 0.0, Kind::Flows(OFFICE)),
    class("fixed daily", 3, (24.0, 24.0), 0.0, 0.44, Kind::Fixed),
    class(
        "thrice weekly",
        5,
        (30.0, 72.0),
        1.1,
        0.0,
        Kind::Flows(OFFICE),
    ),
    class("weekly", 7, (72.0, 250.0), 1.79, 0.0, Kind::Flows(LEISURE)),
    class("fixed weekly", 1, (168.0, 168.0), 0.0, 0.0, Kind::Fixed),
    class(
        "monthly",
        6,
        (250.0, 600.0),
        0.97,
        0.0,
        Kind::Flows(LEISURE),
    ),
    class("rare", 3, (600.0, 1_200.0), 1.16, 0.0, Kind::Flows(LEISURE)),
    class(
        "fallen silent",
        1,
        (18.0, 30.0),
        1.3,
        0.0,
        Kind::Ended(OFFICE),
    ),
];

const fn class(
    name: &'static str,
    feeds: i64,
    hours: (f64, f64),
    deviation: f64,
    bursts: f64,
    kind: Kind,
) -> Class {
    Class {
        name,
        feeds,
        hours,
        deviation,
        bursts,
        kind,
    }
}

/// One simulated feed.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// Publication times in minutes since 1970, ascending.
    pub(super) articles: Vec<i64>,
    /// Number of entries in its document.
    pub(super) shown: usize,
}

/// Generates a feed of a class, with its mean gap at `place` (`0..1`) of the class's range. Its articles start early
/// enough before `start` to fill the document.
pub(super) fn live(class: &Class, place: f64, dice: &Dice, start: i64, end: i64) -> Life {
    let (low, high) = class.hours;
    let mean = low * (high / low).powf(place) * 60.0;
    // The samples' documents have 10 to 50 entries; the typical gap uses eleven.
    let shown = dice.between(10, 50);
    let begin = start - (whole(mean) * 16).max(14 * DAY);
    let mut articles = Vec::new();
    match class.kind {
        Kind::Fixed => fixed(class, mean, dice, (begin, end), &mut articles),
        Kind::Flows(hours) => flow(class, mean, hours, dice, (begin, end), &mut articles),
        Kind::Ended(hours) => {
            let last = start - dice.between(0, 60 * DAY);
            flow(
                class,
                mean,
                hours,
                dice,
                (begin - 60 * DAY, last),
                &mut articles,
            );
        }
    }
    articles.sort_unstable();
    Life {
        articles,
        shown: usize::try_from(shown).unwrap_or(10),
    }
}

/// Posts at a fixed minute of the day, once per mean gap, sometimes several articles at once.
fn fixed(class: &Class, mean: f64, dice: &Dice, (begin, end): (i64, i64), out: &mut Vec<i64>) {
    let mut at = begin + dice.between(0, whole(mean));
    while at < end {
        // The publisher's own timer is up to two minutes late.
        out.push(at + dice.between(0, 2));
        if dice.share() >= class.bursts {
            at += whole(mean);
        }
    }
}

/// Log-normal gaps in a warped time that runs faster in busy hours and nearly stops at night.
fn flow(
    class: &Class,
    mean: f64,
    hours: Hours,
    dice: &Dice,
    (begin, end): (i64, i64),
    out: &mut Vec<i64>,
) {
    let speeds = speeds(hours);
    // Publishers' time zones range from UTC-8 to UTC+9.
    let zone = dice.between(-8, 9) * 60;
    // Burst articles have almost no gap, so the other gaps are lengthened to keep the overall mean.
    let gap = mean / (1.0 - class.bursts);
    let middle = gap.ln() - class.deviation * class.deviation / 2.0;
    let mut at = begin;
    loop {
        let mut rest = (middle + class.deviation * dice.normal()).exp();
        while at < end {
            let local = at + zone;
            let block = local.div_euclid(BLOCK);
            let speed = speeds[usize::try_from(block.rem_euclid(42)).unwrap_or_default()];
            let left = (block + 1) * BLOCK - local;
            let passes = float(left) * speed;
            if rest <= passes {
                at += whole(rest / speed).max(1);
                break;
            }
            rest -= passes;
            at += left;
        }
        if at >= end {
            return;
        }
        out.push(at);
        while dice.share() < class.bursts {
            out.push(at + dice.between(0, 2));
        }
    }
}

/// Speed of the warped time in each block of a week; 1 on average. Day 0 of the Unix epoch was a Thursday.
fn speeds(Hours(blocks, weekend): Hours) -> [f64; BLOCKS] {
    let mut speeds = [0.0; BLOCKS];
    for (place, speed) in speeds.iter_mut().enumerate() {
        let of_day = if matches!(place / 6, 2 | 3) {
            weekend
        } else {
            1.0
        };
        *speed = blocks[place % 6] * of_day;
    }
    let mean = speeds.iter().sum::<f64>() / 42.0;
    speeds.map(|speed| speed / mean)
}

/// Rounds; the values are a few years of minutes at most, so the cast loses nothing.
fn whole(minutes: f64) -> i64 {
    minutes.round() as i64
}

fn float(minutes: i64) -> f64 {
    minutes as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_are_the_feeds_that_were_measured() {
        assert_eq!(CLASSES.iter().map(|class| class.feeds).sum::<i64>(), 56);
    }

    #[test]
    fn a_class_posts_as_often_as_it_says() {
        let (start, end) = (30_000_000, 30_000_000 + 400 * DAY);
        for class in CLASSES.iter().take(6) {
            let dice = Dice::new(1);
            let lives: Vec<_> = (0..20)
                .map(|n| live(class, f64::from(n) / 20.0, &dice, start, end))
                .collect();
            let articles = lives.iter().flat_map(|life| &life.articles);
            let count = articles.filter(|&&at| at >= start).count();
            let gap = 20.0 * 400.0 * 24.0 / float(i64::try_from(count).unwrap());
            let (low, high) = class.hours;
            let low = low * (1.0 - class.bursts);
            assert!(gap > low * 0.9 && gap < high * 1.1, "{}: {gap}", class.name);
        }
    }
}
