//! Deletes expired sessions. They have ended already; only their records are left.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::clock::Clock;
use crate::datastore::{Datastore, StoreError};
use crate::users::session::Sessions;

/// Sessions per commit.
const SESSIONS_A_BATCH: u32 = 500;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Deleted sessions.
    pub deleted: usize,
}

/// Deletes expired sessions. One read per 500, and a delete for each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let sessions = Sessions::new(store.clone(), clock.clone());
    let job = async |done: &mut Done| {
        while budget.step() {
            let deleted = sessions.sweep_some(SESSIONS_A_BATCH).await?;
            done.deleted += deleted;
            if deleted < SESSIONS_A_BATCH as usize {
                return Ok(true);
            }
        }
        Ok(false)
    };
    reported(job).await
}
