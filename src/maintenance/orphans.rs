//! Deletes feeds that had no subscriber for 90 days, with their articles and their address.
//!
//! All of a feed goes in one commit, on its record's version: it keeps few enough articles for that. So there are no
//! partial feeds and nothing to remember between calls, and a user who subscribes meanwhile finds the whole feed, or
//! none and creates it again; of two concurrent commits, one succeeds.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::articles::removal::with_feed;
use crate::clock::Clock;
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::feeds::{self, ORPHAN_DAYS};
use crate::ids::FeedId;
use crate::update::decide::KEPT;
use crate::users::day_of;

/// Feeds per query: one read each.
const FEEDS_A_PAGE: u32 = 20;
/// Deletes per commit.
const COMMIT_DELETES: u32 = 500;
const _: () = assert!(KEPT + 3 <= COMMIT_DELETES, "a feed goes in one commit");

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Deleted feeds.
    pub feeds: usize,
    /// Articles deleted with them.
    pub articles: usize,
}

/// Deletes feeds without subscribers for [`ORPHAN_DAYS`]. For a feed with n articles, one read and n + 2 deletes, one
/// more for each earlier address.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded. Any
/// other error puts off its feed.
pub async fn clean(
    store: &Datastore,
    clock: &Clock,
    budget: &mut Budget,
) -> Result<Report<Done>, StoreError> {
    let job = async |done: &mut Done| {
        while budget.step() {
            let limit = day_of(clock.now()) - ORPHAN_DAYS;
            let feeds = feeds::store::orphaned_before(store, limit, FEEDS_A_PAGE).await?;
            let was_last = feeds.len() < FEEDS_A_PAGE as usize;
            let mut put_off = false;
            for feed in feeds {
                if !budget.step() {
                    return Ok(false);
                }
                let deletes = with_feed(&feed);
                let numbers = feed.summary.numbers(feed.id);
                let articles = (numbers.first..=numbers.last).count();
                match store.commit(deletes).await {
                    Ok(_) => {
                        done.feeds += 1;
                        done.articles += articles;
                    }
                    // Someone has subscribed, or another call has deleted it.
                    Err(error) if error.is_contention() || feeds::store::has_gone(&error) => {}
                    Err(error) if error.is_outage() => return Err(error),
                    Err(error) => {
                        tracing::error!(feed.id = %feed.id, %error, "orphaned feed not deleted");
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

/// Deletes a feed that nobody reads any more, with its articles and addresses; `false` if somebody does, or it was written meanwhile.
///
/// One read, n + 2 deletes for n articles, and one write for a line of the audit log.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn delete(store: &Datastore, id: FeedId, line: Mutation) -> Result<bool, StoreError> {
    let feed = feeds::store::get(store, id).await?;
    let Some(feed) = feed.filter(|feed| feed.summary.subscribers == 0) else {
        return Ok(false);
    };
    let deletes = with_feed(&feed).into_iter().chain([line]);
    match store.commit(deletes.collect()).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_contention() || feeds::store::has_gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}
