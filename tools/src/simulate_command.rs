//! `dormouse-tools simulate`

use dormouse_tools::simulate::{Settings, simulate};

use super::print;

/// What to simulate.
#[derive(Debug, clap::Args)]
pub(super) struct SimulateArgs {
    /// Number of feeds.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    feeds: u32,
    /// Number of days.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
    /// Random seed; the same seed gives the same report.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Minutes between two sweeps: 5 while a reader is active, 60 with the cron job alone.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    every: u32,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Prints the report. Needs neither a store nor network access.
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
