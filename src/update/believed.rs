//! What a clock that was wrong once has written into a feed's record: times that no rule can have set aren't believed.

use super::schedule::LONGEST_PAUSE;
use crate::feeds::hub::TOO_FAR;
use crate::feeds::{Feed, FeedSummary};

/// Minutes by which the clocks of two instances may differ.
pub const CLOCK_SKEW: i64 = 5;

/// Whether a summary holds a time that no rule can have set by `minute`.
pub fn is_ahead(summary: &FeedSummary, minute: i64) -> bool {
    summary.asked > minute + CLOCK_SKEW
        || summary.not_before > minute + LONGEST_PAUSE
        || summary.pushed_until >= minute + TOO_FAR
}

/// Forgets such times: the feed is due as if they had never been, and its hub is asked again.
pub fn come_back(feed: &mut Feed, minute: i64) {
    let Feed { summary, body, .. } = feed;
    if summary.asked > minute + CLOCK_SKEW {
        summary.asked = 0;
    }
    if summary.not_before > minute + LONGEST_PAUSE {
        summary.not_before = 0;
    }
    let too_far = minute + TOO_FAR;
    if summary.pushed_until >= too_far {
        summary.pushed_until = 0;
    }
    if let Some(hub) = &mut body.hub
        && (hub.until >= too_far || hub.due >= too_far || hub.asked > minute + CLOCK_SKEW)
    {
        (hub.asked, hub.until, hub.due) = (0, 0, minute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feeds::hub::MAX_LEASE;
    use crate::feeds::{FeedAddress, Hub, unknown};
    use crate::ids::FeedId;

    const NOW: i64 = 30_000_000;
    const YEAR: i64 = 365 * 24 * 60;

    fn feed() -> Feed {
        let url = FeedAddress::parse("https://example.org/feed").expect("an address");
        let mut feed = unknown(FeedId(1), url);
        feed.summary.asked = NOW - 10;
        feed.summary.not_before = NOW + 60;
        feed.summary.pushed_until = NOW + MAX_LEASE;
        feed.body.hub = Some(Hub::new(
            "https://hub.example/".into(),
            String::new(),
            NOW + 5,
        ));
        feed
    }

    #[test]
    fn what_rules_can_set_is_believed() {
        let mut known = feed();
        assert!(!is_ahead(&known.summary, NOW));
        assert!(known.summary.is_pushed(NOW));
        come_back(&mut known, NOW);
        assert_eq!(known, feed());
    }

    #[test]
    fn a_year_ahead_is_not() {
        type Set = fn(&mut FeedSummary);
        let fields: [Set; 3] = [
            |summary| summary.asked = NOW + YEAR,
            |summary| summary.not_before = NOW + YEAR,
            |summary| summary.pushed_until = NOW + YEAR,
        ];
        for set in fields {
            let mut known = feed();
            set(&mut known.summary);
            assert!(is_ahead(&known.summary, NOW));
            come_back(&mut known, NOW);
            assert!(!is_ahead(&known.summary, NOW));
        }
        let mut known = feed();
        known.summary.pushed_until = NOW + YEAR;
        assert!(!known.summary.is_pushed(NOW));
        if let Some(hub) = &mut known.body.hub {
            (hub.due, hub.until) = (NOW + YEAR, NOW + YEAR);
        }
        come_back(&mut known, NOW);
        let hub = known.body.hub.expect("it stays");
        assert_eq!((hub.due, hub.until), (NOW, 0));
    }
}
