//! What arrived lately, as far as this instance knows: so that every open page hears of it, not only the one whose pulse
//! fetched it. A hint, and gone with the process.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::ids::FeedId;
use crate::timestamp::Timestamp;

/// Arrivals that are remembered.
const REMEMBERED: usize = 2_000;

/// The latest arrivals: when, in which feed, how many.
#[derive(Debug, Default)]
pub struct News(Mutex<VecDeque<(Timestamp, FeedId, usize)>>);

impl News {
    /// Remembers what a tick brought.
    pub fn note(&self, at: Timestamp, news: &[(FeedId, usize)]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(
            news.iter()
                .filter(|(_, count)| *count > 0)
                .map(|&(feed, count)| (at, feed, count)),
        );
        let extra = known.len().saturating_sub(REMEMBERED);
        known.drain(..extra);
    }

    /// What arrived after a moment, feed by feed.
    pub fn since(&self, moment: Timestamp) -> Vec<(FeedId, usize)> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let later = known.iter().rev().take_while(|(at, _, _)| *at > moment);
        later.map(|&(_, feed, count)| (feed, count)).collect()
    }
}
