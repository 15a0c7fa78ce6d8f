//! From a played day to invoices, and how each term grows.

use std::fmt;

use dormouse::tooling::datastore::Cost;
use dormouse::tooling::datastore::cache::Hits;
use dormouse::tooling::pricing::{Invoice, Platform, Prices, Usage};
use serde::Serialize;

use super::{Day, MOST_READERS, SAMPLE, Settings};
use crate::simulate::Mixture;

/// Minutes that App Engine bills after the last request.
const TAIL: u32 = 15 * 60;
/// Seconds that Cloud Run bills at the least for a request.
const LEAST: f64 = 0.1;
/// Seconds that a request to a publisher takes, 64 at a time, and the slowest of a sweep.
const FETCH: f64 = 0.5;
const SLOWEST: f64 = 5.0;
/// Requests to publishers at the same time.
const AT_ONCE: f64 = 64.0;
/// GiB of a Cloud Run instance.
const MEMORY: f64 = 0.5;
/// How much slower an F1's processor is than this machine's, as we suppose.
const F1_SLOWER: f64 = 5.0;
/// How busy an instance's processor may be before App Engine starts another; its default.
const BUSIEST: f64 = 0.6;
/// Jobs of the scheduler.
const JOBS: f64 = 2.0;

/// What keeps each term of the curve from growing faster: the law that bounds it.
pub const BOUNDS: [&str; 7] = [
    "Reads of readers grow with readers alone: a list is built from heads, one record a feed, whatever was posted; what is remembered is read once for all.",
    "Writes of readers grow with batches of marks: one small record for each, never one for each article.",
    "Reads and writes of feeds grow with different feeds, not with who follows them: a feed is fetched once for all, and an unchanged answer writes nothing as a rule.",
    "Sweeps by themselves are at most one in five minutes, whoever asks: from some readers on, this term is flat.",
    "Storage grows with different feeds: 200 articles or 90 days of each, kept once for all readers.",
    "Instances: none while nobody reads, and one while somebody does: flat, until one F1's processor is more than 60 % busy.",
    "Traffic grows with what is read: a page of a list is fifty articles at most, and a text goes out when it is opened.",
];

/// What was reckoned.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was asked for.
    pub settings: Settings,
    /// Readers and feeds that were played.
    pub played: (u32, u32),
    /// What a day used.
    pub usage: Usage,
    /// The invoice.
    pub invoice: Invoice,
    /// Dollars a month, all in.
    pub total_usd_per_month: f64,
    /// The same on the other platform, and in the other regions.
    pub elsewhere: Vec<(String, f64)>,
    /// A day's operations by what caused them.
    pub by_cause: Vec<(&'static str, Cost)>,
    /// Articles a feed and day.
    pub articles_per_feed: f64,
    /// Requests to a feed a day.
    pub requests_per_feed: f64,
    /// Commits of marks a day.
    pub marks: u64,
    /// How often the memory had what was wanted, by region.
    pub hits: Vec<Hits>,
    /// Hours that an F1's processor would work in a day, as we suppose.
    pub f1_hours: f64,
    /// What was supposed.
    pub assumptions: Vec<String>,
    /// What could move the result, and by how much.
    pub doubts: Vec<String>,
}

/// One point of the curve.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// Readers.
    pub users: u32,
    /// Different feeds.
    pub distinct_feeds: u32,
    /// What a day used.
    pub usage: Usage,
    /// Dollars a month: reads, writes, deletes, storage, instances, traffic, and everything.
    pub dollars: [f64; 7],
}

/// What is played instead of so many readers and feeds.
pub fn sample(settings: &Settings) -> (u32, u32) {
    if settings.users <= MOST_READERS {
        return (settings.users, settings.distinct_feeds);
    }
    let feeds = u64::from(settings.distinct_feeds) * u64::from(SAMPLE) / u64::from(settings.users);
    let least = u64::from(settings.feeds_per_user.min(settings.distinct_feeds));
    (SAMPLE, u32::try_from(feeds.max(least)).unwrap_or(u32::MAX))
}

/// How much larger the real thing is than what was played.
#[derive(Clone, Copy, Debug)]
struct Scale {
    readers: f64,
    feeds: f64,
}

/// How many hours of a day one F1's processor would work.
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

/// A day's use, scaled. Readers' terms grow with readers, feeds' with feeds, and a bare tick's with neither.
fn usage(day: &Day, scale: Scale) -> Usage {
    let of_feeds = day.ticks - day.bare_ticks;
    let [reader_reads, reader_writes, reader_deletes] = cost(day.readers, scale.readers);
    let [feed_reads, feed_writes, feed_deletes] = cost(of_feeds, scale.feeds);
    let [bare_reads, bare_writes, _] = cost(day.bare_ticks, 1.0);
    let [clean_reads, clean_writes, clean_deletes] = cost(day.cleaning, 1.0);
    // In the long run each new article takes an old one's place.
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

/// Hours in which one instance is there: from each request to a quarter of an hour after it.
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

/// Reckons out what a day used; `None` for a region without prices.
pub fn report(
    settings: &Settings,
    played: (u32, u32),
    day: &Day,
    prices: &Prices,
) -> Option<Report> {
    let scale = Scale {
        readers: f64::from(settings.users) / f64::from(played.0.max(1)),
        feeds: f64::from(settings.distinct_feeds) / f64::from(played.1.max(1)),
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
    let feeds = f64::from(played.1.max(1));
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

fn assumptions(settings: &Settings, played: (u32, u32), day: &Day, prices: &Prices) -> Vec<String> {
    let Settings { visits, opened, .. } = settings;
    let mut all = vec![
        format!("Prices of {}.", prices.date),
        format!("Each reader comes {visits} times a day, opens {opened} articles each time, one mark a batch, marks the rest read, and leaves his page open for some minutes, which asks once a minute. One article of fifty is starred; icons are asked for once a week."),
        format!("Feeds post as the classes of `dormouse simulate`, in the mixture “{}”: {:.1} articles a feed and day.", mixture(settings.mixture), day.articles as f64 / f64::from(played.1.max(1))),
        "A sweep begins at most every five minutes, while anybody reads; the cron calls once an hour.".to_owned(),
        "In steady state each new article takes the place of an older one: as many deletes as articles. Stored is what feeds keep then: 200 articles, or 90 days.".to_owned(),
        "Text goes out packed, to a third as a rule.".to_owned(),
        format!("Cloud Run: {LEAST} s for each request, {FETCH} s for each answer of a publisher with {AT_ONCE} at a time and {SLOWEST} s for the slowest of a sweep. App Engine: one F1, billed for 15 minutes after each request."),
    ];
    if played.0 < settings.users {
        all.push(format!("A sample was played: {} readers on {} feeds; readers' terms were multiplied with the readers, feeds' with the feeds.", played.0, played.1));
    }
    all
}

fn mixture(mixture: Mixture) -> &'static str {
    match mixture {
        Mixture::Samples => "samples",
        Mixture::Shelves => "shelves",
    }
}

/// What could be otherwise, priced.
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
    // Were projections billed by the result, each small operation would be a read.
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
    vec![
        format!("A projection query is one read however many results it has; the page that says so is old. Were each result a read: ${:+.2} a month.", with(&by_result)),
        format!("Twice as many articles and marks: ${:+.2} a month for their writes and deletes.", with(&twice)),
        format!("Twice as much stored: ${:+.2} a month.", with(&more)),
        "Should one F1 be too slow, a second costs what goes beyond 28 hours a day; see the hours of its processor above.".to_owned(),
    ]
}

/// How the terms grow, from what one day showed of each: readers, feeds, ticks. Different feeds grow as readers to the power
/// 0.64, from those of one reader to 10,000 for a thousand.
pub fn curve(settings: &Settings, played: (u32, u32), day: &Day, prices: &Prices) -> Vec<Curve> {
    let points = [
        1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000,
    ];
    let of = |users: u32| {
        let own = f64::from(settings.feeds_per_user);
        let feeds = (own * f64::from(users).powf(0.64)).round();
        let scale = Scale {
            readers: f64::from(users) / f64::from(played.0.max(1)),
            feeds: feeds / f64::from(played.1.max(1)),
        };
        let mut used = usage(day, scale);
        // Few readers don't keep the sweeps going: ten minutes a visit, and the hourly cron.
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
