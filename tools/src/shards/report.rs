//! What a day of ticks came to.

use std::fmt;

use dormouse::tooling::datastore::Cost;
use dormouse::tooling::pricing::Prices;

use super::Settings;

/// Days of a month that is priced.
const DAYS: u64 = 30;
/// Where it is priced.
const REGION: &str = "us-central1";

/// What a day of ticks came to.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// What was played.
    #[serde(flatten)]
    pub settings: Option<Settings>,
    /// Ticks, one every five minutes.
    pub ticks: u64,
    /// Feeds that were checked.
    pub checks: u64,
    /// Shards' sweeps that weren't finished in their tick.
    pub late_sweeps: u64,
    /// The minute of the day in which one was late first.
    pub first_late_minute: Option<u64>,
    /// Seconds of work that were left at the end of the day.
    pub left_seconds: u64,
    /// Seconds of the longest sweep of a shard.
    pub longest_seconds: u64,
    /// Calls that met a shard at which another was, or that was done.
    pub declined: u64,
    /// Feeds of the smallest shard, and of the largest.
    pub smallest_shard: u64,
    /// See `smallest_shard`.
    pub largest_shard: u64,
    /// Reads of shards' records.
    pub record_reads: u64,
    /// Writes of shards' records.
    pub record_writes: u64,
    /// Reads of pages of what is due.
    pub page_reads: u64,
    /// Dollars a month for these reads and writes, by the list, without what is free. What a checked feed takes is besides, and the
    /// same whatever the shards.
    pub usd_per_month: f64,
}

impl Report {
    pub(super) fn price(self, day: Cost) -> Self {
        let month = Cost {
            reads: day.reads * DAYS,
            writes: day.writes * DAYS,
            ..Cost::default()
        };
        let price = Prices::ours().ok();
        let price = price.and_then(|prices| prices.list_price(month, REGION));
        Self {
            usd_per_month: price.unwrap_or(f64::NAN),
            ..self
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(settings) = self.settings else {
            return Ok(());
        };
        writeln!(
            out,
            "{} feeds in {} shards ({} to {} feeds each), {} ms an answer, callers of {} s",
            settings.feeds,
            settings.shards,
            self.smallest_shard,
            self.largest_shard,
            settings.latency_ms,
            settings.tick_seconds
        )?;
        writeln!(
            out,
            "  {} ticks, {} checks; late sweeps {}, longest {} s, {} s of work left at the end",
            self.ticks, self.checks, self.late_sweeps, self.longest_seconds, self.left_seconds
        )?;
        write!(
            out,
            "  records: {} reads ({} of them declined), {} writes; pages: {} reads; ${:.2} a month by the list",
            self.record_reads,
            self.declined,
            self.record_writes,
            self.page_reads,
            self.usd_per_month
        )
    }
}
