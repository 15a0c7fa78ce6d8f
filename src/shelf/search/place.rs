//! Where a page of hits ends.

use serde::Deserialize;

use crate::search::Question;

/// How hits are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SearchOrder)]
pub enum Order {
    /// The newest first.
    #[default]
    Newest,
    /// Those first that have the words in their titles, and the rarer words; of equal ones the newest.
    Best,
}

impl Order {
    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Best => "best",
        }
    }
}

/// A hit's place in the order: the next page begins below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// How good it is; 0 where the newest come first.
    pub score: u32,
    /// Its second in lists.
    pub at: i64,
    /// Its feed; 0 for what the user keeps, and the part of the list.
    pub feed: u64,
    /// Its number there.
    pub seq: u32,
}

/// Where the next page of one query in one order begins. As text it is valid for these alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Names the query and the order.
    mark: u64,
    /// The day since 1970 by which the first page was ordered.
    pub(super) day: i64,
    pub(super) place: Place,
}

/// The cursor isn't one of this query and this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cursor belongs to another search")]
pub struct BadCursor;

impl Cursor {
    pub(super) fn of(query: &Question, order: Order, day: i64, place: Place) -> Self {
        let mark = mark_of(query, order);
        Self { mark, day, place }
    }

    /// Reads one that [`Answer::next`](super::Answer::next) gave for this query in this order.
    ///
    /// # Errors
    /// [`BadCursor`] for any other text.
    pub fn read(text: &str, query: &Question, order: Order) -> Result<Self, BadCursor> {
        fn number<T: std::str::FromStr>(part: Option<&str>) -> Result<T, BadCursor> {
            part.and_then(|part| part.parse().ok()).ok_or(BadCursor)
        }
        let mut parts = text.split('.');
        let mark = parts.next().unwrap_or_default();
        let cursor = Self {
            mark: u64::from_str_radix(mark, 16).map_err(|_| BadCursor)?,
            day: number(parts.next())?,
            place: Place {
                score: number(parts.next())?,
                at: number(parts.next())?,
                feed: number(parts.next())?,
                seq: number(parts.next())?,
            },
        };
        match parts.next() {
            None if cursor.mark == mark_of(query, order) => Ok(cursor),
            _ => Err(BadCursor),
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { mark, day, place } = self;
        let Place {
            score,
            at,
            feed,
            seq,
        } = place;
        write!(out, "{mark:x}.{day}.{score}.{at}.{feed}.{seq}")
    }
}

/// A query's and an order's name: spaces between its terms don't count.
fn mark_of(query: &Question, order: Order) -> u64 {
    // FNV-1a.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |text: &str, end: u8| {
        for byte in text.bytes().chain([end]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(order.word(), 0);
    for group in &query.groups {
        for term in group {
            add(&term.typed, if term.not { 2 } else { 1 });
        }
        add("", 0);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_own_query_alone() {
        let place = Place {
            score: 7,
            at: -3,
            feed: 9,
            seq: 4,
        };
        let asked = |text: &str| Question::parse(text).unwrap();
        let query = asked("salt marsh");
        let cursor = Cursor::of(&query, Order::Best, 20_000, place);
        let text = cursor.to_string();
        assert_eq!(Cursor::read(&text, &query, Order::Best), Ok(cursor));
        let spaced = asked("  salt   marsh ");
        assert_eq!(Cursor::read(&text, &spaced, Order::Best), Ok(cursor));
        assert_eq!(
            Cursor::read(&text, &query, Order::Newest),
            Err(BadCursor),
            "another order"
        );
        for other in [
            "salt",
            "marsh salt",
            "salt OR marsh",
            "\"salt marsh\"",
            "salt -marsh",
            "saltmarsh",
        ] {
            let other = asked(other);
            assert_eq!(Cursor::read(&text, &other, Order::Best), Err(BadCursor));
        }
        let (mark, rest) = text.split_once('.').unwrap();
        for bad in [
            String::new(),
            "7.-3.9.4".to_owned(),
            format!("{text}.5"),
            format!("{mark}.x{rest}"),
            format!("0.{rest}"),
            mark.to_owned(),
            format!("{mark}.20000.99999999999.2.3.4"),
        ] {
            assert_eq!(Cursor::read(&bad, &query, Order::Best), Err(BadCursor));
        }
    }
}
