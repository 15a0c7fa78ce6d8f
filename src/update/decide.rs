//! What one fetch changes: a pure function. No store, no network, no clock.
//!
//! It is the heart of the reader, so every odd feed becomes a row in a table test, without a server.

use std::collections::HashSet;

use super::outcome::{Document, Failure, Outcome};
use super::plan::{Draft, Plan};
use super::window::{self, Recognized};
use super::{redirects, schedule};
use crate::articles::river_time;
use crate::feeds::{Card, Feed, Fingerprint, Rung, Validators};
use crate::ids::{ArticleId, LAST_SEQ};
use crate::parse::date_of;
use crate::timestamp::{Timestamp, minute_of};

/// Articles kept of a feed.
pub const KEPT: u32 = 200;
/// Days for which an article is kept after its arrival, once its publisher's document doesn't show it any more.
pub const KEPT_DAYS: i64 = 90;

/// Failures after which a feed that was never fetched takes its place among the others. Until then it is asked again as
/// soon as its pause is over, since somebody waits for it.
const FIRST_TRIES: u32 = 5;

/// Whether the card alone shows that there is nothing to write: no read, no write.
pub fn is_nothing(card: &Card, outcome: &Outcome, now: Timestamp) -> bool {
    let minute = minute_of(now);
    let quiet = card.failures == 0 && card.error.is_none();
    let stays = card.rung == schedule::rung_for(card, minute) && !redirects::is_due(card, minute);
    match outcome {
        Outcome::NotModified(unchanged) => {
            let mut merged = card.validators.clone();
            merge_validators(&mut merged, unchanged.validators.clone());
            let same = merged == card.validators || card.validators_in_body;
            let fresh = wished(card, unchanged.fresh.unwrap_or_default());
            let at_home = unchanged.moved == (card.moved_since > 0);
            quiet && stays && same && fresh && at_home
        }
        Outcome::Parsed(document) => {
            let same = document.digest == card.digest && document.validators == card.validators;
            let fresh = wished(card, document.fresh);
            let at_home = redirects::is_known(card, document.moved_to.as_deref());
            quiet && stays && same && !card.validators_in_body && fresh && at_home
        }
        Outcome::Paused(_) | Outcome::Gone | Outcome::Failed(_) | Outcome::Pushed(_) => false,
    }
}

/// Whether the card wishes at least as much already. A wish that became shorter is learned with the next news: until then
/// nobody misses anything, and it isn't worth a write.
fn wished(card: &Card, fresh: i64) -> bool {
    let mut wishes = card.wishes;
    wishes.set_fresh(fresh);
    wishes.fresh <= card.wishes.fresh
}

/// Decides what one fetch changes. A failure changes something too: when to ask again, and what to tell the reader.
pub fn decide(known: &Feed, outcome: Outcome, now: Timestamp) -> Plan {
    let mut plan = Plan {
        feed: known.clone(),
        new: Vec::new(),
        edited: Vec::new(),
        retired: known.card.first..known.card.first,
        alias: None,
    };
    let was_asked = !matches!(outcome, Outcome::Paused(_) | Outcome::Pushed(_));
    take(&mut plan, known, outcome, now);
    if plan.feed != *known && was_asked {
        // Written anyway, so it may as well say when.
        plan.feed.card.asked = minute_of(now);
    }
    plan
}

fn take(plan: &mut Plan, known: &Feed, outcome: Outcome, now: Timestamp) {
    let minute = minute_of(now);
    match outcome {
        Outcome::NotModified(unchanged) => {
            succeed(&mut plan.feed);
            let card = &mut plan.feed.card;
            merge_validators(&mut card.validators, unchanged.validators);
            if let Some(fresh) = unchanged.fresh {
                card.wishes.set_fresh(fresh);
            }
            // Only the address that gave the validators can answer so.
            let at = card.validators.of.clone().filter(|_| unchanged.moved);
            redirects::take(plan, at, minute);
        }
        Outcome::Paused(until) => {
            let card = &mut plan.feed.card;
            card.not_before = card.not_before.max(until);
            step_down(card);
            return;
        }
        Outcome::Gone => {
            let text = "The publisher has taken this feed down for good (410 Gone). It isn't asked any more.";
            fail(&mut plan.feed, text.into(), None, minute);
            plan.feed.card.rung = Rung::Off;
            plan.feed.leave_hub();
            return;
        }
        Outcome::Failed(Failure { text, retry_after }) => {
            fail(&mut plan.feed, text, retry_after, minute);
            let card = &mut plan.feed.card;
            if card.rung != Rung::New || card.failures >= FIRST_TRIES {
                step_down(card);
            }
            return;
        }
        Outcome::Parsed(document) => {
            succeed(&mut plan.feed);
            let hub = document.hub.clone();
            take_document(plan, known, *document, now);
            crate::update::lease::polled(plan, hub, now);
        }
        Outcome::Pushed(document) => {
            let document = Document {
                is_part: true,
                ..*document
            };
            take_document(plan, known, document, now);
            crate::update::pushed::restrain(plan, known, minute);
            return;
        }
    }
    let card = &mut plan.feed.card;
    card.rung = schedule::rung_for(card, minute);
}

/// To the fastest rung, for a feed whose next turn is decided by its pause alone: on a slow one it would be passed over at
/// its turn, and wait for the next.
fn step_down(card: &mut Card) {
    if card.rung != Rung::Off {
        card.rung = Rung::Step(0);
    }
}

fn succeed(feed: &mut Feed) {
    feed.card.failures = 0;
    feed.card.error = None;
    feed.card.not_before = 0;
    feed.body.error = None;
    feed.body.failing_since = 0;
}

fn fail(feed: &mut Feed, text: String, retry_after: Option<i64>, minute: i64) {
    let Feed { card, body, .. } = feed;
    card.failures = card.failures.saturating_add(1);
    card.not_before = schedule::back_off(card.failures, minute, retry_after);
    card.error = Some(text.clone());
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

fn take_document(plan: &mut Plan, known: &Feed, document: Document, now: Timestamp) {
    let minute = minute_of(now);
    let first_import = !plan.feed.card.is_read();
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
    redirects::take(plan, moved_to, minute);
    let Feed { id, card, body, .. } = &mut plan.feed;
    let dates: Vec<Timestamp> = feed.entries.iter().filter_map(date_of).collect();
    card.digest = digest;
    card.validators = validators;
    if card.validators.of.as_ref() == Some(&card.url) {
        card.validators.of = None;
    }
    card.wishes = feed.wishes;
    card.wishes.set_fresh(fresh);
    card.validators_in_body = false;
    card.gap = schedule::typical_gap(&dates);
    if let Some(title) = feed.title.filter(|title| !title.is_empty()) {
        card.title = title;
    }
    card.site = feed.link.or(card.site.take());
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
    plan.edited.retain(|(seq, _)| *seq >= card.first);
    let stored_last = card.last;
    // Numbers follow the dates; entries without one keep the document's order, whose newest stands on top.
    fresh.reverse();
    fresh.sort_by_key(|(entry, _)| {
        date_of(entry).map_or(i64::MAX, |date| date.min(now).timestamp())
    });
    // What retention would take away at once gets a number and a fingerprint, and is never written.
    let unkept = fresh.len().saturating_sub(KEPT as usize);
    for (index, (entry, hash)) in fresh.into_iter().enumerate() {
        if card.last >= LAST_SEQ {
            break;
        }
        card.last += 1;
        let article = ArticleId {
            feed: *id,
            seq: card.last,
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
            continue;
        }
        let at = river_time(article, date_of(&entry), now, first_import);
        card.newest = card.newest.max(at.timestamp_micros());
        plan.new.push(Draft {
            id: article,
            entry,
            at,
        });
    }
    if first_import {
        card.opening = card.last;
    }
    let first = first_kept(card, &window, minute);
    // Only what was stored can be taken away.
    plan.retired = card.first..first.min(stored_last + 1).max(card.first);
    plan.new.retain(|draft| draft.id.seq >= first);
    plan.edited.retain(|(seq, _)| *seq >= first);
    card.first = first;
    window.sort_by_key(|print| print.seq);
    window::forget_departed(&mut window, first, shown);
    if is_held {
        // Asked as before, the publisher shows the document again, and what has to wait isn't forgotten.
        card.digest.clone_from(&known.card.digest);
        card.validators.clone_from(&known.card.validators);
        if window::same_but_for_hints(&window, &body.window) {
            card.gap = known.card.gap;
            return;
        }
    }
    body.window = window;
    body.repeated = repeated;
}

/// The oldest number to keep: the newest 200, and of these none that arrived over 90 days ago and that the document
/// doesn't show any more.
fn first_kept(card: &Card, window: &[Fingerprint], minute: i64) -> u32 {
    let mut first = card.first.max((card.last + 1).saturating_sub(KEPT));
    let stale: HashSet<u32> = window
        .iter()
        .filter(|print| !print.present && minute - print.arrived > KEPT_DAYS * 24 * 60)
        .map(|print| print.seq)
        .collect();
    while first <= card.last && stale.contains(&first) {
        first += 1;
    }
    first
}
