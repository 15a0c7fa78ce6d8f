//! What stands in an edition, and where.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::hours::Span;
use crate::articles::ArticleRow;
use crate::articles::store::ListDirection;
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::shelf::subscription::folder_text;
use crate::shelf::timeline::{self, Filter, PageRequest};
use crate::shelf::{Scope, Shelf};
use crate::timestamp::{Timestamp, from_micros, minute_of};

/// Most articles of an edition: one can be finished.
pub const MOST: usize = 50;
/// Most articles among which they are chosen, and how many are read at once.
const CANDIDATES: usize = 900;
const A_PAGE: usize = 300;
/// Minutes by which an article may stand before it arrived: a day.
const LATE: i64 = 24 * 60;
/// From how many minutes on the longest stands last, and of how many articles.
const LONG: u32 = 5;
const LONG_OF: usize = 4;
/// Words that are read in a minute.
const WORDS_A_MINUTE: u32 = 220;

/// One article of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The article.
    pub row: Arc<ArticleRow>,
    /// Other feeds that brought the same page.
    pub also: Vec<FeedId>,
    /// Whether it is read.
    pub is_read: bool,
    /// Minutes that it takes; at least 1.
    pub minutes: u32,
}

/// The articles of one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The folder; empty for feeds outside folders.
    pub name: String,
    /// Its articles, newest first.
    pub pieces: Vec<Piece>,
}

impl Section {
    /// Minutes that it takes.
    pub fn minutes(&self) -> u32 {
        self.pieces.iter().map(|piece| piece.minutes).sum()
    }
}

/// An edition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    /// What stands on top: with a picture, of the largest section.
    pub lead: Option<Piece>,
    /// The rest by folder.
    pub sections: Vec<Section>,
    /// The longest, which stands last.
    pub last: Option<Piece>,
    /// How many more arrived in its time.
    pub others: usize,
}

impl Issue {
    /// All its articles, in the order in which they are read.
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        let inner = self.sections.iter().flat_map(|section| &section.pieces);
        self.lead.iter().chain(inner).chain(&self.last)
    }

    /// How many articles it has.
    pub fn count(&self) -> usize {
        self.pieces().count()
    }

    /// Minutes that it takes.
    pub fn minutes(&self) -> u32 {
        self.pieces().map(|piece| piece.minutes).sum()
    }

    /// Whether nothing arrived.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }
}

/// The edition of a span: what arrived in it of the feeds on a shelf. As many reads as the lists that it is chosen from: none
/// where they are cached.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn issue(store: &Datastore, shelf: &Shelf, span: Span) -> Result<Issue, StoreError> {
    let first = from_micros((span.from - LATE) * 60_000_000);
    let mut after = Some(from_micros(span.to * 60_000_000));
    let mut rows: Vec<Arc<ArticleRow>> = Vec::new();
    while rows.len() < CANDIDATES {
        let request = PageRequest {
            scope: Scope::Everything,
            filter: Filter::All,
            flow: ListDirection::NewestFirst,
            after,
            limit: A_PAGE,
        };
        let page = timeline::page(store, shelf, &request).await?;
        let is_over = page.rows.last().is_none_or(|row| row.summary.at() < first);
        rows.extend(page.rows);
        after = page.next;
        if is_over || after.is_none() {
            break;
        }
    }
    rows.retain(|row| (span.from..span.to).contains(&arrived(row)));
    Ok(arranged(shelf, rows))
}

/// The minute at which an article arrived; when it stands in lists, if that isn't known.
fn arrived(row: &ArticleRow) -> i64 {
    let at: Timestamp = row.summary.arrived_at().unwrap_or_else(|| row.summary.at());
    minute_of(at)
}

/// Folds what is the same page, takes as much as can be finished, and finds each its place.
fn arranged(shelf: &Shelf, rows: Vec<Arc<ArticleRow>>) -> Issue {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut known: HashMap<u64, usize> = HashMap::new();
    for row in rows {
        if shelf.holds_back(row.id.feed, row.id.seq) {
            continue;
        }
        if let Some(canonical) = row.summary.canonical {
            if let Some(&place) = known.get(&canonical) {
                pieces[place].also.push(row.id.feed);
                continue;
            }
            known.insert(canonical, pieces.len());
        }
        pieces.push(Piece {
            also: Vec::new(),
            is_read: shelf.is_read(row.id),
            minutes: row
                .summary
                .words
                .unwrap_or(0)
                .div_ceil(WORDS_A_MINUTE)
                .max(1),
            row,
        });
    }
    let all = pieces.len();
    let pieces = in_turn(pieces);
    let others = all - pieces.len();
    let mut sections: Vec<Section> = Vec::new();
    let folders = shelf.folders();
    let mut by_folder: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
    for piece in pieces {
        let path = shelf
            .subscription(piece.row.id.feed)
            .map(|one| one.folder.clone())
            .unwrap_or_default();
        // Feeds outside folders come last.
        let place = folders
            .iter()
            .position(|known| *known == path)
            .unwrap_or(folders.len());
        by_folder.entry(place).or_default().push(piece);
    }
    for (place, pieces) in by_folder {
        let name = folders
            .get(place)
            .map_or_else(String::new, |path| folder_text(path));
        sections.push(Section { name, pieces });
    }
    let count: usize = sections.iter().map(|section| section.pieces.len()).sum();
    let last = longest(&sections).filter(|_| count >= LONG_OF);
    let last = last.map(|(section, place)| sections[section].pieces.remove(place));
    let lead = lead(&sections).map(|(section, place)| sections[section].pieces.remove(place));
    sections.retain(|section| !section.pieces.is_empty());
    Issue {
        lead,
        sections,
        last,
        others,
    }
}

/// The first ones of each feed in turn, until there are as many as can be finished; in their order.
fn in_turn(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut seen: HashMap<FeedId, usize> = HashMap::new();
    let rounds = pieces.iter().map(|piece| {
        let round = seen.entry(piece.row.id.feed).or_default();
        *round += 1;
        *round
    });
    let mut by_round: Vec<(usize, usize)> = rounds
        .enumerate()
        .map(|(place, round)| (round, place))
        .collect();
    by_round.sort_unstable();
    by_round.truncate(MOST);
    let mut places: Vec<usize> = by_round.into_iter().map(|(_, place)| place).collect();
    places.sort_unstable();
    let mut all: Vec<Option<Piece>> = pieces.into_iter().map(Some).collect();
    places
        .into_iter()
        .filter_map(|place| all.get_mut(place)?.take())
        .collect()
}

fn longest(sections: &[Section]) -> Option<(usize, usize)> {
    let all = sections.iter().enumerate().flat_map(|(section, one)| {
        one.pieces
            .iter()
            .enumerate()
            .map(move |(place, piece)| (piece.minutes, section, place))
    });
    let longest = all
        .max_by_key(|(minutes, section, place)| (*minutes, std::cmp::Reverse((*section, *place))));
    longest
        .filter(|(minutes, ..)| *minutes >= LONG)
        .map(|(_, section, place)| (section, place))
}

/// The first with a picture in the largest section; without any, its first.
fn lead(sections: &[Section]) -> Option<(usize, usize)> {
    let largest = sections
        .iter()
        .enumerate()
        .max_by_key(|(place, one)| (one.pieces.len(), std::cmp::Reverse(*place)));
    let (section, one) = largest.filter(|(_, one)| !one.pieces.is_empty())?;
    let place = one
        .pieces
        .iter()
        .position(|piece| piece.row.summary.image.is_some());
    Some((section, place.unwrap_or(0)))
}
