//! Deciding again after a conflict.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use super::StoreError;

/// How often a decision is attempted. With three writers of one entity that never pause, an attempt fails two times out of
/// three, so that eight would fail once in 25 times, and forty once in ten million.
pub const MAX_ATTEMPTS: usize = 40;
/// Attempts that follow at once; the later ones wait, ever longer.
const AT_ONCE: usize = 4;
/// Writers that met the same conflict wait for as many different times.
const LANES: u64 = 7;

/// How long to wait after so many conflicts: up to 252 ms.
///
/// Writers that wait for the same time meet again: a store that locks what is read (Firestore's pessimistic mode) then lets
/// none of them through. So each takes the next of seven lanes, and waits for a multiple of its number.
pub fn pause_after_conflict(attempts: usize) -> Duration {
    static NEXT_LANE: AtomicU64 = AtomicU64::new(0);
    let Some(late @ 1..) = attempts.checked_sub(AT_ONCE) else {
        return Duration::ZERO;
    };
    let lane = NEXT_LANE.fetch_add(1, Ordering::Relaxed) % LANES + 1;
    // At most `MAX_ATTEMPTS`.
    Duration::from_millis(late as u64 * lane)
}

/// How long a turn is waited for; then the attempt is made without one, which is only less likely to go through.
const LONGEST_TURN: Duration = Duration::from_secs(5);

/// Waits for the turn among those of this instance that met a conflict about the same thing: one after the other they go
/// through, all at once they would keep each other out.
pub(crate) async fn in_turn(what: String) -> Option<OwnedMutexGuard<()>> {
    type Turns = HashMap<String, Arc<tokio::sync::Mutex<()>>>;
    static TURNS: LazyLock<Mutex<Turns>> = LazyLock::new(Mutex::default);
    let turn = {
        let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody has or awaits these: only the map does.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns.entry(what).or_default().clone()
    };
    tokio::time::timeout(LONGEST_TURN, turn.lock_owned())
        .await
        .ok()
}

/// The outcome of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt<T> {
    /// It succeeded.
    Done(T),
    /// Another commit changed what it was based on: read again, decide again.
    Conflict,
}

impl<T> Attempt<T> {
    /// The outcome of a commit: a conflict if it failed with [`StoreError::Contention`].
    ///
    /// # Errors
    /// Every other error of the commit.
    pub fn of(committed: Result<T, StoreError>) -> Result<Self, StoreError> {
        match committed {
            Ok(value) => Ok(Self::Done(value)),
            Err(error) if error.is_contention() => Ok(Self::Conflict),
            Err(error) => Err(error),
        }
    }

    /// Maps the value.
    pub fn map<U>(self, how: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Done(value) => Attempt::Done(how(value)),
            Self::Conflict => Attempt::Conflict,
        }
    }
}

/// Runs a block until it is done, at most [`MAX_ATTEMPTS`] times, and returns its `Result`.
///
/// `retry_on_conflict!(what, { … })`: the block is the body of an `async` block and ends with a `Result` of
/// [`Attempt`]. Each run has to read what it decides on. `what` (`Display`) names the work in the error:
/// [`StoreError::Contention`] if every run met a conflict. A macro and not a function, because a closure that borrows
/// can't be shown to be `Send` for handlers.
macro_rules! retry_on_conflict {
    ($what:expr, $attempt:block) => {{
        let mut attempts = 0;
        let mut turn = None;
        loop {
            attempts += 1;
            match async { $attempt }.await {
                Ok($crate::datastore::Attempt::Done(value)) => break Ok(value),
                Ok($crate::datastore::Attempt::Conflict) => {
                    if attempts == $crate::datastore::MAX_ATTEMPTS {
                        let key = $what.to_string();
                        break Err($crate::datastore::StoreError::Contention { key }.into());
                    }
                    match turn {
                        None => turn = $crate::datastore::in_turn($what.to_string()).await,
                        Some(_) => {
                            let pause = $crate::datastore::pause_after_conflict(attempts);
                            tokio::time::sleep(pause).await;
                        }
                    }
                }
                Err(error) => break Err(error),
            }
        }
    }};
}

pub(crate) use retry_on_conflict;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_conflict_is_tried_again_and_a_failure_is_not() {
        let mut calls = 0;
        let done: Result<_, StoreError> = retry_on_conflict!("it", {
            calls += 1;
            Ok(if calls < 3 {
                Attempt::Conflict
            } else {
                Attempt::Done(calls)
            })
        });
        assert_eq!(done.expect("the third goes through"), 3);

        let mut calls = 0;
        let never: Result<(), StoreError> = retry_on_conflict!("it", {
            calls += 1;
            Ok(Attempt::Conflict)
        });
        assert!(matches!(never, Err(StoreError::Contention { key }) if key == "it"));
        assert_eq!(calls, MAX_ATTEMPTS);

        let mut calls = 0;
        let failed: Result<(), StoreError> = retry_on_conflict!("it", {
            calls += 1;
            Attempt::of(Err(StoreError::BadCursor))
        });
        assert!(matches!(failed, Err(StoreError::BadCursor)));
        assert_eq!(calls, 1);
    }
}
