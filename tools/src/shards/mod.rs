//! Plays a day of ticks with very many feeds, in one or several shards: whether they keep up, how often callers meet, what it takes.
//!
//! Feeds post by the classes of [`simulate`](crate::simulate) and stand on the rung that the real rule gives them; phases, periods and shards
//! are computed by the tick's own functions. Time is played: publishers take a while to answer, 64 of a caller's are asked at once,
//! one feed of a host at a time with a pause between. Nothing is stored and nobody is asked.

mod report;
mod sweep;

use dormouse::tooling::datastore::Cost;
use dormouse::tooling::feeds::phase::spread;
use dormouse::tooling::feeds::{FeedSummary, PollTier, Validators};
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::random::Random;
use dormouse::tooling::refresh::shards::Shards;
use dormouse::tooling::timestamp::from_micros;
use dormouse::tooling::update::schedule::{tier_for, typical_gap};
use url::Url;

pub use report::Report;
use sweep::{Day, Due};

use crate::simulate::{Mixture, postings};

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Settings {
    /// Number of feeds.
    pub feeds: u32,
    /// Shards, and as many callers.
    pub shards: u32,
    /// Milliseconds that a publisher takes to answer.
    pub latency_ms: u32,
    /// Seconds that a caller works (`TICK_SECONDS`).
    pub tick_seconds: u32,
    /// Random seed.
    pub seed: u64,
}

/// Lives that are played, of which all feeds are copies: enough for every class to have many.
const LIVES: u32 = 2_000;
/// Weeks of a feed's past that its rung follows from.
const PAST: i64 = 60 * 24 * 60;
/// The minute at which the day begins: a Thursday at midnight (arbitrary).
const START: i64 = 20_454 * 24 * 60;
/// Of a hundred feeds so many stand at publishers with fifty; the others have a publisher of their own.
const TOGETHER: u32 = 10;
const OF_ONE: u32 = 50;

/// A feed.
#[derive(Clone, Copy, Debug)]
struct Feed {
    tier: PollTier,
    /// The minute of its period at which it is due.
    phase: i64,
    shard: u32,
    publisher: u32,
}

/// The rungs of the lives, by the real rule.
fn tiers(seed: u64) -> Vec<PollTier> {
    #[expect(clippy::unwrap_used, reason = "a constant, which is an address")]
    let address: dormouse::tooling::feeds::FeedAddress = "https://feed.example/".parse().unwrap();
    let lives = postings(LIVES, Mixture::Shelves, seed, START - PAST, START);
    let tier = |articles: &[i64]| {
        let newest = &articles[articles.len().saturating_sub(11)..];
        let dates = newest
            .iter()
            .map(|&minute| from_micros(minute * 60_000_000));
        let summary = FeedSummary {
            validators: Validators {
                etag: Some("\"1\"".into()),
                ..Validators::default()
            },
            gap: typical_gap(&dates.collect::<Vec<_>>()),
            newest: newest.last().map_or(0, |&at| at * 60_000_000),
            ..FeedSummary::new(address.clone())
        };
        tier_for(&summary, START)
    };
    lives.iter().map(|life| tier(&life.articles)).collect()
}

fn feeds(settings: Settings) -> Vec<Feed> {
    let tiers = tiers(settings.seed);
    let shards = Shards::new(settings.shards);
    let random = Random::seeded(settings.seed);
    let most = u64::from(u32::MAX);
    (0..settings.feeds)
        .map(|number| {
            let id = FeedId(u32::try_from(random.id(most)).unwrap_or(1));
            let tier = tiers[number as usize % tiers.len()];
            let publisher = match number % 100 < TOGETHER {
                true => u32::MAX - number / 100 * TOGETHER / OF_ONE,
                false => number,
            };
            #[expect(clippy::unwrap_used, reason = "a name of letters and digits")]
            let url = Url::parse(&format!("https://publisher{publisher}.com/")).unwrap();
            Feed {
                tier,
                phase: spread(id).phase(tier),
                shard: shards.of(&url).number(),
                publisher,
            }
        })
        .collect()
}

/// Plays the day. Deterministic: the same settings give the same report.
pub fn play(settings: Settings) -> Report {
    let all = feeds(settings);
    let mut due = Due::of(&all);
    let mut day = Day::new(settings, START);
    while day.ticks(&mut due) {}
    day.report(settings, &all)
}

/// Entities that are read and written.
fn cost(reads: u64, writes: u64) -> Cost {
    Cost {
        reads,
        writes,
        ..Cost::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(shards: u32, feeds: u32) -> Settings {
        Settings {
            feeds,
            shards,
            latency_ms: 300,
            tick_seconds: 240,
            seed: 1,
        }
    }

    #[test]
    fn as_much_is_checked_whatever_the_shards_as_long_as_they_keep_up() {
        let [one, eight] = [1, 8].map(|shards| play(settings(shards, 20_000)));
        assert_eq!((one.late_sweeps, eight.late_sweeps), (0, 0));
        let difference = one.checks.abs_diff(eight.checks);
        assert!(difference * 100 < one.checks, "{one:?} {eight:?}");
        assert!(eight.page_reads > one.page_reads);
    }

    #[test]
    fn more_than_one_caller_can_check_is_late_in_one_shard_alone() {
        let [one, eight] = [1, 8].map(|shards| play(settings(shards, 1_000_000)));
        assert!(one.late_sweeps > 0, "{one:?}");
        assert_eq!(eight.late_sweeps, 0, "{eight:?}");
        assert!(eight.longest_seconds < one.longest_seconds);
    }
}
