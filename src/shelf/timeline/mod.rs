//! Timelines: one list of many feeds, page by page.
//!
//! A page usually costs one read. Feeds are queried in groups of 30, those with the newest articles first, and the next
//! group only if one of its articles could still be on the page. If few articles are unread they are queried by id, so
//! that an almost empty inbox doesn't scan over read ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Scope, Shelf};
use crate::articles::store::ListDirection;
use crate::articles::{ArticleRow, store as articles};
use crate::datastore::{Datastore, IN_LIMIT, StoreError};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::sealed::{is_signed, signature};
use crate::timestamp::{Timestamp, from_micros};

/// Up to this many unread articles are queried by id: two reads.
const BY_NAME: u32 = 60;
/// Most articles queried by id, however many read ones lie between: ten reads.
const MAX_NAMES: u32 = 300;
/// Rows that one query of a scan returns: they cost no reads, but some time.
const SCAN: u32 = 300;
/// Queries that one page may take beyond one per group; then the page is short, and says that there is more.
const MAX_QUERIES: usize = 40;

/// Which articles of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The unread ones.
    Unread,
    /// All kept articles.
    All,
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
    let unread: u32 = match request.filter {
        Filter::Unread => feeds.iter().map(|one| shelf.unread(one.feed)).sum(),
        Filter::All => u32::MAX,
    };
    if feeds.is_empty() {
        return Ok(Page::default());
    }
    if unread <= BY_NAME || names_are_cheaper(shelf, request, &feeds, unread) {
        return named(store, shelf, request, &feeds).await;
    }
    let mut slice = scan(store, shelf, request, &feeds).await?;
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
    let feeds = shelf.feeds(&request.scope).into_iter();
    let mut feeds: Vec<Listed> = feeds
        .filter_map(|feed| {
            let summary = shelf.summary(feed)?;
            let some = match request.filter {
                Filter::Unread => shelf.unread(feed) > 0,
                Filter::All => summary.last >= summary.first,
            };
            some.then_some(Listed {
                feed,
                newest: summary.newest,
            })
        })
        .collect();
    feeds.sort_by_key(|one| (std::cmp::Reverse(one.newest), one.feed));
    feeds
}

/// Whether querying unread articles by id takes no more reads than scanning over the read ones between them.
fn names_are_cheaper(shelf: &Shelf, request: &PageRequest, feeds: &[Listed], unread: u32) -> bool {
    if request.filter == Filter::All || unread > MAX_NAMES {
        return false;
    }
    let kept: u32 = feeds
        .iter()
        .map(|one| shelf.numbers(one.feed))
        .map(|numbers| (numbers.last + 1).saturating_sub(numbers.first))
        .sum();
    let page = u32::try_from(request.limit).unwrap_or(u32::MAX);
    let passed = u64::from(page.min(unread)) * u64::from(kept) / u64::from(unread.max(1));
    u64::from(unread.div_ceil(30)) <= passed / u64::from(SCAN)
}

/// Few are unread: query them by id, and sort here.
async fn named(
    store: &Datastore,
    shelf: &Shelf,
    request: &PageRequest,
    feeds: &[Listed],
) -> Result<Page, StoreError> {
    let ids: Vec<ArticleId> = feeds
        .iter()
        .flat_map(|one| {
            let feed = one.feed;
            let numbers = shelf.read.unread(shelf.numbers(feed));
            numbers.into_iter().map(move |seq| ArticleId { feed, seq })
        })
        .collect();
    let mut rows = articles::cached_by_name(store, &ids).await?;
    rows.retain(|summary| is_beyond(summary, request));
    sort(&mut rows, request.flow);
    let more = cut(&mut rows, request.limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|summary| summary.summary.at());
    Ok(Page {
        rows,
        next,
        newer: Vec::new(),
    })
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

/// A full query may have been cut within one time: its last time is queried again.
fn without_last_moment(mut rows: Vec<Arc<ArticleRow>>) -> Vec<Arc<ArticleRow>> {
    let moment = rows.last().map(|summary| summary.summary.order);
    let before = rows
        .iter()
        .position(|summary| Some(summary.summary.order) == moment);
    if let Some(before) = before.filter(|&before| before > 0) {
        rows.truncate(before);
    }
    rows
}

/// One group's part of the timeline, and how far it was read.
struct Group<'f> {
    feeds: &'f [Listed],
    /// Everything up to here was read; `None` before the first query.
    reached: Option<Timestamp>,
    /// Whether there is nothing after that.
    ended: bool,
}

async fn scan(
    store: &Datastore,
    shelf: &Shelf,
    request: &PageRequest,
    feeds: &[Listed],
) -> Result<Page, StoreError> {
    let mut groups: Vec<Group<'_>> = feeds
        .chunks(IN_LIMIT)
        .map(|feeds| Group {
            feeds,
            reached: request.after,
            ended: false,
        })
        .collect();
    let mut found: Vec<Arc<ArticleRow>> = Vec::new();
    let size = scan_size(shelf, request, feeds);
    let most = groups.len() + MAX_QUERIES;
    let mut cut_short = None;
    for queries in 0.. {
        sort(&mut found, request.flow);
        let edge = found.get(request.limit).map(|summary| summary.summary.at());
        let open = groups.iter_mut().filter(|group| !group.ended);
        // The group read the least far could still have an article for the page.
        let behind = open.min_by_key(|group| frontier(group, request.flow));
        let Some(group) = behind else { break };
        if edge.is_some_and(|edge| frontier(group, request.flow) > along(edge, request.flow)) {
            break;
        }
        if queries == most {
            // Bounded: what is complete so far is the page.
            cut_short = group.reached;
            break;
        }
        let feeds = group.feeds.iter();
        let feeds: Vec<Numbers> = feeds.map(|one| shelf.numbers(one.feed)).collect();
        let rows =
            articles::cached_timeline(store, &feeds, request.flow, group.reached, size).await?;
        group.ended = rows.len() < size as usize;
        let rows = if group.ended {
            rows
        } else {
            without_last_moment(rows)
        };
        if let Some(last) = rows.last() {
            group.reached = Some(last.summary.at());
        }
        let wanted = |summary: &Arc<ArticleRow>| {
            summary.id.seq >= shelf.numbers(summary.id.feed).first
                && (request.filter == Filter::All || !shelf.is_read(summary.id))
        };
        found.extend(rows.into_iter().filter(wanted));
    }
    if let Some(reached) = cut_short {
        found.retain(|summary| {
            along(summary.summary.at(), request.flow) <= along(reached, request.flow)
        });
    }
    let more = cut(&mut found, request.limit);
    let last = found.last().map(|summary| summary.summary.at());
    let next = if more { last } else { cut_short };
    Ok(Page {
        rows: found,
        next,
        newer: Vec::new(),
    })
}

/// How many rows a query should return so that one is usually enough: a page, divided by the share of unread ones.
fn scan_size(shelf: &Shelf, request: &PageRequest, feeds: &[Listed]) -> u32 {
    let page = u32::try_from(request.limit + 1).unwrap_or(SCAN).min(1_000);
    if request.filter == Filter::All {
        return page;
    }
    let kept = |feed| {
        let numbers = shelf.numbers(feed);
        u64::from((numbers.last + 1).saturating_sub(numbers.first))
    };
    let all: u64 = feeds.iter().map(|one| kept(one.feed)).sum();
    let unread: u64 = feeds
        .iter()
        .map(|one| u64::from(shelf.unread(one.feed)))
        .sum();
    if unread >= all {
        return page;
    }
    let scaled = u64::from(page) * all * 5 / (unread.max(1) * 4);
    // In steps, so that a few more marks don't change the query, which the cache would miss.
    let scaled = scaled.div_ceil(u64::from(page)).next_power_of_two() * u64::from(page);
    u32::try_from(scaled)
        .unwrap_or(SCAN)
        .clamp(page, SCAN.max(page))
}

/// A time as distance in the direction: greater is further.
fn along(at: Timestamp, flow: ListDirection) -> i64 {
    match flow {
        ListDirection::NewestFirst => -at.timestamp_micros(),
        ListDirection::OldestFirst => at.timestamp_micros(),
    }
}

/// Minimum distance in the direction of a group's next article.
fn frontier(group: &Group<'_>, flow: ListDirection) -> i64 {
    let newest = group.feeds.first().map_or(i64::MAX, |one| one.newest);
    let begins = match flow {
        ListDirection::NewestFirst => along(from_micros(newest), flow),
        ListDirection::OldestFirst => i64::MIN,
    };
    group
        .reached
        .map_or(begins, |reached| along(reached, flow).max(begins))
}

fn is_beyond(summary: &ArticleRow, request: &PageRequest) -> bool {
    request
        .after
        .is_none_or(|after| along(summary.summary.at(), request.flow) > along(after, request.flow))
}

fn sort(rows: &mut [Arc<ArticleRow>], flow: ListDirection) {
    rows.sort_by_key(|summary| (along(summary.summary.at(), flow), summary.id));
}

/// The purpose that a cursor's signature is bound to.
const CURSOR_PURPOSE: &str = "timeline cursor";

fn cursor_text(place: &[u8], list: &str) -> Vec<u8> {
    [place, list.as_bytes()].concat()
}

/// A position in a timeline as opaque, signed text, valid on every instance with the same key and across restarts.
///
/// `list` names the timeline: the cursor of another is rejected.
pub fn to_cursor(secret: &[u8], list: &str, place: Timestamp) -> String {
    let place = place.timestamp_micros().to_be_bytes();
    let mut bytes = place.to_vec();
    let text = cursor_text(&place, list);
    bytes.extend_from_slice(&signature(secret, CURSOR_PURPOSE, &text));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position that [`to_cursor`] wrote; `None` for any other text, or the cursor of another list.
pub fn from_cursor(secret: &[u8], list: &str, text: &str) -> Option<Timestamp> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (place, signed) = bytes.split_first_chunk::<8>()?;
    let is_ours = is_signed(secret, CURSOR_PURPOSE, &cursor_text(place, list), signed);
    is_ours.then(|| from_micros(i64::from_be_bytes(*place)))
}
