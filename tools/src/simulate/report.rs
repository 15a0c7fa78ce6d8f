//! Counters of a simulation, and the report.

use std::fmt;

use serde::Serialize;

use super::Settings;

/// Result of one strategy.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Name of the strategy.
    pub strategy: String,
    /// Requests per feed and day.
    pub requests_per_feed_day: f64,
    /// Share of requests that returned new articles.
    pub with_news: f64,
    /// Median delay from publication to arrival in minutes, for articles of feeds that post at least daily.
    pub median_delay: i64,
    /// 95th percentile of the delay of these articles in minutes.
    pub p95_delay: i64,
    /// Median delay in minutes for articles of the other feeds.
    pub slow_median_delay: i64,
    /// Number of articles that dropped out of their document before it was fetched.
    pub missed: u64,
    /// Mean number of requests per five minutes.
    pub mean_per_five_minutes: f64,
    /// Maximum number of requests in five minutes.
    pub most_per_five_minutes: u32,
    /// Mean plus four times its square root: the expected bound for evenly hashed phases.
    pub spread_bound: f64,
    /// Entities read per day: by the sweeps, and for feeds that changed.
    pub reads_per_day: f64,
    /// Entities written per day: by the sweeps, for feeds that changed, and articles. Excludes retention.
    pub writes_per_day: f64,
    /// The part of these writes for feeds that only changed their poll tier.
    pub tier_writes_per_day: f64,
}

/// The comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The simulated settings.
    pub settings: Settings,
    /// Number of feeds of each class.
    pub classes: Vec<(&'static str, usize)>,
    /// The outcomes; the first is the hourly baseline, the last is the strategy in use.
    pub outcomes: Vec<Outcome>,
}

/// Counters of one strategy.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    settings: Settings,
    requests: u64,
    with_news: u64,
    moved: u64,
    articles: u64,
    missed: u64,
    sweeps: (u64, u64),
    /// Number of requests in each five minutes.
    spread: Vec<u32>,
    /// Number of articles by delay in minutes: of busy feeds, then of slow ones.
    delays: [Vec<u32>; 2],
}

impl Tally {
    pub(super) fn new(settings: Settings, reads: u64, writes: u64) -> Self {
        Self {
            settings,
            requests: 0,
            with_news: 0,
            moved: 0,
            articles: 0,
            missed: 0,
            sweeps: (reads, writes),
            spread: vec![0; settings.days as usize * 288],
            delays: [Vec::new(), Vec::new()],
        }
    }

    /// Counts a request at a minute of the counted period (from 1), and the new articles it returned.
    pub(super) fn request(&mut self, minute: i64, news: usize) {
        self.requests += 1;
        self.articles += news as u64;
        self.with_news += u64::from(news > 0);
        let slot = usize::try_from((minute - 1) / 5).unwrap_or_default();
        if let Some(count) = self.spread.get_mut(slot) {
            *count += 1;
        }
    }

    pub(super) fn article(&mut self, delay: i64, busy: bool) {
        let delays = &mut self.delays[usize::from(!busy)];
        let delay = usize::try_from(delay).unwrap_or_default();
        if delays.len() <= delay {
            delays.resize(delay + 1, 0);
        }
        delays[delay] += 1;
    }

    pub(super) fn missed(&mut self, articles: u64) {
        self.missed += articles;
    }

    /// Counts a feed that changed its poll tier without new articles.
    pub(super) fn moved(&mut self) {
        self.moved += 1;
    }

    pub(super) fn outcome(self, strategy: String) -> Outcome {
        let days = f64::from(self.settings.days);
        let mean = self.requests as f64 / self.spread.len() as f64;
        let changed = self.with_news + self.moved;
        let requests = self.requests as f64;
        Outcome {
            strategy,
            requests_per_feed_day: requests / f64::from(self.settings.feeds) / days,
            with_news: self.with_news as f64 / requests.max(1.0),
            median_delay: quantile(&self.delays[0], 0.5),
            p95_delay: quantile(&self.delays[0], 0.95),
            slow_median_delay: quantile(&self.delays[1], 0.5),
            missed: self.missed,
            mean_per_five_minutes: mean,
            most_per_five_minutes: self.spread.iter().copied().max().unwrap_or(0),
            spread_bound: mean + 4.0 * mean.sqrt(),
            reads_per_day: (self.sweeps.0 + changed) as f64 / days,
            writes_per_day: (self.sweeps.1 + changed + self.articles) as f64 / days,
            tier_writes_per_day: self.moved as f64 / days,
        }
    }
}

/// The delay that `share` of the articles don't exceed; 0 if there are none.
fn quantile(delays: &[u32], share: f64) -> i64 {
    let total: u64 = delays.iter().map(|&count| u64::from(count)).sum();
    let wanted = (total as f64 * share).ceil() as u64;
    let mut seen = 0;
    let place = delays.iter().position(|&count| {
        seen += u64::from(count);
        seen >= wanted
    });
    place.unwrap_or_default() as i64
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            feeds,
            days,
            seed,
            every,
        } = self.settings;
        writeln!(
            out,
            "{feeds} feeds, {days} days, seed {seed}, a sweep every {every} minutes"
        )?;
        for (name, count) in &self.classes {
            write!(out, "{name} {count}; ")?;
        }
        writeln!(out, "\n")?;
        writeln!(
            out,
            "{:<26} {:>8} {:>6} {:>6} {:>7} {:>7} {:>7} {:>17} {:>8} {:>8} {:>7}",
            "strategy",
            "requests",
            "news",
            "median",
            "p95",
            "slow",
            "missed",
            "5 min: most ≤",
            "reads",
            "writes",
            "tiers"
        )?;
        for outcome in &self.outcomes {
            writeln!(
                out,
                "{:<26} {:>8.2} {:>5.1}% {:>6} {:>7} {:>7} {:>7} {:>8} ≤ {:>6.1} {:>8.0} {:>8.0} {:>7.0}",
                outcome.strategy,
                outcome.requests_per_feed_day,
                outcome.with_news * 100.0,
                outcome.median_delay,
                outcome.p95_delay,
                outcome.slow_median_delay,
                outcome.missed,
                outcome.most_per_five_minutes,
                outcome.spread_bound,
                outcome.reads_per_day,
                outcome.writes_per_day,
                outcome.tier_writes_per_day,
            )?;
        }
        Ok(())
    }
}
