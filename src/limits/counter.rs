//! The one counter behind every rate limit.

use std::hash::Hash;
use std::time::Duration;

use chrono::TimeDelta;
use moka::sync::Cache;
use thiserror::Error;

use crate::timestamp::Timestamp;

/// A limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many; try again in {seconds} s")]
pub struct Wait {
    /// Seconds until the next event is accepted; at least 1.
    pub seconds: u64,
}

impl Wait {
    /// The same in minutes, rounded up.
    pub fn minutes(self) -> u64 {
        self.seconds.div_ceil(60)
    }
}

/// Events of one key since its window began.
#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    count: u32,
}

/// Counts events by key, in windows that begin with a key's first event. On this instance only; windows expire without
/// a sweep.
pub struct Counter<K> {
    windows: Cache<K, Window>,
    length: TimeDelta,
}

impl<K> std::fmt::Debug for Counter<K> {
    /// Without the keys, which are personal data.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Counter in windows of {}", self.length)
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Counter<K> {
    /// Counts in windows of `length` for at most `max_keys` keys, so that memory is bounded.
    pub fn new(length: Duration, max_keys: u64) -> Self {
        let windows = Cache::builder().max_capacity(max_keys).time_to_live(length);
        Self {
            windows: windows.build(),
            length: TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX),
        }
    }

    /// Counts one event, of which at most `max` fit in a window. Counting and deciding are one step: of any number of
    /// concurrent events, `max` pass.
    ///
    /// # Errors
    /// [`Wait`] until the window is over, if there were too many.
    pub fn count(&self, key: K, max: u32, now: Timestamp) -> Result<(), Wait> {
        let counted = self.windows.entry(key).and_upsert_with(|known| {
            let known = known.map(|entry| entry.into_value());
            let current = known.filter(|window| now - window.began < self.length);
            let window = current.unwrap_or(Window {
                began: now,
                count: 0,
            });
            Window {
                count: window.count.saturating_add(1),
                ..window
            }
        });
        let Window { began, count } = counted.into_value();
        if count <= max {
            return Ok(());
        }
        let left = (began + self.length - now).num_seconds().max(1);
        Err(Wait {
            seconds: u64::try_from(left).unwrap_or(1),
        })
    }

    /// A key's events in its window.
    pub fn of(&self, key: &K, now: Timestamp) -> u32 {
        let window = self.windows.get(key);
        let current = window.filter(|window| now - window.began < self.length);
        current.map_or(0, |window| window.count)
    }

    /// Forgets a key's events.
    pub fn reset(&self, key: &K) {
        self.windows.invalidate(key);
    }

    /// Takes one event back.
    pub fn take_back(&self, key: K, now: Timestamp) {
        self.windows.entry(key).and_upsert_with(|known| {
            let window = known.map_or(
                Window {
                    began: now,
                    count: 0,
                },
                |entry| entry.into_value(),
            );
            Window {
                count: window.count.saturating_sub(1),
                ..window
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000 + seconds, 0).expect("a moment of this century")
    }

    #[test]
    fn a_window_begins_with_the_first_event() {
        let counter = Counter::new(Duration::from_secs(60), 100);
        assert_eq!(counter.count("a", 2, at(0)), Ok(()));
        assert_eq!(counter.count("a", 2, at(50)), Ok(()));
        assert_eq!(counter.count("a", 2, at(55)), Err(Wait { seconds: 5 }));
        assert_eq!(counter.count("b", 2, at(55)), Ok(()));
        assert_eq!(counter.count("a", 2, at(60)), Ok(()));
    }

    #[test]
    fn of_many_at_once_as_many_pass_as_may() {
        let counter = Counter::new(Duration::from_secs(60), 100);
        let passed = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        (0..50)
                            .filter(|_| counter.count("a", 60, at(0)).is_ok())
                            .count()
                    })
                })
                .collect();
            callers
                .into_iter()
                .map(|caller| caller.join().expect("a caller that counts"))
                .sum::<usize>()
        });
        assert_eq!(passed, 60);
    }

    #[test]
    fn an_event_is_taken_back_or_forgotten() {
        let counter = Counter::new(Duration::from_secs(60), 100);
        counter.count("a", 1, at(0)).expect("the first");
        counter.take_back("a", at(1));
        counter.count("a", 1, at(2)).expect("the first again");
        assert_eq!(counter.count("a", 1, at(3)), Err(Wait { seconds: 57 }));
        counter.reset(&"a");
        counter.count("a", 1, at(4)).expect("the first once more");
    }
}
