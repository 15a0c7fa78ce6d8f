//! Where something stands in an export.

use std::fmt;
use std::str::FromStr;

use super::base::Mine;
use crate::datastore::StoreError;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::history::export::Start;
use crate::shelf::history::view::Journal;
use crate::shelf::kept::store as kepts;
use crate::shelf::{Shelf, stars};

/// A place in an export: what stands there is the first of what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The feeds and the settings, with which it begins.
    Beginning,
    /// A line of the journal.
    Journal(Start),
    /// What is read of this feed or, without it, of the next.
    Read(FeedId),
    /// What is kept under this name or, without it, under the next.
    Kept(String),
    /// The star of this article or, without it, of the next.
    Star(ArticleId),
}

impl Place {
    /// What it is compared by.
    fn order(&self) -> (u8, i64, i64, &str) {
        match self {
            Self::Beginning => (0, 0, 0, ""),
            Self::Journal(start) => {
                let skip = i64::try_from(start.skip).unwrap_or(i64::MAX);
                (1, start.month.into(), skip, "")
            }
            Self::Read(feed) => (2, feed.number(), 0, ""),
            Self::Kept(name) => (3, 0, 0, name),
            Self::Star(id) => (4, id.number(), 0, ""),
        }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beginning => out.write_str("feeds"),
            Self::Journal(start) => write!(out, "journal.{}", start.to_text()),
            Self::Read(feed) => write!(out, "read.{feed}"),
            Self::Kept(name) => write!(out, "kept.{name}"),
            Self::Star(id) => write!(out, "star.{id}"),
        }
    }
}

/// Text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a place in an export")]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        if text == "feeds" {
            return Ok(Self::Beginning);
        }
        let (what, which) = text.split_once('.').ok_or(NoPlace)?;
        match what {
            "journal" => Start::from_text(which).map(Self::Journal).ok_or(NoPlace),
            "read" => which.parse().map(Self::Read).map_err(|_| NoPlace),
            "kept" if which.len() <= 100 => Ok(Self::Kept(which.to_owned())),
            "star" => which.parse().map(Self::Star).map_err(|_| NoPlace),
            _ => Err(NoPlace),
        }
    }
}

/// A part as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it begins.
    pub from: Place,
    /// Where the next one begins; `None` for the last.
    pub to: Option<Place>,
}

/// The parts of an export by what there is, of which none is looked at: one that turns out too large is given in two.
///
/// At most one read for the journal's sums and one for each thousand things kept, all cached.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn plan(mine: Mine<'_>, shelf: &Shelf) -> Result<Vec<Part>, StoreError> {
    /// How many items a month of a journal stands for.
    const MONTH: usize = 40;
    let Mine {
        store, user, now, ..
    } = mine;
    let journal = Journal::open(store, user, &shelf.read, now).await?;
    let months = journal.months().into_iter().rev();
    let months = months.map(|month| (Place::Journal(Start::of(month)), MONTH));
    let feeds = shelf.subscriptions.iter();
    let feeds = sorted(feeds.map(|one| one.feed)).into_iter();
    let feeds = feeds.map(|feed| (Place::Read(feed), 1));
    let kept = match shelf.read.has_kept() {
        true => kepts::cached(store, user).await?,
        false => Default::default(),
    };
    let kept = sorted(kept.iter().map(|(name, _)| name.clone())).into_iter();
    let kept = kept.map(|name| (Place::Kept(name), 1));
    let starred = match shelf.read.has_stars() {
        true => stars::cached(store, user).await?,
        false => Default::default(),
    };
    let starred = starred.iter().map(|id| (Place::Star(*id), 1));
    let mut parts = vec![Part {
        from: Place::Beginning,
        to: None,
    }];
    let mut taken = 0;
    for (place, weight) in months.chain(feeds).chain(kept).chain(starred) {
        if taken > 0 && taken + weight > mine.step() {
            if let Some(last) = parts.last_mut() {
                last.to = Some(place.clone());
            }
            parts.push(Part {
                from: place,
                to: None,
            });
            taken = 0;
        }
        taken += weight;
    }
    Ok(parts)
}

/// In order.
pub(super) fn sorted<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written_and_stand_in_order() {
        let all = [
            "feeds",
            "journal.2025-12",
            "journal.2026-03",
            "journal.2026-03.20000",
            "read.17",
            "read.170",
            "kept.a17-4",
            "kept.p0",
            "star.17-4",
            "star.17-40",
        ];
        let places: Vec<Place> = all.iter().map(|text| text.parse().unwrap()).collect();
        let texts: Vec<String> = places.iter().map(Place::to_string).collect();
        assert_eq!(texts, all);
        assert!(places.is_sorted());
        for text in ["", "read", "read.x", "star.1", "journal.1", "else.1"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}
