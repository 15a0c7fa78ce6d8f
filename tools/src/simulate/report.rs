//! What is counted, and how it is told.

use std::fmt;

use serde::Serialize;

use super::Settings;

/// What one way of asking came to.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Its name.
    pub strategy: String,
    /// Requests for each feed and day.
    pub requests_per_feed_day: f64,
    /// The share of requests that brought news.
    pub with_news: f64,
    /// Minutes from publication to arrival, the middle one, over the articles of feeds that post daily or more.
    pub median_delay: i64,
    /// Of 100 of these articles, 95 were here after so many minutes.
    pub p95_delay: i64,
    /// The middle one over the articles of the slower feeds.
    pub slow_median_delay: i64,
    /// Articles that left their document before it was asked for.
    pub missed: u64,
    /// The mean of the requests in five minutes.
    pub mean_per_five_minutes: f64,
    /// The most of them.
    pub most_per_five_minutes: u32,
    /// The mean and four times its square root: what a fair hash stays within.
    pub spread_bound: f64,
    /// Entities read a day: by the sweeps, and for the feeds that changed.
    pub reads_per_day: f64,
    /// Entities written a day: by the sweeps, for the feeds that changed, and the articles. Retention is left out.
    pub writes_per_day: f64,
    /// Of these, writes of feeds that only changed their rung.
    pub rung_writes_per_day: f64,
}

/// The comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was played.
    pub settings: Settings,
    /// How many feeds of each class.
    pub classes: Vec<(&'static str, usize)>,
    /// The outcomes, every feed every hour first and what the program does last.
    pub outcomes: Vec<Outcome>,
}

/// What is counted while one way of asking is played.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    settings: Settings,
    requests: u64,
    with_news: u64,
    moved: u64,
    articles: u64,
    missed: u64,
    sweeps: (u64, u64),
    /// Requests of each five minutes.
    spread: Vec<u32>,
    /// Articles by their delay in minutes: of busy feeds, and of slow ones.
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

    /// A request at a minute of the counted time (1 is the first), and how many articles it brought.
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

    /// A feed changed its rung without news.
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
            rung_writes_per_day: self.moved as f64 / days,
        }
    }
}

/// The delay that so large a share of articles doesn't exceed; 0 where there are none.
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
            "rungs"
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
                outcome.rung_writes_per_day,
            )?;
        }
        Ok(())
    }
}
