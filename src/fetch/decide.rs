//! What one fetch changes: a pure function. No store, no network, no clock.
//!
//! It is the heart of the reader, so every odd feed becomes a row in a table test, without a server.

use std::collections::HashSet;

use super::identity::{self, Hashes};
use super::parse::{ParsedEntry, ParsedFeed};
use super::schedule;
use super::window::{self, Recognized};
use crate::articles::river_time;
use crate::clock::{Timestamp, minute_of};
use crate::feeds::{Body, Card, Feed, Fingerprint, Rung, Validators};
use crate::ids::{ArticleId, LAST_SEQ};

/// Articles kept of a feed.
pub const KEPT: u32 = 200;
/// Days for which an article is kept after its arrival, once its publisher's document doesn't show it any more.
pub const KEPT_DAYS: i64 = 90;

/// Failures after which a feed that was never fetched takes its place among the others. Until then it is asked again as
/// soon as its pause is over, since somebody waits for it.
const FIRST_TRIES: u32 = 5;

/// What a fetch came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 304: nothing changed. Validators that came along replace the known ones.
    NotModified(Validators),
    /// 410: the publisher has taken it down for good.
    Gone,
    /// No answer, an error, or a document that is no feed.
    Failed(Failure),
    /// A document.
    Parsed(Box<Document>),
}

/// Why a fetch failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In plain words, for the reader.
    pub text: String,
    /// Minutes that the publisher asked us to wait.
    pub retry_after: Option<i64>,
}

/// A document that was fetched and read.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it says.
    pub feed: ParsedFeed,
    /// Its entries' hashes, in its order.
    pub hashes: Vec<Hashes>,
    /// The hash of all of it.
    pub digest: String,
    /// What the server gave with it.
    pub validators: Validators,
    /// Where a chain of nothing but permanent redirects led.
    pub moved_to: Option<String>,
}

/// Entries of one document that are looked at, the newest: their fingerprints must fit into the feed's record.
pub const ENTRIES: usize = 2_000;

impl Document {
    /// A document with its hashes.
    pub fn new(mut feed: ParsedFeed, validators: Validators, moved_to: Option<String>) -> Self {
        if feed.entries.len() > ENTRIES {
            // Stable: entries without a date keep the document's order, whose newest stands on top.
            feed.entries
                .sort_by_key(|entry| std::cmp::Reverse(date_of(entry)));
            feed.entries.truncate(ENTRIES);
        }
        let hashes = identity::of(&feed);
        let digest = identity::digest(&feed, &hashes);
        Self {
            feed,
            hashes,
            digest,
            validators,
            moved_to,
        }
    }
}

/// An article to write.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub id: ArticleId,
    /// What the publisher says.
    pub entry: ParsedEntry,
    /// The river's key.
    pub at: Timestamp,
}

/// What to commit.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The feed's new record.
    pub feed: Feed,
    /// New articles, ascending by number.
    pub new: Vec<Draft>,
    /// Articles whose publisher changed them. The river's key stays: an edit doesn't come up again.
    pub edited: Vec<(u32, ParsedEntry)>,
    /// Numbers of the articles that go.
    pub retired: std::ops::Range<u32>,
}

/// Whether the card alone shows that there is nothing to write: no read, no write.
pub fn is_nothing(card: &Card, outcome: &Outcome, now: Timestamp) -> bool {
    let quiet = card.failures == 0 && card.error.is_none();
    let stays = card.rung == schedule::rung_for(card, minute_of(now));
    match outcome {
        Outcome::NotModified(validators) => {
            let mut merged = card.validators.clone();
            merge_validators(&mut merged, validators.clone());
            quiet && stays && (merged == card.validators || card.validators_in_body)
        }
        Outcome::Parsed(document) => {
            let same = document.digest == card.digest && document.validators == card.validators;
            quiet && stays && same && !card.validators_in_body && document.moved_to.is_none()
        }
        Outcome::Gone | Outcome::Failed(_) => false,
    }
}

/// Decides what one fetch changes. A failure changes something too: when to ask again, and what to tell the reader.
pub fn decide(known: &Feed, outcome: Outcome, now: Timestamp) -> Plan {
    let minute = minute_of(now);
    let mut plan = Plan {
        feed: known.clone(),
        new: Vec::new(),
        edited: Vec::new(),
        retired: known.card.first..known.card.first,
    };
    match outcome {
        Outcome::NotModified(validators) => {
            succeed(&mut plan.feed);
            merge_validators(&mut plan.feed.card.validators, validators);
        }
        Outcome::Gone => {
            let text = "The publisher has taken this feed down for good (410 Gone). It isn't asked any more.";
            fail(&mut plan.feed, text.into(), None, minute);
            plan.feed.card.rung = Rung::Off;
            return plan;
        }
        Outcome::Failed(Failure { text, retry_after }) => {
            fail(&mut plan.feed, text, retry_after, minute);
            let card = &plan.feed.card;
            if card.rung == Rung::New && card.failures >= FIRST_TRIES {
                plan.feed.card.rung = schedule::rung_for(&plan.feed.card, minute);
            }
            return plan;
        }
        Outcome::Parsed(document) => {
            succeed(&mut plan.feed);
            take_document(&mut plan, known, *document, now);
        }
    }
    let card = &mut plan.feed.card;
    let rung = schedule::rung_for(card, minute);
    if rung != card.rung {
        card.rung = rung;
        // The new rung's phase may fall on the very next minute.
        card.not_before = minute + schedule::FLOOR;
    }
    plan
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
    let first_import = plan.feed.card.digest.is_empty() && plan.feed.card.last == 0;
    let Document {
        feed,
        hashes,
        digest,
        validators,
        moved_to,
    } = document;
    let Feed { id, card, body, .. } = &mut plan.feed;
    let dates: Vec<Timestamp> = feed.entries.iter().filter_map(date_of).collect();
    card.digest = digest;
    card.validators = validators;
    if card.validators.of.as_ref() == Some(&card.url) {
        card.validators.of = None;
    }
    card.validators_in_body = false;
    card.gap = schedule::typical_gap(&dates);
    if let Some(title) = feed.title.filter(|title| !title.is_empty()) {
        card.title = title;
    }
    card.site = feed.link.or(card.site.take());
    body.subtitle = feed.subtitle;
    body.repairs = feed.repairs.iter().map(ToString::to_string).collect();
    body.moved_to = match (moved_to, body.moved_to.take()) {
        (Some(to), Some((known, since))) if to == known => Some((known, since)),
        (Some(to), _) => Some((to, minute)),
        (None, _) => None,
    };

    let Recognized {
        mut window,
        mut fresh,
        edited,
        repeated,
        is_held,
    } = window::recognize(body, feed.entries, hashes, minute);
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

/// An entry's date: published, else changed.
pub fn date_of(entry: &ParsedEntry) -> Option<Timestamp> {
    entry.published.or(entry.updated)
}

/// A feed that nobody has fetched yet, as what the first fetch is decided on.
pub fn unknown(id: crate::ids::FeedId, url: &str) -> Feed {
    Feed {
        id,
        card: Card::new(url),
        body: Body::default(),
        version: 0,
    }
}
