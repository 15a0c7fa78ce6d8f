//! What a call did, over all shards that it worked on.

use serde::Serialize;

use super::feed::Refreshed;
use crate::datastore::Cost;
use crate::ids::FeedId;

/// What a call did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// When to call again, if this call was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declined_until: Option<String>,
    /// The minute before which a page needn't call again; 0 for at once.
    #[serde(skip)]
    pub quiet_until: i64,
    /// Feeds that were due.
    pub due: usize,
    /// Due feeds that were skipped: paused, checked within their minimum interval, or of a host that is ill or doesn't
    /// answer.
    pub passed_over: usize,
    /// Feeds that were fetched.
    pub fetched: usize,
    /// Fetched, without new articles.
    pub unchanged: usize,
    /// Fetched, and failed.
    pub failed: usize,
    /// Due feeds that another caller was fetching.
    pub busy: usize,
    /// New articles.
    pub articles: usize,
    /// New articles, feed by feed.
    #[serde(skip)]
    pub arrivals: Vec<(FeedId, usize)>,
    /// Whether nobody could be reached, so that nothing was recorded and the next call tries again.
    pub offline: bool,
    /// Whether the store has reached `STORE_MAX_MB`, so that nothing was fetched.
    pub full: bool,
    /// Whether the sweep is finished.
    pub finished: bool,
    /// What it cost.
    pub cost: Cost,
}

impl Report {
    /// Counts what came of feeds.
    pub(super) fn count(&mut self, results: &[(FeedId, Refreshed)]) {
        self.fetched += results.len();
        for (feed, refreshed) in results {
            match refreshed {
                Refreshed::Unchanged => self.unchanged += 1,
                Refreshed::NewArticles(articles) => {
                    self.articles += articles;
                    self.arrivals.push((*feed, *articles));
                }
                Refreshed::Failed(_) => self.failed += 1,
                Refreshed::Paused | Refreshed::Left(_) | Refreshed::Unreached(_) => {
                    self.fetched -= 1;
                    self.passed_over += 1;
                }
                Refreshed::Busy => {
                    self.fetched -= 1;
                    self.busy += 1;
                }
            }
        }
    }

    /// Whether the call was declined, so that nothing was done.
    pub(super) fn is_declined(&self) -> bool {
        self.declined_until.is_some()
    }

    /// Together with what was done in another shard. A call is declined if it was by all.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        let (done, other) = match (self.is_declined(), other.is_declined()) {
            (true, false) => (other, self),
            _ => (self, other),
        };
        // An ISO time of one form: the earlier is the smaller.
        let until = match (&done.declined_until, &other.declined_until) {
            (Some(one), Some(two)) => Some(one.min(two).clone()),
            _ => None,
        };
        let quiet_until = done.quiet_until.min(other.quiet_until);
        let is_second = !other.is_declined();
        Self {
            declined_until: until,
            quiet_until,
            due: done.due + other.due,
            passed_over: done.passed_over + other.passed_over,
            fetched: done.fetched + other.fetched,
            unchanged: done.unchanged + other.unchanged,
            failed: done.failed + other.failed,
            busy: done.busy + other.busy,
            articles: done.articles + other.articles,
            arrivals: [done.arrivals, other.arrivals].concat(),
            offline: done.offline || other.offline,
            full: done.full || other.full,
            finished: done.finished && (other.finished || !is_second),
            cost: done.cost + other.cost,
        }
    }
}
