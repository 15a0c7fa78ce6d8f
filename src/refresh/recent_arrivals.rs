//! Recent arrivals, as far as this instance knows, so that every open page hears of them and not only the one whose
//! poll fetched them. A hint, lost with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// Most arrivals remembered.
const MAX_ARRIVALS: usize = 2_000;

/// The latest arrivals: when, in which feed, how many.
#[derive(Debug, Default)]
pub struct RecentArrivals(Mutex<VecDeque<(Timestamp, FeedId, usize)>>);

impl RecentArrivals {
    /// Records the new articles of a sweep.
    pub fn note(&self, at: Timestamp, arrivals: &[(FeedId, usize)]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(
            arrivals
                .iter()
                .filter(|(_, count)| *count > 0)
                .map(|&(feed, count)| (at, feed, count)),
        );
        let extra = known.len().saturating_sub(MAX_ARRIVALS);
        known.drain(..extra);
    }

    /// The arrivals after a time, feed by feed.
    pub fn since(&self, moment: Timestamp) -> Vec<(FeedId, usize)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let later = known.iter().rev().take_while(|(at, _, _)| *at > moment);
        later.map(|&(_, feed, count)| (feed, count)).collect()
    }
}
