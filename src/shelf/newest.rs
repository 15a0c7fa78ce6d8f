//! What is offered after a pause: the newest of what came, not the pile.

use roaring::RoaringBitmap;

use super::{Scope, Shelf, Shown};
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// How many of a feed's newest articles stay unread.
const OFFERED: usize = 10;

impl Shelf {
    /// Marks all but the newest ten of each feed's unread articles as read, as one act that can be undone; returns how many.
    /// With `only`, of these feeds. No read where the shelf is known; one write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts.
    pub async fn keep_newest(
        &mut self,
        store: &Datastore,
        scope: &Scope,
        only: Option<&[FeedId]>,
        act: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let feeds = self.feeds(scope).into_iter();
        let feeds = feeds.filter(|feed| only.is_none_or(|only| only.contains(feed)));
        let older = feeds.filter_map(|feed| {
            let numbers = self.fresh_numbers(feed);
            let unread = self.read.unread(numbers).into_iter();
            let mut come: Vec<u32> = unread.filter(|&seq| !self.holds_back(feed, seq)).collect();
            come.truncate(come.len().saturating_sub(OFFERED));
            let only: RoaringBitmap = come.into_iter().collect();
            (!only.is_empty()).then_some(Shown {
                numbers,
                only: Some(only),
            })
        });
        let older: Vec<Shown> = older.collect();
        self.mark_all(store, act, now, &older).await
    }
}
