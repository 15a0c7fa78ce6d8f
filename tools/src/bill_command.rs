//! `dormouse-tools bill`

use dormouse::tooling::pricing::{Platform, Prices};
use dormouse_tools::bill::{BOUNDS, Settings, curve, play, report, sample};
use dormouse_tools::simulate::Mixture;

use super::print;

/// What to estimate.
#[derive(Debug, clap::Args)]
pub(super) struct BillArgs {
    /// Number of readers.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    users: u32,
    /// Feeds per reader.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    feeds_per_user: u32,
    /// Distinct feeds across all readers.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    distinct_feeds: u32,
    /// Region of the database.
    #[arg(long, default_value = "us-central1")]
    region: String,
    /// Platform that the service runs on.
    #[arg(long, value_enum, default_value = "appengine")]
    platform: On,
    /// Mixture of feeds: as assumed for real subscription lists, or as measured in our sample files.
    #[arg(long, value_enum, default_value = "shelves")]
    mixture: Like,
    /// Visits per reader and day.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=50))]
    visits: u32,
    /// Articles opened per visit.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(0..=50))]
    opened: u32,
    /// How many of a hundred readers have a phone, too, whose app syncs every half hour by day; also as a fraction, 0.3. One app in
    /// thirty fetches every feed's newest articles again and again.
    #[arg(long, default_value = "30", value_name = "SHARE", value_parser = share)]
    programs: u32,
    /// How many of a hundred readers have a device that takes the newest 50 unread articles with their texts along, for reading
    /// without a network; also as a fraction.
    #[arg(long, default_value = "10", value_name = "SHARE", value_parser = share)]
    packs: u32,
    /// How many of a hundred visits have a search; also as a fraction. With three visits a day, 10 are 0.3 searches a reader and day.
    #[arg(long, default_value = "10", value_name = "SHARE", value_parser = share)]
    searches: u32,
    /// Cache size in MiB; 0 turns the cache off.
    #[arg(long, default_value_t = 96, value_parser = clap::value_parser!(u64).range(0..=4_096))]
    cache_mb: u64,
    /// Random seed; the same seed gives the same bill.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also print how each term grows from 1 to 100,000 readers.
    #[arg(long)]
    curve: bool,
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// A share of readers: `30`, `30%` or `0.3`.
fn share(text: &str) -> Result<u32, String> {
    let number = text.trim_end_matches('%');
    let share: f64 = number
        .parse()
        .map_err(|_| format!("{text:?} is no share"))?;
    let percent = match number.contains('.') && share <= 1.0 {
        true => share * 100.0,
        false => share,
    };
    match (0.0..=100.0).contains(&percent) {
        // Within 0 to 100 by the line above.
        true => Ok(percent.round() as u32),
        false => Err(format!(
            "{text:?} is no share; it takes 0 to 100, or a fraction such as 0.3"
        )),
    }
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

/// Prints the invoice. Needs neither a store nor network access.
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
        programs: args.programs,
        packs: args.packs,
        searches: args.searches,
        opened: args.opened,
        cache_mb: args.cache_mb,
        seed: args.seed,
    };
    let played = sample(&settings);
    let smaller = Settings {
        users: played.readers,
        distinct_feeds: played.feeds,
        ..settings.clone()
    };
    let day = play(&smaller).await?;
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
