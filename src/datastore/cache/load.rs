//! Loading what isn't cached: once for all callers, and kept only if nothing was committed meanwhile.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::bounded_map::{CacheRegion, LoadStart};
use super::loaded::Loaded;
use super::{Cache, Region};
use crate::datastore::StoreError;

impl Cache {
    /// A key's cached value, or else the result of `load`, which one of many callers runs.
    pub(in crate::datastore) async fn get_or_load<T: Any + Send + Sync>(
        &self,
        room: &CacheRegion,
        key: u128,
        load: impl Future<Output = Result<Loaded<T>, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        if let Some(found) = self.find(room, key) {
            return Ok(found);
        }
        let flights = room.flights(&[key]);
        let _flight = flights[0].lock().await;
        if let Some(found) = self.find(room, key) {
            return Ok(found);
        }
        room.misses.fetch_add(1, Relaxed);
        let before = room.before(self.inner.clock.now());
        let loaded = load.await?;
        let value = Arc::new(loaded.value);
        self.admit(room, &before, key, value.clone(), loaded.bytes);
        Ok(value)
    }

    /// The same for many keys: missing ones are loaded together, and loads by other callers are awaited. Keys without a
    /// value are left out.
    pub(in crate::datastore) async fn get_or_load_many<T, F, L>(
        &self,
        room: &CacheRegion,
        keys: &[u128],
        load: L,
    ) -> Result<Vec<(u128, Arc<T>)>, StoreError>
    where
        T: Any + Send + Sync,
        F: Future<Output = Result<Vec<(u128, Loaded<T>)>, StoreError>>,
        L: Fn(Vec<u128>) -> F,
    {
        let mut found = Vec::with_capacity(keys.len());
        let mut missing = keys.to_vec();
        loop {
            missing.retain(|&key| match self.find(room, key) {
                Some(value) => {
                    found.push((key, value));
                    false
                }
                None => true,
            });
            if missing.is_empty() {
                return Ok(found);
            }
            // The keys that no other caller is loading are ours; their locks are held until the values are cached.
            let flights = room.flights(&missing);
            let locks = missing.iter().zip(&flights);
            let locks = locks.filter_map(|(key, flight)| Some((*key, flight.try_lock().ok()?)));
            let locks: HashMap<u128, _> = locks.collect();
            if locks.is_empty() {
                // Another caller is loading, and everything may be cached when it is done.
                drop(flights[0].lock().await);
                continue;
            }
            // What was cached between the check and the lock is found by the next check.
            let is_missing = |key: &u128| self.find::<T>(room, *key).is_none();
            let ours: Vec<u128> = locks.keys().copied().filter(is_missing).collect();
            if ours.is_empty() {
                continue;
            }
            let loading: HashSet<u128> = ours.iter().copied().collect();
            missing.retain(|key| !loading.contains(key));
            room.misses.fetch_add(ours.len() as u64, Relaxed);
            let before = room.before(self.inner.clock.now());
            for (key, one) in load(ours).await? {
                let value = Arc::new(one.value);
                self.admit(room, &before, key, value.clone(), one.bytes);
                found.push((key, value));
            }
        }
    }

    fn admit<T: Any + Send + Sync>(
        &self,
        room: &CacheRegion,
        before: &LoadStart,
        key: u128,
        value: Arc<T>,
        bytes: usize,
    ) {
        if before.at.timestamp_micros() >= self.inner.doubt.load(Relaxed) {
            room.admit(before, key, value, bytes);
        }
    }

    /// A region's state before a read whose result may be [offered](Self::offer).
    pub fn before(&self, region: &'static Region) -> Option<LoadStart> {
        let room = self.room(region)?;
        Some(room.before(self.inner.clock.now()))
    }

    /// Caches what was read for another purpose, unless something was committed meanwhile.
    pub fn offer<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        before: &LoadStart,
        key: u128,
        value: Arc<T>,
        bytes: usize,
    ) {
        if let Some(room) = self.room(region) {
            self.admit(room, before, key, value, bytes);
        }
    }
}
