//! What a reader meets when they come: merged feeds, pauses that are over, arrivals, and what rules do with those.

use std::sync::OnceLock;

use super::rules::meeting;
use super::{ReadShards, Shelf, follow_move, pausing, read_store, stars, store};
use crate::datastore::{Datastore, Kind, StoreError, is_frozen};
use crate::ids::{FeedId, Numbers, UserId};
use crate::timestamp::{Timestamp, minute_of};

impl Shelf {
    /// Loads a shelf for display: subscriptions to merged feeds are moved first, a few at a time.
    ///
    /// Of feeds that are new to the user only the newest `unread` articles are unread. Costs as much as
    /// [`load`](Self::load); twice that and the cost of [`follow_move`] if subscriptions are moved; one write if a new
    /// feed has more articles.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts.
    pub async fn arrive(
        store: &Datastore,
        user: UserId,
        now: Timestamp,
        unread: u32,
    ) -> Result<Self, StoreError> {
        let mut shelf = Self::load(store, user).await?;
        shelf.unread_at_first = unread;
        if is_frozen() {
            return Ok(shelf);
        }
        shelf.take_on(store, now, unread).await?;
        let over = pausing::over(&shelf.subscriptions, now);
        if !over.is_empty() {
            // Rare and large, so it is boxed to stay out of every list's future.
            Box::pin(pausing::end_some(store, user, &over, now)).await?;
            shelf = Self::load(store, user).await?;
            shelf.unread_at_first = unread;
        }
        let has_moved = |feed: &FeedId| {
            let summary = shelf.summary(*feed);
            summary.is_some_and(|summary| summary.onto.is_some())
        };
        let feeds = shelf.subscriptions.iter().map(|one| one.feed);
        let moved: Vec<FeedId> = feeds.filter(has_moved).collect();
        if moved.is_empty() {
            return Ok(shelf);
        }
        // Rare and large, so it is boxed to stay out of every list's future.
        Box::pin(follow_move::follow(store, user, moved.into_iter(), now)).await?;
        // Another instance may have moved them already, which didn't update the cache here.
        store::invalidate_list(store, user);
        Self::load(store, user).await
    }

    /// Has rules and saved searches meet what came, for a response that shows counts though nobody arrives: a tile's, that of a batch of
    /// marks. A shelf without any of them stays as it was loaded, and costs nothing more; with some, where anything came, as much as
    /// [`arrive`](Self::arrive): at most a read for each 30 feeds with news, and one write. The shelf has to be loaded whole.
    ///
    /// # Errors
    /// The same as [`arrive`](Self::arrive).
    pub async fn meet_news(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        unread: u32,
    ) -> Result<(), StoreError> {
        if !self.read.book().is_in_use() || is_frozen() {
            return Ok(());
        }
        self.unread_at_first = unread;
        // Large, so it is boxed to stay out of its callers' futures.
        Box::pin(self.take_on(store, now, unread)).await
    }

    /// Settles what arrived, in one write if anything did. Rules meet it then.
    ///
    /// All but the newest of the articles that a feed had when the user subscribed are read: only once, and not after the
    /// user has marked any. Articles that arrived later are new, however many. Where the user wants it, articles that their
    /// publisher changed since are unread again.
    async fn take_on(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        unread: u32,
    ) -> Result<(), StoreError> {
        let over = self.subscriptions.iter().filter_map(|one| {
            // What arrives one by one is all unread.
            if one.drip.is_some() {
                return None;
            }
            // Without a look at the summary, where nothing could be over.
            if one.found.is_some_and(|found| found <= unread) {
                return None;
            }
            let summary = self.summary(one.feed)?;
            let upto = one.found.unwrap_or(summary.opening).saturating_sub(unread);
            let is_over = upto >= summary.first && !self.read.knows(one.feed);
            is_over.then(|| (summary.numbers(one.feed), upto))
        });
        let over: Vec<(Numbers, u32)> = over.collect();
        let edited = self.edited();
        let met = match self.read.book().is_in_use() {
            // Large, so it is boxed to stay out of every list's future.
            true => Box::pin(meeting::meet(store, self, &over, now)).await?,
            false => None,
        };
        if over.is_empty() && edited.is_empty() && met.is_none() {
            return Ok(());
        }
        let mut met = met.unwrap_or_default();
        let also = std::mem::take(&mut met.copies.writes);
        let has_starred = also.iter().any(|one| one.key().kind() == Kind::Star);
        let met = met;
        let change = |reading: &mut ReadShards| {
            for &(numbers, upto) in &over {
                if !reading.knows(numbers.feed) {
                    reading.begin_at(numbers, upto);
                }
            }
            for (numbers, edits) in &edited {
                reading.meet_edits(*numbers, edits);
            }
            met.apply(reading, minute_of(now));
        };
        let done = read_store::change_with(store, self.user, now, also, change).await;
        let ((), reading) = done?;
        self.read = reading;
        self.tally = OnceLock::new();
        if has_starred {
            self.stars = stars::cached(store, self.user).await?;
        }
        Ok(())
    }

    /// The edits not met yet, by feed, of the subscriptions that ask for them. From the summaries: no read.
    fn edited(&self) -> Vec<(Numbers, Vec<(u32, i64)>)> {
        let asked = self.subscriptions.iter().filter_map(|one| {
            let since = one.unread_when_edited?.max(self.read.edits_met(one.feed));
            let summary = self.summary(one.feed)?;
            let edits: Vec<(u32, i64)> = summary.edits.after(since).collect();
            (!edits.is_empty()).then(|| (summary.numbers(one.feed), edits))
        });
        asked.collect()
    }
}
