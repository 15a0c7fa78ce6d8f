//! Whether this machine's own network works, judged by what one caller's requests meet.
//!
//! Where no request of a call got as far as a connection, the publishers aren't to blame. So such failures are withheld
//! until somebody answers; if nobody does, nothing is recorded, and the next call tries again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::asked::Asked;
use crate::feeds::Head;

/// Different hosts that can't be reached, after which a call stops asking.
const HANDFUL: usize = 5;

/// One call's view of the network. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    has_answered: AtomicBool,
    unreached: Mutex<HashSet<String>>,
    withheld: Mutex<Vec<(Head, Asked)>>,
}

impl Network {
    /// Notes that some host answered.
    pub fn note_answer(&self) {
        self.0.has_answered.store(true, Ordering::Relaxed);
    }

    /// Whether any host answered.
    pub fn has_answered(&self) -> bool {
        self.0.has_answered.load(Ordering::Relaxed)
    }

    /// Keeps a failure until it is known whose it is.
    pub(super) fn withhold(&self, host: &str, head: Head, asked: Asked) {
        let mut unreached = self
            .0
            .unreached
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unreached.insert(host.to_owned());
        let mut withheld = self
            .0
            .withheld
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        withheld.push((head, asked));
    }

    /// Whether so many hosts couldn't be reached, and none answered, that asking more is useless.
    pub fn is_down(&self) -> bool {
        let unreached = self
            .0
            .unreached
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        unreached.len() >= HANDFUL && !self.has_answered()
    }

    /// Takes the failures that were withheld.
    pub(super) fn take_withheld(&self) -> Vec<(Head, Asked)> {
        let mut withheld = self
            .0
            .withheld
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut withheld)
    }
}
