//! Deletes icons that weren't fetched for 90 days: those that are shown are fetched again each week.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::clock::Clock;
use crate::datastore::{Datastore, StoreError};
use crate::icons;
use crate::timestamp::minute_of;

/// Days for which an icon is kept after its last fetch.
pub const ICON_DAYS: i64 = 90;
/// Deletes per commit.
const ICONS_A_PAGE: u32 = 500;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Deleted icons, including records that there is none.
    pub icons: usize,
}

/// Deletes icons that weren't fetched for [`ICON_DAYS`]. One read per 500, and a delete for each.
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
            let limit = minute_of(clock.now()) - ICON_DAYS * 24 * 60;
            let deletes = icons::store::deletes_before(store, limit, ICONS_A_PAGE).await?;
            let count = deletes.len();
            if count > 0 {
                store.commit(deletes).await?;
            }
            done.icons += count;
            if count < ICONS_A_PAGE as usize {
                return Ok(true);
            }
        }
        Ok(false)
    };
    reported(job).await
}
