//! Indexes the articles of stores from before there was a search: a feed's words are added by the news that it brings, and the rest
//! here, in bounded steps, until nothing is left.

use serde::Serialize;

use super::{Budget, Report, reported};
use crate::articles;
use crate::datastore::{Datastore, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId};
use crate::refresh::heavy::heavy;
use crate::search::Words;

/// Articles read by one call: each is a read.
const ARTICLES_A_CALL: usize = 5_000;
/// Summaries of one query.
const FEEDS_A_PAGE: u32 = 1_000;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Feeds whose lists are whole now.
    pub feeds: usize,
    /// Articles that were added to them.
    pub articles: usize,
}

/// Adds what is missing to feeds' lists of words. One read per 1,000 feeds; for each that isn't whole, a read, one for each of its
/// articles that is missing, and a write.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a summary can't be decoded.
pub async fn index(store: &Datastore, budget: &mut Budget) -> Result<Report<Done>, StoreError> {
    let job = async |done: &mut Done| {
        let mut cursor = None;
        let mut is_whole = true;
        loop {
            if !budget.step() {
                return Ok(false);
            }
            let (heads, next) = feeds::store::all_heads(store, cursor, FEEDS_A_PAGE).await?;
            let wanting = heads
                .iter()
                .filter(|head| !head.summary.unindexed().is_empty());
            for head in wanting {
                if done.articles >= ARTICLES_A_CALL || !budget.step() {
                    return Ok(false);
                }
                match complete(store, head.id).await? {
                    Some(added) => {
                        done.feeds += 1;
                        done.articles += added;
                    }
                    None => is_whole = false,
                }
            }
            // A full page has a cursor even at the end.
            cursor = next.filter(|_| heads.len() == FEEDS_A_PAGE as usize);
            if cursor.is_none() {
                return Ok(is_whole);
            }
        }
    };
    reported(job).await
}

/// Makes one feed's list whole; `None` if it was written meanwhile, so that the next call does it.
async fn complete(store: &Datastore, id: FeedId) -> Result<Option<usize>, StoreError> {
    let Some(mut feed) = feeds::store::get(store, id).await? else {
        return Ok(Some(0));
    };
    let missing = feed.summary.unindexed();
    let words = Words::open(feed.words.clone()).unwrap_or_default();
    let ids: Vec<ArticleId> = missing
        .filter(|seq| !words.has(*seq))
        .map(|seq| ArticleId { feed: id, seq })
        .collect();
    let found = articles::store::readable_many(store, &ids).await?;
    let count = found.len();
    let first = feed.summary.first;
    let work = move || {
        let entries: Vec<_> = found.iter().map(articles::words::entry_of).collect();
        words.changed(|seq| seq >= first, &entries)
    };
    let Some(list) = heavy(work).await else {
        return Ok(None);
    };
    feed.words = list.into();
    // What has no room in the list isn't tried again.
    feed.summary.indexed = first.max(1);
    match store.commit(vec![feeds::store::update(&feed)?]).await {
        Ok(_) => Ok(Some(count)),
        Err(error) if error.is_contention() || feeds::store::has_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
