//! Marks inactive users asleep and wakes them, in steps that an interruption can't corrupt.
//!
//! A feed counts its subscribers and how many of them are asleep; a user's record lists the feeds that count them so.
//! One commit changes both, for at most [`FEEDS_A_STEP`] feeds, conditional on the versions of both. So no user is
//! counted twice or lost, a step may be repeated or skipped, and what is left to do is what isn't in the set yet (or
//! still is).
//!
//! A feed on the shelf but not in its user's set counts the user as awake. A set contains only feeds of its shelf:
//! leaving a feed removes it from the set in the same commit. No step relies on earlier ones.

use std::collections::HashSet;

use super::store;
use super::subscriber_counts::{dozes, wakes};
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds;
use crate::ids::FeedId;
use crate::timestamp::Timestamp;
use crate::users::{self, User};

/// Feeds changed in one commit: their records can be some ten thousand bytes each.
pub const FEEDS_A_STEP: usize = 50;

/// A user who is falling asleep.
#[derive(Debug)]
pub struct Falling<'s> {
    store: &'s Datastore,
    user: User,
    shelf: Vec<FeedId>,
}

impl<'s> Falling<'s> {
    /// Lists the user's shelf. One read per 1,000 feeds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn begin(store: &'s Datastore, user: User) -> Result<Self, StoreError> {
        let shelf = feeds_of(store, &user).await?;
        Ok(Self { store, user, shelf })
    }

    /// One step, of at most `most` feeds: returns how many now count the user as asleep, and whether those are all.
    ///
    /// If so, the user is asleep. One read and one write per feed; one read and one write for the user.
    ///
    /// # Errors
    /// [`StoreError::Contention`] if the user was active or a feed was written meanwhile: check again whether they are
    /// inactive. [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't
    /// be decoded.
    pub async fn step(&mut self, now: Timestamp, most: usize) -> Result<(usize, bool), StoreError> {
        let resting = &self.user.profile.resting;
        let left = self.shelf.iter().filter(|feed| !resting.contains(feed));
        let chunk: Vec<FeedId> = left.take(most).copied().collect();
        let mut user = self.user.clone();
        let mut changes = Vec::with_capacity(chunk.len() + 1);
        if !chunk.is_empty() {
            let found = feeds::store::get_many(self.store, &chunk).await?;
            // Read again after the feeds' versions: a feed the user has left since no longer counts them.
            self.shelf = feeds_of(self.store, &user).await?;
            let here: HashSet<FeedId> = self.shelf.iter().copied().collect();
            for mut feed in found.into_iter().filter(|feed| here.contains(&feed.id)) {
                dozes(&mut feed, now);
                changes.push(feeds::store::update(&feed)?);
            }
            let fell = chunk.iter().filter(|feed| here.contains(feed));
            user.profile.resting.extend(fell);
        }
        let all = &user.profile.resting;
        user.awake = self.shelf.iter().any(|feed| !all.contains(feed));
        let count = changes.len();
        changes.push(users::store::update(&user)?);
        let versions = self.store.commit(changes).await?;
        user.version = versions.last().copied().unwrap_or_default();
        self.user = user;
        Ok((count, !self.user.awake))
    }
}

impl Falling<'_> {
    /// How many feeds still count the user as awake.
    pub fn left(&self) -> usize {
        let resting = &self.user.profile.resting;
        self.shelf
            .iter()
            .filter(|feed| !resting.contains(feed))
            .count()
    }
}

async fn feeds_of(store: &Datastore, user: &User) -> Result<Vec<FeedId>, StoreError> {
    let shelf = store::list(store, user.id).await?;
    Ok(shelf.into_iter().map(|one| one.feed).collect())
}

/// One step of waking; returns the user's new record.
///
/// At most `most` of the feeds that still count them as asleep count them as awake, and those that weren't polled come
/// first in the next sweep. One read and one write per feed, and one write for the user; nothing if all feeds are up to
/// date.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is gone; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if a record can't be decoded; [`StoreError::Contention`] after many conflicts.
pub async fn wake(
    store: &Datastore,
    user: &User,
    now: Timestamp,
    most: usize,
) -> Result<User, StoreError> {
    let mut known = Some(user.clone());
    let what = format!("the waking of reader {}", user.id);
    retry_on_conflict!(what, {
        let user = match known.take() {
            Some(user) => user,
            // Another tab was faster, or a feed is being fetched.
            None => users::store::get(store, user.id)
                .await?
                .ok_or_else(|| StoreError::NotFound(users::store::user_key(user.id)))?,
        };
        let chunk: Vec<FeedId> = user.to_wake().take(most).collect();
        if chunk.is_empty() {
            return Ok(Attempt::Done(user));
        }
        let mut changes = Vec::with_capacity(chunk.len() + 1);
        for mut feed in feeds::store::get_many(store, &chunk).await? {
            wakes(&mut feed, now);
            changes.push(feeds::store::update(&feed)?);
        }
        let mut woken = user.clone();
        woken.awake = true;
        woken.profile.resting.retain(|feed| !chunk.contains(feed));
        changes.push(users::store::update(&woken)?);
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|versions| User {
            version: versions.last().copied().unwrap_or_default(),
            ..woken
        }))
    })
}
