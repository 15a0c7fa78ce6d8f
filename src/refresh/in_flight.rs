//! The in-flight registry: within an instance, no feed, page or icon is fetched twice at the same time.
//!
//! The cron's sweep, an open page's poll and the steps of an import may run at once. [`HostLimiter`] spaces requests to
//! one host. Across instances the sweep's own record keeps order; what slips through costs a publisher one more
//! request, and us nothing.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::shards::{Shard, Shards, Sweeps};
use super::stored::Stored;
use crate::client::host_limiter::HostLimiter;
use crate::client::retry_after::HostPauses;
use crate::ids::FeedId;
use crate::update::host_health::Hosts;
use crate::update::schedule::Sweep;

/// The requests in progress. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct InFlight {
    feeds: Arc<Mutex<HashSet<FeedId>>>,
    work: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
    pauses: HostPauses,
    host_limiter: HostLimiter,
    shards: Shards,
    sweeps: Arc<Mutex<Sweeps>>,
    icons: IconAttempts,
    hosts: Arc<Mutex<Hosts>>,
    /// The minute since which nobody could be reached; 0 for not.
    offline_since: Arc<AtomicI64>,
    is_full: Arc<AtomicBool>,
    stored: Stored,
    /// Feeds fetched since the last finished sweep of their shard, with the minute.
    asked: Arc<Mutex<HashMap<FeedId, (Shard, i64)>>>,
    /// Whether webhooks wait to be told.
    hooks: Arc<AtomicU8>,
}

/// What an instance knows of webhooks that wait: nothing at first.
const NONE_WAIT: u8 = 1;
const SOME_WAIT: u8 = 2;
/// Nothing, but that there are any.
const SOME_ARE: u8 = 3;

/// What an instance knows of checks beyond the feeds' own records.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The sweeps, as last read.
    pub sweeps: Sweeps,
    /// Hosts that fail.
    pub hosts: Hosts,
    /// The minute since which nobody can be reached.
    pub offline_since: Option<i64>,
    /// Whether the store has reached its limit.
    pub is_full: bool,
}

/// An exclusive claim on some feeds, released on drop, also if the client disconnects.
#[derive(Debug)]
pub struct FeedClaim {
    in_flight: InFlight,
    feeds: HashSet<FeedId>,
}

impl InFlight {
    /// Of an instance whose tick has so many shards; no request is in progress.
    pub fn of(shards: Shards) -> Self {
        Self {
            shards,
            sweeps: Arc::new(Mutex::new(Sweeps::none(shards))),
            ..Self::default()
        }
    }

    /// The shards of the tick.
    pub fn shards(&self) -> Shards {
        self.shards
    }

    /// Claims those of the feeds that no other caller is fetching.
    pub fn claim(&self, feeds: impl Iterator<Item = FeedId>) -> FeedClaim {
        let mut taken = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let feeds = feeds.filter(|&feed| taken.insert(feed)).collect();
        let in_flight = self.clone();
        FeedClaim { in_flight, feeds }
    }

    /// Notes that there is a feed with webhooks.
    pub(super) fn saw_hooks(&self) {
        // One that knows more stays as it is.
        let _ = self.hooks.compare_exchange(0, SOME_ARE, Relaxed, Relaxed);
    }

    /// Notes whether webhooks wait to be told.
    pub(super) fn hooks_wait(&self, wait: bool) {
        let known = if wait { SOME_WAIT } else { NONE_WAIT };
        self.hooks.store(known, Relaxed);
    }

    /// Whether webhooks may wait to be told. Where this instance has never met a feed with any, it isn't looked for.
    pub(super) fn may_hooks_wait(&self) -> bool {
        matches!(self.hooks.load(Relaxed), SOME_WAIT | SOME_ARE)
    }

    /// The pauses that hosts asked for, as far as this instance knows.
    pub fn pauses(&self) -> HostPauses {
        self.pauses.clone()
    }

    /// The limiter of requests to publishers' hosts.
    pub fn host_limiter(&self) -> HostLimiter {
        self.host_limiter.clone()
    }

    /// What is known of hosts that fail.
    pub fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The minute since which nobody can be reached, as far as this instance knows.
    pub fn offline_since(&self) -> Option<i64> {
        Some(self.offline_since.load(Relaxed)).filter(|&minute| minute > 0)
    }

    /// What this instance knows beyond the feeds themselves, for words: no read.
    pub fn known(&self) -> Known {
        Known {
            sweeps: self.sweeps(),
            hosts: self.hosts().clone(),
            offline_since: self.offline_since(),
            is_full: self.is_full.load(Relaxed),
        }
    }

    /// How much everything that is stored takes.
    pub fn stored(&self) -> &Stored {
        &self.stored
    }

    /// Stores whether the store has reached its limit.
    pub fn note_full(&self, is_full: bool) {
        self.is_full.store(is_full, Relaxed);
    }

    /// Stores the minute since which nobody can be reached; 0 for not.
    pub fn note_offline(&self, since: i64) {
        self.offline_since.store(since, Relaxed);
    }

    /// The icons this instance has requested lately.
    pub fn icons(&self) -> &IconAttempts {
        &self.icons
    }

    /// The sweeps of all instances as last read by this one: for texts that aren't worth a read of their own.
    pub fn sweeps(&self) -> Sweeps {
        let known = self.sweeps.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stores a shard's sweeps that were read, and drops the fetches up to the end of the last, which the sweeps imply.
    pub fn remember(&self, shard: Shard, sweeps: &[Sweep]) {
        let mut known = self.sweeps.lock().unwrap_or_else(PoisonError::into_inner);
        *known = known.with(shard, sweeps);
        drop(known);
        if let Some(Sweep(_, _, end)) = sweeps.last() {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.retain(|_, (of, minute)| *of != shard || *minute > *end);
        }
    }

    /// Records that a feed was fetched. If a client disconnects during its poll, its unsaved progress is lost; this
    /// keeps the next caller on this instance from fetching the same feeds again.
    pub fn note_fetched(&self, feed: FeedId, shard: Shard, minute: i64) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(feed, (shard, minute));
    }

    /// Whether a feed was fetched in one of these minutes, as far as this instance remembers.
    pub fn was_fetched_within(&self, feed: FeedId, minutes: RangeInclusive<i64>) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let at = asked.get(&feed).map(|(_, minute)| minute);
        at.is_some_and(|at| minutes.contains(at))
    }

    /// Waits until no other caller does the work of this name.
    pub async fn alone(&self, at: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
            // Finished work is dropped: only this map holds it.
            work.retain(|_, lock| Arc::strong_count(lock) > 1);
            work.entry(at.to_owned()).or_default().clone()
        };
        lock.lock_owned().await
    }
}

impl FeedClaim {
    /// Whether a feed is among those claimed.
    pub fn has(&self, feed: FeedId) -> bool {
        self.feeds.contains(&feed)
    }
}

impl Drop for FeedClaim {
    fn drop(&mut self) {
        let mut taken = self
            .in_flight
            .feeds
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for feed in &self.feeds {
            taken.remove(feed);
        }
    }
}

/// When this instance last requested which icon. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct IconAttempts(Arc<Mutex<HashMap<String, i64>>>);

impl IconAttempts {
    /// Whether an origin's icon may be requested; if so, records the attempt.
    pub(crate) fn begin(&self, origin: &str, minute: i64) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, since| minute - *since < ICON_RETRY_AFTER);
        if tries.contains_key(origin) || tries.len() >= ICON_ATTEMPTS_KEPT {
            return false;
        }
        tries.insert(origin.to_owned(), minute);
        true
    }

    /// Removes an attempt that sent no request.
    pub(crate) fn take_back(&self, origin: &str) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(origin);
    }
}

/// Most attempts remembered.
const ICON_ATTEMPTS_KEPT: usize = 2_000;

/// Minutes after which an interrupted attempt may be repeated.
const ICON_RETRY_AFTER: i64 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_counts_for_a_day_and_what_is_remembered_is_bounded() {
        let tries = IconAttempts::default();
        assert!(tries.begin("a", 0));
        assert!(!tries.begin("a", ICON_RETRY_AFTER - 1));
        assert!(tries.begin("a", ICON_RETRY_AFTER));
        tries.take_back("a");
        assert!(tries.begin("a", ICON_RETRY_AFTER));
        for n in 0..2 * ICON_ATTEMPTS_KEPT {
            tries.begin(&n.to_string(), ICON_RETRY_AFTER);
        }
        assert!(!tries.begin("b", ICON_RETRY_AFTER));
        assert!(tries.begin("b", 2 * ICON_RETRY_AFTER));
    }
}
