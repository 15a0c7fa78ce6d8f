//! Pausing: a feed, or all of them. A paused subscription is no audience, so nobody asks the publisher for it.
//!
//! It counts among the feed's sleepers, as all feeds of a user do who is asleep, and is told from those by the user's own
//! record. Subscription, feed and user change in one commit, on the versions that were read.

use std::collections::BTreeMap;

use super::sleep::{FEEDS_A_STEP, Falling};
use super::store;
use super::subscriber_counts::{dozes, wakes};
use super::subscription::{Pause, Subscription};
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, PollTier};
use crate::ids::{FeedId, UserId};
use crate::timestamp::{Timestamp, minute_of};
use crate::update::schedule::min_interval;
use crate::users::{self, Holiday, User};

/// Most pauses that one visit ends, since each is a commit.
const A_VISIT: usize = 20;

/// Pauses a feed until a minute, or until the user ends it. What has come by now stays as it is.
///
/// Three reads and three writes; of a feed that is paused already, only its end changes.
///
/// # Errors
/// [`StoreError::NotFound`] if the feed isn't on the shelf; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if a record can't be decoded; [`StoreError::Contention`] after many conflicts.
pub async fn pause(
    store: &Datastore,
    user: UserId,
    feed: FeedId,
    until: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    change(store, user, feed, now, |_, last| {
        Some(Pause { last, until })
    })
    .await
    .map(drop)
}

/// Ends a pause; returns what it was. Costs as [`pause`].
///
/// # Errors
/// The same as [`pause`].
pub async fn resume(
    store: &Datastore,
    user: UserId,
    feed: FeedId,
    now: Timestamp,
) -> Result<Option<Pause>, StoreError> {
    change(store, user, feed, now, |_, _| None).await
}

/// Sets a subscription's pause by what it was and the feed's newest article; returns what it was.
async fn change(
    store: &Datastore,
    user: UserId,
    id: FeedId,
    now: Timestamp,
    to: impl Fn(Option<Pause>, u32) -> Option<Pause>,
) -> Result<Option<Pause>, StoreError> {
    let key = users::store::user_key(user);
    retry_on_conflict!(key.clone(), {
        let missing = || StoreError::NotFound(key.clone());
        let (mut one, extra, version) = store::get(store, user, id).await?.ok_or_else(missing)?;
        let mut owner = users::store::get(store, user).await?.ok_or_else(missing)?;
        let mut feed = feeds::store::get(store, id).await?.ok_or_else(missing)?;
        let before = one.pause;
        // What was held back before stays so.
        let last = before.map_or(feed.summary.last, |pause| pause.last);
        one.pause = to(before, last);
        let is_asleep = owner.profile.resting.contains(&id);
        match one.pause {
            Some(_) => {
                owner.profile.paused.insert(id);
                if !is_asleep {
                    owner.profile.resting.insert(id);
                    let was_polled = feed.summary.tier != PollTier::Off;
                    dozes(&mut feed, now);
                    if was_polled && feed.summary.tier == PollTier::Off {
                        // It may just have been fetched: going on at once must not trigger another request.
                        let until = minute_of(now) + min_interval(&feed.summary);
                        feed.summary.not_before = feed.summary.not_before.max(until);
                    }
                }
            }
            None => {
                owner.profile.paused.remove(&id);
                if let Some(before) = before {
                    owner.profile.returning.insert(id, before.last);
                }
                if is_asleep && owner.profile.holiday.is_none() {
                    owner.profile.resting.remove(&id);
                    wakes(&mut feed, now);
                }
            }
        }
        let changes = vec![
            store::update(user, &one, &extra, version)?,
            users::store::update(&owner)?,
            feeds::store::update(&feed)?,
        ];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|_| before))
    })
}

/// The feeds whose pause is over, at most a visit's.
pub(super) fn over(all: &[Subscription], now: Timestamp) -> Vec<FeedId> {
    let minute = minute_of(now);
    let is_over = |pause: Pause| pause.until.is_some_and(|until| until <= minute);
    let over = all.iter();
    let over = over.filter(|one| one.pause.is_some_and(is_over));
    over.map(|one| one.feed).take(A_VISIT).collect()
}

/// Ends these feeds' pauses. Costs as [`pause`] for each.
pub(super) async fn end_some(
    store: &Datastore,
    user: UserId,
    over: &[FeedId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for &feed in over {
        match resume(store, user, feed, now).await {
            // It was left meanwhile.
            Ok(_) | Err(StoreError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Begins or changes a holiday: the whole shelf is paused, in steps of which each is whole. Returns how many feeds are still
/// to be paused.
///
/// One read and one write for the user, then one read and one write a feed, at most `most` feeds.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is gone; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if a record can't be decoded; [`StoreError::Contention`] after many conflicts.
pub async fn begin_holiday(
    store: &Datastore,
    user: UserId,
    until: Option<i64>,
    last: &BTreeMap<FeedId, u32>,
    now: Timestamp,
    most: usize,
) -> Result<usize, StoreError> {
    let since = minute_of(now);
    let set = |user: &mut User| {
        let known = user.profile.holiday.take();
        let known = known.unwrap_or_else(|| Holiday {
            since,
            until,
            last: last.clone(),
        });
        user.profile.holiday = Some(Holiday { until, ..known });
    };
    let owner = users::store::change(store, user, set).await?;
    let mut known = Some(owner);
    retry_on_conflict!(users::store::user_key(user), {
        let owner = match known.take() {
            Some(owner) => owner,
            None => users::store::get(store, user)
                .await?
                .ok_or_else(|| StoreError::NotFound(users::store::user_key(user)))?,
        };
        let mut falling = Falling::begin(store, owner).await?;
        let mut left = most;
        loop {
            let step = falling.step(now, left.min(FEEDS_A_STEP)).await;
            match Attempt::of(step)? {
                Attempt::Conflict => return Ok(Attempt::Conflict),
                Attempt::Done((_, true)) => break,
                Attempt::Done((count, false)) => left = left.saturating_sub(count.max(1)),
            }
            if left == 0 {
                return Ok(Attempt::Done(falling.left()));
            }
        }
        // They are awake, and may add feeds: only those that they have are asleep.
        let awake = |user: &mut User| user.awake = true;
        users::store::change(store, user, awake).await?;
        Ok(Attempt::Done(0))
    })
}

/// Ends a holiday: the feeds are woken in steps, as those of a user who comes back. One read, one write.
///
/// # Errors
/// The same as [`begin_holiday`].
pub async fn end_holiday(store: &Datastore, user: UserId) -> Result<User, StoreError> {
    let end = |user: &mut User| {
        if let Some(holiday) = user.profile.holiday.take() {
            let last = holiday.last.into_iter();
            let paused = user.profile.paused.clone();
            let ours = last.filter(|(feed, _)| !paused.contains(feed));
            user.profile.returning.extend(ours);
        }
        user.awake = true;
    };
    users::store::change(store, user, end).await
}
