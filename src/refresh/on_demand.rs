//! A reader asks for a feed now. His impatience is no reason to be less polite: what its publisher asks for holds as in a
//! sweep, and only our own cadence is set aside.

use std::time::Duration;

use super::batch::Batch;
use super::context::RefreshContext;
use super::feed::Refreshed;
use super::sweep;
use crate::datastore::StoreError;
use crate::feeds::phase::spread;
use crate::feeds::{self, Card, Rung};
use crate::ids::FeedId;
use crate::timestamp::minute_of;
use crate::update::schedule;

/// How long one such request may take, its turn at a busy host included.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of it.
#[derive(Clone, Debug)]
pub enum Asked {
    /// It may not be asked before this minute; the card says why.
    Declined(i64, Box<Card>),
    /// It isn't asked at all any more.
    Gone,
    /// It was asked.
    Done(Refreshed),
    /// Somebody else was asking it, or its host, all the time.
    Busy,
}

/// Asks one feed now, if it may be. `None` where there is no such feed. Two reads, and what the refresh costs; where
/// nothing was new, one read and one write more, so that the next reader is declined.
///
/// # Errors
/// The store's.
pub async fn ask(tools: &RefreshContext, id: FeedId) -> Result<Option<Asked>, StoreError> {
    let heads = feeds::store::heads(&tools.store, &[id]).await?;
    let Some(head) = heads.into_iter().next() else {
        return Ok(None);
    };
    if head.card.rung == Rung::Off {
        return Ok(Some(Asked::Gone));
    }
    let sweeps = sweep::sweeps(tools).await?;
    let minute = minute_of(tools.clock.now());
    if let Some(until) = schedule::refuse_until(spread(id), &head.card, &sweeps, minute) {
        return Ok(Some(Asked::Declined(until, Box::new(head.card))));
    }
    // A sweep that isn't over leaves a trace in memory alone.
    if tools
        .courtesy
        .was_asked_since(id, minute - schedule::FLOOR + 1)
    {
        let until = minute + schedule::FLOOR;
        return Ok(Some(Asked::Declined(until, Box::new(head.card))));
    }
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut batch = Batch::new(tools, vec![head.clone()], deadline);
    let was_claimed = batch.done().is_empty();
    batch.work(PATIENCE).await?;
    let done = batch.done().pop().map(|(_, refreshed)| refreshed);
    drop(batch);
    match done {
        Some(Refreshed::Unchanged) if was_claimed => {
            remember(tools, id, minute).await?;
            Ok(Some(Asked::Done(Refreshed::Unchanged)))
        }
        Some(Refreshed::Paused) => {
            let heads = feeds::store::heads(&tools.store, &[id]).await?;
            let card = heads.into_iter().next().map_or(head.card, |head| head.card);
            Ok(Some(Asked::Declined(card.not_before, Box::new(card))))
        }
        Some(done) if was_claimed => Ok(Some(Asked::Done(done))),
        _ => Ok(Some(Asked::Busy)),
    }
}

/// Writes down when it was asked: no sweep knows of it.
async fn remember(tools: &RefreshContext, id: FeedId, minute: i64) -> Result<(), StoreError> {
    let Some(mut feed) = feeds::store::get(&tools.store, id).await? else {
        return Ok(());
    };
    feed.card.asked = minute;
    let written = tools.store.commit(vec![feeds::store::update(&feed)?]).await;
    match written {
        // Whoever wrote it meanwhile has asked it, or knows more.
        Err(error) if error.is_contention() => Ok(()),
        other => other.map(drop),
    }
}
