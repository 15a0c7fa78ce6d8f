//! Where a feed stands with its hub: pure functions of the feed's record and the clock.

use super::hubs::Advertised;
use super::plan::{Draft, Plan};
use super::schedule;
use crate::codec::cut;
use crate::feeds::{Feed, Hub, Rung};
use crate::parse::date_of;
use crate::timestamp::{Timestamp, minute_of};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The lease that is asked for: ten days, which section 8.2 calls a good default.
pub const LEASE_SECONDS: i64 = 10 * 24 * 60 * 60;
/// The lease that is assumed where a hub confirms without one, though it must say it (5.3): it may be an older one.
const UNSAID: i64 = DAY;
/// No lease is believed for longer: so a hub that has gone is noticed.
const LONGEST_LEASE: i64 = 30 * DAY;
/// A lease is renewed when a third of it is left, or so much: the scheduler comes once a day, and may fail once.
const MARGIN: i64 = 2 * DAY;
/// A hub isn't asked again sooner than so long after it confirmed.
const LEAST_USE: i64 = 12 * HOUR;
/// As long as a hub may take to make sure that it was us who asked; afterwards its silence counts as a refusal.
const PATIENCE: i64 = 2 * HOUR;
/// The pause after a first failure; it doubles with each further one.
const PAUSE: i64 = 12 * HOUR;
/// The longest pause.
const LONGEST_PAUSE: i64 = 30 * DAY;
/// So often may polling find what should have been pushed; then it does all the work again.
const MISSES: u32 = 2;
/// What is younger may still be pushed.
const YOUNG: i64 = HOUR;
/// Bytes of a reason that are kept.
const REASON_BYTES: usize = 160;

/// What a polled document means for the hub: who it is, and whether it keeps its word.
pub(crate) fn polled(plan: &mut Plan, found: Option<Advertised>, now: Timestamp) {
    let minute = minute_of(now);
    let late = plan.new.iter().any(|draft| was_due(draft, minute));
    if plan.feed.is_pushed(minute) && late {
        missed(&mut plan.feed, minute);
    }
    named(&mut plan.feed, found, minute);
}

/// Whether an article came out so long ago that a hub should have pushed it.
fn was_due(draft: &Draft, minute: i64) -> bool {
    date_of(&draft.entry).is_none_or(|date| minute - minute_of(date) >= YOUNG)
}

/// Polling found what the hub hadn't pushed.
fn missed(feed: &mut Feed, minute: i64) {
    let Some(hub) = &mut feed.body.hub else {
        return;
    };
    hub.missed = hub.missed.saturating_add(1);
    if hub.missed >= MISSES {
        // Two days at least: each attempt costs readers a day of waiting.
        hub.failures = hub.failures.max(2);
        give_up(feed, "News came that it hadn’t pushed.", minute);
    }
}

/// Takes note of the hub that the document names, or that it names none. One that it named before stays, with all that is
/// known of it; a new one inherits what went wrong, or a publisher with another address each time would have us ask each time.
fn named(feed: &mut Feed, found: Option<Advertised>, minute: i64) {
    let url = feed.card.url.as_str();
    let Some(found) = found.filter(|found| found.is_of(url)) else {
        feed.body.hub = None;
        feed.card.pushed_until = 0;
        return;
    };
    let known = feed.body.hub.take();
    let stays = |hub: &Hub| hub.topic == found.topic && found.hubs.contains(&hub.url);
    feed.body.hub = if known.as_ref().is_some_and(stays) {
        known
    } else {
        feed.card.pushed_until = 0;
        let first = found.hubs.into_iter().next();
        first.map(|url| succeed_to(known, Hub::new(url, found.topic, minute), minute))
    };
}

fn succeed_to(old: Option<Hub>, new: Hub, minute: i64) -> Hub {
    let Some(old) = old else {
        return new;
    };
    let failures = old.failures + u32::from(old.until == 0);
    let due = if failures == 0 {
        minute
    } else {
        pause(failures, minute)
    };
    Hub {
        failures,
        due,
        ..new
    }
}

/// The hub is about to be asked. Written before it is: it may answer before we are done asking.
pub(crate) fn asks(feed: &mut Feed, minute: i64) {
    if let Some(hub) = &mut feed.body.hub {
        hub.asked = minute;
        hub.due = minute + PATIENCE;
    }
}

/// It has confirmed, for so many seconds from now.
pub(crate) fn confirmed(feed: &mut Feed, lease_seconds: Option<i64>, minute: i64) {
    let Some(hub) = &mut feed.body.hub else {
        return;
    };
    let lease = lease_seconds.map_or(UNSAID, |seconds| seconds / 60);
    let lease = lease.clamp(0, LONGEST_LEASE);
    hub.asked = 0;
    hub.until = minute + lease;
    hub.due = minute + (lease - (lease / 3).max(MARGIN)).max(LEAST_USE);
    if hub.missed < MISSES {
        hub.failures = 0;
        hub.reason = None;
    }
    feed.card.pushed_until = hub.until;
    settle(feed, minute);
}

/// It couldn't be asked, or said no at once, or hasn't confirmed. A lease that lasts goes on: only its renewal failed.
pub(crate) fn failed(feed: &mut Feed, reason: &str, minute: i64) {
    if let Some(hub) = &mut feed.body.hub {
        hub.failures = hub.failures.saturating_add(1);
        hub.asked = 0;
        hub.due = pause(hub.failures, minute);
        hub.reason = Some(cut(reason, REASON_BYTES));
    }
}

/// It refuses, or doesn't do as it said: no subscription, even if there was one (5.2).
pub(crate) fn give_up(feed: &mut Feed, reason: &str, minute: i64) {
    failed(feed, reason, minute);
    if let Some(hub) = &mut feed.body.hub {
        hub.until = 0;
    }
    feed.card.pushed_until = 0;
    settle(feed, minute);
}

/// Pushed news has arrived.
pub(crate) fn brought(feed: &mut Feed, minute: i64) {
    if let Some(hub) = &mut feed.body.hub {
        hub.pushed = minute;
        (hub.missed, hub.failures, hub.reason) = (0, 0, None);
    }
    settle(feed, minute);
}

/// The rung follows what changed. A feed that waits to be fetched first of all, or that isn't polled, stays where it is, and a
/// pause that its publisher asked for isn't shortened.
fn settle(feed: &mut Feed, minute: i64) {
    let card = &mut feed.card;
    let rung = schedule::rung_for(card, minute);
    if matches!(card.rung, Rung::Step(_)) && rung != card.rung {
        card.rung = rung;
        card.not_before = card.not_before.max(minute + schedule::FLOOR);
    }
}

fn pause(failures: u32, minute: i64) -> i64 {
    let doubled = PAUSE << failures.saturating_sub(1).min(10);
    minute + doubled.min(LONGEST_PAUSE)
}
