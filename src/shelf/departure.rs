//! What is written when a reader leaves a feed, and where a feed that moved has ended up.

use super::subscriber_counts::leaves;
use super::{Datastore, StoreError, UserId};
use crate::datastore::Mutation;
use crate::feeds::{self, Feed};
use crate::timestamp::Timestamp;
use crate::users;

/// The feed that one leads to in the end: itself, unless it moved. Where the way ends in nothing, the last feed on it, and
/// where it is a circle, the first, without its `onto`: whoever writes it next puts it on its own feet. One read for each
/// move.
///
/// # Errors
/// The store's.
pub(super) async fn end_of(store: &Datastore, first: Feed) -> Result<Feed, StoreError> {
    let mut seen = vec![first.id];
    let mut last = first.clone();
    while let Some(next) = last.card.onto {
        if seen.contains(&next) || seen.len() > MAX_MOVES {
            last = first;
            last.card.onto = None;
            break;
        }
        seen.push(next);
        match feeds::store::get(store, next).await? {
            Some(feed) => last = feed,
            None => last.card.onto = None,
        }
    }
    Ok(last)
}

/// What is written when a reader leaves a feed, beside the end of his subscription: the feed, and his own record where it
/// counts him as asleep. A read where some of its readers sleep.
///
/// # Errors
/// The store's.
pub(super) async fn departure(
    store: &Datastore,
    user: UserId,
    mut feed: Feed,
    now: Timestamp,
) -> Result<Vec<Mutation>, StoreError> {
    // Behind the feed's version: nobody falls asleep or wakes for it without writing the feed.
    let sleeper = match feed.card.asleep {
        0 => None,
        _ => users::store::get(store, user).await?,
    };
    let sleeper = sleeper.filter(|user| user.profile.resting.contains(&feed.id));
    leaves(&mut feed, sleeper.is_some(), now);
    let mut changes = vec![feeds::store::update(&feed)?];
    if let Some(mut sleeper) = sleeper {
        sleeper.profile.resting.remove(&feed.id);
        changes.push(users::store::update(&sleeper)?);
    }
    Ok(changes)
}

/// Moves that are followed from one feed to the next.
const MAX_MOVES: usize = 8;
