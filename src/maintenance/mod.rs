//! Clean-ups: what accumulates over time is removed, once a day, in a request.
//!
//! Seven jobs: expired [`sessions`], users who fall asleep ([`sleepers`]), accounts that are being deleted ([`leavers`]), feeds
//! without subscribers ([`orphans`]), [`icons`] that are no longer shown, old lines of the [`audit`] log, [`words`] of articles from
//! before there was a search; and one that sends requests and so isn't for every caller, the [`hubs`] that push to us. Each queries what is left to do and does it in independent commits; no progress is stored. So each can
//! be killed, repeated and run twice at once, and one with nothing to do costs one read and writes nothing.

pub mod audit;
pub mod backups;
pub mod hubs;
pub mod icons;
pub mod leavers;
pub mod orphans;
pub mod sessions;
pub mod sleepers;
pub mod words;

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::datastore::{Cost, Datastore, StoreError, metered};

/// Commits and queries of one call, whatever its time: more than any installation needs in a day.
const STEPS: u32 = 20_000;

/// How much one call may do. A step is one commit or one query.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    deadline: Instant,
    steps: u32,
}

impl Budget {
    /// As much as fits into this time. The step in progress at its end is finished.
    pub fn of(time: Duration) -> Self {
        Self {
            deadline: Instant::now() + time,
            steps: STEPS,
        }
    }

    /// As much as there is to do, for a command.
    pub fn endless() -> Self {
        // Longer than any work takes.
        Self {
            steps: u32::MAX,
            ..Self::of(Duration::from_secs(30 * 24 * 60 * 60))
        }
    }

    /// At most this many steps.
    #[must_use]
    pub fn with_steps(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    /// Takes a step from the budget; false if none is left.
    fn step(&mut self) -> bool {
        if self.steps == 0 || Instant::now() >= self.deadline {
            return false;
        }
        self.steps -= 1;
        true
    }
}

/// How long a user waits for clean-ups in an installation without a scheduler.
const IN_PASSING: Duration = Duration::from_millis(500);

/// What a job did, and what it cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report<D> {
    /// What was done.
    #[serde(flatten)]
    pub done: D,
    /// Whether nothing was left to do. If not, the next call continues.
    pub finished: bool,
    /// What it cost.
    pub cost: Cost,
}

/// The reports of all seven jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Daily {
    /// Expired sessions.
    pub sessions: Report<sessions::Done>,
    /// Users who fell asleep.
    pub sleepers: Report<sleepers::Done>,
    /// Accounts that were deleted.
    pub leavers: Report<leavers::Done>,
    /// Feeds without subscribers.
    pub orphans: Report<orphans::Done>,
    /// Icons that are no longer shown.
    pub icons: Report<icons::Done>,
    /// Old lines of the audit log.
    pub audit: Report<audit::Done>,
    /// Articles that weren't indexed yet.
    pub words: Report<words::Done>,
    /// Bytes that the store's file gave back.
    pub given_back: u64,
    /// Whether nothing was left to do.
    pub finished: bool,
    /// The total cost.
    pub cost: Cost,
}

/// The seven jobs in turn, within one budget. Eight reads, and one for each further 1,000 feeds, if there is nothing to do.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded. The
/// seven jobs run all the same, and completed work stays done.
pub async fn daily(
    store: &Datastore,
    clock: &Clock,
    mut budget: Budget,
) -> Result<Daily, StoreError> {
    let budget = &mut budget;
    let work = async {
        (
            sessions::clean(store, clock, budget).await,
            sleepers::clean(store, clock, budget).await,
            leavers::clean(store, clock, budget).await,
            orphans::clean(store, clock, budget).await,
            icons::clean(store, clock, budget).await,
            audit::clean(store, clock, budget).await,
            words::index(store, budget).await,
        )
    };
    // Each job runs, whatever became of the one before.
    let (all, cost) = metered(work).await;
    let (sessions, sleepers, leavers, orphans, icons, audit, words) = all;
    let (sessions, sleepers, leavers) = (sessions?, sleepers?, leavers?);
    let (orphans, icons, audit, words) = (orphans?, icons?, audit?, words?);
    let people = sessions.finished && sleepers.finished && leavers.finished;
    let is_over = people && orphans.finished && icons.finished && audit.finished;
    Ok(Daily {
        given_back: give_back(store).await,
        finished: is_over && words.finished,
        sessions,
        sleepers,
        leavers,
        orphans,
        icons,
        audit,
        words,
        cost,
    })
}

/// The length of a file, in bytes, from which gaps in it are worth anything, and from which all requests would wait too
/// long for the file to be written anew: “dormouse compact” does it then.
const COMPACTED: std::ops::Range<u64> = 8 * 1_024 * 1_024..100 * 1_000 * 1_000;
/// The share of a file that may hold nothing.
const MAX_SLACK: f64 = 0.5;

/// Writes the embedded store's file anew if most of it holds nothing; returns the bytes given back. A failure changes
/// nothing, and is logged.
async fn give_back(store: &Datastore) -> u64 {
    if !COMPACTED.contains(&store.file_bytes()) {
        return 0;
    }
    let compacted = async {
        match store.slack().await? > MAX_SLACK {
            true => store.compact().await,
            false => Ok((0, 0)),
        }
    };
    match compacted.await {
        Ok((before, after)) => before.saturating_sub(after),
        Err(error) => {
            tracing::warn!(%error, "the store’s file couldn’t be compacted");
            0
        }
    }
}

/// A little of the daily work, for an installation without a scheduler: each user's first visit of a day runs it.
///
/// A failure is logged and doesn't affect the visit. Eight reads if there is nothing to do.
pub async fn in_passing(store: &Datastore, clock: &Clock) {
    if let Err(error) = daily(store, clock, Budget::of(IN_PASSING)).await {
        tracing::warn!(%error, "a clean-up during a visit failed");
    }
}

/// Runs a job with its own meter. The job returns whether nothing is left to do.
async fn reported<D: Default>(
    job: impl AsyncFnOnce(&mut D) -> Result<bool, StoreError>,
) -> Result<Report<D>, StoreError> {
    let mut done = D::default();
    let (finished, cost) = metered(job(&mut done)).await;
    Ok(Report {
        finished: finished?,
        done,
        cost,
    })
}
