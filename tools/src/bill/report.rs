//! From a simulated day to invoices, and how each term grows.

use std::fmt;

use dormouse::tooling::datastore::Cost;
use dormouse::tooling::datastore::cache::Hits;
use dormouse::tooling::pricing::{Invoice, Platform, Prices, Usage};
use serde::Serialize;

use super::{Day, MOST_READERS, SAMPLE, Settings};
use crate::simulate::Mixture;

/// Seconds that App Engine bills after the last request.
const TAIL: u32 = 15 * 60;
/// Minimum seconds that Cloud Run bills for a request.
const LEAST: f64 = 0.1;
/// Seconds that a request to a publisher takes: the average, and ([`SLOWEST`]) the slowest of a sweep.
const FETCH: f64 = 0.5;
const SLOWEST: f64 = 5.0;
/// Concurrent requests to publishers.
const AT_ONCE: f64 = 64.0;
/// Memory of a Cloud Run instance in GiB.
const MEMORY: f64 = 0.5;
/// How many times slower an F1's CPU is than this machine's; an assumption.
const F1_SLOWER: f64 = 5.0;
/// CPU utilisation at which App Engine starts another instance; its default.
const BUSIEST: f64 = 0.6;
/// Pictures of an article that is opened, and the bytes of one; assumptions, for the image proxy alone.
const PICTURES: f64 = 2.0;
const PICTURE_BYTES: f64 = 150_000.0;
/// Number of Cloud Scheduler jobs.
const JOBS: f64 = 2.0;

/// Why each term of the curve is bounded.
pub const BOUNDS: [&str; 7] = [
    "Reads of readers grow with readers alone: a list is built from heads, one record a feed, whatever was posted; what is remembered is read once for all.",
    "Writes of readers grow with batches of marks: one small record for each, never one for each article.",
    "Reads and writes of feeds grow with different feeds, not with who follows them: a feed is fetched once for all, and an unchanged answer writes nothing as a rule.",
    "There is at most one sweep in five minutes, whatever triggers it: above some number of readers, this term is flat.",
    "Storage grows with different feeds: 200 articles or 90 days of each, kept once for all readers.",
    "Instances: none without readers, and one with any: flat, until one F1's processor is more than 60 % busy.",
    "Traffic grows with what is read: a page of a list is fifty articles at most, and a text goes out when it is opened.",
];

/// What was simulated.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sample {
    /// Readers.
    pub readers: u32,
    /// Distinct feeds.
    pub feeds: u32,
}

/// The estimate.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The requested settings.
    pub settings: Settings,
    /// Readers and feeds that were simulated.
    pub played: Sample,
    /// Usage of one day.
    pub usage: Usage,
    /// What a month of such days costs, line by line.
    pub invoice: Invoice,
    /// Total in US dollars a month.
    pub total_usd_per_month: f64,
    /// The total on each platform in each region.
    pub elsewhere: Vec<(String, f64)>,
    /// A day's operations by cause.
    pub by_cause: Vec<(&'static str, Cost)>,
    /// New articles per feed and day.
    pub articles_per_feed: f64,
    /// Requests per feed and day.
    pub requests_per_feed: f64,
    /// Commits of marks per day.
    pub marks: u64,
    /// Hits and misses of each cache region.
    pub hits: Vec<Hits>,
    /// Estimated CPU hours of an F1 instance per day.
    pub f1_hours: f64,
    /// The assumptions made.
    pub assumptions: Vec<String>,
    /// Uncertainties, and how much each would change the total.
    pub doubts: Vec<String>,
}

/// One point of the curve.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// Number of readers.
    pub users: u32,
    /// Number of distinct feeds.
    pub distinct_feeds: u32,
    /// Usage of one day.
    pub usage: Usage,
    /// US dollars a month: reads, writes, deletes, storage, instances, traffic, total.
    pub dollars: [f64; 7],
}

/// The numbers of readers and feeds to simulate: those of the settings, or of a sample above [`MOST_READERS`].
pub fn sample(settings: &Settings) -> Sample {
    if settings.users <= MOST_READERS {
        return Sample {
            readers: settings.users,
            feeds: settings.distinct_feeds,
        };
    }
    let feeds = u64::from(settings.distinct_feeds) * u64::from(SAMPLE) / u64::from(settings.users);
    let least = u64::from(settings.feeds_per_user.min(settings.distinct_feeds));
    Sample {
        readers: SAMPLE,
        feeds: u32::try_from(feeds.max(least)).unwrap_or(u32::MAX),
    }
}

/// Factors from the simulated numbers to the requested ones.
#[derive(Clone, Copy, Debug)]
struct Scale {
    readers: f64,
    feeds: f64,
}

/// Estimated CPU hours of one F1 instance per day.
fn f1_hours(day: &Day, scale: Scale) -> f64 {
    day.cpu_ms as f64 * scale.readers.max(scale.feeds) * F1_SLOWER / 3_600_000.0
}

fn cost(cost: Cost, by: f64) -> [f64; 3] {
    [
        cost.reads as f64 * by,
        cost.writes as f64 * by,
        cost.deletes as f64 * by,
    ]
}

/// A day's usage, scaled: readers' terms by readers, feeds' terms by feeds, bare ticks by neither.
fn usage(day: &Day, scale: Scale) -> Usage {
    let of_feeds = day.ticks - day.bare_ticks;
    let [reader_reads, reader_writes, reader_deletes] = cost(day.readers, scale.readers);
    let [feed_reads, feed_writes, feed_deletes] = cost(of_feeds, scale.feeds);
    let [bare_reads, bare_writes, _] = cost(day.bare_ticks, 1.0);
    let [clean_reads, clean_writes, clean_deletes] = cost(day.cleaning, 1.0);
    // In steady state each new article replaces an old one.
    let retired = day.articles as f64 * scale.feeds;
    let requests = day.requests as f64 * scale.readers;
    let fetches = day.fetches as f64 * scale.feeds;
    let sweeping = fetches * FETCH / AT_ONCE + day.sweeps as f64 * SLOWEST;
    Usage {
        reads: reader_reads + feed_reads + bare_reads + clean_reads,
        writes: reader_writes + feed_writes + bare_writes + clean_writes,
        deletes: reader_deletes + feed_deletes.max(retired) + clean_deletes,
        stored_gib: day.feeds_gib * scale.feeds + day.readers_gib * scale.readers,
        instance_hours: alive(&day.busy, scale.readers).max(f1_hours(day, scale) / BUSIEST),
        busy_seconds: (requests * LEAST + sweeping).min(86_400.0),
        memory_gib: MEMORY,
        requests,
        egress_gib: day.egress as f64 * scale.readers / f64::from(1 << 30),
        jobs: JOBS,
    }
}

/// Instance hours of the day: from each request until [`TAIL`] after it.
fn alive(busy: &[u32], scale: f64) -> f64 {
    if scale > 1.0 {
        return 24.0;
    }
    let (mut seconds, mut until) = (0, 0);
    for &at in busy {
        let end = (at + TAIL).min(24 * 3_600);
        seconds += end.saturating_sub(at.max(until));
        until = until.max(end);
    }
    f64::from(seconds) / 3_600.0
}

/// Prices a day's usage; `None` for a region without prices.
pub fn report(settings: &Settings, played: Sample, day: &Day, prices: &Prices) -> Option<Report> {
    let scale = Scale {
        readers: f64::from(settings.users) / f64::from(played.readers.max(1)),
        feeds: f64::from(settings.distinct_feeds) / f64::from(played.feeds.max(1)),
    };
    let used = usage(day, scale);
    let invoice = prices.invoice(&used, &settings.region, settings.platform)?;
    let mut elsewhere = Vec::new();
    for (platform, name) in [
        (Platform::AppEngine, "App Engine"),
        (Platform::CloudRun, "Cloud Run"),
    ] {
        for region in prices.regions() {
            if let Some(other) = prices.invoice(&used, region, platform) {
                elsewhere.push((format!("{name}, {region}"), other.total_usd_per_month));
            }
        }
    }
    let feeds = f64::from(played.feeds.max(1));
    let f1_hours = f1_hours(day, scale);
    let total = invoice.total_usd_per_month;
    Some(Report {
        settings: settings.clone(),
        played,
        usage: used,
        total_usd_per_month: total,
        invoice,
        elsewhere,
        by_cause: vec![
            ("readers", day.readers),
            ("feeds, in ticks", day.ticks - day.bare_ticks),
            ("ticks by themselves", day.bare_ticks),
            ("the daily clean-up", day.cleaning),
        ],
        articles_per_feed: day.articles as f64 / feeds,
        requests_per_feed: day.fetches as f64 / feeds,
        marks: day.marks,
        hits: day.hits.clone(),
        f1_hours,
        assumptions: assumptions(settings, played, day, prices),
        doubts: doubts(settings, day, &used, prices, total),
    })
}

fn assumptions(settings: &Settings, played: Sample, day: &Day, prices: &Prices) -> Vec<String> {
    let Settings {
        visits,
        opened,
        programs,
        packs,
        searches,
        ..
    } = settings;
    let mut all = vec![
        format!("Prices of {}.", prices.date),
        format!("Each reader comes {visits} times a day, opens {opened} articles each time, one mark a batch, marks the rest read, and leaves the page open for some minutes, which checks once a minute. One article of fifty is starred; icons are asked for once a week. One reader in ten listens to an hour of podcasts, which sends eleven places. Of a hundred visits {searches} have a search, whose page of 20 hits is looked at; one reader in five has a rule."),
        format!("{programs} readers of a hundred have a phone, too, whose app syncs every half hour from 7 to 23 and marks {opened} articles in three of these syncs; one such app in thirty asks every feed for its newest twenty every hour instead, until its token has had what it is given a day."),
        format!("{packs} readers of a hundred have a device that takes the newest 50 unread articles along whenever a page is opened, at most every ten minutes, each text once."),
        format!("Feeds post as the classes of `dormouse-tools simulate`, in the mixture “{}”: {:.1} articles a feed and day.", mixture(settings.mixture), day.articles as f64 / f64::from(played.feeds.max(1))),
        "A sweep begins at most every five minutes, while anybody reads; the cron calls once an hour.".to_owned(),
        "In steady state each new article takes the place of an older one: as many deletes as articles. Stored is what feeds keep then: 200 articles, or 90 days.".to_owned(),
        "Text goes out packed, to a third as a rule.".to_owned(),
        format!("Cloud Run: {LEAST} s for each request, {FETCH} s for each answer of a publisher with {AT_ONCE} at a time and {SLOWEST} s for the slowest of a sweep. App Engine: one F1, billed for 15 minutes after each request."),
    ];
    if played.readers < settings.users {
        all.push(format!("A sample was played: {} readers on {} feeds; readers' terms were multiplied with the readers, feeds' with the feeds.", played.readers, played.feeds));
    }
    all
}

fn mixture(mixture: Mixture) -> &'static str {
    match mixture {
        Mixture::Samples => "samples",
        Mixture::Shelves => "shelves",
    }
}

/// The main uncertainties, each with its price.
fn doubts(
    settings: &Settings,
    day: &Day,
    used: &Usage,
    prices: &Prices,
    total: f64,
) -> Vec<String> {
    let with = |other: &Usage| {
        let invoice = prices.invoice(other, &settings.region, settings.platform);
        invoice.map_or(total, |invoice| invoice.total_usd_per_month) - total
    };
    // If projection queries were billed per result, each small operation would be a read.
    let small = (day.readers.small + day.ticks.small + day.cleaning.small) as f64;
    let by_result = Usage {
        reads: used.reads + small,
        ..*used
    };
    let twice = Usage {
        writes: used.writes * 2.0,
        deletes: used.deletes * 2.0,
        ..*used
    };
    let more = Usage {
        stored_gib: used.stored_gib * 2.0,
        ..*used
    };
    let opened = f64::from(settings.users * settings.visits * settings.opened);
    let pictures_gib = opened * PICTURES * PICTURE_BYTES / f64::from(1 << 30);
    let proxied = Usage {
        egress_gib: used.egress_gib + pictures_gib,
        ..*used
    };
    vec![
        format!("Pictures come from their publishers. With IMAGES=proxy, {PICTURES} of {PICTURE_BYTES} bytes for each opened article, {:.1} GiB a month, would go out from here: ${:+.2} a month.", pictures_gib * 30.0, with(&proxied)),
        format!("A projection query is one read however many results it has; the page that says so is old. Were each result a read: ${:+.2} a month.", with(&by_result)),
        format!("Twice as many articles and marks: ${:+.2} a month for their writes and deletes.", with(&twice)),
        format!("Twice as much stored: ${:+.2} a month.", with(&more)),
        "Should one F1 be too slow, a second costs what goes beyond 28 hours a day; see the hours of its processor above.".to_owned(),
    ]
}

/// How the terms grow with the number of readers, extrapolated from one day.
///
/// The number of distinct feeds is assumed to grow as readers^0.64: from one reader's feeds to about 10,000 for a thousand readers.
pub fn curve(settings: &Settings, played: Sample, day: &Day, prices: &Prices) -> Vec<Curve> {
    let points = [
        1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000,
    ];
    let of = |users: u32| {
        let own = f64::from(settings.feeds_per_user);
        let feeds = (own * f64::from(users).powf(0.64)).round();
        let scale = Scale {
            readers: f64::from(users) / f64::from(played.readers.max(1)),
            feeds: feeds / f64::from(played.feeds.max(1)),
        };
        let mut used = usage(day, scale);
        // With few readers, sweeps run only during visits (ten minutes each) and with the hourly cron job.
        let watched = (f64::from(users * settings.visits) * 10.0 / 1_440.0).min(1.0);
        let sweeps = 24.0 + (264.0 * watched);
        let fewer = sweeps / (day.sweeps as f64).max(1.0);
        let bare = day.bare_ticks;
        used.reads -= bare.reads as f64 * (1.0 - fewer);
        used.writes -= bare.writes as f64 * (1.0 - fewer);
        let awake = (24.0 * 0.25 + f64::from(users * settings.visits) * 0.42).min(24.0);
        used.instance_hours = awake.max(f1_hours(day, scale) / BUSIEST);
        let invoice = prices.invoice(&used, &settings.region, settings.platform)?;
        let dollars = |what: &str| {
            let lines = invoice.lines.iter().filter(|line| line.what == what);
            lines.map(|line| line.usd).sum::<f64>()
        };
        let all = invoice.total_usd_per_month;
        let known = [
            dollars("entity reads"),
            dollars("entity writes"),
            dollars("entity deletes"),
            dollars("stored data"),
            dollars("outbound data"),
        ];
        let [reads, writes, deletes, stored, traffic] = known;
        let instances = all - known.iter().sum::<f64>();
        Some(Curve {
            users,
            distinct_feeds: feeds as u32,
            usage: used,
            dollars: [reads, writes, deletes, stored, instances, traffic, all],
        })
    };
    points.into_iter().filter_map(of).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            users,
            feeds_per_user,
            distinct_feeds,
            region,
            ..
        } = &self.settings;
        writeln!(
            out,
            "{users} readers with {feeds_per_user} feeds each, {distinct_feeds} different ones, {region}\n"
        )?;
        writeln!(
            out,
            "{:24} {:>16} {:16} {:>14} {:>9}",
            "a month", "quantity", "", "free", "dollars"
        )?;
        for line in &self.invoice.lines {
            writeln!(
                out,
                "{:24} {:>16.2} {:16} {:>14.0} {:>9.2}",
                line.what, line.quantity, line.unit, line.free, line.usd
            )?;
        }
        writeln!(out, "{:24} {:>58.2}\n", "all in", self.total_usd_per_month)?;
        for (place, dollars) in &self.elsewhere {
            writeln!(out, "{place:28} {dollars:>9.2}")?;
        }
        writeln!(
            out,
            "\na day, as played            reads     writes    deletes"
        )?;
        for (cause, cost) in &self.by_cause {
            writeln!(
                out,
                "{cause:22} {:>10} {:>10} {:>10}",
                cost.reads, cost.writes, cost.deletes
            )?;
        }
        writeln!(
            out,
            "\nmemory                       hits     misses        MiB"
        )?;
        for hits in &self.hits {
            writeln!(
                out,
                "{:22} {:>10} {:>10} {:>10.1}",
                hits.region,
                hits.hits,
                hits.misses,
                hits.bytes as f64 / 1_048_576.0
            )?;
        }
        writeln!(
            out,
            "\n{:.1} requests to a feed a day; {} commits of marks; an F1's processor would work {:.1} hours a day",
            self.requests_per_feed, self.marks, self.f1_hours
        )?;
        writeln!(out, "\nSupposed:")?;
        for one in &self.assumptions {
            writeln!(out, "- {one}")?;
        }
        writeln!(out, "\nIn doubt:")?;
        for one in &self.doubts {
            writeln!(out, "- {one}")?;
        }
        Ok(())
    }
}
