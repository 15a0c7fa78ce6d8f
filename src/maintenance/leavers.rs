//! Accounts that are being deleted: whatever of them is left goes, in steps, and their records last. And accounts from before there was
//! a list of all get their place in it.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::accounts::deletion::{Deletion, Step};
use crate::clock::Clock;
use crate::datastore::{Datastore, StoreError};
use crate::users;

/// Accounts per query: one read each.
const ACCOUNTS_A_PAGE: u32 = 20;
/// Older accounts that are looked at in one step.
const OLDER_A_STEP: u32 = 100;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Accounts of which nothing is left.
    pub accounts: usize,
    /// What was deleted of them and of others, besides the accounts themselves.
    pub removed: usize,
}

/// Goes on with the deletion of accounts. Two reads if there is nothing to do; otherwise what the steps cost, see
/// [`Deletion::step`].
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached. Any other error puts off its account.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let job = async |done: &mut Done| {
        if !budget.step() {
            return Ok(false);
        }
        let mut is_whole = users::listing::complete(store, OLDER_A_STEP).await?;
        while !is_whole && budget.step() {
            is_whole = users::listing::complete(store, OLDER_A_STEP).await?;
        }
        if !budget.step() {
            return Ok(false);
        }
        let leaving = users::store::leaving(store, ACCOUNTS_A_PAGE).await?;
        let is_all = leaving.len() < ACCOUNTS_A_PAGE as usize;
        let mut finished = is_all && is_whole;
        for user in leaving {
            let id = user.id;
            match delete(store, clock, user, budget, done).await {
                Ok(is_gone) => finished &= is_gone,
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => {
                    tracing::error!(user.id = %id, %error, "an account isn’t deleted yet");
                    finished = false;
                }
            }
        }
        Ok(finished)
    };
    reported(job).await
}

/// Deletes what is left of one account, as far as the budget goes. Returns whether it is gone.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. The next call continues.
pub async fn delete(
    store: &Datastore,
    clock: &Clock,
    user: users::User,
    budget: &mut Budget,
    done: &mut Done,
) -> Result<bool, StoreError> {
    let mut deletion = Deletion::of(store, user);
    while budget.step() {
        match deletion.step(clock.now()).await? {
            Step::Did(count) => done.removed += count,
            Step::Waits => return Ok(false),
            Step::Gone => {
                done.accounts += 1;
                return Ok(true);
            }
        }
    }
    Ok(false)
}
