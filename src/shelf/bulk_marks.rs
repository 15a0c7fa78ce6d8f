//! Which articles a bulk act is about: all that a page showed, those that it listed, or those on one side of a place in it.
//!
//! Each is bounded by what the page knew, feed by feed: what arrived since stays unread, whatever its date.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use roaring::RoaringBitmap;

use super::{Seen, Shelf, Shown};
use crate::articles::store as articles;
use crate::articles::store::Flow;
use crate::datastore::{Datastore, IN_LIMIT, RESULT_LIMIT, StoreError};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::{Timestamp, from_micros};

/// As long ago, it is cheaper to ask for what is older than for what is newer: most readers read daily.
const LONG_AGO: TimeDelta = TimeDelta::days(14);

/// A place in a list: an article, and the moment that lists order it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The moment.
    pub at: Timestamp,
    /// The article.
    pub id: ArticleId,
}

/// What of a page's list is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Everything that it knew of, further pages included.
    All,
    /// What stood on the page.
    These(Vec<ArticleId>),
    /// What stood above a place, without the article itself.
    Above(Place),
    /// What stood below it, further pages included.
    Below(Place),
    /// What is older than a moment.
    Older(Timestamp),
}

/// A side of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Older,
    Newer,
}

/// What an act is about, of feeds with something unread.
///
/// No read for all and for the page; else one for each 30 feeds that have articles on both sides, and one for each 1,000
/// articles on the side that is asked for.
///
/// # Errors
/// The store's.
pub async fn shown(
    store: &Datastore,
    shelf: &Shelf,
    seen: &Seen,
    which: &Which,
    flow: Flow,
    now: Timestamp,
) -> Result<Vec<Shown>, StoreError> {
    let known = known(shelf, seen);
    let newest_first = flow == Flow::NewestFirst;
    let (place, side) = match which {
        Which::All => return Ok(known.into_iter().map(Shown::all).collect()),
        Which::These(ids) => return Ok(these(&known, ids)),
        Which::Above(place) if newest_first => (*place, Side::Newer),
        Which::Above(place) => (*place, Side::Older),
        Which::Below(place) if newest_first => (*place, Side::Older),
        Which::Below(place) => (*place, Side::Newer),
        Which::Older(at) => {
            // Below every article of that moment.
            let feed = FeedId(u32::MAX);
            let seq = u32::MAX;
            let id = ArticleId { feed, seq };
            (Place { at: *at, id }, Side::Older)
        }
    };
    one_side(store, shelf, &known, place, (side, flow), now).await
}

/// The feeds with something unread of what the page knew.
fn known(shelf: &Shelf, seen: &Seen) -> Vec<Numbers> {
    let numbers = seen.feeds().iter().filter_map(|&(feed, last)| {
        let numbers = shelf.card(feed)?.numbers(feed);
        let last = last.min(numbers.last);
        Some(Numbers { last, ..numbers })
    });
    numbers
        .filter(|&numbers| shelf.read.unread_count(numbers) > 0)
        .collect()
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
    (side, flow): (Side, Flow),
    now: Timestamp,
) -> Result<Vec<Shown>, StoreError> {
    let newest = |numbers: &Numbers| {
        shelf
            .card(numbers.feed)
            .map(|card| from_micros(card.newest))
    };
    // What is older altogether needs no question.
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
        let mut sets = beyond(store, group, place, (asked, flow)).await?;
        // The place itself is on neither side.
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

/// The articles of some feeds on one side of a place, its own not among them.
async fn beyond(
    store: &Datastore,
    group: &[Numbers],
    place: Place,
    (side, flow): (Side, Flow),
) -> Result<HashMap<FeedId, RoaringBitmap>, StoreError> {
    let ids: Vec<FeedId> = group.iter().map(|numbers| numbers.feed).collect();
    let moment = TimeDelta::microseconds(1);
    // From the place's own moment on, since others can share it.
    let (along, mut from) = match side {
        Side::Newer => (Flow::OldestFirst, place.at - moment),
        Side::Older => (Flow::NewestFirst, place.at + moment),
    };
    // Of one moment, lists show the lower id first, whichever way they go.
    let comes_later = (side == Side::Newer) == (flow == Flow::OldestFirst);
    let mut sets: HashMap<FeedId, RoaringBitmap> = HashMap::new();
    let kept: u32 = group
        .iter()
        .map(|numbers| numbers.last + 1 - numbers.first)
        .sum();
    for _ in 0..=kept.div_ceil(RESULT_LIMIT / 2) {
        let cards = articles::river(store, &ids, along, Some(from), RESULT_LIMIT).await?;
        for card in &cards {
            let is_beyond = match card.face.at() == place.at {
                true => (card.id > place.id) == comes_later && card.id != place.id,
                false => true,
            };
            if is_beyond {
                sets.entry(card.id.feed).or_default().insert(card.id.seq);
            }
        }
        match cards.last() {
            Some(last) if cards.len() >= RESULT_LIMIT as usize => {
                // Again from within the last moment, whose others may have been cut off.
                let at = last.face.at();
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
