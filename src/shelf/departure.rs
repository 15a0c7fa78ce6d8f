//! The writes when a user leaves a feed, and the feed that a merged one finally leads to.

use super::subscriber_counts::leaves;
use super::{Datastore, StoreError, UserId};
use crate::datastore::Mutation;
use crate::feeds::{self, Feed};
use crate::timestamp::Timestamp;
use crate::{users, webhooks};

/// The feed that one finally leads to: itself, unless it was merged.
///
/// If the chain ends in a missing feed, the last one found; if it is a circle, the first. In both cases without `onto`,
/// so that the next write makes it independent. One read per merge.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub(super) async fn end_of(store: &Datastore, first: Feed) -> Result<Feed, StoreError> {
    let mut seen = vec![first.id];
    let mut last = first.clone();
    while let Some(next) = last.summary.onto {
        if seen.contains(&next) || seen.len() > MAX_MOVES {
            last = first;
            last.summary.onto = None;
            break;
        }
        seen.push(next);
        match feeds::store::get(store, next).await? {
            Some(feed) => last = feed,
            None => last.summary.onto = None,
        }
    }
    Ok(last)
}

/// The writes when a user leaves a feed, besides the deleted subscription.
///
/// The feed, and the user's own record if the feed counts them as asleep. One read if some of its subscribers are
/// asleep, and one if it has webhooks: they go with their user, or on to the `heir`, the feed that is read in its place. Whether
/// that has more of them then is for the caller to store.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub(super) async fn departure(
    store: &Datastore,
    user: UserId,
    mut feed: Feed,
    now: Timestamp,
    heir: Option<&mut Feed>,
) -> Result<Vec<Mutation>, StoreError> {
    // Safe by the feed's version: falling asleep and waking always write the feed.
    let sleeper = match feed.summary.asleep {
        0 => None,
        _ => users::store::get(store, user).await?,
    };
    let sleeper = sleeper.filter(|user| user.profile.resting.contains(&feed.id));
    leaves(&mut feed, sleeper.is_some(), now);
    let mut changes = match heir {
        Some(heir) => webhooks::store::follows(store, user, &mut feed, heir).await?,
        None => webhooks::store::leaves(store, user, &mut feed).await?,
    };
    changes.push(feeds::store::update(&feed)?);
    if let Some(mut sleeper) = sleeper {
        sleeper.profile.resting.remove(&feed.id);
        sleeper.profile.paused.remove(&feed.id);
        sleeper.profile.returning.remove(&feed.id);
        changes.push(users::store::update(&sleeper)?);
    }
    Ok(changes)
}

/// Most merges followed from one feed to the next.
const MAX_MOVES: usize = 8;
