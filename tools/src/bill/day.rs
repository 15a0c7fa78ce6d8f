//! One simulated day: ticks, the daily clean-up and readers' requests in chronological order.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use axum::body::Body;
use dormouse::tooling::datastore::cache::{Cache, Hits};
use dormouse::tooling::datastore::{Cost, Kind};
use dormouse::tooling::refresh::record;
use dormouse::tooling::update::decide::KEPT;
use dormouse::tooling::update::retention::USUAL_DAYS;
use http::{Request, header};
use tower::ServiceExt;

use super::Settings;
use super::readers::{self, Action, What};
use super::stage::{BEFORE, PlayError, SECRET, START, Stage, second, unexpected};
use super::storage::{self, GrowsWith, Stored};

/// Reads of a tick with no feed due: the tick record, and one query per poll tier. A range of phases that wraps costs
/// one more; `docs/budgets.md` has the maximum.
const BARE: u64 = 11;

/// Measured usage of one day.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Day {
    /// Cost of readers' requests, excluding ticks.
    pub readers: Cost,
    /// Cost of the calls that refresh feeds.
    pub ticks: Cost,
    /// The part of `ticks` that is spent even if no feed is due.
    pub bare_ticks: Cost,
    /// Cost of the daily clean-up.
    pub cleaning: Cost,
    /// Number of sweeps.
    pub sweeps: u64,
    /// Number of requests to publishers.
    pub fetches: u64,
    /// Number of new articles.
    pub articles: u64,
    /// Number of requests from readers and the scheduler.
    pub requests: u64,
    /// Number of commits for batches of marks, places in episodes and bulk actions.
    pub marks: u64,
    /// Response bytes, compressed (an estimate).
    pub egress: u64,
    /// CPU time on this machine, in milliseconds.
    pub cpu_ms: u64,
    /// Seconds of the day with at least one request, ascending and without duplicates.
    pub busy: Vec<u32>,
    /// GiB of feed data (feeds, articles, icons) in steady state.
    pub feeds_gib: f64,
    /// GiB of per-reader data.
    pub readers_gib: f64,
    /// Hits and misses of each cache region.
    pub hits: Vec<Hits>,
}

/// Simulates one day.
///
/// # Errors
/// Store errors, and responses from the service with a 5xx status.
pub async fn play(settings: &Settings) -> Result<Day, PlayError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long the machine takes is what is asked"
    )]
    let began = std::time::Instant::now();
    let mut stage = Stage::set(settings).await?;
    // Warm-up: every feed reaches its poll tier before anything is counted.
    for quarter in 0..BEFORE * 12 {
        stage.clock_at(second((quarter - BEFORE * 12) * 300));
        stage.sweep().await?;
    }
    stage.mark_all_read().await?;
    let set = began.elapsed();
    let day = stage.act(settings).await?;
    let cpu_ms = u64::try_from((began.elapsed() - set).as_millis()).unwrap_or(u64::MAX);
    Ok(Day { cpu_ms, ..day })
}

impl Stage {
    /// The day itself: readers' requests, the hourly cron job, the daily clean-up.
    async fn act(&mut self, settings: &Settings) -> Result<Day, PlayError> {
        let mut actions: Vec<Action> = Vec::new();
        for (number, actor) in (0_u32..).zip(&self.readers) {
            let feeds = u32::try_from(actor.feeds.len()).unwrap_or_default();
            let own = readers::day(number, settings, feeds, &self.random);
            if actor.pack.is_some() {
                actions.extend(readers::packs(&own));
            }
            actions.extend(own);
            if actor.phone.is_some() {
                actions.extend(readers::phone_day(number, settings.opened, feeds));
            }
        }
        actions.sort();
        self.app.tally.take();
        let asked = self.town.asked.load(Relaxed);
        let began = self.app.store.total_cost();
        let known_before = self.hits();
        let mut day = Day::default();
        let mut cleaning = Cost::default();
        let mut cron: Vec<(i64, &str)> = (0..24)
            .map(|hour| (hour * 3_600 + 23 * 60, "/cron/refresh"))
            .collect();
        cron.push((3 * 3_600 + 47 * 60, "/cron/daily"));
        cron.sort_unstable();
        let mut cron = cron.into_iter().peekable();
        for action in actions {
            while let Some((at, path)) = cron.next_if(|(at, _)| *at <= action.second) {
                cleaning = cleaning + self.scheduled(at, path).await?;
            }
            self.perform(action).await?;
        }
        for (at, path) in cron {
            cleaning = cleaning + self.scheduled(at, path).await?;
        }
        let spent = self.app.store.total_cost() - began;
        // The ledger records the ticks' share of the total.
        let mut known = record::today(&self.app.store).await?;
        dormouse::tooling::usage_log::put(&mut known, &self.app.tally.so_far());
        let today = START / (24 * 3_600);
        let today = known
            .into_iter()
            .find(|one| one.day == today)
            .unwrap_or_default();
        let ticks = Cost {
            reads: today.ticks.reads,
            small: today.ticks.small,
            writes: today.ticks.writes,
            deletes: today.ticks.deletes,
        };
        day.sweeps = today.ticks.count;
        day.ticks = ticks;
        day.cleaning = cleaning;
        day.readers = spent - ticks - cleaning;
        day.bare_ticks = Cost {
            reads: BARE * day.sweeps,
            small: 0,
            writes: 2 * day.sweeps,
            deletes: 0,
        };
        day.articles = self.new_articles();
        day.fetches = self.town.asked.load(Relaxed) - asked;
        (day.requests, day.egress, day.marks) = (self.requests, self.egress, self.marks);
        self.busy.dedup();
        day.busy = std::mem::take(&mut self.busy);
        day.hits = self.hits();
        for (now, before) in day.hits.iter_mut().zip(known_before) {
            now.hits -= before.hits;
            now.misses -= before.misses;
        }
        let stored = storage::all(&self.app.store).await?;
        (day.feeds_gib, day.readers_gib) = self.steady(&stored);
        Ok(day)
    }

    /// Cache hits and misses since the service was started.
    fn hits(&self) -> Vec<Hits> {
        let cache = self.app.store.cache();
        cache.map(Cache::hits).unwrap_or_default()
    }

    /// Number of articles published on the day.
    fn new_articles(&self) -> u64 {
        let (from, to) = (START / 60, START / 60 + 24 * 60);
        let of_day = self.town.feeds.iter().map(|feed| {
            let articles = &feed.articles;
            articles.partition_point(|&at| at <= to) - articles.partition_point(|&at| at <= from)
        });
        of_day.sum::<usize>() as u64
    }

    /// GiB in steady state, of feeds and of readers: articles as many as retention would keep at each feed's posting
    /// rate, everything else as stored.
    fn steady(&self, stored: &BTreeMap<Kind, Stored>) -> (f64, f64) {
        let gib = |bytes: f64| bytes / f64::from(1 << 30);
        let article = stored.get(&Kind::Article).copied().unwrap_or_default();
        let each = article.bytes as f64 / article.entities.max(1) as f64;
        let kept: usize = self
            .town
            .feeds
            .iter()
            .map(|feed| {
                let to = START / 60;
                let articles = feed.articles.partition_point(|&at| at <= to);
                let span = feed
                    .articles
                    .first()
                    .map_or(1, |&first| (to - first).max(1));
                let rate = articles as f64 / span as f64;
                let aged = (rate * (USUAL_DAYS * 24 * 60) as f64) as usize;
                aged.max(feed.shown.min(articles)).min(KEPT as usize)
            })
            .sum();
        let of = |what: GrowsWith| {
            let kinds = stored
                .iter()
                .filter(|(kind, _)| storage::grows_with(**kind) == what);
            kinds.map(|(_, one)| one.bytes as f64).sum::<f64>()
        };
        (
            gib(each * kept as f64 + of(GrowsWith::Feeds)),
            gib(of(GrowsWith::Readers)),
        )
    }

    async fn scheduled(&mut self, at: i64, path: &str) -> Result<Cost, PlayError> {
        self.clock_at(second(at));
        let before = self.app.store.total_cost();
        let bearer = format!("Bearer {SECRET}");
        let request = Request::get(path).header(header::AUTHORIZATION, bearer);
        self.send(at, request.body(Body::empty()).map_err(unexpected)?)
            .await?;
        let spent = self.app.store.total_cost() - before;
        Ok(if path == "/cron/daily" {
            spent
        } else {
            Cost::default()
        })
    }

    async fn send(&mut self, at: i64, request: Request<Body>) -> Result<String, PlayError> {
        let answer = self
            .router
            .clone()
            .oneshot(request)
            .await
            .map_err(unexpected)?;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .map_err(unexpected)?;
        if parts.status.is_server_error() {
            return Err(unexpected(format!("the service answered {}", parts.status)));
        }
        self.requests += 1;
        // Responses are compressed to about a third in production; the simulation keeps them uncompressed to parse
        // them.
        self.egress += body.len() as u64 / 3 + 500;
        self.busy.push(u32::try_from(at).unwrap_or_default());
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    async fn perform(&mut self, action: Action) -> Result<(), PlayError> {
        self.clock_at(second(action.second));
        let actor = &self.readers[action.reader as usize];
        let Some(request) = actor.request(action.what, &self.random) else {
            return Ok(());
        };
        let is_mark = matches!(action.what, What::Mark(_) | What::MarkPage | What::Play(..));
        self.marks += u64::from(is_mark);
        let answer = self
            .send(action.second, request.map_err(unexpected)?)
            .await?;
        if action.what == What::Unread {
            self.readers[action.reader as usize].read_page(&answer);
        }
        if let What::Phone(call) = action.what
            && let Some(phone) = &mut self.readers[action.reader as usize].phone
        {
            phone.read(call, &answer);
        }
        if action.what == What::Pack {
            self.readers[action.reader as usize].read_pack(&answer);
        }
        if action.what == What::Address {
            self.readers[action.reader as usize].read_address(&answer);
        }
        Ok(())
    }
}
