//! Room on a shelf: the one place where it is decided that another feed fits.
//!
//! A subscription is only stored with a [`Place`], and places come from a [`Room`]: what is on the shelf, read after the
//! version of the shelf's latch, which every commit that adds feeds writes. So of two that add at the same time, here or on
//! another instance, one commits and the other counts again: no interleaving passes a limit.

use std::collections::HashSet;

use super::find::SubscribeError;
use super::place::Place;
use super::store;
use super::subscription::Subscription;
use crate::config::ShelfLimits;
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, StoreError, Version};
use crate::feeds;
use crate::ids::{FeedId, UserId};

/// Bytes.
const MIB: u64 = 1_024 * 1_024;

/// What is on a shelf, and how much more fits.
#[derive(Debug)]
pub(super) struct Room {
    user: UserId,
    limits: ShelfLimits,
    /// The latch's, read before the shelf; 0 if it isn't there yet.
    version: Version,
    listed: Vec<Subscription>,
    mine: HashSet<FeedId>,
    bytes: u64,
}

impl Room {
    /// Reads the latch and then the shelf. Two reads, one more for each further 1,000 feeds, and, where bytes are limited, one for
    /// each 30 summaries that aren't cached.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub(super) async fn of(
        store: &Datastore,
        user: UserId,
        limits: ShelfLimits,
    ) -> Result<Self, StoreError> {
        let latch = store.get(&latch_key(user)).await?;
        let version = latch.map_or(0, |latch| latch.version);
        let listed = store::list(store, user).await?;
        let ids: Vec<FeedId> = listed.iter().map(|one| one.feed).collect();
        let bytes = match limits.mb {
            0 => 0,
            _ => {
                let heads = feeds::store::cached_heads(store, &ids).await?;
                heads.iter().map(|(_, summary)| summary.bytes).sum()
            }
        };
        Ok(Self {
            user,
            limits,
            version,
            listed,
            mine: ids.into_iter().collect(),
            bytes,
        })
    }

    /// The subscriptions that were there when it was read.
    pub(super) fn listed(&self) -> &[Subscription] {
        &self.listed
    }

    /// Whether a feed is on the shelf.
    pub(super) fn has(&self, feed: FeedId) -> bool {
        self.mine.contains(&feed)
    }

    /// Counts a feed no longer, which leaves in the same commit.
    pub(super) fn leave(&mut self, feed: FeedId, bytes: u64) {
        if self.mine.remove(&feed) {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// A place for a feed whose articles have so many bytes.
    ///
    /// # Errors
    /// [`SubscribeError::Full`] or [`SubscribeError::Heavy`] if it doesn't fit.
    pub(super) fn take(&mut self, feed: FeedId, bytes: u64) -> Result<Place, SubscribeError> {
        let ShelfLimits { feeds, mb } = self.limits;
        if self.mine.len() as u64 >= feeds {
            return Err(SubscribeError::Full(feeds));
        }
        let most = mb.saturating_mul(MIB);
        // A shelf that has as much as it may have takes no empty feed either: it will have something.
        if mb > 0 && (self.bytes >= most || self.bytes.saturating_add(bytes) > most) {
            return Err(SubscribeError::Heavy(mb));
        }
        self.mine.insert(feed);
        self.bytes = self.bytes.saturating_add(bytes);
        Ok(Place::counted())
    }

    /// The write that belongs into the commit of everything that took a place. One write.
    pub(super) fn latch(&self) -> Mutation {
        // Never the same twice: a write that changes nothing leaves the version as it is.
        let entity = Entity::new(latch_key(self.user))
            .unindexed("feeds", self.count())
            .unindexed("after", self.version);
        match self.version {
            0 => Mutation::Insert(entity),
            version => Mutation::Update(entity, Some(version)),
        }
    }

    /// Notes the version that the latch has since a commit, for the next one.
    pub(super) fn committed(&mut self, version: Version) {
        self.version = version;
    }

    fn count(&self) -> i64 {
        i64::try_from(self.mine.len()).unwrap_or(i64::MAX)
    }
}

/// Whether a commit failed because another one added feeds meanwhile, the first that ever did.
pub(super) fn is_lost(error: &StoreError) -> bool {
    let is_latch = |key: &Key| key.kind() == Kind::Import;
    match error {
        StoreError::AlreadyExists(key) | StoreError::NotFound(key) => is_latch(key),
        _ => false,
    }
}

/// Beside the result of the last import, and deleted with it.
fn latch_key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, "room")
}
