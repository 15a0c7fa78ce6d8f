//! Icons of sites at whose feeds nobody has looked for 90 days are deleted: whoever looks has them fetched again each week.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::clock::Clock;
use crate::datastore::{Datastore, StoreError};
use crate::icons;
use crate::timestamp::minute_of;

/// Days after its last fetch for which an icon is kept.
pub const DAYS: i64 = 90;
/// Deletes of one commit.
const PAGE: u32 = 500;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Icons that were deleted, those that only say that there is none included.
    pub icons: usize,
}

/// Deletes icons that weren't fetched for [`DAYS`]. For each 500, one read and their deletes.
///
/// # Errors
/// The store's.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let job = async |done: &mut Done| {
        while budget.step() {
            let limit = minute_of(clock.now()) - DAYS * 24 * 60;
            let deletes = icons::store::deletes_before(store, limit, PAGE).await?;
            let count = deletes.len();
            if count > 0 {
                store.commit(deletes).await?;
            }
            done.icons += count;
            if count < PAGE as usize {
                return Ok(true);
            }
        }
        Ok(false)
    };
    reported(job).await
}
