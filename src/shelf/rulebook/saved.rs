//! Saved searches: a name, a query, and the hits that are known.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use crate::ids::{ArticleId, FeedId};
use crate::shelf::bits::Bits;

/// Most saved searches.
pub const MOST_SAVED: usize = 30;
/// Most hits that one keeps: the newest.
pub const MOST_HITS: u64 = 500;
/// Longest name, in bytes.
pub const NAME_BYTES: usize = 60;

/// A saved search.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Its number.
    #[serde(rename = "i")]
    pub id: u32,
    /// What the reader calls it.
    #[serde(rename = "n")]
    pub name: String,
    /// The query, as it was typed.
    #[serde(rename = "q")]
    pub query: String,
    /// Confirmed hits, by feed.
    #[serde(rename = "h", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::shelf) hits: BTreeMap<FeedId, Bits>,
    /// Whether there may be more, in texts that nobody has looked at.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub has_dot: bool,
}

impl Saved {
    /// The hits that are known.
    pub fn hits(&self) -> impl Iterator<Item = ArticleId> + '_ {
        self.hits
            .iter()
            .flat_map(|(feed, Bits(bits))| bits.iter().map(|seq| ArticleId { feed: *feed, seq }))
    }

    /// Adds a hit; beyond the most that are kept, the feed with most loses its oldest.
    pub fn add(&mut self, id: ArticleId) {
        self.hits.entry(id.feed).or_default().0.insert(id.seq);
        while self.hits.values().map(|Bits(bits)| bits.len()).sum::<u64>() > MOST_HITS {
            let largest = self.hits.values_mut().max_by_key(|Bits(bits)| bits.len());
            if let Some(Bits(bits)) = largest
                && let Some(oldest) = bits.min()
            {
                bits.remove(oldest);
            }
        }
    }

    /// Forgets hits that their feeds don't keep any more, or that are read: `stays` says which stay.
    pub fn retain(&mut self, stays: impl Fn(ArticleId) -> bool) {
        for (feed, Bits(bits)) in &mut self.hits {
            let left: RoaringBitmap = bits
                .iter()
                .filter(|seq| {
                    stays(ArticleId {
                        feed: *feed,
                        seq: *seq,
                    })
                })
                .collect();
            *bits = left;
        }
        self.hits.retain(|_, Bits(bits)| !bits.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_five_hundred_are_kept() {
        let mut saved = Saved::default();
        for seq in 1..=600 {
            let feed = FeedId(seq % 3 + 1);
            saved.add(ArticleId { feed, seq });
        }
        assert_eq!(saved.hits().count() as u64, MOST_HITS);
        assert!(saved.hits().all(|id| id.seq > 90));
        saved.retain(|id| id.seq == 600);
        assert_eq!(saved.hits().count(), 1);
    }
}
