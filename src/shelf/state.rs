//! What a page knows a shelf by, so that it can be told when that has changed elsewhere.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::{ReadShards, Shelf, Subscription, read_store, store};
use crate::datastore::Datastore;
use crate::ids::UserId;

/// What a page knows a shelf by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShelfState {
    /// Of the feeds, with their titles and folders.
    pub feeds: u64,
    /// Of what is read.
    pub read: u64,
}

impl ShelfState {
    fn of(subscriptions: &[Subscription], read: &ReadShards) -> Self {
        let mut feeds = FxHasher::default();
        for one in subscriptions {
            (one.feed.0, &one.title, &one.folder, &one.also).hash(&mut feeds);
            (one.pause.is_some(), one.trial).hash(&mut feeds);
        }
        let mut versions = FxHasher::default();
        for (_, version) in read.parts() {
            version.hash(&mut versions);
        }
        Self {
            feeds: feeds.finish(),
            read: versions.finish(),
        }
    }
}

impl std::fmt::Display for ShelfState {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:x}.{:x}", self.feeds, self.read)
    }
}

impl Shelf {
    /// What a page knows a shelf by: it changes whenever the shelf or its read state does, wherever that was done.
    pub fn state(&self) -> ShelfState {
        ShelfState::of(&self.subscriptions, &self.read)
    }

    /// The same if this instance has it cached; no read.
    pub fn known_state(store: &Datastore, user: UserId) -> Option<ShelfState> {
        let listed = store::remembered(store, user)?;
        let read = read_store::remembered(store, user)?;
        Some(ShelfState::of(&listed.all, &read))
    }
}
