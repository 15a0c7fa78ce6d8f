//! Feeds that nobody has read for 90 days are deleted, with their articles and their address.
//!
//! All of a feed goes in one commit, on its record's version: it keeps so few articles that they fit. So there is no half
//! of a feed, nothing to remember between calls, and whoever subscribes meanwhile finds the feed whole, or finds none and
//! brings it anew; of the two at once, one gets there.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::articles;
use crate::clock::Clock;
use crate::datastore::{Datastore, Kind, Mutation, StoreError};
use crate::feeds::{self, Feed};
use crate::ids::ArticleId;
use crate::update::decide::KEPT;
use crate::users::day_of;

/// Days without a reader after which a feed is deleted.
pub const DAYS: i64 = 90;
/// Feeds that one question brings: one read each.
const PAGE: u32 = 20;
/// Deletes of one commit.
const COMMIT_DELETES: u32 = 500;
const _: () = assert!(KEPT + 2 <= COMMIT_DELETES, "a feed goes in one commit");

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Feeds that were deleted.
    pub feeds: usize,
    /// Their articles.
    pub articles: usize,
}

/// Deletes feeds that nobody has read for [`DAYS`]. For one with n articles, one read and n + 2 deletes, one more
/// for each address that it had before.
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
            let limit = day_of(clock.now()) - DAYS;
            let feeds = feeds::store::orphaned_before(store, limit, PAGE).await?;
            let was_last = feeds.len() < PAGE as usize;
            let mut put_off = false;
            for feed in feeds {
                if !budget.step() {
                    return Ok(false);
                }
                let deletes = deletes(&feed);
                let numbers = feed.card.numbers(feed.id);
                let articles = (numbers.first..=numbers.last).count();
                match store.commit(deletes).await {
                    Ok(_) => {
                        done.feeds += 1;
                        done.articles += articles;
                    }
                    // Somebody has subscribed, or another call has deleted it.
                    Err(error) if error.is_contention() || feeds::store::has_gone(&error) => {}
                    Err(error @ StoreError::Unavailable(_)) => return Err(error),
                    Err(error) => {
                        tracing::error!(feed.id = %feed.id, %error, "an orphan can't be deleted");
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

/// Everything that goes with a feed.
fn deletes(feed: &Feed) -> Vec<Mutation> {
    let of_kind = |kind| match kind {
        Kind::Article => {
            let numbers = feed.card.numbers(feed.id);
            let articles = (numbers.first..=numbers.last).map(|seq| {
                let feed = feed.id;
                articles::store::remove(ArticleId { feed, seq })
            });
            articles.collect()
        }
        Kind::Feed => vec![feeds::store::remove(feed)],
        Kind::FeedUrl => feeds::store::remove_addresses(feed),
        // A site may have other feeds; its icon goes when nobody has looked at it for long.
        Kind::Icon => Vec::new(),
        // A reader's own, which outlives the feed: a star is a copy, and read marks cost some bytes.
        Kind::Star | Kind::ReadState => Vec::new(),
        // There is none: nobody has the feed.
        Kind::Subscription => Vec::new(),
        Kind::Setting
        | Kind::User
        | Kind::Login
        | Kind::Session
        | Kind::Token
        | Kind::Import
        | Kind::Tick
        | Kind::Ledger => Vec::new(),
    };
    Kind::ALL.into_iter().flat_map(of_kind).collect()
}
