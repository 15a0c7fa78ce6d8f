//! The state of a feed's hub subscription: pure functions of the feed's record and the clock.

use super::hubs::Advertised;
use super::plan::{Draft, Plan};
use super::schedule;
use crate::codec::cut;
use crate::feeds::hub::MAX_LEASE;
use crate::feeds::{Feed, Hub, PollTier};
use crate::parse::date_of;
use crate::timestamp::{Timestamp, minute_of};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The lease we request, in seconds: ten days, which section 8.2 calls a good default.
pub const LEASE_SECONDS: i64 = 10 * 24 * 60 * 60;
/// The lease assumed if a hub confirms without stating one, which 5.3 requires: it may implement an older version.
const UNSAID: i64 = DAY;
/// A lease is renewed when a third of it is left, or this much: the scheduler runs once a day, and may fail once.
const MARGIN: i64 = 2 * DAY;
/// Minimum time between a confirmation and the next request to the hub.
const MIN_LEASE_USE: i64 = 12 * HOUR;
/// How long a hub may take to verify our request; after that its silence counts as a refusal.
const CONFIRMATION_TIMEOUT: i64 = 2 * HOUR;
/// The pause after a first failure; it doubles with each further one.
const FIRST_RETRY_PAUSE: i64 = 12 * HOUR;
/// The longest pause.
const MAX_RETRY_PAUSE: i64 = 30 * DAY;
/// How often polling may find articles that should have been pushed, before the feed is polled at its own cadence again.
const MISSES_ALLOWED: u32 = 2;
/// Younger articles may still be pushed.
const YOUNG: i64 = HOUR;
/// Most bytes kept of a reason.
const REASON_BYTES: usize = 160;

/// What a polled document means for the hub: which one it is, and whether it pushes as promised.
pub(crate) fn after_poll(plan: &mut Plan, found: Option<Advertised>, now: Timestamp) {
    let minute = minute_of(now);
    let late = plan.new.iter().any(|draft| was_due(draft, minute));
    if plan.feed.is_pushed(minute) && late {
        missed(&mut plan.feed, minute);
    }
    named(&mut plan.feed, found, minute);
}

/// Whether an article is old enough that the hub should have pushed it.
fn was_due(draft: &Draft, minute: i64) -> bool {
    date_of(&draft.entry).is_none_or(|date| minute - minute_of(date) >= YOUNG)
}

/// Polling found what the hub hadn't pushed.
fn missed(feed: &mut Feed, minute: i64) {
    let Some(hub) = &mut feed.body.hub else {
        return;
    };
    hub.missed = hub.missed.saturating_add(1);
    if hub.missed >= MISSES_ALLOWED {
        // At least two days: each attempt costs readers a day's delay.
        hub.failures = hub.failures.max(2);
        give_up(feed, "It missed new articles that polling found.", minute);
    }
}

/// Records the hub the document names, or that it names none.
///
/// A hub named before stays, with its state; a new one inherits the failures, or a publisher whose hub address changes
/// every time would make us send a request every time.
fn named(feed: &mut Feed, found: Option<Advertised>, minute: i64) {
    let url = feed.summary.url.as_str();
    let Some(found) = found.filter(|found| found.is_of(url)) else {
        feed.body.hub = None;
        feed.summary.pushed_until = 0;
        return;
    };
    let known = feed.body.hub.take();
    let stays = |hub: &Hub| hub.topic == found.topic && found.hubs.contains(&hub.url);
    feed.body.hub = if known.as_ref().is_some_and(stays) {
        known
    } else {
        feed.summary.pushed_until = 0;
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

/// The request is about to be sent. Stored before sending: the hub may verify before our request returns.
pub(crate) fn requested(feed: &mut Feed, minute: i64) {
    if let Some(hub) = &mut feed.body.hub {
        hub.asked = minute;
        hub.due = minute + CONFIRMATION_TIMEOUT;
    }
}

/// The hub has confirmed, for `lease_seconds` from now.
pub(crate) fn confirmed(feed: &mut Feed, lease_seconds: Option<i64>, minute: i64) {
    let Some(hub) = &mut feed.body.hub else {
        return;
    };
    let lease = lease_seconds.map_or(UNSAID, |seconds| seconds / 60);
    let lease = lease.clamp(0, MAX_LEASE);
    hub.asked = 0;
    hub.until = minute + lease;
    hub.due = minute + (lease - (lease / 3).max(MARGIN)).max(MIN_LEASE_USE);
    if hub.missed < MISSES_ALLOWED {
        hub.failures = 0;
        hub.reason = None;
    }
    feed.summary.pushed_until = hub.until;
    settle(feed, minute);
}

/// The request failed, was rejected, or wasn't confirmed. A running lease continues: only its renewal failed.
pub(crate) fn request_failed(feed: &mut Feed, reason: &str, minute: i64) {
    if let Some(hub) = &mut feed.body.hub {
        hub.failures = hub.failures.saturating_add(1);
        hub.asked = 0;
        hub.due = pause(hub.failures, minute);
        hub.reason = Some(cut(reason, REASON_BYTES));
    }
}

/// The hub refuses or is unreliable: the subscription ends, if there was one (5.2).
pub(crate) fn give_up(feed: &mut Feed, reason: &str, minute: i64) {
    request_failed(feed, reason, minute);
    if let Some(hub) = &mut feed.body.hub {
        hub.until = 0;
    }
    feed.summary.pushed_until = 0;
    settle(feed, minute);
}

/// A push has brought new articles.
pub(crate) fn pushed(feed: &mut Feed, minute: i64) {
    if let Some(hub) = &mut feed.body.hub {
        hub.pushed = minute;
        (hub.missed, hub.failures, hub.reason) = (0, 0, None);
    }
    settle(feed, minute);
}

/// Adjusts the tier to what changed. A feed that is waiting for its first fetch, or isn't polled, keeps its tier, and a
/// pause requested by its publisher isn't shortened.
fn settle(feed: &mut Feed, minute: i64) {
    let summary = &mut feed.summary;
    let tier = schedule::tier_for(summary, minute);
    if matches!(summary.tier, PollTier::Step(_)) && tier != summary.tier {
        summary.tier = tier;
        summary.not_before = summary.not_before.max(minute + schedule::MIN_INTERVAL);
    }
}

fn pause(failures: u32, minute: i64) -> i64 {
    let doubled = FIRST_RETRY_PAUSE << failures.saturating_sub(1).min(10);
    minute + doubled.min(MAX_RETRY_PAUSE)
}
