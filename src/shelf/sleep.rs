//! Falling asleep and waking, in steps that a kill can't spoil.
//!
//! A feed counts its readers and how many of them are asleep; a reader's record names the feeds that count him so. One
//! commit changes both, for at most [`FEEDS_A_STEP`] feeds, on the versions of both. So nobody is counted twice or lost,
//! a step may be repeated or left out, and what is left to do is what isn't in the set yet (or still is).
//!
//! Whoever is on a shelf and not in its reader's set counts as awake. A set holds only feeds of its shelf: leaving a feed
//! takes it out of the set in the same commit. That is all; no step relies on which others came before it.

use std::collections::HashSet;

use super::store;
use super::subscriber_counts::{dozes, wakes};
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds;
use crate::ids::FeedId;
use crate::timestamp::Timestamp;
use crate::users::{self, User};

/// Feeds that change in one commit: their records can be some ten thousand bytes each.
pub const FEEDS_A_STEP: usize = 50;

/// A reader who is falling asleep.
#[derive(Debug)]
pub struct Falling<'s> {
    store: &'s Datastore,
    user: User,
    shelf: Vec<FeedId>,
}

impl<'s> Falling<'s> {
    /// Looks at his shelf. One read for each 1,000 feeds.
    ///
    /// # Errors
    /// The store's.
    pub async fn begin(store: &'s Datastore, user: User) -> Result<Self, StoreError> {
        let shelf = feeds_of(store, &user).await?;
        Ok(Self { store, user, shelf })
    }

    /// One step, of at most `most` feeds: answers how many count him as asleep now, and whether those are all, in which
    /// case he sleeps. One read and one write for each feed; one read, and one write for the reader.
    ///
    /// # Errors
    /// [`StoreError::Contention`] where he was seen meanwhile, or a feed was written: look again whether he sleeps. The
    /// store's.
    pub async fn step(&mut self, now: Timestamp, most: usize) -> Result<(usize, bool), StoreError> {
        let resting = &self.user.profile.resting;
        let left = self.shelf.iter().filter(|feed| !resting.contains(feed));
        let chunk: Vec<FeedId> = left.take(most).copied().collect();
        let mut user = self.user.clone();
        let mut changes = Vec::with_capacity(chunk.len() + 1);
        if !chunk.is_empty() {
            let found = feeds::store::get_many(self.store, &chunk).await?;
            // Once more, behind the feeds' versions: who left a feed since the first look isn't counted by it any more.
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

async fn feeds_of(store: &Datastore, user: &User) -> Result<Vec<FeedId>, StoreError> {
    let shelf = store::list(store, user.id).await?;
    Ok(shelf.into_iter().map(|one| one.feed).collect())
}

/// One step of waking. Answers with his new record.
///
/// At most `most` of the feeds that still count him as asleep count him as awake, and those that rested are in front of the
/// ladder. One read and one write for each feed, and one write for the reader; nothing where all know that he is awake.
///
/// # Errors
/// The store's.
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
        let resting = &user.profile.resting;
        let chunk: Vec<FeedId> = resting.iter().take(most).copied().collect();
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
