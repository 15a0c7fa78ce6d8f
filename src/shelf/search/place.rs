//! Where a page of hits ends.

use serde::Deserialize;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// The cursor isn't one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This link has expired. Search again.")]
pub struct BadCursor;

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            score,
            at,
            feed,
            seq,
        } = self;
        write!(out, "{score}.{at}.{feed}.{seq}")
    }
}

impl std::str::FromStr for Place {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        fn number<T: std::str::FromStr>(part: Option<&str>) -> Result<T, BadCursor> {
            part.and_then(|part| part.parse().ok()).ok_or(BadCursor)
        }
        let mut parts = text.split('.');
        let place = Self {
            score: number(parts.next())?,
            at: number(parts.next())?,
            feed: number(parts.next())?,
            seq: number(parts.next())?,
        };
        match parts.next() {
            None => Ok(place),
            Some(_) => Err(BadCursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_leads_back() {
        let place = Place {
            score: 7,
            at: -3,
            feed: 9,
            seq: 4,
        };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in [
            "",
            "1.2.3",
            "1.2.3.4.5",
            "a.2.3.4",
            "1.2.3.-4",
            "99999999999.2.3.4",
        ] {
            assert_eq!(text.parse::<Place>(), Err(BadCursor), "{text}");
        }
    }
}
