//! What a cadence costs, and how late it makes news: many feeds, a month, no network, and a clock of its own.
//!
//! The feeds post as `patterns` says. They are asked by the same pure functions as the tick's: phases, sweeps, floors and
//! rungs. Every answer is assumed to come, and to be conditional.

mod dice;
mod patterns;
mod poll;
mod report;
mod strategies;

pub use report::{Outcome, Report};

use dice::Dice;
use dormouse::tooling::feeds::phase::due_phases;
use dormouse::tooling::feeds::{LADDER, Rung};
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::update::schedule::{OVERLAP, Sweep};
use patterns::{CLASSES, Class, DAY, live};
use poll::{Feed, poll};
use report::Tally;
use strategies::strategies;

/// The minute at which the simulation begins: a Thursday at midnight, as good as any.
const START: i64 = 20_454 * DAY;
/// How long the feeds are asked before anything is counted, so that each has come to its rung: the longest period, twice.
const BEFORE: i64 = 2 * LADDER[LADDER.len() - 1];

/// What to play.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Settings {
    /// How many feeds.
    pub feeds: u32,
    /// How many days are counted.
    pub days: u32,
    /// Where chance begins.
    pub seed: u64,
    /// Minutes between two sweeps.
    pub every: u32,
}

/// The sweeps of the whole time, one each `every` minutes.
struct Sweeps {
    every: i64,
    first: i64,
    all: Vec<Sweep>,
}

impl Sweeps {
    fn new(settings: Settings, end: i64) -> Self {
        let every = i64::from(settings.every.max(1));
        let first = START - BEFORE;
        let ends = (1..).map(|n| first + n * every);
        let all = ends
            .take_while(|&to| to <= end)
            .map(|to| Sweep(to - every - OVERLAP, to, to))
            .collect();
        Self { every, first, all }
    }

    /// The first sweep that covers `minute`.
    fn covering(&self, minute: i64) -> Option<Sweep> {
        let place = (minute - self.first + self.every - 1).div_euclid(self.every) - 1;
        self.all.get(usize::try_from(place).ok()?).copied()
    }

    /// Reads of all sweeps in the counted time: the record, and a query for each range of phases that is due.
    fn reads(&self, end: i64) -> u64 {
        let counted = self
            .all
            .iter()
            .filter(|sweep| sweep.1 > START && sweep.1 <= end);
        let queries = |sweep: &Sweep| {
            let ranges = Rung::polled().map(|rung| {
                rung.period()
                    .map_or(1, |period| due_phases(period, sweep.0, sweep.1).len())
            });
            1 + ranges.sum::<usize>() as u64
        };
        counted.map(queries).sum()
    }

    /// Writes of all sweeps in the counted time: one to claim it, one to say that it is done.
    fn writes(&self, end: i64) -> u64 {
        let counted = self
            .all
            .iter()
            .filter(|sweep| sweep.1 > START && sweep.1 <= end);
        2 * counted.count() as u64
    }
}

/// Plays every way of asking on the same feeds. The same settings give the same report.
pub fn simulate(settings: Settings) -> Report {
    let end = START + i64::from(settings.days) * DAY;
    // News of the last day is waited for: the slowest rung is a week.
    let sweeps = Sweeps::new(settings, end + LADDER[LADDER.len() - 1] + 2 * DAY);
    let dice = Dice::new(settings.seed);
    let feeds: Vec<Feed> = (0..settings.feeds)
        .map(|number| {
            let id = FeedId(u32::try_from(dice.between(1, i64::from(u32::MAX))).unwrap_or(1));
            // Multiples of the golden ratio are spread evenly, however few or many.
            let place = (f64::from(number) * 0.618_033_988_75).fract();
            let life = live(class_of(number), place, &dice, START - BEFORE, end);
            Feed::new(id, life, (START, end))
        })
        .collect();
    let outcomes = strategies()
        .into_iter()
        .map(|strategy| {
            let mut tally = Tally::new(settings, sweeps.reads(end), sweeps.writes(end));
            for feed in &feeds {
                poll(feed, &strategy, &sweeps, (START, end), &mut tally);
            }
            tally.outcome(strategy.name)
        })
        .collect();
    let classes = CLASSES.map(|class| {
        let members = (0..settings.feeds).filter(|&number| class_of(number).name == class.name);
        (class.name, members.count())
    });
    Report {
        settings,
        classes: classes.into(),
        outcomes,
    }
}

/// One feed's life: the minutes at which its articles are published, ascending, and how many its document shows.
#[derive(Clone, Debug)]
pub struct Posting {
    /// Minutes since 1970.
    pub articles: Vec<i64>,
    /// Entries.
    pub shown: usize,
}

/// Which mixture of feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mixture {
    /// As among the samples, which testers collected: many wires and newsrooms.
    Samples,
    /// As on readers' shelves, as we suppose them: mostly blogs.
    Shelves,
}

/// Of a hundred feeds on shelves, those of each class, in the classes' order: an assumption, not a measurement.
const SHELVES: [u32; 11] = [4, 10, 14, 14, 4, 14, 18, 2, 12, 4, 4];

/// So many feeds of a mixture, from some weeks before `start` to `end`. The same seed gives the same feeds.
pub fn postings(count: u32, mixture: Mixture, seed: u64, start: i64, end: i64) -> Vec<Posting> {
    let dice = Dice::new(seed);
    let posting = |number: u32| {
        let class = match mixture {
            Mixture::Samples => class_of(number),
            Mixture::Shelves => class_on_shelves(number),
        };
        let place = (f64::from(number) * 0.618_033_988_75).fract();
        let life = live(class, place, &dice, start, end);
        Posting {
            articles: life.articles,
            shown: life.shown,
        }
    };
    (0..count).map(posting).collect()
}

fn class_on_shelves(number: u32) -> &'static Class {
    let total: u32 = SHELVES.iter().sum();
    // Steps of 37 visit each of the hundred places once.
    let mut place = number.wrapping_mul(37) % total;
    for (class, feeds) in CLASSES.iter().zip(SHELVES) {
        if place < feeds {
            return class;
        }
        place -= feeds;
    }
    &CLASSES[0]
}

/// Classes by their shares, so that few feeds have the same mixture as many.
fn class_of(number: u32) -> &'static Class {
    let total: i64 = CLASSES.iter().map(|class| class.feeds).sum();
    // Steps of 23 visit each of the 56 places once before the first comes again.
    let mut place = (i64::from(number) * 23).rem_euclid(total);
    for class in &CLASSES {
        if place < class.feeds {
            return class;
        }
        place -= class.feeds;
    }
    &CLASSES[0]
}
