//! Ids as types, so that one can't be passed for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Feed ids are drawn from `1..=FEED_IDS`, so that an article's number stays below 10¹⁵, as some API clients require.
pub const FEED_IDS: u64 = 1 << 27;
/// Bits of a sequence number: four million articles in a feed's life.
const SEQ_BITS: u32 = 22;
/// The last number that a feed can assign: another would run into the feed's own bits.
pub const LAST_SEQ: u32 = (1 << SEQ_BITS) - 1;
/// User ids are drawn from `1..=USER_IDS`: what a JSON number holds exactly.
pub const USER_IDS: u64 = 1 << 53;

/// The id of a user account: a random number in `1..=USER_IDS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub i64);

/// A feed, shared by all its subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedId(pub u32);

/// A map by feed. Feeds' numbers are random and ours, so a fast hash is a safe one.
pub type FeedMap<T> = std::collections::HashMap<FeedId, T, rustc_hash::FxBuildHasher>;

/// An article: its feed, and its number there, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId {
    /// The feed that they belong to.
    pub feed: FeedId,
    /// The number: 1, 2, 3 … in the order of arrival.
    pub seq: u32,
}

impl FeedId {
    /// The number in the store.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// From the store's number; `None` if no feed can have it.
    pub fn from_number(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|&id| id > 0).map(Self)
    }
}

impl ArticleId {
    /// One number for both parts, unique among all articles: the property `ref`.
    pub fn number(self) -> i64 {
        (self.feed.number() << SEQ_BITS) | i64::from(self.seq)
    }

    /// From that number; `None` if no article can have it.
    pub fn from_number(number: i64) -> Option<Self> {
        let feed = FeedId::from_number(number >> SEQ_BITS)?;
        let seq = u32::try_from(number & i64::from(LAST_SEQ)).ok()?;
        Some(Self { feed, seq })
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for ArticleId {
    /// `52341234-17`
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.feed, self.seq)
    }
}

/// Text that isn't one of our ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct BadId;

/// A number from 1 in its one spelling: no sign, and no zero at its beginning.
fn canonical(text: &str) -> Result<u32, BadId> {
    let is_first = |byte: &u8| matches!(byte, b'1'..=b'9');
    if !text.as_bytes().first().is_some_and(is_first) {
        return Err(BadId);
    }
    text.parse().map_err(|_| BadId)
}

impl FromStr for FeedId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let number = canonical(text)?;
        Self::from_number(number.into()).ok_or(BadId)
    }
}

impl FromStr for ArticleId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (feed, seq) = text.split_once('-').ok_or(BadId)?;
        let feed = feed.parse()?;
        let seq = canonical(seq)?;
        Ok(Self { feed, seq })
    }
}

/// A feed's articles as a range of numbers; empty if `last < first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The feed that they belong to.
    pub feed: FeedId,
    /// The oldest one kept.
    pub first: u32,
    /// The newest; 0 if there never was one.
    pub last: u32,
}

#[cfg(test)]
mod tests {
    use crate::ids::*;

    #[test]
    fn an_article_has_one_spelling() {
        let article = "52341234-17".parse::<ArticleId>().unwrap();
        assert_eq!(article.to_string(), "52341234-17");
        for text in [
            "52341234-0",
            "0-17",
            "+52341234-17",
            "052341234-17",
            "52341234-017",
            "52341234-+17",
            "52341234--17",
            "52341234-",
            "-17",
            "52341234",
            "52341234-99999999999",
        ] {
            assert_eq!(text.parse::<ArticleId>(), Err(BadId), "{text}");
        }
    }
}
