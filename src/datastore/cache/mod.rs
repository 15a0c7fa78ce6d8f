//! What an instance caches of the store, so that a page for a user who was just here costs nothing.
//!
//! It stands beside the [`Datastore`](super::Datastore), not in front of it: a caller that accepts cached values says
//! so ([`get_or_load`](super::Datastore::get_or_load)); all others read the store. The modules above define their
//! [`Region`]s, and [`Rule`]s that are called for every commit. So no write bypasses the cache, and four things hold:
//!
//! 1. **A hint, never the only copy.** Anything may be evicted at any moment.
//! 2. **Bounded.** Each region has its share of one limit in bytes, and a time after which values aren't trusted.
//! 3. **One load at a time.** Of many callers that want a missing value, one reads the store.
//! 4. **Users read their own writes.** What was read before a commit isn't kept after it; and what another instance
//!    changed for this user is in their browser's [`SeenVersions`].
//!
//! Nothing runs in the background: an expired entry is skipped when it is found, or evicted.

mod bounded_map;
mod load;
mod loaded;
mod patience;
mod region;
mod seen_versions;
mod watch;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use chrono::TimeDelta;

use super::{Mutation, Version};
use crate::clock::Clock;
use crate::timestamp::Timestamp;
pub(super) use bounded_map::CacheRegion;
pub use bounded_map::LoadStart;
use bounded_map::{Entry, Stripe};
pub use loaded::Loaded;
pub use patience::{patience, patiently};
pub use region::{Class, Region};
pub use seen_versions::{Changed, SeenVersions, telling};
pub(super) use watch::{Watch, Witness};

/// How long nothing is cached after a commit of which it is unknown whether, or when, it takes effect.
const DOUBT: TimeDelta = TimeDelta::seconds(15);

/// What a commit means for the cache. Called for each mutation with the resulting version; without one if it is
/// unknown whether the commit took effect.
pub type Rule = fn(&Cache, &Mutation, Option<Version>);

/// One instance's cache. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Cache {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    instance: u32,
    clock: Clock,
    /// The last stamp that was given to a change.
    stamp: AtomicI64,
    /// Until when nothing is cached, in microseconds since 1970.
    doubt: AtomicI64,
    rooms: Vec<CacheRegion>,
    rules: &'static [Rule],
}

/// A region's hit statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hits {
    /// The name of the region that was counted.
    pub region: &'static str,
    /// Served from the cache.
    pub hits: u64,
    /// Read from the store.
    pub misses: u64,
    /// Current entries.
    pub entries: u64,
    /// Current bytes, as estimated.
    pub bytes: u64,
}

impl Cache {
    /// An empty cache of at most `ceiling` bytes. The regions' shares are percentages of it.
    pub fn new(
        ceiling: u64,
        clock: Clock,
        instance: u32,
        regions: &[&'static Region],
        rules: &'static [Rule],
    ) -> Self {
        let rooms = regions
            .iter()
            .map(|region| CacheRegion::new(region, ceiling));
        let inner = Inner {
            instance,
            stamp: AtomicI64::default(),
            doubt: AtomicI64::default(),
            clock,
            rooms: rooms.collect(),
            rules,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The instance's number, which browsers report to other instances.
    pub fn instance(&self) -> u32 {
        self.inner.instance
    }

    /// The time by the cache's clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    pub(super) fn room(&self, region: &'static Region) -> Option<&CacheRegion> {
        let mut rooms = self.inner.rooms.iter();
        rooms.find(|room| std::ptr::eq(room.region, region))
    }

    fn find<T: Any + Send + Sync>(&self, room: &CacheRegion, key: u128) -> Option<Arc<T>> {
        room.find(key, self.inner.clock.now(), self.instance())
    }

    /// A key's cached value, if the current request may use it; never reads the store.
    pub fn recall<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
    ) -> Option<Arc<T>> {
        self.find(self.room(region)?, key)
    }

    /// A number that another one follows whenever a value of a region was changed, or invalidated: what was made of the
    /// region's values is as good as they are while it stays the same, and young.
    pub fn changes(&self, region: &'static Region) -> u64 {
        self.room(region)
            .map_or(0, |room| room.changes.load(Acquire))
    }

    /// Passes a commit to the rules. Called by the store before the caller gets the result.
    pub(super) fn committed(&self, mutations: &[Mutation], versions: Option<&[Version]>) {
        for (place, mutation) in mutations.iter().enumerate() {
            let version = versions.and_then(|versions| versions.get(place).copied());
            for rule in self.inner.rules {
                rule(self, mutation, version);
            }
        }
    }

    /// Passes a commit with an unknown outcome to the rules: what is read for a while isn't cached.
    pub(super) fn in_doubt(&self, mutations: &[Mutation]) {
        let until = self.inner.clock.now() + DOUBT;
        self.inner.doubt.store(until.timestamp_micros(), Relaxed);
        self.committed(mutations, None);
    }

    /// For rules: a key's new value; without a version, the key is invalidated.
    pub fn replace<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
        version: Option<Version>,
        value: T,
        bytes: usize,
    ) {
        let Some(version) = version else {
            return self.forget(region, key, None);
        };
        self.change(region, key, |room, stripe| {
            if stripe.note(key, version) {
                let entry = Entry::new(
                    Arc::new(value),
                    self.inner.clock.now(),
                    seen_versions::current(),
                    bytes,
                );
                room.entries.insert(key, entry);
            }
        });
    }

    /// For rules: invalidates a key.
    pub fn forget(&self, region: &'static Region, key: u128, version: Option<Version>) {
        self.change(region, key, |room, stripe| {
            match version {
                Some(version) => {
                    stripe.note(key, version);
                }
                None => stripe.generation += 1,
            }
            room.entries.invalidate(&key);
        });
    }

    /// Drops a copy that is older than something that was seen. This isn't noted as a change.
    pub fn drop_copy(&self, region: &'static Region, key: u128) {
        if let Some(room) = self.room(region) {
            room.entries.invalidate(&key);
            room.changes.fetch_add(1, Release);
        }
    }

    /// For rules: changes a key's cached value, if there is one.
    pub fn amend<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
        how: impl FnOnce(&T) -> Loaded<T>,
    ) {
        self.change(region, key, |room, stripe| {
            stripe.generation += 1;
            if let Some(known) = room.entries.get(&key)
                && let Ok(value) = known.value.downcast::<T>()
            {
                let next = how(&value);
                let entry = Entry::new(Arc::new(next.value), known.at, known.seen, next.bytes);
                room.entries.insert(key, entry);
            }
        });
    }

    /// Caches the value that the caller has just committed, unless the key was committed again since.
    pub fn keep<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
        version: Version,
        value: T,
        bytes: usize,
    ) {
        let Some(room) = self.room(region) else {
            return;
        };
        let stripe = room.stripe(key);
        if stripe.latest(key) == Some(version) {
            let now = self.inner.clock.now();
            let entry = Entry::new(Arc::new(value), now, seen_versions::current(), bytes);
            room.entries.insert(key, entry);
        }
        drop(stripe);
    }

    /// Changes a region under the key's lock, and notes the change for the current request.
    fn change(
        &self,
        region: &'static Region,
        key: u128,
        how: impl FnOnce(&CacheRegion, &mut Stripe),
    ) {
        if let Some(room) = self.room(region) {
            how(room, &mut room.stripe(key));
            room.changes.fetch_add(1, Release);
        }
        if let Some(class) = region.class {
            seen_versions::note(class, || self.stamp());
        }
    }

    /// A stamp above all earlier ones of this instance, based on its clock.
    fn stamp(&self) -> i64 {
        let now = self.inner.clock.now().timestamp_micros();
        let next = |last: i64| Some(now.max(last + 1));
        let last = self.inner.stamp.fetch_update(Relaxed, Relaxed, next);
        // The closure always returns `Some`.
        let last = last.unwrap_or_default();
        now.max(last + 1)
    }

    /// Empties the cache, as in an instance that has just started.
    pub fn clear(&self) {
        for room in &self.inner.rooms {
            room.clear();
        }
    }

    /// Each region's hits, misses and size.
    pub fn hits(&self) -> Vec<Hits> {
        self.inner.rooms.iter().map(CacheRegion::hits).collect()
    }
}
