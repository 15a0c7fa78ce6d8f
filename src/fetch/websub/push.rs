//! Taking what a hub pushes (section 7).
//!
//! A pushed document may be all of the topic, or only what wasn't pushed before (section 7), and may come late or twice. So it
//! can only add: it says nothing about entries that it doesn't show, about the feed itself, or about the publisher's
//! server, whose validators and digest stay those of the last poll. The next poll sees the document as if there had been
//! no push, and finds its entries known.

use std::collections::HashMap;

use http::StatusCode;
use url::Url;

use super::{Capability, state};
use crate::clock::{Clock, minute_of};
use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, Body, Feed, Fingerprint, Rung, Validators};
use crate::fetch::apply::apply;
use crate::fetch::decide::{Outcome, Plan, decide};
use crate::fetch::http::Answer;
use crate::fetch::parse::ParsedEntry;
use crate::fetch::refresh;
use crate::fetch::window::Recognized;

/// How often a document is decided on anew when somebody else wrote the feed meanwhile.
const TRIES: usize = 8;

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Stored; so many new articles, perhaps none.
    Stored(usize),
    /// It can't be read or stored. The next poll shows what the publisher has.
    Ignored,
    /// Nobody awake reads the feed, or its hub is another by now: the subscription has ended (section 7: 410).
    Gone,
}

/// Takes a document whose signature was found good. One read and n + 1 writes for n new articles; one read where it brings
/// nothing. What is wrong with it is never held against the feed.
///
/// # Errors
/// The store's: the hub may try again.
pub async fn take(
    store: &Datastore,
    clock: &Clock,
    who: &Capability,
    (content_type, body): (Option<String>, Vec<u8>),
) -> Result<Taken, StoreError> {
    let Some(mut feed) = wanted(store, who).await? else {
        return Ok(Taken::Gone);
    };
    // Links are relative to the topic: to what the document calls its own address.
    let topic = feed.body.hub.as_ref().map(|hub| hub.topic.as_str());
    let Some(Ok(url)) = topic.map(Url::parse) else {
        return Ok(Taken::Gone);
    };
    let answer = Answer {
        fresh: None,
        _room: None,
        status: StatusCode::OK,
        url,
        moved: false,
        content_type,
        validators: Validators::default(),
        links: Vec::new(),
        retry_after: None,
        body,
    };
    let document = match refresh::read(answer).await {
        Ok(document) => Box::new(document),
        Err(error) => {
            tracing::info!(feed.id = %who.feed, %error, "a pushed document can't be read");
            return Ok(Taken::Ignored);
        }
    };
    for _ in 0..TRIES {
        let plan = decide(&feed, Outcome::Pushed(document.clone()), clock.now());
        if (&plan.feed.card, &plan.feed.body) == (&feed.card, &feed.body) {
            return Ok(Taken::Stored(0));
        }
        match apply(store, plan, Vec::new(), false).await {
            Ok(count) => return Ok(Taken::Stored(count)),
            Err(error) if error.is_contention() || feeds::store::has_gone(&error) => {}
            Err(error @ (StoreError::TooLarge { .. } | StoreError::Corrupt(_))) => {
                tracing::warn!(feed.id = %who.feed, %error, "a pushed document can't be stored");
                return Ok(Taken::Ignored);
            }
            Err(error) => return Err(error),
        }
        match wanted(store, who).await? {
            Some(again) => feed = again,
            None => return Ok(Taken::Gone),
        }
    }
    let key = feeds::store::key(who.feed).to_string();
    Err(StoreError::Contention { key })
}

/// The feed, if it wants pushes from the hub that this callback is for.
async fn wanted(store: &Datastore, who: &Capability) -> Result<Option<Feed>, StoreError> {
    let feed = feeds::store::get(store, who.feed).await?;
    let is_for = |feed: &Feed| feed.body.hub.as_ref().is_some_and(|hub| who.is_for(hub));
    Ok(feed.filter(|feed| feed.card.rung != Rung::Off && is_for(feed)))
}

/// What was recognized in a part of a document. What it doesn't show is as present as before. A change of what we have counts
/// only if it says itself that it is younger than ours: a push may be late, and the poll would not show the article again.
pub(in crate::fetch) fn partial(mut found: Recognized, known: &Body) -> Recognized {
    let before: HashMap<u32, &Fingerprint> = known
        .window
        .iter()
        .map(|print| (print.seq, print))
        .collect();
    let is_younger = |seq: u32, entry: &ParsedEntry| {
        let taken = before.get(&seq).map(|old| old.arrived.max(old.changed));
        let updated = entry.updated.map(minute_of);
        matches!((taken, updated), (Some(taken), Some(updated)) if updated > taken)
    };
    let mut stale = Vec::new();
    found.edited.retain(|(seq, entry)| {
        let counts = is_younger(*seq, entry);
        if !counts {
            stale.push(*seq);
        }
        counts
    });
    for print in &mut found.window {
        let Some(&&old) = before.get(&print.seq) else {
            continue;
        };
        let present = print.present || old.present;
        if stale.contains(&print.seq) {
            *print = old;
        }
        print.present = present;
    }
    found
}

/// Takes back what a part of a document can't say.
pub(in crate::fetch) fn restrain(plan: &mut Plan, known: &Feed, minute: i64) {
    let Feed { card, body, .. } = &mut plan.feed;
    let (old, was) = (&known.card, &known.body);
    card.digest.clone_from(&old.digest);
    card.validators.clone_from(&old.validators);
    card.validators_in_body = old.validators_in_body;
    card.gap = old.gap;
    card.title.clone_from(&old.title);
    card.site.clone_from(&old.site);
    (card.wishes, card.moved_since) = (old.wishes, old.moved_since);
    body.subtitle.clone_from(&was.subtitle);
    body.repairs.clone_from(&was.repairs);
    body.moved_to.clone_from(&was.moved_to);
    if !plan.new.is_empty() {
        state::brought(&mut plan.feed, minute);
    }
}
