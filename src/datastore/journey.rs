//! How far away a store is, for tests: what a page waits for in rounds.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A test's distance to the store: each call takes so much longer, and begins at one of these moments.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    delay: Arc<Mutex<Duration>>,
    begun: Arc<Mutex<Vec<Instant>>>,
}

impl Journey {
    /// A distance that takes so long.
    pub fn of(delay: Duration) -> Self {
        Self {
            delay: Arc::new(Mutex::new(delay)),
            begun: Arc::default(),
        }
    }

    /// From now on the store is so far away.
    pub fn takes(&self, delay: Duration) {
        *self.delay.lock().unwrap_or_else(PoisonError::into_inner) = delay;
    }

    fn delay(&self) -> Duration {
        *self.delay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn travel(&self) {
        self.begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Instant::now());
        tokio::time::sleep(self.delay()).await;
    }

    /// How many calls began since the last time this was asked, in each round: calls that didn't wait for each other.
    pub fn rounds(&self) -> Vec<usize> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let delay = self.delay();
        let mut rounds: Vec<usize> = Vec::new();
        let mut first: Option<Instant> = None;
        for at in begun.drain(..) {
            match first {
                Some(first) if at < first + delay => {
                    if let Some(round) = rounds.last_mut() {
                        *round += 1;
                    }
                }
                _ => {
                    first = Some(at);
                    rounds.push(1);
                }
            }
        }
        rounds
    }
}
