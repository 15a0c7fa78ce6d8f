//! One region's entries: cached values, loads in progress, and recent commits.

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use rustc_hash::FxBuildHasher;

use super::patience::{MOST_PATIENCE, patience};
use super::region::Region;
use super::seen_versions::{self, SeenVersions};
use super::{Hits, Version};
use crate::timestamp::Timestamp;

/// Locks that a region's keys are spread over.
const STRIPES: usize = 64;
/// Recent commits that a stripe keeps, to tell which of two was later: they are some milliseconds apart.
const RECENT: usize = 32;
/// Bytes of an entry besides its value: its key, its counters, its slot in the cache.
const OVERHEAD: usize = 200;

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) value: Arc<dyn Any + Send + Sync>,
    /// When the value was current: the moment before it was read.
    pub(super) at: Timestamp,
    /// What the reading request's browser had seen then.
    pub(super) seen: SeenVersions,
    bytes: u32,
}

impl Entry {
    pub(super) fn new<T: Any + Send + Sync>(
        value: Arc<T>,
        at: Timestamp,
        seen: SeenVersions,
        bytes: usize,
    ) -> Self {
        Self {
            value,
            at,
            seen,
            bytes: u32::try_from(bytes + OVERHEAD).unwrap_or(u32::MAX),
        }
    }
}

/// Held while a key is loaded; other callers wait for it.
pub(super) type LoadLock = Arc<tokio::sync::Mutex<()>>;

pub(in crate::datastore) struct CacheRegion {
    pub(super) region: &'static Region,
    /// The keys are numbers of ours, so a fast hash is a safe one.
    pub(super) entries: Cache<u128, Entry, FxBuildHasher>,
    flights: Mutex<HashMap<u128, LoadLock>>,
    stripes: Vec<Mutex<Stripe>>,
    pub(super) hits: AtomicU64,
    pub(super) misses: AtomicU64,
    /// Grows with everything that makes a cached value another one, or none.
    pub(super) changes: AtomicU64,
}

impl std::fmt::Debug for CacheRegion {
    /// Without the entries, which are personal data.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.region.name)
    }
}

/// A region's state before a read.
#[derive(Debug)]
pub struct LoadStart {
    /// One per stripe.
    generations: Vec<u64>,
    pub(super) at: Timestamp,
    seen: SeenVersions,
}

#[derive(Debug, Default)]
pub(super) struct Stripe {
    /// Grows with every commit: what was read before one isn't cached after it.
    pub(super) generation: u64,
    recent: VecDeque<(u128, Version)>,
}

impl Stripe {
    /// Notes a commit; `false` if a later one of the same key is already known.
    pub(super) fn note(&mut self, key: u128, version: Version) -> bool {
        self.generation += 1;
        if self.latest(key).is_some_and(|known| known > version) {
            return false;
        }
        self.recent.push_back((key, version));
        let extra = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..extra);
        true
    }

    pub(super) fn latest(&self, key: u128) -> Option<Version> {
        let of_key = self.recent.iter().filter(|(known, _)| *known == key);
        of_key.map(|&(_, version)| version).max()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place_of(key: u128) -> usize {
    let mixed = (key ^ (key >> 64)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    (mixed % STRIPES as u128) as usize
}

impl CacheRegion {
    pub(super) fn new(region: &'static Region, ceiling: u64) -> Self {
        let weigh = |_: &u128, entry: &Entry| entry.bytes;
        let minutes = match region.is_patient {
            true => region.minutes.max(MOST_PATIENCE),
            false => region.minutes,
        };
        let seconds = u64::try_from(minutes * 60).unwrap_or_default();
        let policy = match region.keeps_latest {
            true => EvictionPolicy::lru(),
            false => EvictionPolicy::tiny_lfu(),
        };
        Self {
            region,
            entries: Cache::builder()
                .max_capacity(ceiling * region.share / 100)
                .weigher(weigh)
                .eviction_policy(policy)
                // By the system clock, so that unused entries expire too.
                .time_to_live(Duration::from_secs(seconds))
                .build_with_hasher(FxBuildHasher),
            flights: Mutex::default(),
            stripes: (0..STRIPES).map(|_| Mutex::default()).collect(),
            hits: AtomicU64::default(),
            misses: AtomicU64::default(),
            changes: AtomicU64::default(),
        }
    }

    /// A key's cached value, if the current request may use it at `now`.
    pub(super) fn find<T: Any + Send + Sync>(
        &self,
        key: u128,
        now: Timestamp,
        own: u32,
    ) -> Option<Arc<T>> {
        let entry = self.entries.get(&key)?;
        let age = (now - entry.at).num_seconds();
        let minutes = match self.region.is_patient {
            true => self.region.minutes.max(patience()),
            false => self.region.minutes,
        };
        let is_young = (0..minutes * 60).contains(&age);
        let covers = |class| entry.seen.covers(&seen_versions::current(), class, own);
        if !is_young || !self.region.class.is_none_or(covers) {
            return None;
        }
        let value = entry.value.downcast().ok();
        self.hits.fetch_add(u64::from(value.is_some()), Relaxed);
        value
    }

    pub(super) fn stripe(&self, key: u128) -> MutexGuard<'_, Stripe> {
        lock(&self.stripes[place_of(key)])
    }

    /// The locks for loading keys.
    pub(super) fn flights(&self, keys: &[u128]) -> Vec<LoadLock> {
        let mut flights = lock(&self.flights);
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        let of = |key: &u128| flights.entry(*key).or_default().clone();
        keys.iter().map(of).collect()
    }

    pub(super) fn before(&self, at: Timestamp) -> LoadStart {
        let generations = self.stripes.iter().map(|stripe| lock(stripe).generation);
        LoadStart {
            generations: generations.collect(),
            at,
            seen: seen_versions::current(),
        }
    }

    /// Caches what was read, unless something was committed meanwhile.
    pub(super) fn admit<T: Any + Send + Sync>(
        &self,
        before: &LoadStart,
        key: u128,
        value: Arc<T>,
        bytes: usize,
    ) {
        let stripe = self.stripe(key);
        if stripe.generation == before.generations[place_of(key)] {
            let entry = Entry::new(value, before.at, before.seen.clone(), bytes);
            self.entries.insert(key, entry);
        }
        drop(stripe);
    }

    /// Drops all entries; loads in progress won't be cached.
    pub(super) fn clear(&self) {
        self.changes.fetch_add(1, Relaxed);
        for stripe in &self.stripes {
            lock(stripe).generation += 1;
        }
        self.entries.invalidate_all();
    }

    pub(super) fn hits(&self) -> Hits {
        self.entries.run_pending_tasks();
        Hits {
            region: self.region.name,
            hits: self.hits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            entries: self.entries.entry_count(),
            bytes: self.entries.weighted_size(),
        }
    }
}
