//! What is offered after a pause: the newest of what came, not the pile.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use roaring::RoaringBitmap;

use super::{ReadShards, Shelf, Shown, read_store};
use crate::datastore::{Datastore, StoreError};
use crate::feeds::PollTier;
use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// How many of a feed's newest articles stay unread.
const OFFERED: usize = 10;

impl Shelf {
    /// Settles feeds that go on after a pause, each with its newest article when that began: of what came since, all but the
    /// newest ten are read, as one act that can be undone. Returns the feeds that are settled: those that were fetched since, or
    /// left. No read where the shelf is known; one write if anything is marked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts.
    pub async fn settle(
        &mut self,
        store: &Datastore,
        returning: &BTreeMap<FeedId, u32>,
        act: &str,
        now: Timestamp,
    ) -> Result<Vec<FeedId>, StoreError> {
        let (mut settled, mut older) = (Vec::new(), Vec::new());
        for (&feed, &last) in returning {
            let Some(summary) = self.summary(feed) else {
                settled.push(feed);
                continue;
            };
            // It waits for the first fetch since.
            if matches!(summary.tier, PollTier::New | PollTier::Off) {
                continue;
            }
            settled.push(feed);
            let numbers = self.fresh_numbers(feed);
            let unread = self.read.unread(numbers).into_iter();
            let mut came: Vec<u32> = unread.filter(|&seq| seq > last).collect();
            came.truncate(came.len().saturating_sub(OFFERED));
            let only: RoaringBitmap = came.into_iter().collect();
            if !only.is_empty() {
                older.push(Shown {
                    numbers,
                    only: Some(only),
                });
            }
        }
        if !older.is_empty() {
            // The reader did nothing, so the journal notes nothing.
            let settle = |reading: &mut ReadShards| reading.mark_all(act, now, &older);
            let (_, reading) = read_store::change(store, self.user, now, settle).await?;
            self.read = reading;
            self.tally = OnceLock::new();
        }
        Ok(settled)
    }

    /// The feeds' newest articles.
    pub fn newest(&self) -> BTreeMap<FeedId, u32> {
        let feeds = self.subscriptions.iter().map(|one| one.feed);
        feeds.map(|feed| (feed, self.numbers(feed).last)).collect()
    }
}
