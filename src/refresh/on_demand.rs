//! Refreshes a feed when a user requests it. The publisher's limits still apply; only our own schedule is bypassed.

use std::time::Duration;

use super::batch::{Batch, Occasion};
use super::context::RefreshContext;
use super::feed::Refreshed;
use super::sweep;
use crate::client::host_limiter::host_of;
use crate::datastore::StoreError;
use crate::feeds::phase::spread;
use crate::feeds::{self, FeedSummary, PollTier};
use crate::ids::FeedId;
use crate::timestamp::minute_of;
use crate::update::host_health::Spell;
use crate::update::schedule;

/// Time limit for one request, including waiting for a busy host.
const ON_DEMAND_TIMEOUT: Duration = Duration::from_secs(20);

/// The result of a refresh on demand.
#[derive(Clone, Debug)]
pub enum OnDemandResult {
    /// Not allowed before this minute; the summary tells why.
    Declined(i64, Box<FeedSummary>),
    /// It is no longer polled.
    Gone,
    /// An administrator has paused it for everybody.
    Stopped,
    /// It was fetched.
    Done(Refreshed),
    /// The installation has no room for new articles.
    Full,
    /// Another caller was fetching it, or its host was in use, all the time.
    Busy,
}

/// The minute from which a feed may be refreshed on demand, as far as an instance knows; `None` if it may be now. No read.
pub fn declined_until(
    id: FeedId,
    summary: &FeedSummary,
    known: &super::in_flight::Known,
    minute: i64,
) -> Option<i64> {
    let spell = known.hosts.of(&host_of(&summary.url));
    let is_ill = spell.is_some_and(|spell| spell.is_ill);
    if is_ill || (summary.failures > 0 && summary.sign.is_of_a_host()) {
        return None;
    }
    let sweeps = known.sweeps.of(&summary.url);
    schedule::on_demand_refused_until(spread(id), summary, sweeps, minute)
        .filter(|until| *until > minute)
}

/// Refreshes one feed now, if that is allowed; `None` if there is no such feed.
///
/// Two reads, and the cost of the refresh; if nothing changed, one more read and write, so that the next request is
/// declined.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::NotFound`] if the feed was deleted meanwhile.
pub async fn refresh_now(
    context: &RefreshContext,
    id: FeedId,
) -> Result<Option<OnDemandResult>, StoreError> {
    let heads = feeds::store::heads(&context.store, &[id]).await?;
    let Some(head) = heads.into_iter().next() else {
        return Ok(None);
    };
    if head.summary.is_stopped {
        return Ok(Some(OnDemandResult::Stopped));
    }
    if head.summary.tier == PollTier::Off {
        return Ok(Some(OnDemandResult::Gone));
    }
    if sweep::is_full(&context.store, &context.in_flight, context.store_bytes).await? {
        return Ok(Some(OnDemandResult::Full));
    }
    let sweeps = sweep::sweeps(context, &head.summary.url).await?;
    let minute = minute_of(context.clock.now());
    // Failures that were its host's don't keep anybody from trying.
    let host = host_of(&head.summary.url);
    let is_ill = |spell: &Spell| spell.is_ill;
    let may_try = context.in_flight.hosts().of(&host).is_some_and(is_ill)
        || (head.summary.failures > 0 && head.summary.sign.is_of_a_host());
    if let Some(until) =
        schedule::on_demand_refused_until(spread(id), &head.summary, &sweeps, minute)
        && !may_try
    {
        return Ok(Some(OnDemandResult::Declined(
            until,
            Box::new(head.summary),
        )));
    }
    // An unfinished sweep leaves a trace only in the in-flight registry.
    if !may_try
        && context
            .in_flight
            .was_fetched_within(id, minute - schedule::MIN_INTERVAL + 1..=minute)
    {
        let until = minute + schedule::MIN_INTERVAL;
        return Ok(Some(OnDemandResult::Declined(
            until,
            Box::new(head.summary),
        )));
    }
    let deadline = tokio::time::Instant::now() + ON_DEMAND_TIMEOUT;
    let head_summary = head.summary.clone();
    let mut batch = Batch::new(context, vec![head], deadline, Occasion::Request);
    batch.work(ON_DEMAND_TIMEOUT).await?;
    let done = batch.done().pop().map(|(_, refreshed)| refreshed);
    drop(batch);
    match done {
        None | Some(Refreshed::Busy) => Ok(Some(OnDemandResult::Busy)),
        Some(Refreshed::Unchanged) => {
            remember(context, id, minute).await?;
            Ok(Some(OnDemandResult::Done(Refreshed::Unchanged)))
        }
        Some(Refreshed::Paused) => {
            let heads = feeds::store::heads(&context.store, &[id]).await?;
            let head = heads.into_iter().next();
            let summary = head.map_or(head_summary, |head| head.summary);
            Ok(Some(OnDemandResult::Declined(
                summary.not_before,
                Box::new(summary),
            )))
        }
        Some(done) => Ok(Some(OnDemandResult::Done(done))),
    }
}

/// Stores the minute of the check, which no sweep records.
async fn remember(context: &RefreshContext, id: FeedId, minute: i64) -> Result<(), StoreError> {
    let Some(mut feed) = feeds::store::get(&context.store, id).await? else {
        return Ok(());
    };
    feed.summary.asked = minute;
    let written = context
        .store
        .commit(vec![feeds::store::update(&feed)?])
        .await;
    match written {
        // A concurrent writer has fetched it, or knows more.
        Err(error) if error.is_contention() => Ok(()),
        other => other.map(drop),
    }
}
