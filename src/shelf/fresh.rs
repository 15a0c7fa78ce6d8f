//! Which articles are past the time for which they are fresh.

use super::heads::Heads;
use super::subscription::Subscription;
use crate::ids::FeedMap;
use crate::timestamp::Timestamp;

/// Of the feeds whose articles are fresh for a while only, the highest number that has passed by: derived whenever a shelf
/// is loaded, so that nothing is written for it and it is undone by another term.
pub(super) fn passed(all: &[Subscription], heads: &Heads, now: Timestamp) -> FeedMap<u32> {
    let second = now.timestamp();
    let each = all.iter().filter_map(|one| {
        let fresh = i64::from(one.habits.fresh?) * 60;
        let summary = heads.get(&one.feed)?;
        let is_over = |seq: &u32| {
            let at = summary.times.second(summary.last, *seq);
            at.is_some_and(|at| i64::from(at) + fresh < second)
        };
        // Times may be a little out of order; what is newer than a fresh one is fresh.
        let seqs = (summary.first..=summary.last).rev();
        let last = seqs.take(MOST_PASSING).find(is_over)?;
        Some((one.feed, last))
    });
    each.collect()
}

/// Most articles of a feed that are looked at for one that has passed by: more than are ever kept.
const MOST_PASSING: usize = 10_000;
