//! A commit in progress, watched so that the cache learns of it even if the caller goes away.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use super::Cache;
use crate::datastore::{Mutation, StoreError, Version};

/// Reports a commit's outcome to the cache. Dropped before that, it reports the outcome as unknown.
#[derive(Debug)]
pub(in crate::datastore) struct Watch {
    cache: Option<Cache>,
    mutations: Arc<Vec<Mutation>>,
    left: Arc<AtomicBool>,
    settled: bool,
}

/// The part for the thread that commits, which goes on after the caller has gone away.
#[derive(Debug)]
pub(in crate::datastore) struct Witness {
    cache: Option<Cache>,
    left: Arc<AtomicBool>,
}

impl Watch {
    pub(in crate::datastore) fn new(cache: Option<Cache>, mutations: &Arc<Vec<Mutation>>) -> Self {
        Self {
            cache,
            mutations: mutations.clone(),
            left: Arc::default(),
            settled: false,
        }
    }

    pub(in crate::datastore) fn witness(&self) -> Witness {
        Witness {
            cache: self.cache.clone(),
            left: self.left.clone(),
        }
    }

    /// Reports the outcome. An outage means "perhaps"; any other error means that nothing happened.
    pub(in crate::datastore) fn settle(mut self, result: &Result<Vec<Version>, StoreError>) {
        self.settled = true;
        let Some(cache) = &self.cache else {
            return;
        };
        match result {
            Ok(versions) => cache.committed(&self.mutations, Some(versions)),
            Err(error) if error.is_outage() => cache.in_doubt(&self.mutations),
            Err(_) => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // The witness checks `left` after its commit: either it sees it set, or the report below comes later.
        self.left.store(true, SeqCst);
        if let Some(cache) = &self.cache {
            cache.in_doubt(&self.mutations);
        }
    }
}

impl Witness {
    /// Called when the commit has ended, whatever the outcome.
    pub(in crate::datastore) fn done(&self, mutations: &[Mutation]) {
        if self.left.load(SeqCst)
            && let Some(cache) = &self.cache
        {
            cache.committed(mutations, None);
        }
    }
}
