//! A page by reading articles until enough are found: where the feeds' summaries don't say when their articles stand.
//!
//! Feeds are queried in groups of 30, those with the newest articles first, and the next group only if one of its articles
//! could still be on the page. If few articles are unread they are queried by id, so that an almost empty inbox doesn't
//! scan over read ones.

use std::sync::Arc;

use super::{Filter, Listed, Page, PageRequest, along, cut, is_beyond, sort};
use crate::articles::store::ListDirection;
use crate::articles::{ArticleRow, store as articles};
use crate::datastore::{Datastore, IN_LIMIT, StoreError};
use crate::ids::{ArticleId, Numbers};
use crate::shelf::Shelf;
use crate::timestamp::{Timestamp, from_micros};

/// Up to this many unread articles are queried by id: two reads.
const BY_NAME: u32 = 60;
/// Most articles queried by id, however many read ones lie between: ten reads.
const MAX_NAMES: u32 = 300;
/// Rows that one query of a scan returns: they cost no reads, but some time.
const SCAN: u32 = 300;
/// Queries that one page may take beyond one per group; then the page is short, and says that there is more.
const MAX_QUERIES: usize = 40;

/// Returns one page.
pub(super) async fn page(
    store: &Datastore,
    shelf: &Shelf,
    request: &PageRequest,
    feeds: &[Listed],
) -> Result<Page, StoreError> {
    let unread: u32 = match request.filter {
        Filter::Unread => feeds.iter().map(|one| shelf.unread(one.feed)).sum(),
        Filter::All | Filter::Passed => u32::MAX,
    };
    if unread <= BY_NAME || names_are_cheaper(shelf, request, feeds, unread) {
        return named(store, shelf, request, feeds).await;
    }
    scan(store, shelf, request, feeds).await
}

/// Whether querying unread articles by id takes no more reads than scanning over the read ones between them.
fn names_are_cheaper(shelf: &Shelf, request: &PageRequest, feeds: &[Listed], unread: u32) -> bool {
    if request.filter != Filter::Unread || unread > MAX_NAMES {
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
            let numbers = shelf.read.unread(shelf.fresh_numbers(feed));
            let come = numbers
                .into_iter()
                .filter(move |&seq| !shelf.holds_back(feed, seq));
            come.map(move |seq| ArticleId { feed, seq })
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
                && !shelf.holds_back(summary.id.feed, summary.id.seq)
                && match request.filter {
                    Filter::All => true,
                    Filter::Unread => !shelf.is_read(summary.id),
                    Filter::Passed => shelf.has_passed(summary.id),
                }
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
    if request.filter != Filter::Unread {
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
