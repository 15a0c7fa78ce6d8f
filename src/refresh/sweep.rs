//! The sweep: the only thing that drives polling.
//!
//! A sweep checks the feeds due in the minutes since the last one. The `Tick` record holds how far the sweeps have
//! come, the unfinished one's position, and the recent ones, from which a feed's last check follows without being
//! stored anywhere.
//!
//! Two limits keep any number of callers from doing more than one would: a new sweep begins at most every five minutes,
//! and only one caller works on a sweep at a time. A sweep that stopped at its deadline, or whose caller disconnected,
//! is resumed by the next call of any kind.

use std::ops::RangeInclusive;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;

use super::batch::{Batch, Occasion, judge_withheld};
use super::context::RefreshContext;
use super::feed::Refreshed;
use super::hooks;
use super::in_flight::InFlight;
use super::record::{Place, State, load, save, save_with_usage};
use super::stored::{self, StoredBytes};
use crate::datastore::{Cost, Cursor, Datastore, StoreError, Version, metered};
use crate::feeds::phase::{due_phases, spread};
use crate::feeds::{self, Head, POLL_PERIODS, PollTier};
use crate::ids::FeedId;
use crate::timestamp::{Timestamp, minute_of, rfc3339};
use crate::update::schedule::{OVERLAP, Sweep, wait_until};

/// Longest time a caller can be at work, in minutes: the highest `TICK_SECONDS`, with a margin.
const MAX_WORK: i64 = 10;
/// Minutes between the starts of two sweeps.
const SWEEP_LEASE: i64 = 5;
/// How long sweeps are remembered, in minutes: four days, since the longest interval is half of the weekly period.
const SWEEPS_KEPT_MINUTES: i64 = 4 * 24 * 60;
/// Most sweeps remembered, whatever their age.
const MAX_SWEEPS: usize = 600;
/// Feeds in one page of a sweep. One read per page.
const FEEDS_A_PAGE: u32 = 1_000;
/// Feeds in one page for a caller with little time, which must save its position more often.
const FEEDS_A_SHORT_PAGE: u32 = 64;
/// How often a sweep saves its position while it works on a page, one write each time.
const SAVE_INTERVAL: Duration = Duration::from_secs(15);
/// The same for a caller with little time, which may disconnect at any moment.
const SHORT_SAVE_INTERVAL: Duration = Duration::from_secs(3);
/// A caller with less time than this uses short pages.
const SHORT: Duration = Duration::from_secs(30);
/// Minutes until the next attempt where nobody could be reached.
const OFFLINE_RETRY: i64 = 1;
/// For so many minutes feeds of a few hosts that can't be reached are not judged while nothing else is due.
const UNDECIDED_MINUTES: i64 = 24 * 60;
/// How far back a store's first sweep looks, in minutes: the longest period, so that every feed added before it is
/// checked once.
const FIRST_LOOK_BACK: i64 = POLL_PERIODS[POLL_PERIODS.len() - 1];

/// What a call did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// When to call again, if this call was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declined_until: Option<String>,
    /// The minute before which a page needn't call again; 0 for at once.
    #[serde(skip)]
    pub quiet_until: i64,
    /// Feeds that were due.
    pub due: usize,
    /// Due feeds that were skipped: paused, checked within their minimum interval, or of a host that is ill or doesn't
    /// answer.
    pub passed_over: usize,
    /// Feeds that were fetched.
    pub fetched: usize,
    /// Fetched, without new articles.
    pub unchanged: usize,
    /// Fetched, and failed.
    pub failed: usize,
    /// Due feeds that another caller was fetching.
    pub busy: usize,
    /// New articles.
    pub articles: usize,
    /// New articles, feed by feed.
    #[serde(skip)]
    pub arrivals: Vec<(FeedId, usize)>,
    /// Whether nobody could be reached, so that nothing was recorded and the next call tries again.
    pub offline: bool,
    /// Whether the store has reached `STORE_MAX_MB`, so that nothing was fetched.
    pub full: bool,
    /// Whether the sweep is finished.
    pub finished: bool,
    /// What it cost.
    pub cost: Cost,
}

/// The time limit of one call.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How long new fetches may start.
    pub time: Duration,
}

/// Works for at most `budget`: resumes the unfinished sweep, or begins a new one if the lease is over.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] if another caller saved the sweep's position meanwhile. The sweep's position is then the
/// last one saved.
pub async fn tick(context: &RefreshContext, budget: Budget) -> Result<Report, StoreError> {
    let all = async {
        let report = work(context, budget).await?;
        if report.declined_until.is_none() {
            hooks::retry(context).await;
        }
        Ok(report)
    };
    let (result, cost) = metered(Box::pin(all)).await;
    let was_declined = |report: &Report| report.declined_until.is_some();
    if !result.as_ref().is_ok_and(was_declined) {
        context.tally.tick(context.clock.now(), cost);
    }
    result.map(|report| Report { cost, ..report })
}

/// The past sweeps, for a refresh on demand; also loads the pauses that hosts asked for. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn sweeps(context: &RefreshContext) -> Result<Vec<Sweep>, StoreError> {
    let (state, _) = load(&context.store).await?;
    let minute = minute_of(context.clock.now());
    let pauses = context.web.pauses();
    pauses.learn(state.pauses);
    pauses.learn_blocked(&state.blocked, minute);
    context.in_flight.remember(&state.sweeps);
    context.in_flight.hosts().learn(state.hosts, minute);
    context.in_flight.note_offline(state.offline_since);
    context
        .in_flight
        .stored()
        .learn(state.stored.unwrap_or_default());
    Ok(state.sweeps)
}

async fn work(context: &RefreshContext, budget: Budget) -> Result<Report, StoreError> {
    let (mut state, mut version) = load(&context.store).await?;
    let now = context.clock.now();
    let minute = minute_of(now);
    state.come_back_to(minute);
    let pauses = context.web.pauses();
    pauses.learn(std::mem::take(&mut state.pauses));
    pauses.learn_blocked(&state.blocked, minute);
    context.in_flight.remember(&state.sweeps);
    context.in_flight.hosts().learn(state.hosts.clone(), minute);
    context.in_flight.note_offline(state.offline_since);
    let stored = context.in_flight.stored();
    stored.learn(state.stored.unwrap_or_default());
    context.in_flight.note_full(context.is_known_full());
    if let Some(until) = declined(&state, now) {
        // The working caller may disconnect before its time is over; a lease lasts until its end.
        let quiet_until = match state.place {
            Some(_) => minute + 1,
            None => minute_of(until).clamp(minute + 1, minute + SWEEP_LEASE),
        };
        return Ok(Report {
            declined_until: Some(rfc3339(until)),
            quiet_until,
            ..Report::default()
        });
    }
    // Where nobody can be reached, the sweep is as if it had never begun.
    let before = Before {
        place: state.place.clone(),
        began: state.began,
        swept: state.swept,
        sweeps: state.sweeps.clone(),
    };
    if state.place.is_none() {
        state.began = minute;
        state.place = Some(Place {
            from: if state.swept == 0 {
                minute - FIRST_LOOK_BACK
            } else {
                state.swept - OVERLAP
            },
            to: minute,
            tier: 0,
            range: 0,
            cursor: None,
            done: Vec::new(),
        });
    }
    version = match save(context, &mut state, version).await {
        Ok(version) => version,
        // Another caller began at the same moment, which is just as good.
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
    if let Err(error) = count_stored(context, &mut state).await {
        // The lease goes back all the same.
        state.place = before.place;
        let _ = save_with_usage(context, &mut state, version).await;
        return Err(error);
    }
    if context.is_known_full() {
        tracing::warn!("everything stored has reached STORE_MAX_MB: nothing is fetched");
        state.place = before.place;
        let report = Report {
            full: true,
            quiet_until: minute + SWEEP_LEASE,
            finished: true,
            ..report
        };
        return match save_with_usage(context, &mut state, version).await {
            Err(error) if error.is_contention() => Ok(overtaken(now, report)),
            saved => saved.map(|()| report),
        };
    }
    let swept = sweep(context, budget, &mut state, &mut version, &mut report).await;
    if let Err(error) = &swept
        && error.is_contention()
    {
        // Another caller took over, since this one was silent for longer than its lease.
        return Ok(overtaken(now, report));
    }
    let judged = judge(context, &mut state, before, &mut report).await;
    // Even after a failure: the next caller may succeed, and continues from here.
    match save_with_usage(context, &mut state, version).await {
        Err(error) if error.is_contention() => return Ok(overtaken(now, report)),
        saved => saved?,
    }
    swept.and(judged)?;
    Ok(report)
}

/// Counts what is stored, once a day where it has a limit.
async fn count_stored(context: &RefreshContext, state: &mut State) -> Result<(), StoreError> {
    let day = context.clock.now().timestamp().div_euclid(24 * 60 * 60);
    if context.store_bytes == 0 || state.stored.is_some_and(|stored| stored.day == day) {
        return Ok(());
    }
    if let Some(bytes) = stored::count(&context.store).await? {
        let counted = StoredBytes { bytes, day };
        state.stored = Some(counted);
        context.in_flight.stored().take_added();
        context.in_flight.stored().learn(counted);
        context.in_flight.note_full(context.is_known_full());
    }
    Ok(())
}

/// Whether what is stored has reached `most` bytes. One read, if this instance hasn't read the record yet; none without
/// the setting.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn is_full(
    store: &Datastore,
    in_flight: &InFlight,
    most: u64,
) -> Result<bool, StoreError> {
    if most == 0 {
        return Ok(false);
    }
    let stored = in_flight.stored();
    if stored.bytes().is_none() {
        let (state, _) = load(store).await?;
        stored.learn(state.stored.unwrap_or_default());
    }
    Ok(stored.bytes().is_some_and(|bytes| bytes >= most))
}

/// The report of a caller whose sweep another one has continued: what it did is done.
fn overtaken(now: Timestamp, report: Report) -> Report {
    Report {
        declined_until: Some(rfc3339(now + TimeDelta::minutes(1))),
        quiet_until: minute_of(now) + 1,
        finished: false,
        ..report
    }
}

/// How the record was before a call: where nobody can be reached, the call is as if it had never been.
struct Before {
    place: Option<Place>,
    began: i64,
    swept: i64,
    sweeps: Vec<Sweep>,
}

/// Whose fault it is that feeds couldn't be reached: if nobody answered in this call, it is ours, and nothing is
/// recorded. A few hosts that can't be reached for a day while nothing else is due are their own fault all the same.
async fn judge(
    context: &RefreshContext,
    state: &mut State,
    before: Before,
    report: &mut Report,
) -> Result<(), StoreError> {
    let minute = minute_of(context.clock.now());
    let network = &context.network;
    let for_long = state.offline_since > 0 && minute - state.offline_since > UNDECIDED_MINUTES;
    if network.has_answered() || (for_long && !network.is_down()) {
        state.offline_since = match network.has_answered() {
            true => 0,
            false => state.offline_since,
        };
        context.in_flight.note_offline(state.offline_since);
        let results = std::sync::Mutex::default();
        judge_withheld(context, &results).await?;
        let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.passed_over = report.passed_over.saturating_sub(results.len());
        count(report, &results);
        return Ok(());
    }
    if network.take_withheld().is_empty() {
        return Ok(());
    }
    tracing::warn!("nobody can be reached: nothing is recorded, and the next call tries again");
    if state.offline_since == 0 {
        state.offline_since = minute;
    }
    context.in_flight.note_offline(state.offline_since);
    (state.place, state.swept, state.sweeps) = (before.place, before.swept, before.sweeps);
    state.began = before.began.max(minute - SWEEP_LEASE + OFFLINE_RETRY);
    context.in_flight.remember(&state.sweeps);
    report.offline = true;
    report.finished = false;
    report.quiet_until = minute + OFFLINE_RETRY;
    Ok(())
}

/// Until when a call is useless: another caller is at work, or the lease isn't over.
fn declined(state: &State, now: Timestamp) -> Option<Timestamp> {
    let busy = crate::timestamp::from_micros(state.working_until);
    // A time beyond that limit comes from a clock that was wrong once.
    if busy > now && busy - now <= TimeDelta::minutes(MAX_WORK) {
        return Some(busy);
    }
    let lease = crate::timestamp::from_micros((state.began + SWEEP_LEASE) * 60_000_000);
    let lasts = lease > now && lease - now <= TimeDelta::minutes(SWEEP_LEASE);
    (state.place.is_none() && lasts).then_some(lease)
}

async fn sweep(
    context: &RefreshContext,
    budget: Budget,
    state: &mut State,
    version: &mut Version,
    report: &mut Report,
) -> Result<(), StoreError> {
    let began = tokio::time::Instant::now();
    let deadline = began + budget.time;
    let mut saved = began;
    let (limit, pace) = if budget.time < SHORT {
        (FEEDS_A_SHORT_PAGE, SHORT_SAVE_INTERVAL)
    } else {
        (FEEDS_A_PAGE, SAVE_INTERVAL)
    };
    while let Some(place) = state.place.clone() {
        let Some(tier) = PollTier::polled().nth(place.tier) else {
            finish(state, &place, minute_of(context.clock.now()));
            context.in_flight.remember(&state.sweeps);
            report.finished = true;
            report.quiet_until = state.began + SWEEP_LEASE;
            break;
        };
        let Some(range) = ranges(tier, &place).get(place.range).cloned() else {
            state.place = Some(next_tier(place));
            continue;
        };
        if tokio::time::Instant::now() >= deadline || context.leaving.is_told() {
            break;
        }
        let cursor = place.cursor.as_deref().map(Cursor::from_text).transpose()?;
        let (heads, next) = feeds::store::due(&context.store, tier, range, cursor, limit).await?;
        let minute = minute_of(context.clock.now());
        let mut before = place.done.clone();
        // Checked by a caller that disconnected before saving it.
        let recalled = heads.iter().map(|head| head.id);
        let recalled = recalled.filter(|&id| {
            context
                .in_flight
                .was_fetched_within(id, state.began..=minute)
        });
        let recalled: Vec<FeedId> = recalled.filter(|id| !before.contains(id)).collect();
        before.extend(recalled);
        // Feeds fetched by an earlier call of this sweep were counted by that call.
        let heads: Vec<Head> = heads
            .into_iter()
            .filter(|head| !before.contains(&head.id))
            .collect();
        report.due += heads.len();
        let (due, passed_over): (Vec<Head>, Vec<Head>) = heads.into_iter().partition(|head| {
            wait_until(spread(head.id), &head.summary, &state.sweeps, minute).is_none()
        });
        report.passed_over += passed_over.len();
        let wanted = due.len();
        let occasion = Occasion::Sweep(state.began);
        let mut batch = Batch::new(context, due, deadline, occasion);
        while !batch.work(pace.saturating_sub(saved.elapsed())).await? {
            // A caller that is killed or disconnects repeats at most what it did since the last of these.
            let asked = batch.done().into_iter().map(|(id, _)| id);
            let place = state.place.get_or_insert_with(|| place.clone());
            place.done = before.iter().copied().chain(asked).collect();
            *version = save(context, state, *version).await?;
            saved = tokio::time::Instant::now();
        }
        let results = batch.done();
        drop(batch);
        let complete = results.len() == wanted;
        count(report, &results);
        if context.network.is_down() {
            break;
        }
        if !complete {
            let asked = results.iter().map(|(id, _)| *id);
            let place = state.place.get_or_insert(place);
            place.done = before.into_iter().chain(asked).collect();
            break;
        }
        state.place = Some(match next {
            // A new feed leaves its tier when it is checked, so the tier's first page is always the next one; only
            // skipped feeds stay, and they are behind the cursor.
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

fn ranges(tier: PollTier, place: &Place) -> Vec<RangeInclusive<i64>> {
    match tier.period() {
        Some(period) => due_phases(period, place.from, place.to)
            .into_iter()
            .map(|(from, to)| from..=to)
            .collect(),
        None => vec![0..=POLL_PERIODS[POLL_PERIODS.len() - 1]],
    }
}

fn next_tier(place: Place) -> Place {
    Place {
        tier: place.tier + 1,
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
    let oldest = minute - SWEEPS_KEPT_MINUTES;
    state.sweeps.retain(|sweep| sweep.2 >= oldest);
    let extra = state.sweeps.len().saturating_sub(MAX_SWEEPS);
    state.sweeps.drain(..extra);
}

fn count(report: &mut Report, results: &[(FeedId, Refreshed)]) {
    report.fetched += results.len();
    for (feed, refreshed) in results {
        match refreshed {
            Refreshed::Unchanged => report.unchanged += 1,
            Refreshed::NewArticles(articles) => {
                report.articles += articles;
                report.arrivals.push((*feed, *articles));
            }
            Refreshed::Failed(_) => report.failed += 1,
            Refreshed::Paused | Refreshed::Left(_) | Refreshed::Unreached(_) => {
                report.fetched -= 1;
                report.passed_over += 1;
            }
            Refreshed::Busy => {
                report.fetched -= 1;
                report.busy += 1;
            }
        }
    }
}
