//! What isn't known is read: once, whoever asks, and kept only if nothing was committed meanwhile.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::bounded_map::{Before, Room};
use super::loaded::Loaded;
use super::{Memory, Region};
use crate::datastore::StoreError;

impl Memory {
    /// What is known under a key, else what `load` brings, which of many callers one runs.
    pub(in crate::datastore) async fn through<T: Any + Send + Sync>(
        &self,
        room: &Room,
        key: u128,
        load: impl Future<Output = Result<Loaded<T>, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        if let Some(found) = self.find(room, key) {
            return Ok(found);
        }
        let flights = room.flights(&[key]);
        let _turn = flights[0].lock().await;
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

    /// The same for many keys: what isn't known is loaded together, and what others are loading is waited for. Keys that
    /// nothing is found for are left out.
    pub(in crate::datastore) async fn through_many<T, F, L>(
        &self,
        room: &Room,
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
            // Those that nobody is loading are ours; the turns are given back when they are known.
            let flights = room.flights(&missing);
            let turns = missing.iter().zip(&flights);
            let turns = turns.filter_map(|(key, flight)| Some((*key, flight.try_lock().ok()?)));
            let turns: HashMap<u128, _> = turns.collect();
            if turns.is_empty() {
                // Somebody else is at it, and everything may be there when he is done.
                drop(flights[0].lock().await);
                continue;
            }
            // What came between the look and the turn is found by the next look.
            let is_missing = |key: &u128| self.find::<T>(room, *key).is_none();
            let ours: Vec<u128> = turns.keys().copied().filter(is_missing).collect();
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
        room: &Room,
        before: &Before,
        key: u128,
        value: Arc<T>,
        bytes: usize,
    ) {
        if before.at.timestamp_micros() >= self.inner.doubt.load(Relaxed) {
            room.admit(before, key, value, bytes);
        }
    }

    /// What is known of a region before something is read that may be [offered](Self::offer).
    pub fn before(&self, region: &'static Region) -> Option<Before> {
        let room = self.room(region)?;
        Some(room.before(self.inner.clock.now()))
    }

    /// Takes in what was read for another purpose, unless something was committed meanwhile.
    pub fn offer<T: Any + Send + Sync>(
        &self,
        region: &'static Region,
        before: &Before,
        key: u128,
        value: Arc<T>,
        bytes: usize,
    ) {
        if let Some(room) = self.room(region) {
            self.admit(room, before, key, value, bytes);
        }
    }
}
