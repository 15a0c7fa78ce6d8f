//! `dormouse-tools shards`

use dormouse_tools::shards::{Settings, play};

use super::print;

/// What to play.
#[derive(Debug, clap::Args)]
pub(super) struct ShardsArgs {
    /// Number of feeds.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    feeds: u32,
    /// Shards, and as many callers; several are played one after another.
    #[arg(long, value_delimiter = ',', default_value = "1,8,64", value_parser = clap::value_parser!(u32).range(1..=64))]
    shards: Vec<u32>,
    /// Milliseconds that a publisher takes to answer.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    latency_ms: u32,
    /// Seconds that a caller works.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..=540))]
    tick_seconds: u32,
    /// Random seed; the same seed gives the same report.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// Prints a report for each number of shards. Needs neither a store nor network access.
pub(super) fn run(args: &ShardsArgs) -> anyhow::Result<()> {
    let reports = args.shards.iter().map(|&shards| {
        play(Settings {
            feeds: args.feeds,
            shards,
            latency_ms: args.latency_ms,
            tick_seconds: args.tick_seconds,
            seed: args.seed,
        })
    });
    if args.json {
        let all: Vec<_> = reports.collect();
        print(&serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    reports.for_each(|report| print(&report.to_string()));
    Ok(())
}
