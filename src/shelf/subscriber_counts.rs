//! A feed's subscribers, and whether any is active: pure functions of the feed's record.
//!
//! Every change in how a user counts for a feed (joining, leaving, falling asleep, waking) writes the feed's record,
//! conditional on the version that was read. So of two such changes at once one is decided again, and the counts are
//! exact however they interleave. Exactly the feeds with an active subscriber are polled, unless the publisher has
//! removed the feed or it was merged into another.

use crate::feeds::{Feed, PollTier};
use crate::timestamp::{Timestamp, minute_of};
use crate::update::schedule;
use crate::users::day_of;

/// Adds a subscriber, who is awake.
pub(super) fn joins(feed: &mut Feed, now: Timestamp) {
    feed.summary.subscribers = feed.summary.subscribers.saturating_add(1);
    feed.summary.orphaned_day = 0;
    settle(feed, now);
}

/// Removes a subscriber.
pub(super) fn leaves(feed: &mut Feed, was_asleep: bool, now: Timestamp) {
    let summary = &mut feed.summary;
    summary.subscribers = summary.subscribers.saturating_sub(1);
    summary.asleep = summary.asleep.saturating_sub(u32::from(was_asleep));
    if summary.subscribers == 0 {
        summary.orphaned_day = summary.orphaned_on(day_of(now));
    }
    if summary.awake() == 0 && summary.tier != PollTier::Off && !summary.is_waiting() {
        // It may just have been fetched: leaving and coming back must not trigger another request.
        let pause = minute_of(now) + schedule::min_interval(summary);
        summary.not_before = summary.not_before.max(pause);
    }
    settle(feed, now);
}

/// One of its subscribers falls asleep.
pub(super) fn dozes(feed: &mut Feed, now: Timestamp) {
    feed.summary.asleep = feed.summary.asleep.saturating_add(1);
    settle(feed, now);
}

/// One of its subscribers wakes.
pub(super) fn wakes(feed: &mut Feed, now: Timestamp) {
    feed.summary.asleep = feed.summary.asleep.saturating_sub(1);
    settle(feed, now);
}

/// An administrator pauses it for everybody.
pub(super) fn stops(feed: &mut Feed) {
    feed.summary.is_stopped = true;
    rest(feed);
}

/// A feed that was paused for everybody goes on.
pub(super) fn goes_on(feed: &mut Feed, now: Timestamp) {
    feed.summary.is_stopped = false;
    settle(feed, now);
}

/// It was merged into a feed that no longer exists: it is fetched at its own address again.
pub(super) fn stays(feed: &mut Feed, now: Timestamp) {
    feed.summary.onto = None;
    settle(feed, now);
}

fn settle(feed: &mut Feed, now: Timestamp) {
    let minute = minute_of(now);
    match (feed.summary.awake() > 0, feed.summary.tier) {
        (true, PollTier::Off) if !feed.summary.is_over() => rise(feed, minute),
        (false, tier) if tier != PollTier::Off => rest(feed),
        _ => {}
    }
}

/// Polled again, before all others. A pause its publisher asked for still applies.
fn rise(feed: &mut Feed, minute: i64) {
    feed.summary.tier = PollTier::New;
    if feed.summary.not_before <= minute {
        feed.summary.not_before = 0;
    }
}

/// No longer polled.
///
/// The validators, the digest and the window stay, so that the next request is conditional. Failures are cleared, so
/// that an unpolled feed with an error is one that its publisher has removed; the pause after them stays.
fn rest(feed: &mut Feed) {
    let summary = &mut feed.summary;
    summary.tier = PollTier::Off;
    summary.failures = 0;
    summary.error = None;
    feed.body.error = None;
    feed.body.failing_since = 0;
    feed.leave_hub();
}

#[cfg(test)]
mod tests {
    use crate::feeds::Validators;
    use crate::feeds::unknown;
    use crate::ids::FeedId;
    use crate::shelf::subscriber_counts::*;
    use crate::timestamp::from_micros;
    use crate::update::decide::decide;
    use crate::update::outcome::Outcome;

    const HOUR: i64 = 60;

    fn at(minute: i64) -> Timestamp {
        from_micros((30_000_000 + minute) * 60_000_000)
    }

    /// A fetched feed with this many subscribers.
    fn fetched(readers: u32) -> Feed {
        let mut feed = unknown(FeedId(7), "https://news.example/feed".parse().unwrap());
        feed.summary.subscribers = readers;
        feed.summary.tier = PollTier::Step(3);
        feed.summary.digest = "abc".into();
        feed.summary.validators = Validators {
            etag: Some("\"1\"".into()),
            ..Validators::default()
        };
        feed
    }

    #[test]
    fn one_of_two_asleep_changes_nothing_but_the_count() {
        let mut feed = fetched(2);
        let before = feed.clone();
        dozes(&mut feed, at(0));
        assert_eq!(
            (feed.summary.awake(), feed.summary.tier),
            (1, PollTier::Step(3))
        );
        wakes(&mut feed, at(0));
        assert_eq!(feed, before);
    }

    #[test]
    fn without_active_subscribers_it_rests_and_keeps_its_data() {
        let mut feed = fetched(1);
        dozes(&mut feed, at(0));
        assert_eq!(feed.summary.tier, PollTier::Off);
        assert!(!feed.summary.is_gone());
        assert!(feed.summary.has_validators() && !feed.summary.digest.is_empty());
        wakes(&mut feed, at(1));
        assert_eq!(
            (feed.summary.tier, feed.summary.not_before),
            (PollTier::New, 0)
        );
        assert!(feed.summary.is_waiting());
    }

    #[test]
    fn leaving_and_coming_back_causes_no_second_request() {
        let mut feed = fetched(1);
        leaves(&mut feed, false, at(0));
        assert_eq!(feed.summary.orphaned_day, day_of(at(0)));
        joins(&mut feed, at(10));
        assert_eq!(
            (feed.summary.orphaned_day, feed.summary.tier),
            (0, PollTier::New)
        );
        assert_eq!(feed.summary.not_before, minute_of(at(HOUR)));
        assert!(
            !feed.summary.is_waiting(),
            "it is asked when its pause is over"
        );
    }

    #[test]
    fn a_publishers_wish_outlasts_sleep() {
        let mut feed = fetched(1);
        feed.summary.failures = 3;
        feed.summary.error = Some("no".into());
        feed.summary.not_before = minute_of(at(48 * HOUR));
        dozes(&mut feed, at(0));
        assert!(!feed.summary.is_gone());
        wakes(&mut feed, at(HOUR));
        assert_eq!(
            (feed.summary.tier, feed.summary.failures),
            (PollTier::New, 0)
        );
        assert_eq!(feed.summary.not_before, minute_of(at(48 * HOUR)));
    }

    #[test]
    fn a_feed_never_fetched_stays_first_in_line() {
        let mut feed = fetched(1);
        feed.summary.tier = PollTier::New;
        leaves(&mut feed, false, at(0));
        joins(&mut feed, at(1));
        assert_eq!(
            (feed.summary.tier, feed.summary.not_before),
            (PollTier::New, 0)
        );
    }

    #[test]
    fn a_feed_that_is_gone_stays_gone_as_subscribers_come_and_go() {
        let gone = decide(&fetched(1), Outcome::Gone, at(0)).feed;
        let mut feed = gone.clone();
        dozes(&mut feed, at(1));
        wakes(&mut feed, at(99 * HOUR));
        assert_eq!(feed, gone);
        joins(&mut feed, at(99 * HOUR));
        leaves(&mut feed, false, at(99 * HOUR));
        leaves(&mut feed, false, at(99 * HOUR));
        assert!(feed.summary.is_gone());
    }
}
