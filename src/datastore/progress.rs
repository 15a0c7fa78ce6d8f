//! How far long work has come, said from the loop that does it.

use std::sync::{Arc, Mutex, PoisonError};

/// What is told: what is being done, how much of it is done, and how much there is (0 where nobody knows).
type Listener = dyn FnMut(&'static str, u64, u64) + Send;

/// Whom long work tells how far it has come; nobody by default. Clones tell the same listener.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Mutex<Listener>>>);

impl std::fmt::Debug for Progress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Progress({})", self.0.is_some())
    }
}

impl Progress {
    /// Tells `listener`, which is called often and by whichever thread does the work: it decides what it shows.
    pub fn to(listener: impl FnMut(&'static str, u64, u64) + Send + 'static) -> Self {
        Self(Some(Arc::new(Mutex::new(listener))))
    }

    /// Says that `done` of `all` is done of `what`.
    pub fn at(&self, what: &'static str, done: u64, all: u64) {
        if let Some(listener) = &self.0 {
            let mut listener = listener.lock().unwrap_or_else(PoisonError::into_inner);
            listener(what, done, all);
        }
    }
}
