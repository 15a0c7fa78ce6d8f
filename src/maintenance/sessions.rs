//! Sessions that are over. They end by themselves; this only takes away what is left of them.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::clock::Clock;
use crate::datastore::{Datastore, StoreError};
use crate::users::session::Sessions;

/// Sessions that one commit deletes.
const BATCH: u32 = 500;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Sessions that were deleted.
    pub deleted: usize,
}

/// Deletes sessions that are over. One read for each 500, and a delete for each.
///
/// # Errors
/// The store's.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let sessions = Sessions::new(store.clone(), clock.clone());
    let job = async |done: &mut Done| {
        while budget.step() {
            let deleted = sessions.sweep_some(BATCH).await?;
            done.deleted += deleted;
            if deleted < BATCH as usize {
                return Ok(true);
            }
        }
        Ok(false)
    };
    reported(job).await
}
