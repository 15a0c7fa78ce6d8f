//! A page by the times that the feeds' summaries know: its articles are chosen first, and only they are read.

use std::collections::{BTreeMap, BinaryHeap};
use std::ops::ControlFlow;
use std::sync::Arc;

use futures_util::future::try_join_all;

use super::{Filter, Listed, Page, PageRequest, along, sort};
use crate::articles::store::{self as articles, ListDirection};
use crate::articles::{ArticleRow, timeline_key};
use crate::datastore::{Datastore, IN_LIMIT, StoreError};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::shelf::Shelf;
use crate::timestamp::{Timestamp, from_micros};

/// Rows that a query may bring for the sake of one read less.
const PASSED: usize = 300;

/// A place on a page: the distance in the page's direction, and the article.
type Place = (i64, ArticleId);

/// The articles of a page.
#[derive(Debug)]
pub(super) struct Choice {
    /// In order.
    places: Vec<Place>,
    /// Whether there are more behind them.
    more: bool,
}

/// The best places that were seen: at most so many, and the farthest on top.
struct Best {
    heap: BinaryHeap<Place>,
    most: usize,
}

impl Best {
    fn offer(&mut self, place: Place) {
        if self.heap.len() < self.most {
            self.heap.push(place);
        } else if let Some(mut farthest) = self.heap.peek_mut()
            && place < *farthest
        {
            *farthest = place;
        }
    }

    /// Whether nothing from this distance on can be among them.
    fn is_beyond(&self, distance: i64) -> bool {
        self.heap.len() == self.most && self.heap.peek().is_some_and(|one| one.0 < distance)
    }
}

/// Chooses the articles of a page; `None` if the summaries don't say enough.
pub(super) fn choose(shelf: &Shelf, request: &PageRequest, feeds: &[Listed]) -> Option<Choice> {
    let mut best = Best {
        heap: BinaryHeap::with_capacity(request.limit + 2),
        // One more than fit, which says that there are more.
        most: request.limit + 1,
    };
    // The newest that an article may be of which no time is known.
    let mut unknown = None;
    for one in feeds {
        // Newest first, no later feed has anything nearer.
        if request.flow == ListDirection::NewestFirst
            && best.is_beyond(along(from_micros(one.newest), request.flow))
        {
            break;
        }
        let older = each_place(shelf, request, one.feed, |place, rest| {
            best.offer(place);
            // No other of this feed is nearer than that.
            match best.is_beyond(rest) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        unknown = unknown.max(older);
    }
    let mut places = best.heap.into_sorted_vec();
    if let Some(older) = unknown {
        // Exact all the same, if the page ends before all of those.
        let is_full = places.len() > request.limit;
        let newest = from_micros(i64::from(older) * 1_000_000 + 999_999);
        let ends_before = |place: &Place| is_full && place.0 < along(newest, request.flow);
        let is_exact =
            request.flow == ListDirection::NewestFirst && places.last().is_some_and(ends_before);
        if !is_exact {
            return None;
        }
    }
    let more = places.len() > request.limit;
    let is_tied = |at: usize| Some(places.get(at)?.0 == places.get(at - 1)?.0);
    if more && is_tied(request.limit) == Some(true) {
        // A position is a time, so articles of one time stay together: those beside the last are looked for.
        return Some(with_ties(shelf, request, feeds, places));
    }
    places.truncate(request.limit);
    Some(Choice { places, more })
}

/// All places up to the last one's time, that included.
fn with_ties(shelf: &Shelf, request: &PageRequest, feeds: &[Listed], places: Vec<Place>) -> Choice {
    let edge = places.last().map_or(i64::MAX, |place| place.0);
    let mut together = Vec::new();
    let mut more = false;
    for one in feeds {
        each_place(shelf, request, one.feed, |place, _| {
            match place.0 <= edge {
                true => together.push(place),
                false => more = true,
            };
            ControlFlow::Continue(())
        });
    }
    together.sort_unstable();
    Choice {
        places: together,
        more,
    }
}

/// Offers the articles of a feed that the request asks for, each with the least distance of those that follow, until `offer`
/// breaks off; returns the latest second of those whose times aren't known, if there are any.
fn each_place(
    shelf: &Shelf,
    request: &PageRequest,
    feed: FeedId,
    mut offer: impl FnMut(Place, i64) -> ControlFlow<()>,
) -> Option<u32> {
    let summary = shelf.summary(feed)?;
    let after = request.after.map(|after| along(after, request.flow));
    let newest = u32::try_from(summary.newest.div_euclid(1_000_000)).unwrap_or(u32::MAX);
    let numbers = shelf.numbers(feed);
    // Whether or not the walk comes that far: one of those may be newer than what it passes.
    let is_partly_unknown = numbers.first < summary.times.known_from(summary.last);
    let unknown = is_partly_unknown.then(|| summary.times.older().min(newest));
    let is_newest_first = request.flow == ListDirection::NewestFirst;
    let slack = i64::from(summary.times.slack()) + 1;
    let visit = |seq: u32| {
        let id = ArticleId { feed, seq };
        if shelf.holds_back(feed, seq) {
            return ControlFlow::Continue(());
        }
        let Some(second) = summary.times.second(summary.last, seq) else {
            return match is_newest_first {
                // Nor are those of the ones before it.
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
        };
        let second = i64::from(second);
        let distance = along(timeline_key(id, second), request.flow);
        if after.is_some_and(|after| distance <= after) {
            return ControlFlow::Continue(());
        }
        let rest = match is_newest_first {
            true => -(second + slack) * 1_000_000,
            false => (second - slack) * 1_000_000,
        };
        offer((distance, id), rest)
    };
    match request.filter {
        Filter::Unread => {
            let fresh = shelf.fresh_numbers(feed);
            shelf.read.each_unread(fresh, is_newest_first, visit);
        }
        Filter::Passed => {
            let passed = shelf.passed_numbers(feed);
            shelf.read.each_unread(passed, is_newest_first, visit);
        }
        Filter::All => {
            let mut all = numbers.first..=numbers.last;
            let _ = match is_newest_first {
                true => all.rev().try_for_each(visit),
                false => all.try_for_each(visit),
            };
        }
    }
    unknown
}

/// Reads the articles of a page.
pub(super) async fn page(
    store: &Datastore,
    shelf: &Shelf,
    request: &PageRequest,
    choice: Choice,
) -> Result<Page, StoreError> {
    let ids: Vec<ArticleId> = choice.places.iter().map(|place| place.1).collect();
    let missing = articles::uncached(store, &ids);
    let mut found: BTreeMap<ArticleId, Arc<ArticleRow>> = BTreeMap::new();
    if let Some(scans) = scans(shelf, request, &choice.places, &missing) {
        // At once: they don't depend on each other.
        let pages = scans.iter().map(|scan| {
            articles::cached_timeline(store, &scan.feeds, request.flow, scan.after, scan.rows)
        });
        let rows = try_join_all(pages).await?.into_iter().flatten();
        found.extend(rows.map(|row| (row.id, row)));
    }
    let rest: Vec<ArticleId> = ids
        .iter()
        .copied()
        .filter(|id| !found.contains_key(id))
        .collect();
    let named = articles::cached_by_name(store, &rest).await?;
    found.extend(named.into_iter().map(|row| (row.id, row)));
    // What came since the summaries were read says that they are stale.
    let is_newer = |id: &ArticleId| id.seq > shelf.numbers(id.feed).last;
    let chosen: std::collections::HashSet<ArticleId> = ids.into_iter().collect();
    let is_news = |id: &ArticleId| is_newer(id) && !shelf.holds_back(id.feed, id.seq);
    found.retain(|id, _| chosen.contains(id) || is_news(id));
    let mut rows: Vec<Arc<ArticleRow>> = found.into_values().collect();
    sort(&mut rows, request.flow);
    let last = choice
        .places
        .last()
        .map(|(distance, _)| match request.flow {
            ListDirection::NewestFirst => from_micros(-distance),
            ListDirection::OldestFirst => from_micros(*distance),
        });
    Ok(Page {
        rows,
        next: last.filter(|_| choice.more),
        newer: Vec::new(),
    })
}

/// A query over a group of feeds that brings all of their chosen articles.
struct Scan {
    feeds: Vec<Numbers>,
    after: Option<Timestamp>,
    rows: u32,
}

/// The queries that bring the missing articles with fewer reads than by name; `None` if there are none.
fn scans(
    shelf: &Shelf,
    request: &PageRequest,
    places: &[Place],
    missing: &[ArticleId],
) -> Option<Vec<Scan>> {
    let (first, last) = (places.first()?.0, places.last()?.0);
    // In the order of the page, so that the same page is the same query.
    let mut feeds: Vec<FeedId> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for id in missing {
        if known.insert(id.feed) {
            feeds.push(id.feed);
        }
    }
    let by_name = missing.len().div_ceil(IN_LIMIT);
    // One query is one read either way; by name it brings nothing else.
    if feeds.len().div_ceil(IN_LIMIT) >= by_name && missing.len() < places.len() {
        return None;
    }
    // From the very beginning, where nothing lies before the page: then newer articles are met, too.
    let all = PageRequest {
        filter: Filter::All,
        ..request.clone()
    };
    let mut scans = Vec::new();
    let (mut passed, mut before) = (0, 0);
    for group in feeds.chunks(IN_LIMIT) {
        let mut rows = 0;
        for &feed in group {
            // What has no known time isn't counted: then the query ends early, and the rest is read by name.
            each_place(shelf, &all, feed, |(distance, _), rest| {
                before += usize::from(distance < first);
                rows += usize::from((first..=last).contains(&distance));
                match rest > last {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            });
        }
        passed += rows;
        scans.push((group, rows));
    }
    if scans.len() > by_name || passed > PASSED.max(2 * missing.len()) {
        return None;
    }
    let after = match before {
        0 => request.after,
        _ => Some(match request.flow {
            ListDirection::NewestFirst => from_micros(1 - first),
            ListDirection::OldestFirst => from_micros(first - 1),
        }),
    };
    let scan = |(group, rows): (&[FeedId], usize)| Scan {
        feeds: group.iter().map(|&feed| shelf.numbers(feed)).collect(),
        after,
        rows: u32::try_from(rows).unwrap_or(u32::MAX).max(1),
    };
    Some(scans.into_iter().map(scan).collect())
}
