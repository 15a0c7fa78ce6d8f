//! Group commit: while one transaction is on its way to the disk, the commits that wait are merged into the next.
//!
//! A transaction costs two syncs, whatever is in it. So the first in line has one made for all that wait, on a thread that
//! goes on with those that came meanwhile and ends when nobody waits. Each commit keeps its own check, its own versions
//! and its own refusal, and is acknowledged only after the sync; a failure of the disk fails all of a transaction.
//!
//! A commit whose caller goes away while it waits is taken out of the line: nothing of it happens. Once it is in a
//! transaction, that runs to its end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
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

struct Waiting {
    id: u64,
    mutations: Arc<Vec<Mutation>>,
    seen: Vec<Seen>,
    witness: Witness,
    bytes: usize,
    answer: oneshot::Sender<Outcome>,
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
    /// Whether nobody waits; then nobody leads any more either.
    fn is_over(&mut self) -> bool {
        self.is_led = !self.waiting.is_empty();
        !self.is_led
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
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.line.state().waiting.retain(|one| one.id != self.id);
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
    let (answer, answered) = oneshot::channel();
    let bytes = mutations
        .iter()
        .filter_map(|mutation| Some(mutation.entity()?.size()))
        .sum();
    let (id, leads, is_busy) = {
        let mut state = line.state();
        let id = state.next_id;
        state.next_id += 1;
        state.waiting.push_back(Waiting {
            id,
            mutations,
            seen,
            witness,
            bytes,
            answer,
        });
        let leads = !state.is_led;
        state.is_led = true;
        (id, leads, leads && state.is_busy())
    };
    let _place = Place { line, id };
    if leads {
        let waits = is_busy && shared.folder.is_some() && meter::is_first_wait();
        let (shared, line) = (shared.clone(), line.clone());
        // Awaited by its answers, and over when nobody waits for one. No caller has to be polled for the others to go on:
        // a future may rest for long while another of the same request wants to commit.
        drop(tokio::task::spawn_blocking(move || {
            lead(shared, &line, waits);
        }));
    }
    let given_up = || StoreError::Unavailable("the commit was given up".into());
    answered.await.unwrap_or_else(|_| Err(given_up()))
}

/// Ends the lead if a transaction panics: those that wait are told, and the next to come leads.
struct Lead<'s>(&'s Line);

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.state();
            state.waiting.clear();
            state.is_led = false;
        }
    }
}

/// Makes transactions of those that wait, until nobody does. The store is let go before the last of them hear of it: who was
/// answered may close it.
fn lead(shared: Arc<Shared>, line: &Line, mut waits: bool) {
    let _lead = Lead(line);
    if waits {
        std::thread::sleep(COMPANY);
    }
    let mut shared = Some(shared);
    while let Some(store) = &shared {
        let batch = line.state().take(waits);
        waits = false;
        let parts: Vec<Part<'_>> = batch
            .iter()
            .map(|one| Part {
                mutations: &one.mutations,
                seen: &one.seen,
                bytes: one.bytes,
            })
            .collect();
        let outcomes = match parts.is_empty() {
            true => Vec::new(),
            false => store.commit(&parts),
        };
        drop(parts);
        if line.state().is_over() {
            shared = None;
        }
        for (one, outcome) in batch.into_iter().zip(outcomes) {
            one.witness.done(&one.mutations);
            // Whose caller has gone needs no answer.
            let _ = one.answer.send(outcome);
        }
    }
}
