//! What an instance remembers of the store, so that a page of somebody who was just here costs nothing.
//!
//! It stands beside the [`Datastore`](super::Datastore), not before it: whoever may be answered from memory says so
//! ([`through`](super::Datastore::through)), everybody else reads the store. The parts above name their [`Region`]s and
//! give [`Rule`]s, which hear of every commit that passes the floor. So nothing is written around the memory, and four
//! things hold:
//!
//! 1. **A hint, never the only copy.** Everything may be forgotten at any moment.
//! 2. **Bounded.** Each region has its share of one ceiling in bytes, and a time after which it isn't believed.
//! 3. **One load at a time.** Of many who want what isn't there, one reads the store.
//! 4. **Nobody sees his own change undone.** What was read before a commit isn't kept after it; and what another instance
//!    changed for this reader is [`Told`] by his browser.
//!
//! Nothing runs by itself: what is too old is met and passed over, or pushed out.

mod bounded_map;
mod load;
mod loaded;
mod region;
mod seen_versions;
mod watch;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use chrono::TimeDelta;

use super::{Mutation, Version};
use crate::clock::Clock;
pub use bounded_map::Before;
pub(super) use bounded_map::Room;
use bounded_map::{Entry, Stripe};
pub use loaded::Loaded;
pub use region::{Class, Region};
pub use seen_versions::{Changed, Told, telling};
pub(super) use watch::{Watch, Witness};

/// How long nothing is kept after a commit of which nobody knows whether, or when, it is carried out.
const DOUBT: TimeDelta = TimeDelta::seconds(15);

/// What a commit means for the memory. Called for each mutation, with the version that it led to; without one where it is
/// unknown whether the commit was carried out.
pub type Rule = fn(&Memory, &Mutation, Option<Version>);

/// One instance's memory. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Memory {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    instance: u32,
    clock: Clock,
    /// The last stamp that was given to a change.
    stamp: AtomicI64,
    /// Until when nothing is kept, in microseconds.
    doubt: AtomicI64,
    rooms: Vec<Room>,
    rules: &'static [Rule],
}

/// How often a region had what was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hits {
    /// The region.
    pub region: &'static str,
    /// Answered from memory.
    pub hits: u64,
    /// Read from the store.
    pub misses: u64,
    /// Entries now.
    pub entries: u64,
    /// Bytes now, as they are reckoned.
    pub bytes: u64,
}

impl Memory {
    /// An empty memory of at most `ceiling` bytes. The regions' shares are of a hundred.
    pub fn new(
        ceiling: u64,
        clock: Clock,
        instance: u32,
        regions: &[&'static Region],
        rules: &'static [Rule],
    ) -> Self {
        let rooms = regions.iter().map(|region| Room::new(region, ceiling));
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

    /// The instance, as browsers name it to the others.
    pub fn instance(&self) -> u32 {
        self.inner.instance
    }

    pub(super) fn room(&self, region: &'static Region) -> Option<&Room> {
        let mut rooms = self.inner.rooms.iter();
        rooms.find(|room| std::ptr::eq(room.region, region))
    }

    fn find<T: Any + Send + Sync>(&self, room: &Room, key: u128) -> Option<Arc<T>> {
        room.find(key, self.inner.clock.now(), self.instance())
    }

    /// What is known under a key, if it may be believed by whoever asks; reads nothing.
    pub fn recall<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
    ) -> Option<Arc<T>> {
        self.find(self.room(region)?, key)
    }

    /// Tells the rules of a commit. Called by the floor before whoever committed is answered.
    pub(super) fn committed(&self, mutations: &[Mutation], versions: Option<&[Version]>) {
        for (place, mutation) in mutations.iter().enumerate() {
            let version = versions.and_then(|versions| versions.get(place).copied());
            for rule in self.inner.rules {
                rule(self, mutation, version);
            }
        }
    }

    /// Tells the rules of a commit that was carried out, or wasn't, or still may be: what is read for a while isn't kept.
    pub(super) fn in_doubt(&self, mutations: &[Mutation]) {
        let until = self.inner.clock.now() + DOUBT;
        self.inner.doubt.store(until.timestamp_micros(), Relaxed);
        self.committed(mutations, None);
    }

    /// For rules: what a key means now is this.
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

    /// For rules: what is known under a key isn't true any more.
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

    /// Drops a copy that is older than something that was seen; no change of anybody's.
    pub fn drop_copy(&self, region: &'static Region, key: u128) {
        if let Some(room) = self.room(region) {
            room.entries.invalidate(&key);
        }
    }

    /// For rules: what is known under a key, if anything is, changes so.
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
                let entry = Entry::new(Arc::new(next.value), known.at, known.told, next.bytes);
                room.entries.insert(key, entry);
            }
        });
    }

    /// What somebody has just committed himself, as the value that he made it of. Kept if nothing was committed since.
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

    /// Changes a region under the key's lock, and notes the change for whoever's request it is.
    fn change(&self, region: &'static Region, key: u128, how: impl FnOnce(&Room, &mut Stripe)) {
        if let Some(room) = self.room(region) {
            how(room, &mut room.stripe(key));
        }
        if let Some(class) = region.class {
            seen_versions::note(class, || self.stamp());
        }
    }

    /// A stamp above all that this instance gave before, and by its clock.
    fn stamp(&self) -> i64 {
        let now = self.inner.clock.now().timestamp_micros();
        let next = |last: i64| Some(now.max(last + 1));
        let last = self.inner.stamp.fetch_update(Relaxed, Relaxed, next);
        // The closure never declines.
        let last = last.unwrap_or_default();
        now.max(last + 1)
    }

    /// Forgets everything, as an instance that has just started.
    pub fn clear(&self) {
        for room in &self.inner.rooms {
            room.clear();
        }
    }

    /// How often each region had what was wanted, and what it holds.
    pub fn hits(&self) -> Vec<Hits> {
        self.inner.rooms.iter().map(Room::hits).collect()
    }
}
