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

mod region;
mod told;
mod watch;

use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use moka::sync::Cache;

use super::{Mutation, StoreError, Version};
use crate::clock::{Clock, Timestamp};
pub use region::{Class, Region};
pub use told::{Changed, Told, telling};
pub(super) use watch::{Watch, Witness};

/// Locks among which the keys of a region are spread.
const STRIPES: usize = 64;
/// Commits that a stripe remembers, to tell which of two was the later: they differ by some milliseconds.
const RECENT: usize = 32;
/// How long nothing is kept after a commit of which nobody knows whether, or when, it is carried out.
const DOUBT: TimeDelta = TimeDelta::seconds(15);
/// What an entry takes besides its value: its key, its counters, its place in the cache.
const OVERHEAD: usize = 200;

/// What a commit means for the memory. Called for each mutation, with the version that it led to; without one where it is
/// unknown whether the commit was carried out.
pub type Rule = fn(&Memory, &Mutation, Option<Version>);

/// What was read, on its way into the memory.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The value.
    pub value: T,
    /// About how many bytes it takes.
    pub bytes: usize,
    /// Whether it is worth keeping.
    pub keep: bool,
}

impl<T> Loaded<T> {
    /// Something to keep.
    pub fn new(value: T, bytes: usize) -> Self {
        let keep = true;
        Self { value, bytes, keep }
    }
}

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

#[derive(Clone)]
struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    /// When it was true: the moment before it was read.
    at: Timestamp,
    /// What else was known then.
    told: Told,
    bytes: u32,
}

/// One region's entries.
struct Room {
    region: &'static Region,
    entries: Cache<u128, Entry>,
    flights: Mutex<HashMap<u128, Arc<tokio::sync::Mutex<()>>>>,
    stripes: Vec<Mutex<Stripe>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl std::fmt::Debug for Room {
    /// Without the entries, which are people's.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.region.name)
    }
}

#[derive(Debug, Default)]
struct Stripe {
    /// Grows with every commit: what was read before one isn't kept after it.
    generation: u64,
    recent: VecDeque<(u128, Version)>,
}

impl Stripe {
    /// Notes a commit; `false` where a later one of the same key is known already.
    fn note(&mut self, key: u128, version: Version) -> bool {
        self.generation += 1;
        if self.latest(key).is_some_and(|known| known > version) {
            return false;
        }
        self.recent.push_back((key, version));
        let extra = self.recent.len().saturating_sub(RECENT);
        self.recent.drain(..extra);
        true
    }

    fn latest(&self, key: u128) -> Option<Version> {
        let of_key = self.recent.iter().filter(|(known, _)| *known == key);
        of_key.map(|&(_, version)| version).max()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Room {
    fn new(region: &'static Region, ceiling: u64) -> Self {
        let weigh = |_: &u128, entry: &Entry| entry.bytes;
        let seconds = u64::try_from(region.minutes * 60).unwrap_or_default();
        Self {
            region,
            entries: Cache::builder()
                .max_capacity(ceiling * region.share / 100)
                .weigher(weigh)
                // By the machine's clock, so that what nobody asks for goes too.
                .time_to_live(Duration::from_secs(seconds))
                .build(),
            flights: Mutex::default(),
            stripes: (0..STRIPES).map(|_| Mutex::default()).collect(),
            hits: AtomicU64::default(),
            misses: AtomicU64::default(),
        }
    }

    fn stripe(&self, key: u128) -> MutexGuard<'_, Stripe> {
        let mixed = (key ^ (key >> 64)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        lock(&self.stripes[(mixed % STRIPES as u128) as usize])
    }

    /// The right to load a key, alone.
    fn flight(&self, key: u128) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = lock(&self.flights);
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        flights.entry(key).or_default().clone()
    }
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

    fn room(&self, region: &'static Region) -> Option<&Room> {
        let mut rooms = self.inner.rooms.iter();
        rooms.find(|room| std::ptr::eq(room.region, region))
    }

    /// What is known under a key, if it may be believed by whoever asks.
    fn find<T: Any + Send + Sync>(&self, room: &Room, key: u128) -> Option<Arc<T>> {
        let entry = room.entries.get(&key)?;
        let age = self.inner.clock.now() - entry.at;
        let fresh = (0..room.region.minutes * 60).contains(&age.num_seconds());
        let knows_all = || {
            let class = room.region.class;
            class.is_none_or(|class| entry.told.covers(&told::current(), class, self.instance()))
        };
        (fresh && knows_all())
            .then(|| entry.value.downcast().ok())
            .flatten()
    }

    /// What is known under a key; reads nothing.
    pub fn recall<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
    ) -> Option<Arc<T>> {
        let room = self.room(region)?;
        let found = self.find(room, key);
        if found.is_some() {
            room.hits.fetch_add(1, Relaxed);
        }
        found
    }

    /// What is known under a key, else what `load` brings, which of many callers one runs.
    pub(super) async fn through<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
        load: impl Future<Output = Result<Loaded<T>, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        let Some(room) = self.room(region) else {
            return load.await.map(|loaded| Arc::new(loaded.value));
        };
        if let Some(found) = self.recall(region, key) {
            return Ok(found);
        }
        let flight = room.flight(key);
        let _turn = flight.lock().await;
        if let Some(found) = self.recall(region, key) {
            return Ok(found);
        }
        room.misses.fetch_add(1, Relaxed);
        let before = self.moment(room, key);
        let loaded = load.await?;
        let value = Arc::new(loaded.value);
        if loaded.keep {
            self.admit(room, key, value.clone(), loaded.bytes, &before);
        }
        Ok(value)
    }

    /// The same for many keys: what isn't known is loaded together, and what others are loading is waited for. Keys that
    /// nothing is found for are left out.
    pub(super) async fn through_many<T, F, L>(
        &self,
        region: &'static Region,
        keys: &[u128],
        load: L,
    ) -> Result<Vec<(u128, Arc<T>)>, StoreError>
    where
        T: Any + Send + Sync,
        F: Future<Output = Result<Vec<(u128, Loaded<T>)>, StoreError>>,
        L: Fn(Vec<u128>) -> F,
    {
        let mut found = Vec::with_capacity(keys.len());
        let mut missing = Vec::new();
        let Some(room) = self.room(region) else {
            let loaded = load(keys.to_vec()).await?;
            let all = loaded.into_iter();
            return Ok(all.map(|(key, one)| (key, Arc::new(one.value))).collect());
        };
        for &key in keys {
            match self.recall(region, key) {
                Some(value) => found.push((key, value)),
                None => missing.push(key),
            }
        }
        while !missing.is_empty() {
            // Those that nobody is loading are ours; the turns are given back when they are known.
            let flights: Vec<_> = missing.iter().map(|&key| (key, room.flight(key))).collect();
            let turns: Vec<_> = flights
                .iter()
                .filter_map(|(key, flight)| Some((*key, flight.try_lock().ok()?)))
                .collect();
            if turns.is_empty() {
                // Somebody else is at it, and everything may be there when he is done.
                drop(flights[0].1.lock().await);
            } else {
                let mut ours: Vec<u128> = turns.iter().map(|(key, _)| *key).collect();
                ours.retain(|&key| match self.recall(region, key) {
                    Some(value) => {
                        found.push((key, value));
                        false
                    }
                    None => true,
                });
                room.misses.fetch_add(ours.len() as u64, Relaxed);
                let moments: HashMap<u128, Before> = ours
                    .iter()
                    .map(|&key| (key, self.moment(room, key)))
                    .collect();
                if !ours.is_empty() {
                    for (key, one) in load(ours).await? {
                        let value = Arc::new(one.value);
                        if let Some(before) = moments.get(&key).filter(|_| one.keep) {
                            self.admit(room, key, value.clone(), one.bytes, before);
                        }
                        found.push((key, value));
                    }
                }
                let done: std::collections::HashSet<u128> =
                    turns.iter().map(|(key, _)| *key).collect();
                missing.retain(|key| !done.contains(key));
            }
            missing.retain(|&key| match self.recall(region, key) {
                Some(value) => {
                    found.push((key, value));
                    false
                }
                None => true,
            });
        }
        Ok(found)
    }

    fn moment(&self, room: &Room, key: u128) -> Before {
        Before {
            generation: room.stripe(key).generation,
            at: self.inner.clock.now(),
            told: told::current(),
        }
    }

    /// Keeps what was read, unless something was committed meanwhile.
    fn admit<T: Any + Send + Sync>(
        &self,
        room: &Room,
        key: u128,
        value: Arc<T>,
        bytes: usize,
        before: &Before,
    ) {
        let stripe = room.stripe(key);
        let doubt = self.inner.doubt.load(Relaxed);
        if stripe.generation == before.generation && before.at.timestamp_micros() >= doubt {
            let entry = entry(value, before.at, before.told.clone(), bytes);
            room.entries.insert(key, entry);
        }
        drop(stripe);
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
                let entry = entry(
                    Arc::new(value),
                    self.inner.clock.now(),
                    told::current(),
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
                let entry = entry(Arc::new(next.value), known.at, known.told, next.bytes);
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
            let entry = entry(Arc::new(value), now, told::current(), bytes);
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
            told::note(class, || self.stamp());
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
            for stripe in &room.stripes {
                lock(stripe).generation += 1;
            }
            room.entries.invalidate_all();
        }
    }

    /// How often each region had what was wanted, and what it holds.
    pub fn hits(&self) -> Vec<Hits> {
        let of = |room: &Room| {
            room.entries.run_pending_tasks();
            Hits {
                region: room.region.name,
                hits: room.hits.load(Relaxed),
                misses: room.misses.load(Relaxed),
                entries: room.entries.entry_count(),
                bytes: room.entries.weighted_size(),
            }
        };
        self.inner.rooms.iter().map(of).collect()
    }
}

/// What was known before something was read.
struct Before {
    generation: u64,
    at: Timestamp,
    told: Told,
}

fn entry<T: Any + Send + Sync>(value: Arc<T>, at: Timestamp, told: Told, bytes: usize) -> Entry {
    Entry {
        value,
        at,
        told,
        bytes: u32::try_from(bytes + OVERHEAD).unwrap_or(u32::MAX),
    }
}
