//! Where a reader stopped in the episodes that they play, and how fast they listen: a part of the read state.

use serde::{Deserialize, Serialize};

use crate::ids::{ArticleId, FeedId};
use crate::timestamp::Timestamp;

/// Most episodes that a place is kept in, of one reader: the one touched least recently falls out.
pub const MAX_EPISODES: usize = 64;
/// The furthest place in an episode, in seconds: eleven days.
pub const LAST_SECOND: u32 = 1_000_000;
/// The speeds that can be kept, in hundredths.
pub const SPEEDS: std::ops::RangeInclusive<u16> = 50..=300;

/// How far an episode was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// The episode's article.
    pub id: ArticleId,
    /// Seconds from its beginning; at 0 there is no place to keep.
    pub at: u32,
    /// Hundredths of the usual speed.
    pub speed: u16,
}

/// The same as it is kept, with when it was touched.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    #[serde(rename = "f")]
    feed: FeedId,
    #[serde(rename = "n")]
    seq: u32,
    #[serde(rename = "a")]
    at: u32,
    #[serde(rename = "s")]
    speed: u16,
    /// Seconds since 1970.
    #[serde(rename = "t")]
    touched: i64,
}

/// The places of a shard: at most one an article.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Places(Vec<Kept>);

impl Places {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How far an episode was played.
    pub(super) fn of(&self, id: ArticleId) -> Option<Played> {
        let kept = self
            .0
            .iter()
            .find(|kept| (kept.feed, kept.seq) == (id.feed, id.seq))?;
        let (at, speed) = (kept.at, kept.speed);
        Some(Played { id, at, speed })
    }

    /// Keeps a place instead of the one before; none if the episode is over.
    pub(super) fn keep(&mut self, played: Played, now: Timestamp) {
        let id = played.id;
        self.0
            .retain(|kept| (kept.feed, kept.seq) != (id.feed, id.seq));
        if played.at > 0 {
            self.0.push(Kept {
                feed: id.feed,
                seq: id.seq,
                at: played.at.min(LAST_SECOND),
                speed: played.speed,
                touched: now.timestamp(),
            });
        }
    }

    /// When the one was touched that falls out first.
    pub(super) fn oldest(&self) -> Option<i64> {
        self.0.iter().map(|kept| kept.touched).min()
    }

    pub(super) fn drop_oldest(&mut self) {
        let oldest = self
            .0
            .iter()
            .enumerate()
            .min_by_key(|(_, kept)| kept.touched);
        if let Some((place, _)) = oldest {
            self.0.remove(place);
        }
    }

    /// Those in the feeds that `belongs` selects.
    pub(super) fn part(&self, belongs: impl Fn(FeedId) -> bool) -> Self {
        let kept = self.0.iter().filter(|kept| belongs(kept.feed));
        Self(kept.copied().collect())
    }
}
