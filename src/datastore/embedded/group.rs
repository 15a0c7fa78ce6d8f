//! Group commit: while one transaction is on its way to the disk, the commits that wait are merged into the next.
//!
//! A transaction costs two syncs, whatever is in it. So the first in line makes one for all that wait, inside its own
//! request, and then hands the lead to the first that came meanwhile. Each commit keeps its own check, its own versions
//! and its own refusal, and is acknowledged only after the sync; a failure of the disk fails all of a transaction.
//!
//! A commit whose caller goes away while it waits is taken out of the line: nothing of it happens. Once it is in a
//! transaction, that runs to its end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use super::Seen;
use super::commit::Part;
use super::handle::Shared;
use crate::datastore::cache::Witness;
use crate::datastore::{Mutation, StoreError, Version, meter};

/// Most commits in one transaction.
const MOST_PARTS: usize = 256;
/// Most bytes of entities in one transaction, beyond which a further commit waits for the next.
const MOST_BYTES: usize = 8 * 1_024 * 1_024;
/// Transactions within the last second above which a commit waits for company.
const BUSY: usize = 10;
/// How long it waits then. A request waits once, whatever it commits.
const COMPANY: Duration = Duration::from_millis(90);
/// How long nobody waits after one that waited in vain: a program that writes one by one has no company.
const ALONE: Duration = Duration::from_secs(1);

type Outcome = Result<Vec<Version>, StoreError>;

/// What a commit in the line hears.
enum Turn {
    /// It is the first: it makes the transaction for all that wait.
    Lead,
    /// It is over.
    Done(Outcome),
}

struct Waiting {
    id: u64,
    mutations: Arc<Vec<Mutation>>,
    seen: Vec<Seen>,
    witness: Witness,
    bytes: usize,
    turn: UnboundedSender<Turn>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Waiting({}, {} mutations)",
            self.id,
            self.mutations.len()
        )
    }
}

/// The commits that wait, in their order.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// Whether somebody makes a transaction, or is about to.
    is_led: bool,
    next_id: u64,
    /// When the last transactions began, the latest last.
    recent: VecDeque<Instant>,
    /// Until when waiting for company is pointless.
    alone_until: Option<Instant>,
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Gives the lead to the first that waits, or to nobody.
    fn hand_on(&mut self) {
        // One whose caller has just gone takes itself out of the line, and isn't told.
        let told = |one: &Waiting| one.turn.send(Turn::Lead).is_ok();
        self.is_led = self.waiting.iter().any(told);
    }

    fn is_busy(&mut self) -> bool {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        self.recent
            .retain(|at| now.saturating_duration_since(*at) < second);
        self.recent.len() > BUSY && self.alone_until.is_none_or(|until| until <= now)
    }

    /// The next transaction's commits; `has_waited` if the first of them waited for company.
    fn take(&mut self, has_waited: bool) -> Vec<Waiting> {
        let mut bytes = 0;
        let mut batch = Vec::new();
        while batch.len() < MOST_PARTS
            && let Some(next) = self.waiting.front()
            && (batch.is_empty() || bytes + next.bytes <= MOST_BYTES)
            && let Some(next) = self.waiting.pop_front()
        {
            bytes += next.bytes;
            batch.push(next);
        }
        let now = Instant::now();
        if has_waited && batch.len() == 1 {
            self.alone_until = Some(now + ALONE);
        }
        self.recent.push_back(now);
        if self.recent.len() > 2 * BUSY {
            self.recent.pop_front();
        }
        batch
    }
}

/// A commit's place in the line, given up when its caller goes away.
struct Place<'s> {
    line: &'s Line,
    id: u64,
    turns: UnboundedReceiver<Turn>,
    /// Whether the lead is this commit's to give on.
    leads: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.waiting.retain(|one| one.id != self.id);
        let was_told = matches!(self.turns.try_recv(), Ok(Turn::Lead));
        if self.leads || was_told {
            state.hand_on();
        }
    }
}

/// Commits, durably, together with others that wait.
///
/// # Errors
/// The commit's own, or the disk's.
pub(super) async fn commit(
    shared: &Arc<Shared>,
    line: &Arc<Line>,
    mutations: Arc<Vec<Mutation>>,
    seen: Vec<Seen>,
    witness: Witness,
) -> Outcome {
    let (turn, turns) = unbounded_channel();
    let mut place = {
        let mut state = line.state();
        let id = state.next_id;
        state.next_id += 1;
        let bytes = mutations
            .iter()
            .filter_map(|mutation| Some(mutation.entity()?.size()))
            .sum();
        state.waiting.push_back(Waiting {
            id,
            mutations,
            seen,
            witness,
            bytes,
            turn,
        });
        let leads = !state.is_led;
        state.is_led = true;
        Place {
            line,
            id,
            turns,
            leads,
        }
    };
    loop {
        if place.leads {
            let is_busy = shared.folder.is_some() && line.state().is_busy();
            let waits = is_busy && meter::is_first_wait();
            if waits {
                tokio::time::sleep(COMPANY).await;
            }
            // From here on the thread has the lead, and gives it on whatever happens to this caller.
            place.leads = false;
            let (shared, line) = (shared.clone(), line.clone());
            super::blocking(move || {
                lead(&shared, &line, waits);
                Ok(())
            })
            .await?;
        }
        match place.turns.recv().await {
            Some(Turn::Done(outcome)) => return outcome,
            Some(Turn::Lead) => place.leads = true,
            // The thread that had this commit ended without a word.
            None => return Err(StoreError::Unavailable("the commit was given up".into())),
        }
    }
}

/// Gives the lead on when a transaction is over, even by a panic.
struct Lead<'s>(&'s Line);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.0.state().hand_on();
    }
}

/// Makes one transaction of those that wait.
fn lead(shared: &Shared, line: &Line, has_waited: bool) {
    let _lead = Lead(line);
    let batch = line.state().take(has_waited);
    if batch.is_empty() {
        return;
    }
    let parts: Vec<Part<'_>> = batch
        .iter()
        .map(|one| Part {
            mutations: &one.mutations,
            seen: &one.seen,
            bytes: one.bytes,
        })
        .collect();
    let outcomes = shared.commit(&parts);
    drop(parts);
    for (one, outcome) in batch.into_iter().zip(outcomes) {
        one.witness.done(&one.mutations);
        // Whose caller has gone needs no answer.
        let _ = one.turn.send(Turn::Done(outcome));
    }
}
