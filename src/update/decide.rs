//! What one fetch changes: a pure function. No store, no network, no clock.
//!
//! It is the core of the reader, so every odd feed becomes a row in a table test, without a server.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::believed::{come_back, is_ahead};
use super::outcome::{Document, Failure, Outcome};
use super::plan::{Draft, Plan};
use super::retention::Retention;
use super::window::{self, Recognized};
use super::{redirects, schedule};
use crate::articles::timeline_time;
use crate::feeds::{Feed, FeedSummary, Fingerprint, PollTier, Sign, Validators};
use crate::ids::{ArticleId, LAST_SEQ};
use crate::parse::date_of;
use crate::timestamp::{Timestamp, minute_of};

pub use super::retention::MOST_ARTICLES as KEPT;

/// Failures after which a never-fetched feed is scheduled like the others. Until then it is retried as soon as its
/// pause is over, since a user is waiting for it.
const FIRST_FETCH_ATTEMPTS: u32 = 5;

/// Whether the summary alone shows that nothing changed: no read, no write.
pub fn is_nothing(summary: &FeedSummary, outcome: &Outcome, now: Timestamp) -> bool {
    let minute = minute_of(now);
    let quiet = summary.failures == 0 && summary.error.is_none() && !is_ahead(summary, minute);
    let stays =
        summary.tier == schedule::tier_for(summary, minute) && !redirects::is_due(summary, minute);
    match outcome {
        Outcome::NotModified(unchanged) => {
            let mut merged = summary.validators.clone();
            merge_validators(&mut merged, unchanged.validators.clone());
            let same = merged == summary.validators || summary.validators_in_body;
            let fresh = hints_cover(summary, unchanged.fresh.unwrap_or_default());
            let at_home = unchanged.moved == (summary.moved_since > 0);
            quiet && stays && same && fresh && at_home
        }
        Outcome::Parsed(document) => {
            let same =
                document.digest == summary.digest && document.validators == summary.validators;
            let fresh = hints_cover(summary, document.fresh);
            let at_home = redirects::is_known(summary, document.moved_to.as_ref());
            quiet && stays && same && !summary.validators_in_body && fresh && at_home
        }
        Outcome::Paused(_) | Outcome::Gone | Outcome::Failed(_) | Outcome::Pushed(_) => false,
    }
}

/// Whether the summary already asks for at least this freshness. A shorter one is stored with the next new articles:
/// until then nothing is missed, and it isn't worth a write.
fn hints_cover(summary: &FeedSummary, fresh: i64) -> bool {
    let mut hints = summary.hints;
    hints.set_fresh(fresh);
    hints.fresh <= summary.hints.fresh
}

/// Decides what one fetch changes. A failure changes something too: when to retry, and what to tell the user.
pub fn decide(known: &Feed, outcome: Outcome, now: Timestamp) -> Plan {
    decide_within(known, outcome, now, &Retention::default())
}

/// The same, where an installation keeps less.
pub fn decide_within(known: &Feed, outcome: Outcome, now: Timestamp, keeps: &Retention) -> Plan {
    let mut plan = Plan {
        feed: known.clone(),
        new: Vec::new(),
        edited: Vec::new(),
        retired: known.summary.first..known.summary.first,
        grown: 0,
        alias: None,
    };
    come_back(&mut plan.feed, minute_of(now));
    let was_asked = !matches!(outcome, Outcome::Paused(_) | Outcome::Pushed(_));
    apply_outcome(&mut plan, known, outcome, now, keeps);
    plan.grown = grown(known.summary.bytes, plan.feed.summary.bytes);
    if plan.feed != *known && was_asked {
        // It is written anyway, so record the time as well.
        plan.feed.summary.asked = minute_of(now);
    }
    plan
}

fn apply_outcome(
    plan: &mut Plan,
    known: &Feed,
    outcome: Outcome,
    now: Timestamp,
    keeps: &Retention,
) {
    let minute = minute_of(now);
    match outcome {
        Outcome::NotModified(unchanged) => {
            succeed(&mut plan.feed);
            let summary = &mut plan.feed.summary;
            merge_validators(&mut summary.validators, unchanged.validators);
            if let Some(fresh) = unchanged.fresh {
                summary.hints.set_fresh(fresh);
            }
            // Only the address that issued the validators can return a 304.
            let at = summary.validators.of.clone().filter(|_| unchanged.moved);
            let at = at.and_then(|at| at.parse().ok());
            redirects::note_redirect(plan, at, minute);
        }
        Outcome::Paused(until) => {
            let summary = &mut plan.feed.summary;
            summary.not_before = summary.not_before.max(until);
            step_down(summary);
            return;
        }
        Outcome::Gone => {
            let text = "The publisher has taken this feed down for good (410 Gone). We’ve stopped checking it.";
            fail(&mut plan.feed, text.into(), None, minute);
            plan.feed.summary.tier = PollTier::Off;
            plan.feed.leave_hub();
            return;
        }
        Outcome::Failed(Failure {
            text,
            retry_after,
            sign,
            wall,
            ..
        }) => {
            fail(&mut plan.feed, text, retry_after, minute);
            plan.feed.body.wall = wall;
            plan.feed.summary.sign = sign;
            let summary = &mut plan.feed.summary;
            if summary.tier != PollTier::New || summary.failures >= FIRST_FETCH_ATTEMPTS {
                step_down(summary);
            }
            return;
        }
        Outcome::Parsed(document) => {
            succeed(&mut plan.feed);
            // A hub would know of the feed, and couldn't fetch it.
            let is_own = plan.feed.summary.door.is_some();
            let hub = document.hub.clone().filter(|_| !is_own);
            take_document(plan, known, *document, now, keeps);
            crate::update::lease::after_poll(plan, hub, now);
        }
        Outcome::Pushed(document) => {
            let document = Document {
                is_part: true,
                ..*document
            };
            take_document(plan, known, document, now, keeps);
            crate::update::pushed::restrain(plan, known, minute);
            return;
        }
    }
    let summary = &mut plan.feed.summary;
    summary.tier = schedule::tier_for(summary, minute);
}

/// Moves a feed whose next check depends only on its pause to the fastest tier: on a slow tier it would be skipped when
/// due, and wait for its next turn.
fn step_down(summary: &mut FeedSummary) {
    if summary.tier != PollTier::Off {
        summary.tier = PollTier::Step(0);
    }
}

/// Forgets a feed's failures: it succeeded, or they weren't its own.
pub(crate) fn succeed(feed: &mut Feed) {
    feed.summary.failures = 0;
    feed.summary.sign = Sign::NONE;
    feed.summary.error = None;
    feed.summary.not_before = 0;
    feed.body.error = None;
    feed.body.wall = None;
    feed.body.failing_since = 0;
}

fn fail(feed: &mut Feed, text: String, retry_after: Option<i64>, minute: i64) {
    let Feed { summary, body, .. } = feed;
    summary.failures = summary.failures.saturating_add(1);
    summary.not_before = schedule::back_off(summary.failures, minute, retry_after);
    summary.error = Some(text.clone());
    summary.sign = Sign::NONE;
    if body.failing_since == 0 {
        body.failing_since = minute;
    }
    body.error = Some(text);
}

/// A 304 updates the validators that it carries (RFC 9111, section 4.3.4).
fn merge_validators(known: &mut Validators, new: Validators) {
    if new.etag.is_some() {
        known.etag = new.etag;
    }
    if new.last_modified.is_some() {
        known.last_modified = new.last_modified;
    }
}

fn take_document(
    plan: &mut Plan,
    known: &Feed,
    document: Document,
    now: Timestamp,
    keeps: &Retention,
) {
    let minute = minute_of(now);
    let first_import = !plan.feed.summary.is_read();
    let Document {
        feed,
        hashes,
        digest,
        validators,
        moved_to,
        fresh,
        is_part,
        ..
    } = document;
    redirects::note_redirect(plan, moved_to, minute);
    let Feed {
        id, summary, body, ..
    } = &mut plan.feed;
    let dates: Vec<Timestamp> = feed.entries.iter().filter_map(date_of).collect();
    summary.digest = digest;
    summary.validators = validators;
    if summary
        .validators
        .of
        .as_ref()
        .is_some_and(|of| summary.url == *of)
    {
        summary.validators.of = None;
    }
    summary.hints = feed.hints;
    summary.hints.set_fresh(fresh);
    summary.validators_in_body = false;
    summary.gap = schedule::typical_gap(&dates);
    if let Some(title) = feed.title.filter(|title| !title.is_empty()) {
        summary.title = title;
    }
    summary.site = feed.link.or(summary.site.take());
    body.subtitle = feed.subtitle;
    body.repairs = feed.repairs.iter().map(ToString::to_string).collect();

    let recognized = window::recognize(body, feed.entries, hashes, minute);
    let Recognized {
        mut window,
        mut fresh,
        edited,
        repeated,
        is_held,
    } = if is_part {
        crate::update::pushed::partial(recognized, body)
    } else {
        recognized
    };
    let shown = window.iter().filter(|print| print.present).count() + fresh.len();
    plan.edited = edited;
    plan.edited.retain(|(seq, _)| *seq >= summary.first);
    let stored_last = summary.last;
    // Numbers follow the dates; undated entries keep the document's order, newest first. What arrives undated is the newest,
    // but what a feed had when we met it isn't: it takes the feed's own date, or comes below what has one.
    fresh.reverse();
    let undated_at = if first_import { i64::MIN } else { i64::MAX };
    fresh.sort_by_key(|(entry, _)| {
        date_of(entry).map_or(undated_at, |date| date.min(now).timestamp())
    });
    let undated = fresh
        .iter()
        .filter(|(entry, _)| date_of(entry).is_none())
        .count();
    let below = below_the_dated(&dates, feed.updated, now);
    // Entries that retention would remove at once get a number and a fingerprint, but are never written.
    let unkept = fresh.len().saturating_sub(keeps.articles as usize);
    for (index, (entry, hash)) in fresh.into_iter().enumerate() {
        if summary.last >= LAST_SEQ {
            break;
        }
        summary.last += 1;
        let article = ArticleId {
            feed: *id,
            seq: summary.last,
        };
        window.push(Fingerprint {
            identity: hash.identity,
            content: hash.content,
            seq: article.seq,
            arrived: minute,
            present: true,
            second: hash.second,
            link: hash.link,
            title: hash.title,
            changed: 0,
        });
        if index < unkept {
            summary.times.skip();
            summary.arrivals.skip();
            continue;
        }
        let date = match date_of(&entry) {
            None if first_import => Some(below - seconds(undated - index)),
            date => date,
        };
        let at = timeline_time(article, date, now, first_import);
        summary.newest = summary.newest.max(at.timestamp_micros());
        summary.times.push(at.timestamp_micros());
        let waited = (now - at).num_minutes().clamp(0, 24 * 60);
        let arrived = match first_import {
            true => 0,
            false => u16::try_from(waited).unwrap_or(0),
        };
        summary.arrivals.push(arrived);
        plan.new.push(Draft {
            id: article,
            entry,
            at,
            arrived,
        });
    }
    if first_import {
        summary.opening = summary.last;
    }
    let drafts = plan.new.iter().filter(|draft| draft.id.seq > stored_last);
    summary.bytes += drafts.map(|draft| weight(&draft.entry)).sum::<u64>();
    let count = (summary.last + 1).saturating_sub(summary.first);
    let fitting = keeps.fitting(count, summary.bytes);
    let first =
        first_kept(summary, &window, minute, keeps).max((summary.last + 1).saturating_sub(fitting));
    body.fitting = Some(fitting).filter(|fitting| *fitting < keeps.articles.min(count));
    let left = (summary.last + 1).saturating_sub(first);
    // As if all were of the same size: to know better would take a read for each that goes.
    summary.bytes = match count {
        0 => 0,
        count => summary.bytes * u64::from(left) / u64::from(count),
    };
    // Only stored articles can be removed.
    plan.retired = summary.first..first.min(stored_last + 1).max(summary.first);
    plan.new.retain(|draft| draft.id.seq >= first);
    plan.edited.retain(|(seq, _)| *seq >= first);
    for (seq, _) in &plan.edited {
        summary.edits.note(*seq, minute);
    }
    summary.first = first;
    let kept = (summary.last + 1).saturating_sub(first);
    summary.times.keep(kept as usize);
    summary.arrivals.keep(kept as usize);
    window::complete_arrivals(summary, &window);
    window.sort_by_key(|print| print.seq);
    window::forget_departed(&mut window, first, shown);
    if is_held {
        // Requested with the old validators, the publisher sends the document again, so the held change isn't lost.
        summary.digest.clone_from(&known.summary.digest);
        summary.validators.clone_from(&known.summary.validators);
        if window::same_but_for_hints(&window, &body.window) {
            summary.gap = known.summary.gap;
            return;
        }
    }
    body.window = window;
    body.repeated = repeated;
}

/// What an entry takes in the store, about.
fn weight(entry: &crate::parse::ParsedEntry) -> u64 {
    /// What every article takes besides its texts.
    const BASE: u64 = 500;
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len) as u64;
    BASE + text(&entry.content) + text(&entry.summary) + text(&entry.title)
}

fn grown(before: u64, after: u64) -> i64 {
    after.cast_signed() - before.cast_signed()
}

fn seconds(count: usize) -> TimeDelta {
    TimeDelta::seconds(i64::try_from(count).unwrap_or(0))
}

/// Where the undated entries of a first import begin, downwards: at the oldest date of the others, otherwise at the feed's
/// own date. A feed that is dated with every request has no date either; then it is a year ago.
fn below_the_dated(dates: &[Timestamp], own: Option<Timestamp>, now: Timestamp) -> Timestamp {
    const JUST_NOW: TimeDelta = TimeDelta::days(1);
    const LONG_AGO: TimeDelta = TimeDelta::days(365);
    let oldest = dates.iter().min().copied();
    let own = own.filter(|own| *own < now - JUST_NOW);
    oldest.or(own).unwrap_or(now - LONG_AGO).min(now)
}

/// The oldest number to keep: of the newest 200 articles, those that arrived within 90 days or are still in the
/// document.
fn first_kept(
    summary: &FeedSummary,
    window: &[Fingerprint],
    minute: i64,
    keeps: &Retention,
) -> u32 {
    let newest = (summary.last + 1).saturating_sub(keeps.articles);
    let mut first = summary.first.max(newest);
    let stale: HashSet<u32> = window
        .iter()
        .filter(|print| !print.present && minute - print.arrived > keeps.days * 24 * 60)
        .map(|print| print.seq)
        .collect();
    while first <= summary.last && stale.contains(&first) {
        first += 1;
    }
    first
}
