//! Polls one simulated feed as the tick would.

use dormouse::tooling::feeds::phase::{Spread, spread};
use dormouse::tooling::feeds::{FeedSummary, Validators};
use dormouse::tooling::ids::FeedId;
use dormouse::tooling::update::schedule::{OVERLAP, wait_until};

use super::Sweeps;
use super::patterns::{DAY, Life};
use super::report::Tally;
use super::strategies::Strategy;

/// A feed to poll.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    place: Spread,
    life: Life,
    /// Whether it posts at least daily in the counted period; delays are reported separately for these feeds.
    busy: bool,
}

impl Feed {
    pub(super) fn new(id: FeedId, life: Life, (start, end): (i64, i64)) -> Self {
        let counted = life.articles.iter().filter(|&&at| start <= at && at < end);
        let busy = counted.count() as i64 >= (end - start) / DAY;
        Self {
            place: spread(id),
            life,
            busy,
        }
    }
}

/// Polls one feed from the start of the warm-up until its last article has arrived.
pub(super) fn poll(
    feed: &Feed,
    strategy: &Strategy,
    sweeps: &Sweeps,
    (start, end): (i64, i64),
    tally: &mut Tally,
) {
    let articles = &feed.life.articles;
    let mut minute = sweeps.first;
    let mut arrived = articles.partition_point(|&at| at <= minute);
    #[expect(clippy::unwrap_used, reason = "a constant, which is an address")]
    let address = "https://feed.example/".parse().unwrap();
    let mut summary = FeedSummary {
        validators: Validators {
            etag: Some("\"1\"".into()),
            ..Validators::default()
        },
        ..FeedSummary::new(address)
    };
    read(&mut summary, feed, strategy, arrived, minute);
    summary.tier = strategy.tier(&summary, minute);
    while minute < end || arrived < articles.len() {
        // Each sweep overlaps the previous one, to pick up feeds that were skipped; the first has no predecessor.
        let from = (minute - OVERLAP).max(sweeps.first);
        let due = feed.place.next_due(summary.tier, from);
        let due = due.map(|due| due.max(minute + 1));
        let Some(sweep) = due.and_then(|due| sweeps.covering(due)) else {
            return;
        };
        minute = sweep.1;
        // The last fetch is read from the summary; the tick derives it by replaying its recent sweeps.
        if wait_until(feed.place, &summary, &[], minute).is_some() {
            continue;
        }
        summary.asked = minute;
        let until = articles.partition_point(|&at| at <= minute);
        let counted = start < minute && minute <= end;
        let news = until - arrived;
        if counted {
            tally.request(minute - start, news);
        }
        for &at in &articles[arrived..until] {
            if start <= at && at < end {
                tally.article(minute - at, feed.busy);
            }
        }
        if news > feed.life.shown {
            tally.missed((news - feed.life.shown) as u64);
        }
        arrived = until;
        if news > 0 {
            read(&mut summary, feed, strategy, arrived, minute);
        }
        let tier = strategy.tier(&summary, minute);
        if tier != summary.tier {
            summary.tier = tier;
            if counted && news == 0 {
                tally.moved();
            }
        }
    }
}

/// Updates the summary from the document.
fn read(summary: &mut FeedSummary, feed: &Feed, strategy: &Strategy, arrived: usize, minute: i64) {
    let first = arrived.saturating_sub(feed.life.shown);
    let document = &feed.life.articles[first..arrived];
    summary.gap = strategy.gap(document);
    summary.newest = document.last().map_or(0, |&at| at.min(minute)) * 60_000_000;
}
