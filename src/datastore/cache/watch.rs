//! A commit on its way, watched so that the memory hears of it even if whoever asked for it leaves.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use super::Memory;
use crate::datastore::{Mutation, StoreError, Version};

/// Tells a memory what became of a commit. Dropped without a word, it tells that nobody knows.
#[derive(Debug)]
pub(in crate::datastore) struct Watch {
    memory: Option<Memory>,
    mutations: Arc<Vec<Mutation>>,
    left: Arc<AtomicBool>,
    settled: bool,
}

/// The part for a thread that carries the commit out, and goes on when nobody waits for it any more.
#[derive(Debug)]
pub(in crate::datastore) struct Witness {
    memory: Option<Memory>,
    left: Arc<AtomicBool>,
}

impl Watch {
    pub(in crate::datastore) fn new(
        memory: Option<Memory>,
        mutations: &Arc<Vec<Mutation>>,
    ) -> Self {
        Self {
            memory,
            mutations: mutations.clone(),
            left: Arc::default(),
            settled: false,
        }
    }

    pub(in crate::datastore) fn witness(&self) -> Witness {
        Witness {
            memory: self.memory.clone(),
            left: self.left.clone(),
        }
    }

    /// What became of it. A failure that says "perhaps" is told as such; any other means that nothing happened.
    pub(in crate::datastore) fn settle(mut self, result: &Result<Vec<Version>, StoreError>) {
        self.settled = true;
        let Some(memory) = &self.memory else {
            return;
        };
        match result {
            Ok(versions) => memory.committed(&self.mutations, Some(versions)),
            Err(StoreError::Unavailable(_)) => memory.in_doubt(&self.mutations),
            Err(_) => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // The witness looks after it has committed: either he sees that we have left, or we come after him.
        self.left.store(true, SeqCst);
        if let Some(memory) = &self.memory {
            memory.in_doubt(&self.mutations);
        }
    }
}

impl Witness {
    /// Called when the commit is done, whatever came of it.
    pub(in crate::datastore) fn done(&self, mutations: &[Mutation]) {
        if self.left.load(SeqCst)
            && let Some(memory) = &self.memory
        {
            memory.committed(mutations, None);
        }
    }
}
