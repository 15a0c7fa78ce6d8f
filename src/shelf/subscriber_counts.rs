//! A feed's readers, and whether any of them is awake: pure functions of the feed's record.
//!
//! Whatever changes how a reader counts for a feed (he joins, leaves, falls asleep, wakes) writes the feed's record, on the
//! version that was read. So of two such changes at once one is decided anew, and the counts are exact however they
//! interleave. A feed is on the ladder while somebody is awake, unless its publisher has taken it down, or it moved onto another.

use crate::feeds::{Feed, Rung};
use crate::timestamp::{Timestamp, minute_of};
use crate::update::schedule;
use crate::users::day_of;

/// One reader more, who is awake.
pub(super) fn joins(feed: &mut Feed, now: Timestamp) {
    feed.card.subscribers = feed.card.subscribers.saturating_add(1);
    feed.card.orphaned_day = 0;
    settle(feed, now);
}

/// One reader less.
pub(super) fn leaves(feed: &mut Feed, was_asleep: bool, now: Timestamp) {
    let card = &mut feed.card;
    card.subscribers = card.subscribers.saturating_sub(1);
    card.asleep = card.asleep.saturating_sub(u32::from(was_asleep));
    if card.subscribers == 0 {
        card.orphaned_day = day_of(now);
    }
    if card.awake() == 0 && card.rung != Rung::Off && !card.is_waiting() {
        // It may have been asked just now: whoever leaves and comes back makes nobody ask twice.
        let pause = minute_of(now) + schedule::least_pause(card);
        card.not_before = card.not_before.max(pause);
    }
    settle(feed, now);
}

/// One of its readers falls asleep.
pub(super) fn dozes(feed: &mut Feed, now: Timestamp) {
    feed.card.asleep = feed.card.asleep.saturating_add(1);
    settle(feed, now);
}

/// One of its readers wakes.
pub(super) fn wakes(feed: &mut Feed, now: Timestamp) {
    feed.card.asleep = feed.card.asleep.saturating_sub(1);
    settle(feed, now);
}

/// It moved onto a feed that isn't there any more: it is asked where it was before.
pub(super) fn stays(feed: &mut Feed, now: Timestamp) {
    feed.card.onto = None;
    settle(feed, now);
}

fn settle(feed: &mut Feed, now: Timestamp) {
    let minute = minute_of(now);
    match (feed.card.awake() > 0, feed.card.rung) {
        (true, Rung::Off) if !feed.card.is_over() => rise(feed, minute),
        (false, rung) if rung != Rung::Off => rest(feed),
        _ => {}
    }
}

/// Back on the ladder, in front of all others. What its publisher asked us to wait still holds.
fn rise(feed: &mut Feed, minute: i64) {
    feed.card.rung = Rung::New;
    if feed.card.not_before <= minute {
        feed.card.not_before = 0;
    }
}

/// Off the ladder. The validators, the digest and the window stay, so that the first question afterwards is a conditional
/// one. Failures are forgotten, so that a feed off the ladder with an error is one that its publisher has taken down; the
/// pause after them stays.
fn rest(feed: &mut Feed) {
    let card = &mut feed.card;
    card.rung = Rung::Off;
    card.failures = 0;
    card.error = None;
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

    /// A feed that was fetched, with so many readers.
    fn fetched(readers: u32) -> Feed {
        let mut feed = unknown(FeedId(7), "https://news.example/feed");
        feed.card.subscribers = readers;
        feed.card.rung = Rung::Step(3);
        feed.card.digest = "abc".into();
        feed.card.validators = Validators {
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
        assert_eq!((feed.card.awake(), feed.card.rung), (1, Rung::Step(3)));
        wakes(&mut feed, at(0));
        assert_eq!(feed, before);
    }

    #[test]
    fn with_nobody_awake_it_rests_and_keeps_what_it_knows() {
        let mut feed = fetched(1);
        dozes(&mut feed, at(0));
        assert_eq!(feed.card.rung, Rung::Off);
        assert!(!feed.card.is_gone());
        assert!(feed.card.has_validators() && !feed.card.digest.is_empty());
        wakes(&mut feed, at(1));
        assert_eq!((feed.card.rung, feed.card.not_before), (Rung::New, 0));
        assert!(feed.card.is_waiting());
    }

    #[test]
    fn who_leaves_and_comes_back_makes_nobody_ask_twice() {
        let mut feed = fetched(1);
        leaves(&mut feed, false, at(0));
        assert_eq!(feed.card.orphaned_day, day_of(at(0)));
        joins(&mut feed, at(10));
        assert_eq!((feed.card.orphaned_day, feed.card.rung), (0, Rung::New));
        assert_eq!(feed.card.not_before, minute_of(at(HOUR)));
        assert!(
            !feed.card.is_waiting(),
            "it is asked when its pause is over"
        );
    }

    #[test]
    fn a_publishers_wish_outlasts_sleep() {
        let mut feed = fetched(1);
        feed.card.failures = 3;
        feed.card.error = Some("no".into());
        feed.card.not_before = minute_of(at(48 * HOUR));
        dozes(&mut feed, at(0));
        assert!(!feed.card.is_gone());
        wakes(&mut feed, at(HOUR));
        assert_eq!((feed.card.rung, feed.card.failures), (Rung::New, 0));
        assert_eq!(feed.card.not_before, minute_of(at(48 * HOUR)));
    }

    #[test]
    fn one_that_nobody_fetched_yet_stays_first_in_line() {
        let mut feed = fetched(1);
        feed.card.rung = Rung::New;
        leaves(&mut feed, false, at(0));
        joins(&mut feed, at(1));
        assert_eq!((feed.card.rung, feed.card.not_before), (Rung::New, 0));
    }

    #[test]
    fn a_feed_that_is_gone_stays_gone_whoever_comes_and_goes() {
        let gone = decide(&fetched(1), Outcome::Gone, at(0)).feed;
        let mut feed = gone.clone();
        dozes(&mut feed, at(1));
        wakes(&mut feed, at(99 * HOUR));
        assert_eq!(feed, gone);
        joins(&mut feed, at(99 * HOUR));
        leaves(&mut feed, false, at(99 * HOUR));
        leaves(&mut feed, false, at(99 * HOUR));
        assert!(feed.card.is_gone());
    }
}
