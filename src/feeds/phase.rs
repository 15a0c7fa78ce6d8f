//! Phases: the minute of its period at which a feed is due.
//!
//! A feed with period P is due at the minutes m where `m mod P = hash(feed) mod P`. So feeds are spread over the whole
//! period, and those due in an interval are known without storing anything.

use sha2::{Digest, Sha256};

use super::{POLL_PERIODS, PollTier};
use crate::ids::FeedId;

/// The longest period, in minutes; feeds that have no period are spread over it.
const WEEK: i64 = POLL_PERIODS[POLL_PERIODS.len() - 1];

/// A feed's place in every period: a number whose remainders are evenly spread and never change.
///
/// Compute it once if it is needed often, since it hashes the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread(i64);

/// A feed's place in every period.
pub fn spread(feed: FeedId) -> Spread {
    let digest = Sha256::digest(feed.0.to_le_bytes());
    let bytes = digest.first_chunk::<8>().copied().unwrap_or_default();
    Spread((u64::from_le_bytes(bytes) >> 1).cast_signed())
}

impl Spread {
    /// The minute of its tier's period at which the feed is due: `0..period`.
    pub fn phase(self, tier: PollTier) -> i64 {
        self.0 % tier.period().unwrap_or(WEEK)
    }

    /// The first minute after `minute` at which the feed is due; `None` if it has no period.
    pub fn next_due(self, tier: PollTier, minute: i64) -> Option<i64> {
        let period = tier.period()?;
        let since = (minute - self.phase(tier)).rem_euclid(period);
        Some(minute - since + period)
    }
}

/// The minute of its tier's period at which a feed is due: `0..period`.
pub fn phase(feed: FeedId, tier: PollTier) -> i64 {
    spread(feed).phase(tier)
}

/// The first minute after `minute` at which a feed is due; `None` if it has no period.
pub fn next_due(feed: FeedId, tier: PollTier, minute: i64) -> Option<i64> {
    spread(feed).next_due(tier, minute)
}

/// The phases due in the minutes `from < m <= to`, as at most two inclusive ranges.
///
/// A whole period or more is everything, once.
pub fn due_phases(period: i64, from: i64, to: i64) -> Vec<(i64, i64)> {
    if to <= from {
        return Vec::new();
    }
    if to - from >= period {
        return vec![(0, period - 1)];
    }
    let (low, high) = ((from + 1).rem_euclid(period), to.rem_euclid(period));
    if low <= high {
        vec![(low, high)]
    } else {
        vec![(low, period - 1), (0, high)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_checks_each_feed_once_a_period() {
        // However a week is cut into sweeps of up to an hour, an hourly feed is due 168 times.
        for step in [1, 5, 7, 59, 60] {
            let feed = FeedId(4_711);
            let phase = phase(feed, PollTier::Step(0));
            let mut asked = 0;
            let mut from = 1_000_003;
            let end = from + WEEK;
            while from < end {
                let to = (from + step).min(end);
                let due = due_phases(60, from, to);
                asked += due
                    .iter()
                    .filter(|(low, high)| (*low..=*high).contains(&phase))
                    .count();
                from = to;
            }
            assert_eq!(asked, 168, "sweeps of {step} minutes");
        }
    }

    #[test]
    fn ranges_wrap_and_never_overlap() {
        assert_eq!(due_phases(60, 119, 120), [(0, 0)]);
        assert_eq!(due_phases(60, 115, 125), [(56, 59), (0, 5)]);
        assert_eq!(due_phases(60, 100, 400), [(0, 59)]);
        assert_eq!(due_phases(60, 100, 100), []);
    }

    #[test]
    fn the_next_due_minute_is_in_the_due_range() {
        for (id, tier) in [
            (1, PollTier::Step(0)),
            (2, PollTier::Step(4)),
            (99, PollTier::Step(8)),
        ] {
            let feed = FeedId(id);
            let next = next_due(feed, tier, 12_345).unwrap();
            let period = tier.period().unwrap();
            assert!(next > 12_345 && next <= 12_345 + period);
            assert_eq!(next.rem_euclid(period), phase(feed, tier));
        }
    }

    #[test]
    fn phases_are_spread_over_the_whole_period() {
        let mut per_minute = [0_u32; 60];
        for id in 1..=6_000 {
            let minute = usize::try_from(phase(FeedId(id), PollTier::Step(0))).unwrap();
            per_minute[minute] += 1;
        }
        // An even hash: 100 a minute on average, and no minute beyond four standard deviations.
        assert!(
            per_minute.iter().all(|&n| (60..=140).contains(&n)),
            "{per_minute:?}"
        );
    }
}
