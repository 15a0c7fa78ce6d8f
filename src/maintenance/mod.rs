//! Clean-ups: what time leaves behind is put away, once a day, in a request.
//!
//! Four jobs: [`sessions`] that are over, readers who sleep ([`sleepers`]), feeds that nobody reads ([`orphans`]),
//! [`icons`] that nobody looks at; and one that asks others and so isn't for every caller, the [`hubs`] that push to us.
//! Each asks the store what is left to do and does it in commits that stand for themselves; nothing is noted of how far it
//! came. So each can be killed, repeated and run twice at once, and one that has nothing to do costs one read and writes
//! nothing.

pub mod hubs;
pub mod icons;
pub mod orphans;
pub mod sessions;
pub mod sleepers;

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::datastore::{Cost, Datastore, StoreError, metered};

/// Commits and questions of one call, whatever its time: more than a day of any installation leaves.
const STEPS: u32 = 20_000;

/// How much one call may do. A step is one commit or one question to the store.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    deadline: Instant,
    steps: u32,
}

impl Budget {
    /// As much as fits into this time. The step that is under way at its end is finished.
    pub fn of(time: Duration) -> Self {
        Self {
            deadline: Instant::now() + time,
            steps: STEPS,
        }
    }

    /// So many steps at most.
    #[must_use]
    pub fn with_steps(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    /// Takes a step out of the budget; false where there is none left.
    fn step(&mut self) -> bool {
        if self.steps == 0 || Instant::now() >= self.deadline {
            return false;
        }
        self.steps -= 1;
        true
    }
}

/// How long a reader waits for clean-ups that no scheduler calls for.
const IN_PASSING: Duration = Duration::from_millis(500);

/// What a job did, and what that cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report<D> {
    /// What was done.
    #[serde(flatten)]
    pub done: D,
    /// Whether nothing was left to do. If not, the next call goes on.
    pub finished: bool,
    /// What it cost.
    pub cost: Cost,
}

/// All four.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Daily {
    /// Sessions that were over.
    pub sessions: Report<sessions::Done>,
    /// Readers who weren't seen.
    pub sleepers: Report<sleepers::Done>,
    /// Feeds that nobody reads.
    pub orphans: Report<orphans::Done>,
    /// Icons that nobody looks at.
    pub icons: Report<icons::Done>,
    /// Whether nothing was left to do.
    pub finished: bool,
    /// What all of it cost.
    pub cost: Cost,
}

/// The four jobs in turn, within one budget. Four reads where there is nothing to do.
///
/// # Errors
/// The store's; what was done before is done.
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
            orphans::clean(store, clock, budget).await,
            icons::clean(store, clock, budget).await,
        )
    };
    // Each has its turn, whatever became of the one before.
    let ((sessions, sleepers, orphans, icons), cost) = metered(work).await;
    let (sessions, sleepers, orphans, icons) = (sessions?, sleepers?, orphans?, icons?);
    Ok(Daily {
        finished: sessions.finished && sleepers.finished && orphans.finished && icons.finished,
        sessions,
        sleepers,
        orphans,
        icons,
        cost,
    })
}

/// A little of the daily work, for an installation without a scheduler: each reader's first visit of a day brings it forward.
///
/// What fails here is logged, and keeps nobody from reading. Four reads where there is nothing to do.
pub async fn in_passing(store: &Datastore, clock: &Clock) {
    if let Err(error) = daily(store, clock, Budget::of(IN_PASSING)).await {
        tracing::warn!(%error, "a clean-up in passing failed");
    }
}

/// Runs a job with a meter of its own. The job answers whether nothing is left.
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
