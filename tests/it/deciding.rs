//! What one fetch changes: series of irregular feed documents, without a store, server or clock.

use chrono::TimeDelta;
use dormouse::feeds::{Feed, PollTier, Validators, unknown};
use dormouse::ids::FeedId;
use dormouse::parse::{ParsedEntry, ParsedFeed};
use dormouse::timestamp::{Timestamp, minute_of};
use dormouse::update::decide::{KEPT, decide, is_nothing};
use dormouse::update::outcome::{Document, Failure, MAX_ENTRIES, Outcome, Unchanged};
use dormouse::update::plan::Plan;
use dormouse::update::retention::USUAL_DAYS as KEPT_DAYS;
use dormouse::update::schedule::MIN_INTERVAL;

use crate::support::at;

fn entry(id: &str, hours_ago: i64) -> ParsedEntry {
    ParsedEntry {
        id: Some(id.to_owned()),
        title: Some(format!("About {id}")),
        published: Some(at(12, 0) - TimeDelta::hours(hours_ago)),
        ..ParsedEntry::default()
    }
}

/// A document of entries, newest first, as publishers write them.
fn document(entries: Vec<ParsedEntry>) -> Outcome {
    let feed = ParsedFeed {
        title: Some("News".to_owned()),
        entries,
        ..ParsedFeed::default()
    };
    let validators = Validators {
        etag: Some("\"1\"".to_owned()),
        ..Validators::default()
    };
    Outcome::Parsed(Box::new(Document::new(feed, validators, None)))
}

fn entries(count: i64) -> Vec<ParsedEntry> {
    (1..=count)
        .rev()
        .map(|n| entry(&format!("e{n}"), count - n))
        .collect()
}

fn after(known: &Feed, outcome: Outcome, now: Timestamp) -> (Plan, Feed) {
    let plan = decide(known, outcome, now);
    let feed = plan.feed.clone();
    (plan, feed)
}

fn new_feed() -> Feed {
    unknown(FeedId(7), "https://news.example/feed".parse().unwrap())
}

#[test]
fn numbers_follow_the_dates_and_the_same_document_changes_nothing() {
    let now = at(12, 0);
    let (plan, feed) = after(&new_feed(), document(entries(5)), now);
    let ids: Vec<_> = plan
        .new
        .iter()
        .map(|draft| draft.entry.id.clone().unwrap())
        .collect();
    assert_eq!(ids, ["e1", "e2", "e3", "e4", "e5"]);
    assert_eq!((feed.summary.first, feed.summary.last), (1, 5));
    assert!(plan.new.is_sorted_by_key(|draft| draft.at));
    assert!(is_nothing(&feed.summary, &document(entries(5)), now));
}

#[test]
fn of_a_long_first_document_the_newest_are_kept_and_the_rest_is_known() {
    let many = i64::from(KEPT) + 50;
    let now = at(12, 0);
    let (plan, feed) = after(&new_feed(), document(entries(many)), now);
    assert_eq!(plan.new.len(), KEPT as usize);
    assert_eq!((feed.summary.first, feed.summary.last), (51, 250));
    assert!(
        plan.retired.is_empty(),
        "what was never stored isn't deleted"
    );

    let (again, _) = after(&feed, document(entries(many)), now + TimeDelta::hours(1));
    assert!(
        again.new.is_empty(),
        "what stands below is known, and doesn't come back"
    );
}

#[test]
fn a_document_beyond_all_measure_is_cut_to_its_newest_entries() {
    let many = i64::try_from(MAX_ENTRIES).unwrap() + 500;
    let (_, feed) = after(&new_feed(), document(entries(many)), at(12, 0));
    assert_eq!(feed.body.window.len(), MAX_ENTRIES);
    assert_eq!(feed.summary.last as usize, MAX_ENTRIES);
}

#[test]
fn what_has_left_the_document_goes_after_ninety_days_and_what_it_shows_stays() {
    let now = at(12, 0);
    let (_, feed) = after(&new_feed(), document(entries(4)), now);
    let late = now + TimeDelta::days(KEPT_DAYS + 1);
    // The two oldest are gone from the document.
    let mut shown = entries(4);
    shown.truncate(2);
    let (plan, feed) = after(&feed, document(shown.clone()), late);
    assert_eq!((plan.retired, feed.summary.first), (1..3, 3));
    assert_eq!(feed.body.window.len(), 4, "it is remembered");
    let (back, _) = after(&feed, document(entries(4)), late + TimeDelta::hours(1));
    assert!(back.new.is_empty() && back.retired.is_empty() && back.edited.is_empty());
    let early = now + TimeDelta::days(KEPT_DAYS - 1);
    let (plan, _) = after(
        &after(&new_feed(), document(entries(4)), now).1,
        document(shown),
        early,
    );
    assert!(plan.retired.is_empty());
}

#[test]
fn an_article_that_left_and_comes_back_is_not_new() {
    let now = at(12, 0);
    let (_, feed) = after(&new_feed(), document(entries(3)), now);
    let (_, feed) = after(
        &feed,
        document(vec![entry("e3", 0)]),
        now + TimeDelta::hours(2),
    );
    let (plan, _) = after(&feed, document(entries(3)), now + TimeDelta::hours(4));
    assert!(plan.new.is_empty() && plan.edited.is_empty());
}

#[test]
fn an_edit_keeps_its_number() {
    let now = at(12, 0);
    let (_, feed) = after(&new_feed(), document(entries(3)), now);
    let mut changed = entries(3);
    changed[1].title = Some("Corrected".to_owned());
    let (plan, feed) = after(&feed, document(changed), now + TimeDelta::hours(1));
    assert!(plan.new.is_empty());
    assert_eq!(
        plan.edited.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(feed.summary.last, 3);
}

#[test]
fn late_and_future_dates_stay_near_the_arrival() {
    let now = at(12, 0);
    let (_, feed) = after(&new_feed(), document(entries(1)), now);
    let late = vec![
        entry("future", -1_000),
        entry("buried", 10_000),
        entry("e1", 0),
    ];
    let (plan, _) = after(&feed, document(late), now);
    for draft in plan.new {
        let at = draft.at;
        assert!(
            at < now + TimeDelta::seconds(2),
            "never in the future: {at}"
        );
        assert!(at >= now - TimeDelta::days(1), "at most a day back: {at}");
    }
}

#[test]
fn failures_pause_and_tell_and_success_forgets_them() {
    let now = at(12, 0);
    let (_, sound) = after(&new_feed(), document(entries(3)), now);
    let failure = Outcome::Failed(Failure {
        text: "The site is having trouble (error 500).".to_owned(),
        retry_after: None,
        sign: dormouse::feeds::Sign::NONE,
        is_an_answer: true,
        is_unreached: false,
        wall: None,
    });
    let (_, failed) = after(&sound, failure.clone(), now);
    assert_eq!(failed.summary.failures, 1);
    assert_eq!(failed.summary.not_before, minute_of(now) + MIN_INTERVAL);
    assert!(failed.summary.error.is_some() && failed.body.failing_since > 0);
    let (_, worse) = after(&failed, failure.clone(), now);
    assert!(worse.summary.not_before > failed.summary.not_before);
    // It is due when its pause ends, not when a slow tier would be.
    assert!(sound.summary.tier > PollTier::Step(0) && worse.summary.tier == PollTier::Step(0));
    let nothing = Outcome::NotModified(Unchanged::default());
    assert!(!is_nothing(&worse.summary, &nothing, now));
    let (_, well) = after(&worse, nothing, now);
    assert_eq!(
        (well.summary.failures, well.summary.error, well.body.error),
        (0, None, None)
    );
    assert_eq!(well.summary.tier, sound.summary.tier);

    // A reader is waiting for a feed that was never fetched, so it stays in the first tier for a while.
    let (_, fresh) = after(&new_feed(), failure, now);
    assert_eq!(fresh.summary.tier, PollTier::New);
    assert!(!fresh.summary.is_waiting());
    let (_, gone) = after(&sound, Outcome::Gone, now);
    assert_eq!(gone.summary.tier, PollTier::Off);
}
