//! Names for things, as types: nothing inside takes a number that could be any of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Feed ids are drawn from `1..=FEED_IDS`, so that an article's number stays below 10¹⁵, as some readers' clients want.
pub const FEED_IDS: u64 = 1 << 27;
/// Bits of a sequence number: four million articles in a feed's life.
const SEQ_BITS: u32 = 22;
/// The last number that a feed can give: another would run into the feed's own bits.
pub const LAST_SEQ: u32 = (1 << SEQ_BITS) - 1;
/// User ids are drawn from `1..=USER_IDS`: what a JSON number holds exactly.
pub const USER_IDS: u64 = 1 << 53;

/// A reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub i64);

/// A feed, shared by all who read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FeedId(pub u32);

/// An article: the feed, and its number in it, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId {
    /// The feed.
    pub feed: FeedId,
    /// The number: 1, 2, 3 … in the order of arrival.
    pub seq: u32,
}

impl FeedId {
    /// As the store has it.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// From the store's number; `None` for one that no feed can have.
    pub fn from_number(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|&id| id > 0).map(Self)
    }
}

impl ArticleId {
    /// One number for both parts, unique among all articles: the property `ref`.
    pub fn number(self) -> i64 {
        (self.feed.number() << SEQ_BITS) | i64::from(self.seq)
    }

    /// From that number; `None` for one that no article can have.
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

/// A text that is no id of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct BadId;

impl FromStr for FeedId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let number = text.parse().map_err(|_| BadId)?;
        Self::from_number(number).ok_or(BadId)
    }
}

impl FromStr for ArticleId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (feed, seq) = text.split_once('-').ok_or(BadId)?;
        let feed = feed.parse()?;
        let seq = seq.parse().map_err(|_| BadId)?;
        Ok(Self { feed, seq })
    }
}

/// The articles of a feed as a range of numbers; empty where `last < first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The feed.
    pub feed: FeedId,
    /// The oldest one kept.
    pub first: u32,
    /// The newest; 0 where there was never one.
    pub last: u32,
}
