//! Deletes lines of the audit log that are older than a year.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::clock::Clock;
use crate::datastore::{Datastore, StoreError};
use crate::users::audit::delete_old;

/// Deletes per commit.
const LINES_A_PAGE: u32 = 500;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Deleted lines.
    pub lines: usize,
}

/// Deletes lines that are older than a year. One read per 500, and a delete for each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let job = async |done: &mut Done| {
        while budget.step() {
            let count = delete_old(store, clock.now(), LINES_A_PAGE).await?;
            done.lines += count;
            if count < LINES_A_PAGE as usize {
                return Ok(true);
            }
        }
        Ok(false)
    };
    reported(job).await
}
