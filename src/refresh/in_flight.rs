//! One at a time: no feed, page or icon is asked for twice, however many callers this instance has at the moment. Whose turn
//! it is at a host, [`Turns`] say.
//!
//! A cron's tick, an open page's pulse and the steps of an import may all be at work. Between instances the tick's own
//! record keeps order; what slips through costs a publisher one request more, and us nothing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::client::host_limiter::Turns;
use crate::client::retry_after::Pauses;
use crate::ids::FeedId;
use crate::update::schedule::Sweep;

/// Who is being asked just now. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Courtesy {
    feeds: Arc<Mutex<HashSet<FeedId>>>,
    work: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
    pauses: Pauses,
    turns: Turns,
    sweeps: Arc<Mutex<Arc<[Sweep]>>>,
    icons: IconAttempts,
    /// Who was asked since the last finished sweep, and when.
    asked: Arc<Mutex<HashMap<FeedId, i64>>>,
}

/// The right to ask some feeds; given back when dropped, also by a caller who left.
#[derive(Debug)]
pub struct Turn {
    courtesy: Courtesy,
    feeds: HashSet<FeedId>,
}

impl Courtesy {
    /// Claims feeds: those that nobody else is asking.
    pub fn claim(&self, feeds: impl Iterator<Item = FeedId>) -> Turn {
        let mut taken = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        let feeds = feeds.filter(|&feed| taken.insert(feed)).collect();
        let courtesy = self.clone();
        Turn { courtesy, feeds }
    }

    /// Who asked to be left alone, as far as this instance knows.
    pub fn pauses(&self) -> Pauses {
        self.pauses.clone()
    }

    /// Whose turn it is at publishers' hosts.
    pub fn turns(&self) -> Turns {
        self.turns.clone()
    }

    /// Whose icons this instance has asked for lately.
    pub fn icons(&self) -> &IconAttempts {
        &self.icons
    }

    /// The sweeps of all instances, as this one last read them: for words, which need no read of their own.
    pub fn sweeps(&self) -> Arc<[Sweep]> {
        let known = self.sweeps.lock();
        known.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes in sweeps that were read, and forgets who was asked up to the end of the last: the sweeps tell that.
    pub fn remember(&self, sweeps: &[Sweep]) {
        let known = self.sweeps.lock();
        *known.unwrap_or_else(PoisonError::into_inner) = sweeps.into();
        if let Some(Sweep(_, _, end)) = sweeps.last() {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.retain(|_, minute| *minute > *end);
        }
    }

    /// Remembers that a feed was asked and answered. A reader who leaves in the middle of his pulse takes with him what
    /// he hadn't saved; so whoever goes on with the sweep here asks nobody twice.
    pub fn note_asked(&self, feed: FeedId, minute: i64) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.insert(feed, minute);
    }

    /// Whether a feed was asked at a minute or later, as far as this instance remembers.
    pub fn was_asked_since(&self, feed: FeedId, minute: i64) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.get(&feed).is_some_and(|&at| at >= minute)
    }

    /// Waits until nobody else is at the work of this name.
    pub async fn alone(&self, at: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
            // What is done is forgotten: only this map holds it.
            work.retain(|_, lock| Arc::strong_count(lock) > 1);
            work.entry(at.to_owned()).or_default().clone()
        };
        lock.lock_owned().await
    }
}

impl Turn {
    /// Whether a feed is among those that were claimed.
    pub fn has(&self, feed: FeedId) -> bool {
        self.feeds.contains(&feed)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self
            .courtesy
            .feeds
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for feed in &self.feeds {
            taken.remove(feed);
        }
    }
}

/// When this instance last asked for which icon. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct IconAttempts(Arc<Mutex<HashMap<String, i64>>>);

impl IconAttempts {
    /// Whether an origin may be asked, which is then noted.
    pub(crate) fn begin(&self, origin: &str, minute: i64) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, since| minute - *since < ICON_RETRY_AFTER);
        if tries.contains_key(origin) || tries.len() >= ICON_ATTEMPTS_KEPT {
            return false;
        }
        tries.insert(origin.to_owned(), minute);
        true
    }

    /// Nobody was asked after all.
    pub(crate) fn take_back(&self, origin: &str) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.remove(origin);
    }
}

/// Tries that are remembered.
const ICON_ATTEMPTS_KEPT: usize = 2_000;

/// Minutes after which a try that was cut off may be repeated.
const ICON_RETRY_AFTER: i64 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_counts_for_a_day_and_what_is_remembered_is_bounded() {
        let tries = IconAttempts::default();
        assert!(tries.begin("a", 0));
        assert!(!tries.begin("a", ICON_RETRY_AFTER - 1));
        assert!(tries.begin("a", ICON_RETRY_AFTER));
        tries.take_back("a");
        assert!(tries.begin("a", ICON_RETRY_AFTER));
        for n in 0..2 * ICON_ATTEMPTS_KEPT {
            tries.begin(&n.to_string(), ICON_RETRY_AFTER);
        }
        assert!(!tries.begin("b", ICON_RETRY_AFTER));
        assert!(tries.begin("b", 2 * ICON_RETRY_AFTER));
    }
}
