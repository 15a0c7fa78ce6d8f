//! The sweep: the only thing that drives polling.
//!
//! A sweep checks the feeds due in the minutes since the last one. The `Tick` record holds how far the sweeps have
//! come, the unfinished one's position, and the recent ones, from which a feed's last check follows without being
//! stored anywhere.
//!
//! Two limits keep any number of callers from doing more than one would: a new sweep begins at most every five minutes,
//! and only one caller works on a sweep at a time. A sweep that stopped at its deadline, or whose caller disconnected,
//! is resumed by the next call of any kind.
//!
//! With several [shards](super::shards) each has its own sweep and its own record, and a caller works on one after another of those that
//! are free.

use std::ops::RangeInclusive;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::TimeDelta;
use url::Url;

use super::batch::{Batch, Occasion, judge_withheld};
use super::context::RefreshContext;
use super::hooks;
use super::in_flight::InFlight;
use super::record::{self, Place, State, load, save, save_with_usage};
pub use super::report::Report;
use super::shards::Shard;
use super::stored::{self, StoredBytes};
use crate::datastore::{Cursor, Datastore, StoreError, Version, metered};
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
/// Pages that a shard's caller reads at once, since most of what is due is other shards'.
const PAGES_AT_ONCE: usize = 16;
/// Shards that a caller asks one after another in vain before it goes away. One read each.
const ASKED_SHARDS: usize = 8;
/// A caller with less time than this uses short pages.
const SHORT: Duration = Duration::from_secs(30);
/// Minutes until the next attempt where nobody could be reached.
const OFFLINE_RETRY: i64 = 1;
/// For so many minutes feeds of a few hosts that can't be reached are not judged while nothing else is due.
const UNDECIDED_MINUTES: i64 = 24 * 60;
/// How far back a store's first sweep looks, in minutes: the longest period, so that every feed added before it is
/// checked once.
const FIRST_LOOK_BACK: i64 = POLL_PERIODS[POLL_PERIODS.len() - 1];

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
        let report = through_shards(context, budget).await?;
        if !report.is_declined() {
            hooks::retry(context).await;
        }
        Ok(report)
    };
    let (result, cost) = metered(Box::pin(all)).await;
    if !result.as_ref().is_ok_and(Report::is_declined) {
        context.tally.tick(context.clock.now(), cost);
    }
    result.map(|report| Report { cost, ..report })
}

/// Works on one shard after another, as long as there is time.
async fn through_shards(context: &RefreshContext, budget: Budget) -> Result<Report, StoreError> {
    let began = tokio::time::Instant::now();
    let shards = context.in_flight.shards();
    let somewhere = context.clock.now().timestamp_micros().unsigned_abs();
    let mut all: Option<Report> = None;
    let (mut worked, mut asked, mut in_vain) = (0, 0, 0);
    for shard in shards.beginning_at(somewhere) {
        let time = budget.time.saturating_sub(began.elapsed());
        if all.is_some() && (time.is_zero() || context.leaving.is_told()) {
            break;
        }
        let one = work(context, shard, Budget { time }).await?;
        let is_over = one.offline || one.full;
        match one.is_declined() {
            true => (asked, in_vain) = (asked + 1, in_vain + 1),
            false => (worked, in_vain) = (worked + 1, 0),
        }
        all = Some(match all {
            Some(all) => all.and(one),
            None => one,
        });
        if is_over || in_vain >= ASKED_SHARDS {
            break;
        }
    }
    let report = all.unwrap_or_default();
    let has_seen_all = worked + asked == shards.count() as usize;
    Ok(Report {
        finished: report.finished && has_seen_all,
        ..report
    })
}

/// The past sweeps in which a page's feeds were checked, for a refresh on demand; also loads the pauses that hosts asked for. One
/// read, with several shards two.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn sweeps(context: &RefreshContext, url: &Url) -> Result<Vec<Sweep>, StoreError> {
    let shard = context.in_flight.shards().of(url);
    let (mut state, _) = load(&context.store, shard).await?;
    learn(context, shard, &mut state).await?;
    Ok(state.sweeps)
}

/// Takes over what the record of a shard says of its publishers, and the first one's of everything.
async fn learn(
    context: &RefreshContext,
    shard: Shard,
    state: &mut State,
) -> Result<(), StoreError> {
    let minute = minute_of(context.clock.now());
    let pauses = context.web.pauses();
    pauses.learn(std::mem::take(&mut state.pauses));
    let in_flight = &context.in_flight;
    in_flight.remember(shard, &state.sweeps);
    in_flight.hosts().learn(state.hosts.clone(), minute);
    in_flight.note_offline(state.offline_since);
    if shard == Shard::FIRST {
        pauses.learn_blocked(&state.blocked, minute);
        in_flight.stored().learn(state.stored.unwrap_or_default());
    } else {
        record::learn_blocked(&context.store, pauses, minute).await?;
        is_full(&context.store, in_flight, context.store_bytes).await?;
    }
    Ok(())
}

async fn work(
    context: &RefreshContext,
    shard: Shard,
    budget: Budget,
) -> Result<Report, StoreError> {
    let now = context.clock.now();
    let minute = minute_of(now);
    let Some((mut state, mut version)) = record::load_in(context, shard).await? else {
        return Ok(overtaken(now, Report::default()));
    };
    state.come_back_to(minute);
    learn(context, shard, &mut state).await?;
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
    version = match save(context, shard, &mut state, version).await {
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
    if shard == Shard::FIRST
        && let Err(error) = count_stored(context, &mut state).await
    {
        // The lease goes back all the same.
        state.place = before.place;
        let _ = save_with_usage(context, shard, &mut state, version).await;
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
        return match save_with_usage(context, shard, &mut state, version).await {
            Err(error) if error.is_contention() => Ok(overtaken(now, report)),
            saved => saved.map(|()| report),
        };
    }
    let swept = sweep(
        context,
        shard,
        budget,
        &mut state,
        &mut version,
        &mut report,
    )
    .await;
    if let Err(error) = &swept
        && error.is_contention()
    {
        // Another caller took over, since this one was silent for longer than its lease.
        return Ok(overtaken(now, report));
    }
    let judged = judge(context, shard, &mut state, before, &mut report).await;
    // Even after a failure: the next caller may succeed, and continues from here.
    match save_with_usage(context, shard, &mut state, version).await {
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
        let (state, _) = load(store, Shard::FIRST).await?;
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
    shard: Shard,
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
        report.count(&results);
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
    context.in_flight.remember(shard, &state.sweeps);
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
    shard: Shard,
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
            context.in_flight.remember(shard, &state.sweeps);
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
        let (heads, next) = due(context, shard, tier, range, cursor, limit).await?;
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
            *version = save(context, shard, state, *version).await?;
            saved = tokio::time::Instant::now();
        }
        let results = batch.done();
        drop(batch);
        let complete = results.len() == wanted;
        report.count(&results);
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

/// A shard's feeds that are due, and where the next ones begin. One read a page: what other shards have isn't asked for apart.
async fn due(
    context: &RefreshContext,
    shard: Shard,
    tier: PollTier,
    range: RangeInclusive<i64>,
    mut cursor: Option<Cursor>,
    limit: u32,
) -> Result<(Vec<Head>, Option<Cursor>), StoreError> {
    let shards = context.in_flight.shards();
    let pages = match shards.count() {
        1 => 1,
        _ => PAGES_AT_ONCE,
    };
    let mut heads: Vec<Head> = Vec::new();
    for _ in 0..pages {
        let page = feeds::store::due(&context.store, tier, range.clone(), cursor, limit).await?;
        let own = page.0.into_iter();
        heads.extend(own.filter(|head| shards.of(&head.summary.url) == shard));
        cursor = page.1;
        if cursor.is_none() || heads.len() >= limit as usize / 2 {
            break;
        }
    }
    Ok((heads, cursor))
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
