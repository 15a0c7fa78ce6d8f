//! `dormouse-tools simulate`

use super::print;
use dormouse_tools::simulate::{Settings, simulate};

/// What to play.
#[derive(Debug, clap::Args)]
pub(super) struct SimulateArgs {
    /// How many feeds.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    feeds: u32,
    /// How many days.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    /// The same seed gives the same report.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes between two sweeps: 5 while somebody reads, 60 with the cron alone.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    every: u32,
    /// As JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Exit 0 with the report. It needs no store and no network.
pub(super) fn run(args: &SimulateArgs) -> anyhow::Result<()> {
    let report = simulate(Settings {
        feeds: args.feeds,
        days: args.days,
        seed: args.seed,
        every: args.every,
    });
    if args.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&report.to_string());
    }
    Ok(())
}
