//! Timelines: one list of many feeds, page by page.
//!
//! The feeds' summaries say when each of their articles stands in a timeline, so the articles of a page are known before
//! one is read, however many read ones lie between: `select`. They cost one or two reads. Of summaries from before that
//! was known, articles are read until enough are found: `scan`.

mod cursor;
mod scan;
mod select;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Scope, Shelf};
use crate::articles::ArticleRow;
use crate::articles::store::ListDirection;
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

pub use cursor::{from_cursor, to_cursor};

/// Which articles of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The unread ones.
    Unread,
    /// All kept articles.
    All,
    /// Those that have passed by unread.
    Passed,
}

/// Which articles a page lists, and from where.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// The feeds to list.
    pub scope: Scope,
    /// Which of their articles.
    pub filter: Filter,
    /// Whether the newest or the oldest come first.
    pub flow: ListDirection,
    /// Only what comes after this time in the timeline.
    pub after: Option<Timestamp>,
    /// Maximum number of articles; at least 1.
    pub limit: usize,
}

/// A page of a timeline.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The articles, in order.
    pub rows: Vec<Arc<ArticleRow>>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Timestamp>,
    /// Feeds with articles newer than the shelf's summaries, which are stale.
    pub newer: Vec<FeedId>,
}

/// Returns one page.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn page(
    store: &Datastore,
    shelf: &Shelf,
    request: &PageRequest,
) -> Result<Page, StoreError> {
    let feeds = feeds_with_articles(shelf, request);
    if feeds.is_empty() {
        return Ok(Page::default());
    }
    let mut slice = match select::choose(shelf, request, &feeds) {
        Some(choice) => select::page(store, shelf, request, choice).await?,
        None => scan::page(store, shelf, request, &feeds).await?,
    };
    let ids = slice.rows.iter().map(|summary| summary.id);
    let newer = ids.filter(|id| id.seq > shelf.numbers(id.feed).last);
    let newer: BTreeSet<FeedId> = newer.map(|id| id.feed).collect();
    slice.newer = newer.into_iter().collect();
    Ok(slice)
}

/// A feed of the list.
#[derive(Clone, Copy, Debug)]
struct Listed {
    feed: FeedId,
    /// The time of its newest article, in microseconds.
    newest: i64,
}

/// The scope's feeds that can have articles on the page, with their newest article's time, newest first.
fn feeds_with_articles(shelf: &Shelf, request: &PageRequest) -> Vec<Listed> {
    let tally = shelf.tally();
    let inside = tally.each(&shelf.subscriptions);
    let inside = inside.filter(|(one, _)| shelf.is_in(&request.scope, one));
    let mut feeds: Vec<Listed> = inside
        .filter_map(|(one, unread)| {
            let summary = shelf.summary(one.feed)?;
            let some = match request.filter {
                Filter::Unread => unread > 0,
                Filter::All => {
                    let all = shelf.numbers(one.feed);
                    all.last >= all.first
                }
                Filter::Passed => {
                    let passed = shelf.passed_numbers(one.feed);
                    passed.last >= passed.first
                }
            };
            some.then_some(Listed {
                feed: one.feed,
                newest: summary.newest,
            })
        })
        .collect();
    feeds.sort_unstable_by_key(|one| (std::cmp::Reverse(one.newest), one.feed));
    feeds
}

/// Shortens a page to about its limit; returns whether there was more.
///
/// A position in the timeline is a time, so articles of the same time (two feeds can share one) stay together.
fn cut(rows: &mut Vec<Arc<ArticleRow>>, limit: usize) -> bool {
    let Some(last) = limit.checked_sub(1).and_then(|last| rows.get(last)) else {
        return false;
    };
    let moment = last.summary.order;
    let together = rows[limit..]
        .iter()
        .take_while(|summary| summary.summary.order == moment)
        .count();
    let more = rows.len() > limit + together;
    rows.truncate(limit + together);
    more
}

/// A time as distance in the direction: greater is further.
fn along(at: Timestamp, flow: ListDirection) -> i64 {
    match flow {
        ListDirection::NewestFirst => -at.timestamp_micros(),
        ListDirection::OldestFirst => at.timestamp_micros(),
    }
}

fn is_beyond(summary: &ArticleRow, request: &PageRequest) -> bool {
    request
        .after
        .is_none_or(|after| along(summary.summary.at(), request.flow) > along(after, request.flow))
}

fn sort(rows: &mut [Arc<ArticleRow>], flow: ListDirection) {
    rows.sort_by_key(|summary| (along(summary.summary.at(), flow), summary.id));
}
