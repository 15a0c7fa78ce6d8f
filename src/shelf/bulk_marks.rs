//! Selects the articles of a bulk action: all that a page covered, those it listed, or those on one side of a position.
//!
//! Each selection is bounded by what the page knew, feed by feed: articles that arrived since stay unread, whatever
//! their date.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use roaring::RoaringBitmap;

use super::{Seen, Shelf, Shown};
use crate::articles::store as articles;
use crate::articles::store::ListDirection;
use crate::datastore::{Datastore, IN_LIMIT, RESULT_LIMIT, StoreError};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::{Timestamp, from_micros};

/// Beyond this age it is cheaper to query older articles than newer ones: most people read daily.
const LONG_AGO: TimeDelta = TimeDelta::days(14);

/// A position in a list: an article, and the time by which lists order it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The time.
    pub at: Timestamp,
    /// The article there, among those of the same time.
    pub id: ArticleId,
}

/// Which part of a page's list is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Everything it covers, further pages included.
    All,
    /// The articles listed on the page.
    These(Vec<ArticleId>),
    /// Those above a position, without the article itself.
    Above(Place),
    /// Those below it, further pages included.
    Below(Place),
    /// Those older than a time.
    Older(Timestamp),
}

/// A side of a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Older,
    Newer,
}

/// The articles of a bulk action, for feeds with unread articles.
///
/// No read for `All` and `These`; otherwise one per 30 feeds that have articles on both sides, and one per 1,000
/// articles on the side that is queried.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn shown(
    store: &Datastore,
    shelf: &Shelf,
    seen: &Seen,
    which: &Selection,
    flow: ListDirection,
    now: Timestamp,
) -> Result<Vec<Shown>, StoreError> {
    let chosen = chosen(store, shelf, seen, which, flow, now).await?;
    Ok(chosen
        .into_iter()
        .map(|one| but_passed(shelf, one))
        .collect())
}

async fn chosen(
    store: &Datastore,
    shelf: &Shelf,
    seen: &Seen,
    which: &Selection,
    flow: ListDirection,
    now: Timestamp,
) -> Result<Vec<Shown>, StoreError> {
    let known = known(shelf, seen);
    let newest_first = flow == ListDirection::NewestFirst;
    let (place, side) = match which {
        Selection::All => return Ok(known.into_iter().map(Shown::all).collect()),
        Selection::These(ids) => return Ok(these(&known, ids)),
        Selection::Above(place) if newest_first => (*place, Side::Newer),
        Selection::Above(place) => (*place, Side::Older),
        Selection::Below(place) if newest_first => (*place, Side::Older),
        Selection::Below(place) => (*place, Side::Newer),
        Selection::Older(at) => {
            // After every article of that time.
            let feed = FeedId(u32::MAX);
            let seq = u32::MAX;
            let id = ArticleId { feed, seq };
            (Place { at: *at, id }, Side::Older)
        }
    };
    one_side(store, shelf, &known, place, side, flow, now).await
}

/// The feeds the page covered that have unread articles.
fn known(shelf: &Shelf, seen: &Seen) -> Vec<Numbers> {
    let numbers = seen.feeds().iter().filter_map(|&(feed, last)| {
        shelf.summary(feed)?;
        // What has passed by is neither: it isn't marked.
        let numbers = shelf.fresh_numbers(feed);
        let last = last.min(numbers.last);
        Some(Numbers { last, ..numbers })
    });
    numbers
        .filter(|&numbers| numbers.first <= numbers.last && shelf.read.unread_count(numbers) > 0)
        .collect()
}

/// The same without articles that have passed by or haven't come yet: they are marked neither by number nor as all below one.
pub(super) fn but_passed(shelf: &Shelf, shown: Shown) -> Shown {
    let fresh = shelf.fresh_numbers(shown.numbers.feed);
    let first = shelf.numbers(fresh.feed).first;
    let later = shelf.held.within(shown.numbers);
    if fresh.first == first && later.is_none() {
        return shown;
    }
    let mut only: RoaringBitmap = (fresh.first..=shown.numbers.last).collect();
    if let Some(later) = later {
        only.remove_range(later.first..=later.last);
    }
    if let Some(chosen) = shown.only {
        only &= chosen;
    }
    Shown {
        numbers: Numbers {
            first,
            ..shown.numbers
        },
        only: Some(only),
    }
}

fn these(known: &[Numbers], ids: &[ArticleId]) -> Vec<Shown> {
    let mut sets: BTreeMap<FeedId, RoaringBitmap> = BTreeMap::new();
    for id in ids {
        sets.entry(id.feed).or_default().insert(id.seq);
    }
    let shown = known.iter().filter_map(|&numbers| {
        let only = Some(sets.remove(&numbers.feed)?);
        Some(Shown { numbers, only })
    });
    shown.collect()
}

async fn one_side(
    store: &Datastore,
    shelf: &Shelf,
    known: &[Numbers],
    place: Place,
    side: Side,
    list: ListDirection,
    now: Timestamp,
) -> Result<Vec<Shown>, StoreError> {
    let newest = |numbers: &Numbers| {
        shelf
            .summary(numbers.feed)
            .map(|summary| from_micros(summary.newest))
    };
    // Feeds with only older articles need no query.
    let (older, mixed): (Vec<Numbers>, Vec<Numbers>) = known
        .iter()
        .partition(|numbers| newest(numbers).is_some_and(|newest| newest < place.at));
    let mut shown = match side {
        Side::Older => older.into_iter().map(Shown::all).collect(),
        Side::Newer => Vec::new(),
    };
    let asked = if now - place.at > LONG_AGO {
        Side::Older
    } else {
        Side::Newer
    };
    for group in mixed.chunks(IN_LIMIT) {
        let mut sets = articles_past(store, group, place, asked, list).await?;
        // The position itself is on neither side.
        if asked != side {
            sets.entry(place.id.feed).or_default().insert(place.id.seq);
        }
        for &numbers in group {
            let found = sets.remove(&numbers.feed).unwrap_or_default();
            let only = if asked == side {
                found
            } else {
                let mut all = RoaringBitmap::new();
                all.insert_range(numbers.first..=numbers.last);
                all - found
            };
            let only = Some(only);
            shown.push(Shown { numbers, only });
        }
    }
    Ok(shown)
}

/// The articles of some feeds on one side of a position, excluding its own.
async fn articles_past(
    store: &Datastore,
    group: &[Numbers],
    place: Place,
    side: Side,
    list: ListDirection,
) -> Result<HashMap<FeedId, RoaringBitmap>, StoreError> {
    let ids: Vec<FeedId> = group.iter().map(|numbers| numbers.feed).collect();
    let moment = TimeDelta::microseconds(1);
    // Starting at the position's own time, since others can share it.
    let (along, mut from) = match side {
        Side::Newer => (ListDirection::OldestFirst, place.at - moment),
        Side::Older => (ListDirection::NewestFirst, place.at + moment),
    };
    // Lists show articles of the same time by ascending id, in both directions.
    let comes_later = (side == Side::Newer) == (list == ListDirection::OldestFirst);
    let mut sets: HashMap<FeedId, RoaringBitmap> = HashMap::new();
    let kept: u32 = group
        .iter()
        .map(|numbers| numbers.last + 1 - numbers.first)
        .sum();
    for _ in 0..=kept.div_ceil(RESULT_LIMIT / 2) {
        let rows = articles::timeline(store, &ids, along, Some(from), RESULT_LIMIT).await?;
        for summary in &rows {
            let is_beyond = match summary.summary.at() == place.at {
                true => (summary.id > place.id) == comes_later && summary.id != place.id,
                false => true,
            };
            if is_beyond {
                sets.entry(summary.id.feed)
                    .or_default()
                    .insert(summary.id.seq);
            }
        }
        match rows.last() {
            Some(last) if rows.len() >= RESULT_LIMIT as usize => {
                // Repeat the last timestamp, some of whose articles may have been cut off.
                let at = last.summary.at();
                from = match side {
                    Side::Newer => at - moment,
                    Side::Older => at + moment,
                };
            }
            _ => break,
        }
    }
    Ok(sets)
}
