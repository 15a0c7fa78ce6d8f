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

    /// Adds a hit. Beyond the most that are kept a read one goes, the oldest; without any the feed with most loses its oldest.
    pub fn add(&mut self, id: ArticleId, is_read: impl Fn(ArticleId) -> bool) {
        self.hits.entry(id.feed).or_default().0.insert(id.seq);
        while self.hits.values().map(|Bits(bits)| bits.len()).sum::<u64>() > MOST_HITS {
            let read = self.hits().filter(|id| is_read(*id));
            if let Some(read) = read.min_by_key(|id| id.seq) {
                if let Some(Bits(bits)) = self.hits.get_mut(&read.feed) {
                    bits.remove(read.seq);
                }
                continue;
            }
            let largest = self.hits.values_mut().max_by_key(|Bits(bits)| bits.len());
            if let Some(Bits(bits)) = largest
                && let Some(oldest) = bits.min()
            {
                bits.remove(oldest);
            }
        }
    }

    /// Asks for something else from now on, with the hits that are known of it, the newest first.
    pub fn asks(&mut self, query: &str, hits: &[ArticleId], more: bool) {
        if self.name == crate::codec::cut(&self.query, NAME_BYTES) {
            self.name = crate::codec::cut(query, NAME_BYTES);
        }
        query.clone_into(&mut self.query);
        self.hits.clear();
        self.has_dot = more;
        // The oldest first, so that the newest stay.
        hits.iter().rev().for_each(|id| self.add(*id, |_| false));
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
            saved.add(ArticleId { feed, seq }, |_| false);
        }
        assert_eq!(saved.hits().count() as u64, MOST_HITS);
        assert!(saved.hits().all(|id| id.seq > 90));
        saved.retain(|id| id.seq == 600);
        assert_eq!(saved.hits().count(), 1);
    }
    #[test]
    fn what_is_read_pushes_nothing_unread_out() {
        let mut saved = Saved::default();
        let is_read = |id: ArticleId| id.feed == FeedId(2);
        let id = |feed, seq| ArticleId {
            feed: FeedId(feed),
            seq,
        };
        (1..=499).for_each(|seq| saved.add(id(1, seq), is_read));
        (1..=50).for_each(|seq| saved.add(id(2, seq), is_read));
        assert!(saved.hits().any(|one| one == id(1, 1)));
        assert_eq!(saved.hits().filter(|id| is_read(*id)).count(), 1);
        saved.add(id(1, 500), is_read);
        assert_eq!(saved.hits().filter(|id| is_read(*id)).count(), 0);
        assert_eq!(saved.hits().count() as u64, MOST_HITS);
    }
}
