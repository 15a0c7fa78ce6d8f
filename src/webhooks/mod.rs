//! Webhooks: a program of a reader's own is told when a feed of theirs has news.
//!
//! A feed's summary says how many hooks it has, so that only such feeds cost a query, and only when they have news. They are told
//! inside the request that found the news. What isn't taken waits in one small record, is tried again by later ticks, and is given up
//! in the end, which the hook's own record then says. `docs/decisions/0054` has the reasons.

pub mod sender;
pub mod store;

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::ids::{FeedId, UserId};

/// Most hooks of one user, and of one feed.
pub const MOST_OF_A_USER: usize = 20;
/// See [`MOST_OF_A_USER`].
pub const MOST_OF_A_FEED: u32 = 10;
/// Longest address, in bytes.
pub const ADDRESS_BYTES: usize = 1_000;
/// Most articles that one request tells of.
pub const MOST_ARTICLES: usize = 50;
/// How long a program may take.
pub const TIME: Duration = Duration::from_secs(5);
/// Most requests of one tick for what waits.
pub const RETRIES_A_TICK: usize = 10;
/// Most that waits, of all hooks together.
pub const MOST_WAITING: usize = 200;

/// What a hook's secret is sealed for.
pub const PURPOSE: &str = "webhook";

/// A hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name in the store.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// The feed that it is told of.
    pub feed: FeedId,
    /// What its record has besides.
    pub body: Body,
}

/// What a hook's record has besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// Where it is told.
    pub address: String,
    /// The secret that signs, sealed.
    pub secret: String,
    /// The second at which it was made.
    pub made: i64,
    /// What was given up last; `None` while everything is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Lost>,
    /// Whether its user may not come in: then it isn't told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_barred: bool,
}

/// News that a hook wasn't told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lost {
    /// The second at which it was given up.
    pub at: i64,
    /// Why, in plain words.
    pub why: String,
}

/// News that a hook has yet to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// The hook.
    pub hook: String,
    /// Its user, and its feed.
    pub user: i64,
    /// See [`user`](Self::user).
    pub feed: u32,
    /// The first and the last number of the articles.
    pub numbers: (u32, u32),
    /// How often it was tried.
    pub tries: u8,
    /// The minute before which it isn't tried again.
    pub next: i64,
    /// What came of the last attempt, in plain words.
    pub why: String,
}

/// What comes of telling a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was taken.
    Taken,
    /// Not this time.
    Refused(String),
    /// Nor ever.
    Over(String),
}

/// How long after an attempt the next one is made; `None` after the last one.
pub fn pause_after(tries: u8) -> Option<TimeDelta> {
    const MINUTES: [i64; 5] = [5, 30, 2 * 60, 8 * 60, 24 * 60];
    let minutes = MINUTES.get(usize::from(tries.checked_sub(1)?))?;
    Some(TimeDelta::minutes(*minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_further_and_further_apart_and_end() {
        let pauses: Vec<_> = (1..=7).map(pause_after).collect();
        assert!(pauses[..5].is_sorted() && pauses[4].is_some());
        assert_eq!(pauses[5..], [None, None]);
        assert_eq!(pause_after(0), None);
    }
}
