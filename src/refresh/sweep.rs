//! The tick: the only engine.
//!
//! A sweep asks whoever is due in the minutes since the last one. The `Tick` record holds how far the sweeps have come, the
//! unfinished one's place, and the recent ones, from which a feed's last poll follows without being written anywhere.
//!
//! Two bounds keep any number of callers from doing more than one would: a new sweep begins at most every five minutes,
//! and only one caller works on a sweep at a time. A sweep that stopped at its deadline, or whose caller left, is resumed
//! by the next call of any kind.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::batch::Batch;
use super::context::RefreshContext;
use super::feed::Refreshed;
use crate::datastore::{
    Cost, Cursor, Datastore, Entity, Key, Kind, Mutation, StoreError, Version, metered,
};
use crate::feeds::phase::{due_phases, spread};
use crate::feeds::{self, Head, LADDER, Rung};
use crate::ids::FeedId;
use crate::timestamp::{Timestamp, minute_of, rfc3339};
use crate::update::schedule::{OVERLAP, Sweep, wait_until};
use crate::usage_log::{self, Day};

/// Minutes that no caller's work goes beyond: the longest `TICK_SECONDS`, and some.
const LONGEST_WORK: i64 = 10;
/// Minutes between the beginnings of two sweeps.
const LEASE: i64 = 5;
/// Sweeps that are remembered: those of a day and a bit, since the longest floor below the weekly rung is a day.
const REMEMBERED_MINUTES: i64 = 4 * 24 * 60;
/// At most so many sweeps are remembered, whatever their age.
const REMEMBERED: usize = 600;
/// Feeds that one page of a sweep asks for. One read each page.
const PAGE: u32 = 1_000;
/// Feeds of a page for a caller with little time, who must save his place more often.
const SHORT_PAGE: u32 = 64;
/// How often a sweep saves its place while it works on a page, one write each time.
const PACE: Duration = Duration::from_secs(15);
/// The same for a caller with little time, who may leave at any moment.
const SHORT_PACE: Duration = Duration::from_secs(3);
/// A caller with less time than this takes short pages.
const SHORT: Duration = Duration::from_secs(30);
/// How long past its deadline a caller may need, for the fetches that are under way.
const GRACE: Duration = Duration::from_secs(25);
/// How far back the first sweep of a store looks: the longest period, so that whoever was added before it is asked once.
const FIRST_LOOK_BACK: i64 = LADDER[LADDER.len() - 1];

/// The unfinished sweep's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    from: i64,
    to: i64,
    /// Index among the polled rungs.
    rung: usize,
    /// Index among the rung's ranges of phases.
    range: usize,
    /// The page's beginning.
    cursor: Option<String>,
    /// The page's feeds that were asked already.
    done: Vec<FeedId>,
}

/// The record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// The minute up to which everybody due was asked.
    swept: i64,
    /// The minute at which the last sweep began.
    began: i64,
    /// Until when a caller is at work, in microseconds; 0 for nobody.
    working_until: i64,
    place: Option<Place>,
    sweeps: Vec<Sweep>,
    /// What requests have cost, on days that aren't in the ledger yet: today, as a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ledger: Vec<Day>,
    /// Who asked to be left alone, and until which minute.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pauses: Vec<(String, i64)>,
}

/// What a call did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// From when a call will be of use, where this one was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declined_until: Option<String>,
    /// The minute before which another call is of no use to a page; 0 for at once.
    #[serde(skip)]
    pub quiet_until: i64,
    /// Feeds that were due.
    pub due: usize,
    /// Due feeds that were passed over: paused, or asked within their floor.
    pub passed_over: usize,
    /// Feeds that were asked.
    pub fetched: usize,
    /// Asked, and nothing was new.
    pub unchanged: usize,
    /// Asked, and it failed.
    pub failed: usize,
    /// New articles.
    pub articles: usize,
    /// The same, feed by feed.
    #[serde(skip)]
    pub news: Vec<(FeedId, usize)>,
    /// Whether the sweep came to its end.
    pub finished: bool,
    /// What it cost.
    pub cost: Cost,
}

/// One call's time.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How long fetches may begin.
    pub time: Duration,
}

fn key() -> Key {
    Key::name(Kind::Tick, "0")
}

/// Works for at most `budget`: resumes the unfinished sweep, or begins a new one if the lease is over.
///
/// # Errors
/// The store's. The sweep's place is then the last saved one.
pub async fn tick(tools: &RefreshContext, budget: Budget) -> Result<Report, StoreError> {
    let (result, cost) = metered(Box::pin(work(tools, budget))).await;
    let was_declined = |report: &Report| report.declined_until.is_some();
    if !result.as_ref().is_ok_and(was_declined) {
        tools.tally.tick(tools.clock.now(), cost);
    }
    result.map(|report| Report { cost, ..report })
}

/// The sweeps that were made, and who asked to be left alone, for somebody who asks a publisher out of turn. One read.
///
/// # Errors
/// The store's.
pub async fn sweeps(tools: &RefreshContext) -> Result<Vec<Sweep>, StoreError> {
    let (state, _) = load(&tools.store).await?;
    tools.web.pauses().learn(state.pauses);
    tools.courtesy.remember(&state.sweeps);
    Ok(state.sweeps)
}

async fn work(tools: &RefreshContext, budget: Budget) -> Result<Report, StoreError> {
    let (mut state, mut version) = load(&tools.store).await?;
    tools.web.pauses().learn(std::mem::take(&mut state.pauses));
    tools.courtesy.remember(&state.sweeps);
    let now = tools.clock.now();
    let minute = minute_of(now);
    if let Some(until) = declined(&state, now) {
        // Whoever is at work may leave before his time is over; a lease ends when it ends.
        let quiet_until = match state.place {
            Some(_) => minute + 1,
            None => minute_of(until).clamp(minute + 1, minute + LEASE),
        };
        return Ok(Report {
            declined_until: Some(rfc3339(until)),
            quiet_until,
            ..Report::default()
        });
    }
    if state.place.is_none() {
        state.began = minute;
        state.place = Some(Place {
            from: if state.swept == 0 {
                minute - FIRST_LOOK_BACK
            } else {
                state.swept - OVERLAP
            },
            to: minute,
            rung: 0,
            range: 0,
            cursor: None,
            done: Vec::new(),
        });
    }
    let until = now + TimeDelta::from_std(budget.time + GRACE).unwrap_or_default();
    state.working_until = until.timestamp_micros();
    version = match save(tools, &mut state, version).await {
        Ok(version) => version,
        // Somebody else began at the same moment: his is as good.
        Err(error) if error.is_contention() => {
            return Ok(Report {
                declined_until: Some(rfc3339(now + TimeDelta::minutes(1))),
                quiet_until: minute + 1,
                ..Report::default()
            });
        }
        Err(error) => return Err(error),
    };
    let mut report = Report::default();
    let swept = sweep(tools, budget, &mut state, &mut version, &mut report).await;
    // Also after a failure: the next caller may have better luck, and goes on from the place that was reached.
    state.working_until = 0;
    save_with_ledger(tools, &mut state, version).await?;
    swept?;
    Ok(report)
}

/// Until when a call is of no use: somebody is at work, or the lease isn't over.
fn declined(state: &State, now: Timestamp) -> Option<Timestamp> {
    let busy = crate::timestamp::from_micros(state.working_until);
    // Further off than anybody works is a clock that was wrong once.
    if busy > now && busy - now <= TimeDelta::minutes(LONGEST_WORK) {
        return Some(busy);
    }
    let lease = crate::timestamp::from_micros((state.began + LEASE) * 60_000_000);
    let lasts = lease > now && lease - now <= TimeDelta::minutes(LEASE);
    (state.place.is_none() && lasts).then_some(lease)
}

async fn sweep(
    tools: &RefreshContext,
    budget: Budget,
    state: &mut State,
    version: &mut Version,
    report: &mut Report,
) -> Result<(), StoreError> {
    let began = tokio::time::Instant::now();
    let deadline = began + budget.time;
    let (limit, pace) = if budget.time < SHORT {
        (SHORT_PAGE, SHORT_PACE)
    } else {
        (PAGE, PACE)
    };
    while let Some(place) = state.place.clone() {
        let Some(rung) = Rung::polled().nth(place.rung) else {
            finish(state, &place, minute_of(tools.clock.now()));
            tools.courtesy.remember(&state.sweeps);
            report.finished = true;
            report.quiet_until = state.began + LEASE;
            break;
        };
        let Some(range) = ranges(rung, &place).get(place.range).copied() else {
            state.place = Some(next_rung(place));
            continue;
        };
        if tokio::time::Instant::now() >= deadline {
            break;
        }
        let cursor = place.cursor.as_deref().map(Cursor::from_text).transpose()?;
        let (heads, next) = feeds::store::due(&tools.store, rung, range, cursor, limit).await?;
        let minute = minute_of(tools.clock.now());
        let known = heads.len();
        let mut before = place.done.clone();
        // Asked by one who left without saving it.
        let recalled = heads.iter().map(|head| head.id);
        let recalled = recalled.filter(|&id| tools.courtesy.was_asked_since(id, state.began));
        let recalled: Vec<FeedId> = recalled.filter(|id| !before.contains(id)).collect();
        before.extend(recalled);
        let due: Vec<Head> = heads
            .into_iter()
            .filter(|head| !before.contains(&head.id))
            .filter(|head| wait_until(spread(head.id), &head.card, &state.sweeps, minute).is_none())
            .collect();
        report.due += known;
        report.passed_over += known - due.len();
        let wanted = due.len();
        let mut batch = Batch::new(tools, due, deadline);
        while !batch.work(pace).await? {
            // A caller that is killed or leaves repeats at most what he did since the last of these.
            let asked = batch.done().into_iter().map(|(id, _)| id);
            let place = state.place.get_or_insert_with(|| place.clone());
            place.done = before.iter().copied().chain(asked).collect();
            *version = save(tools, state, *version).await?;
        }
        let results = batch.done();
        drop(batch);
        let complete = results.len() == wanted;
        count(report, &results);
        if !complete {
            let asked = results.iter().map(|(id, _)| *id);
            let place = state.place.get_or_insert(place);
            place.done = before.into_iter().chain(asked).collect();
            break;
        }
        state.place = Some(match next {
            // A new feed leaves its rung when it is asked, so the rung's first page is always the next one; only those
            // that were passed over stay, and are behind the cursor.
            Some(cursor) => Place {
                cursor: Some(cursor.to_text()),
                done: Vec::new(),
                ..place
            },
            None => Place {
                range: place.range + 1,
                cursor: None,
                done: Vec::new(),
                ..place
            },
        });
    }
    Ok(())
}

fn ranges(rung: Rung, place: &Place) -> Vec<(i64, i64)> {
    match rung.period() {
        Some(period) => due_phases(period, place.from, place.to),
        None => vec![(0, LADDER[LADDER.len() - 1])],
    }
}

fn next_rung(place: Place) -> Place {
    Place {
        rung: place.rung + 1,
        range: 0,
        cursor: None,
        done: Vec::new(),
        ..place
    }
}

fn finish(state: &mut State, place: &Place, minute: i64) {
    state.swept = place.to;
    state.place = None;
    state.sweeps.push(Sweep(place.from, place.to, minute));
    let oldest = minute - REMEMBERED_MINUTES;
    state.sweeps.retain(|sweep| sweep.2 >= oldest);
    let extra = state.sweeps.len().saturating_sub(REMEMBERED);
    state.sweeps.drain(..extra);
}

fn count(report: &mut Report, results: &[(FeedId, Refreshed)]) {
    report.fetched += results.len();
    for (feed, refreshed) in results {
        match refreshed {
            Refreshed::Unchanged => report.unchanged += 1,
            Refreshed::News(articles) => {
                report.articles += articles;
                report.news.push((*feed, *articles));
            }
            Refreshed::Failed(_) => report.failed += 1,
            Refreshed::Paused => {
                report.fetched -= 1;
                report.passed_over += 1;
            }
        }
    }
}

async fn load(store: &Datastore) -> Result<(State, Version), StoreError> {
    let Some(stored) = store.get(&key()).await? else {
        return Ok((State::default(), 0));
    };
    let state = crate::codec::unpack(stored.entity.blob("body").unwrap_or_default())?;
    Ok((state, stored.version))
}

/// What was done on days that are known to the tick's record, and not to the ledger: today, as a rule. One read.
///
/// # Errors
/// The store's.
pub async fn today(store: &Datastore) -> Result<Vec<Day>, StoreError> {
    load(store).await.map(|(state, _)| state.ledger)
}

/// Saves the record for the last time, with what this instance's requests have cost. Once a day, when the first tick of a
/// new one ends, the days before it go into the ledger: one read and one write more.
async fn save_with_ledger(
    tools: &RefreshContext,
    state: &mut State,
    base: Version,
) -> Result<(), StoreError> {
    let taken = tools.tally.take();
    let result = try_save_with_ledger(tools, state, base, &taken).await;
    if result.is_err() {
        tools.tally.give_back(&taken);
    }
    result
}

async fn try_save_with_ledger(
    tools: &RefreshContext,
    state: &mut State,
    base: Version,
    taken: &[Day],
) -> Result<(), StoreError> {
    usage_log::put(&mut state.ledger, taken);
    let today = tools.clock.now().timestamp().div_euclid(24 * 60 * 60);
    let over = state.ledger.iter().filter(|day| day.day < today);
    let over: Vec<Day> = over.cloned().collect();
    if over.is_empty() {
        return save(tools, state, base).await.map(drop);
    }
    let (mut days, version) = usage_log::read_days(&tools.store).await?;
    usage_log::put(&mut days, &over);
    state.ledger.retain(|day| day.day >= today);
    state.pauses = tools.web.pauses().lasting(minute_of(tools.clock.now()));
    let entity = Entity::new(key()).unindexed("body", crate::codec::pack(state)?);
    let writes = vec![
        Mutation::Upsert(entity, Some(base)),
        usage_log::write_days(days, version)?,
    ];
    tools.store.commit(writes).await.map(drop)
}

async fn save(
    tools: &RefreshContext,
    state: &mut State,
    base: Version,
) -> Result<Version, StoreError> {
    state.pauses = tools.web.pauses().lasting(minute_of(tools.clock.now()));
    let entity = Entity::new(key()).unindexed("body", crate::codec::pack(state)?);
    let versions = tools
        .store
        .commit(vec![Mutation::Upsert(entity, Some(base))])
        .await?;
    Ok(versions.first().copied().unwrap_or_default())
}
