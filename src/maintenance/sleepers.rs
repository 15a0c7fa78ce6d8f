//! Users who weren't seen for 30 days fall asleep; feeds without an active subscriber are no longer scheduled.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::clock::Clock;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::shelf::sleep::{FEEDS_A_STEP, Falling};
use crate::users::{self, User, day_of};

/// Days without a visit after which a user falls asleep.
pub const DAYS_UNTIL_SLEEP: i64 = 30;
/// Users per query: one read each.
const READERS_A_PAGE: u32 = 20;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Users who fell asleep.
    pub fell_asleep: usize,
    /// Feeds that count one active user less; a feed with two such users counts twice.
    pub feeds: usize,
}

/// How far a user got.
enum Fate {
    /// They sleep, or were seen meanwhile: the query doesn't find them again.
    Settled,
    /// One conflict after another: left to the next call.
    PutOff,
    /// The budget is used up.
    Unfinished,
}

/// Puts users to sleep who weren't seen for [`DAYS_UNTIL_SLEEP`].
///
/// For a user with n feeds in s steps, n + s + 2 reads and n + s writes.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store fails. Users who are half asleep then are found again.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let job = async |done: &mut Done| {
        while budget.step() {
            let limit = day_of(clock.now()) - DAYS_UNTIL_SLEEP;
            let users = users::store::unseen_since(store, limit, READERS_A_PAGE).await?;
            let was_last = users.len() < READERS_A_PAGE as usize;
            let mut put_off = false;
            for user in users {
                let id = user.id;
                match put_to_sleep(store, clock, user, budget, done).await {
                    Ok(Fate::Settled) => {}
                    Ok(Fate::PutOff) => put_off = true,
                    Ok(Fate::Unfinished) => return Ok(false),
                    Err(error) if error.is_outage() => return Err(error),
                    // A record that can't be read doesn't keep other users awake.
                    Err(error) => {
                        tracing::error!(reader = %id, %error, "a user can’t be put to sleep");
                        put_off = true;
                    }
                }
            }
            if was_last || put_off {
                return Ok(!put_off);
            }
        }
        Ok(false)
    };
    reported(job).await
}

async fn put_to_sleep(
    store: &Datastore,
    clock: &Clock,
    user: User,
    budget: &mut Budget,
    done: &mut Done,
) -> Result<Fate, StoreError> {
    let id = user.id;
    let mut known = Some(user);
    let fate = retry_on_conflict!(format!("reader {id}"), {
        let limit = day_of(clock.now()) - DAYS_UNTIL_SLEEP;
        let user = match known.take() {
            Some(user) => Some(user),
            None => users::store::get(store, id)
                .await?
                .filter(|user| user.awake && user.last_seen_day < limit),
        };
        let Some(user) = user else {
            return Ok(Attempt::Done(Fate::Settled));
        };
        let mut falling = Falling::begin(store, user).await?;
        loop {
            if !budget.step() {
                return Ok(Attempt::Done(Fate::Unfinished));
            }
            match Attempt::of(falling.step(clock.now(), FEEDS_A_STEP).await)? {
                Attempt::Conflict => return Ok(Attempt::Conflict),
                Attempt::Done((feeds, asleep)) => {
                    done.feeds += feeds;
                    if asleep {
                        done.fell_asleep += 1;
                        return Ok(Attempt::Done(Fate::Settled));
                    }
                }
            }
        }
    });
    match fate {
        Err(StoreError::Contention { .. }) => Ok(Fate::PutOff),
        fate => fate,
    }
}
