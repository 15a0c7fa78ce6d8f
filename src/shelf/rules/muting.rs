//! Muting words: a rule that hides titles is for what is there, too, as far as one query for each thirty feeds reaches.

use std::sync::Arc;

use futures_util::future::try_join_all;

use super::around::Around;
use super::change::Trial;
use super::matching::Ready;
use crate::articles::ArticleRow;
use crate::articles::store::{self as articles, ListDirection};
use crate::datastore::{Datastore, IN_LIMIT, StoreError};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::Shelf;
use crate::shelf::rulebook::Rule;
use crate::timestamp::Timestamp;

/// Most cards that are looked at, and of thirty feeds: as many as one query brings.
const MOST: usize = 6_000;
const OF_A_GROUP: usize = 1_000;

/// What a rule meets of what is there.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// What it meets, and does with that.
    pub trial: Trial,
    /// How many articles were looked at.
    pub looked: usize,
    /// How many there are in lists.
    pub all: usize,
}

impl Shelf {
    /// Tries a rule on all that lists show, or the newest of it, and on one article in front of its reader, which may be older. One read
    /// for each 30 feeds, unless their cards are remembered; one more for that article.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn look_through(
        &self,
        store: &Datastore,
        rule: &Rule,
        article: ArticleId,
        now: Timestamp,
    ) -> Result<Reach, StoreError> {
        let ready = Ready::of(rule);
        let feeds: Vec<FeedId> = self
            .subscriptions
            .iter()
            .map(|one| one.feed)
            .filter(|feed| ready.is_for(*feed, &Around::of(self, *feed).folders))
            .collect();
        let groups = feeds.chunks(IN_LIMIT);
        let limit = OF_A_GROUP.min(MOST / groups.len().max(1));
        let read = groups.map(|group| self.newest_cards(store, group, limit));
        let mut rows: Vec<Arc<ArticleRow>> = try_join_all(read).await?.concat();
        let all: usize = feeds.iter().map(|feed| self.listed(*feed).count()).sum();
        if rows.iter().all(|row| row.id != article) {
            rows.extend(articles::cached_by_name(store, &[article]).await?);
        }
        let is_shown = |row: &Arc<ArticleRow>| {
            let numbers = self.numbers(row.id.feed);
            let is_there = (numbers.first..=numbers.last).contains(&row.id.seq);
            is_there && !self.holds_back(row.id.feed, row.id.seq)
        };
        rows.retain(is_shown);
        let looked = rows.len();
        let mut trial = Trial::default();
        for row in rows {
            self.try_on(&mut trial, &ready, (row, None), now);
        }
        Ok(Reach { trial, looked, all })
    }

    /// The articles of a feed that lists show.
    fn listed(&self, feed: FeedId) -> impl Iterator<Item = u32> {
        let numbers = self.numbers(feed);
        let all = numbers.first..=numbers.last;
        all.filter(move |seq| !self.holds_back(feed, *seq))
    }

    /// The newest cards of at most thirty feeds: those that are remembered, if that is all, otherwise by one query.
    async fn newest_cards(
        &self,
        store: &Datastore,
        feeds: &[FeedId],
        limit: usize,
    ) -> Result<Vec<Arc<ArticleRow>>, StoreError> {
        let ids = |&feed: &FeedId| self.listed(feed).map(move |seq| ArticleId { feed, seq });
        let ids: Vec<ArticleId> = feeds.iter().flat_map(ids).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        if ids.len() <= limit && articles::uncached(store, &ids).is_empty() {
            return articles::cached_by_name(store, &ids).await;
        }
        let limit = u32::try_from(limit).unwrap_or_default();
        let newest = ListDirection::NewestFirst;
        let rows = articles::timeline(store, feeds, newest, None, limit).await?;
        Ok(rows.into_iter().map(Arc::new).collect())
    }
}
