//! `dormouse-tools bill`

use dormouse::tooling::pricing::{Platform, Prices};

use super::print;
use dormouse_tools::bill::{BOUNDS, Settings, curve, play, report, sample};
use dormouse_tools::simulate::Mixture;

/// What to reckon.
#[derive(Debug, clap::Args)]
pub(super) struct BillArgs {
    /// Readers.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    users: u32,
    /// Feeds of each.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    feeds_per_user: u32,
    /// Different feeds among all readers.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    distinct_feeds: u32,
    /// Where the database is.
    #[arg(long, default_value = "us-central1")]
    region: String,
    /// Where the service runs.
    #[arg(long, value_enum, default_value = "appengine")]
    platform: On,
    /// Which feeds: as we suppose them on shelves, or as testers collected them.
    #[arg(long, value_enum, default_value = "shelves")]
    mixture: Like,
    /// How often each reader comes in a day.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=50))]
    visits: u32,
    /// Articles that he opens each time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(0..=50))]
    opened: u32,
    /// MiB that the instance remembers; 0 to see what remembering saves.
    #[arg(long, default_value_t = 96, value_parser = clap::value_parser!(u64).range(0..=4_096))]
    cache_mb: u64,
    /// The same seed gives the same bill.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How each term grows, from 1 reader to 100,000.
    #[arg(long)]
    curve: bool,
    /// As JSON instead of a text.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum On {
    Appengine,
    Cloudrun,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Like {
    Shelves,
    Samples,
}

/// Exit 0 with the invoice. It needs no store and no network.
pub(super) async fn run(args: &BillArgs) -> anyhow::Result<()> {
    let prices = Prices::ours()?;
    if !prices.regions().contains(&args.region.as_str()) {
        let known = prices.regions().join(", ");
        anyhow::bail!(
            "there are no prices for {:?}; take one of {known}",
            args.region
        );
    }
    let settings = Settings {
        users: args.users,
        feeds_per_user: args.feeds_per_user,
        distinct_feeds: args.distinct_feeds,
        region: args.region.clone(),
        platform: match args.platform {
            On::Appengine => Platform::AppEngine,
            On::Cloudrun => Platform::CloudRun,
        },
        mixture: match args.mixture {
            Like::Shelves => Mixture::Shelves,
            Like::Samples => Mixture::Samples,
        },
        visits: args.visits,
        opened: args.opened,
        cache_mb: args.cache_mb,
        seed: args.seed,
    };
    let (users, distinct_feeds) = sample(&settings);
    let smaller = Settings {
        users,
        distinct_feeds,
        ..settings.clone()
    };
    let day = play(&smaller).await?;
    let played = (users, distinct_feeds);
    let report = report(&settings, played, &day, &prices);
    let report = report.ok_or_else(|| anyhow::anyhow!("there are no prices for this region"))?;
    let points = args.curve.then(|| curve(&settings, played, &day, &prices));
    if args.json {
        let mut json = serde_json::to_value(&report)?;
        if let Some(points) = points {
            json["curve"] = serde_json::to_value(points)?;
            json["bounds"] = serde_json::to_value(BOUNDS)?;
        }
        print(&serde_json::to_string_pretty(&json)?);
        return Ok(());
    }
    print(&report.to_string());
    if let Some(points) = points {
        print("What bounds each term:");
        for bound in BOUNDS {
            print(&format!("- {bound}"));
        }
        print("");
        print(
            "readers    feeds   reads/day  writes/day deletes/day   GiB    reads   writes deletes storage instances traffic      all",
        );
        for point in points {
            let used = &point.usage;
            let [reads, writes, deletes, storage, instances, traffic, all] = point.dollars;
            print(&format!(
                "{:>7} {:>8} {:>11.0} {:>11.0} {:>11.0} {:>5.1} {reads:>8.2} {writes:>8.2} {deletes:>7.2} {storage:>7.2} {instances:>9.2} {traffic:>7.2} {all:>8.2}",
                point.users,
                point.distinct_feeds,
                used.reads,
                used.writes,
                used.deletes,
                used.stored_gib,
            ));
        }
    }
    Ok(())
}
