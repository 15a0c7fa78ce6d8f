//! Simulates polling strategies: what each costs, and how late articles arrive. No network, simulated time.
//!
//! The feeds post by the classes of `patterns`. They are scheduled by the tick's own pure functions: phases, sweeps,
//! minimum intervals and poll tiers. Every request is assumed to succeed and to be conditional.

mod dice;
mod patterns;
mod poll;
mod report;
mod strategies;

pub use report::{Outcome, Report};

use dice::Dice;
use dormouse::tooling::feeds::phase::due_phases;
use dormouse::tooling::feeds::{POLL_PERIODS, PollTier};
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::update::schedule::{OVERLAP, Sweep};
use patterns::{CLASSES, Class, DAY, live};
use poll::{Feed, poll};
use report::Tally;
use strategies::strategies;

/// The minute (since 1970) at which counting starts: a Thursday at midnight (arbitrary).
const START: i64 = 20_454 * DAY;
/// Minutes of warm-up before anything is counted, so that every feed reaches its poll tier: twice the longest period.
const BEFORE: i64 = 2 * POLL_PERIODS[POLL_PERIODS.len() - 1];

/// What to simulate.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Settings {
    /// Number of feeds.
    pub feeds: u32,
    /// Number of days counted.
    pub days: u32,
    /// Random seed.
    pub seed: u64,
    /// Minutes between two sweeps.
    pub every: u32,
}

/// All sweeps of the simulation, one every `every` minutes.
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

    /// Reads of all sweeps in the counted period: the tick record, and a query for each due range of phases.
    fn reads(&self, end: i64) -> u64 {
        let counted = self
            .all
            .iter()
            .filter(|sweep| sweep.1 > START && sweep.1 <= end);
        let queries = |sweep: &Sweep| {
            let ranges = PollTier::polled().map(|tier| {
                tier.period()
                    .map_or(1, |period| due_phases(period, sweep.0, sweep.1).len())
            });
            1 + ranges.sum::<usize>() as u64
        };
        counted.map(queries).sum()
    }

    /// Writes of all sweeps in the counted period: one to claim the sweep, one to complete it.
    fn writes(&self, end: i64) -> u64 {
        let counted = self
            .all
            .iter()
            .filter(|sweep| sweep.1 > START && sweep.1 <= end);
        2 * counted.count() as u64
    }
}

/// Simulates every strategy on the same feeds. Deterministic: the same settings give the same report.
pub fn simulate(settings: Settings) -> Report {
    let end = START + i64::from(settings.days) * DAY;
    // Long enough for the last day's articles to arrive: the slowest poll tier is a week.
    let sweeps = Sweeps::new(
        settings,
        end + POLL_PERIODS[POLL_PERIODS.len() - 1] + 2 * DAY,
    );
    let dice = Dice::new(settings.seed);
    let feeds: Vec<Feed> = (0..settings.feeds)
        .map(|number| {
            let id = FeedId(u32::try_from(dice.between(1, i64::from(u32::MAX))).unwrap_or(1));
            // Multiples of the golden ratio are evenly spread for any number of feeds.
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

/// When one feed posts, and how many entries its document has.
#[derive(Clone, Debug)]
pub struct Posting {
    /// Publication times in minutes since 1970, ascending.
    pub articles: Vec<i64>,
    /// Number of entries in its document.
    pub shown: usize,
}

/// A mixture of feed classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mixture {
    /// As in our sample files, which are collected test data: many wires and newsrooms.
    Samples,
    /// As assumed for real subscription lists: mostly blogs.
    Shelves,
}

/// Feeds per hundred of each class (in the order of [`CLASSES`]) on readers' shelves: an assumption, not a measurement.
const SHELVES: [u32; 11] = [4, 10, 14, 14, 4, 14, 18, 2, 12, 4, 4];

/// `count` feeds of a mixture, from some weeks before `start` until `end`. The same seed gives the same feeds.
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
    // 37 is coprime to 100, so consecutive numbers visit every place once.
    let mut place = number.wrapping_mul(37) % total;
    for (class, feeds) in CLASSES.iter().zip(SHELVES) {
        if place < feeds {
            return class;
        }
        place -= feeds;
    }
    &CLASSES[0]
}

/// The class of a feed, by the classes' shares, so that a few feeds have the same mixture as many.
fn class_of(number: u32) -> &'static Class {
    let total: i64 = CLASSES.iter().map(|class| class.feeds).sum();
    // 23 is coprime to 56, so consecutive numbers visit every place once.
    let mut place = (i64::from(number) * 23).rem_euclid(total);
    for class in &CLASSES {
        if place < class.feeds {
            return class;
        }
        place -= class.feeds;
    }
    &CLASSES[0]
}
