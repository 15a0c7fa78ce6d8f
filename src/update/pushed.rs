//! What a pushed document may change: it can only add.

use std::collections::HashMap;

use super::lease;
use super::plan::Plan;
use super::window::Recognized;
use crate::feeds::{Body, Feed, Fingerprint};
use crate::parse::ParsedEntry;
use crate::timestamp::minute_of;

/// What was recognized in a part of a document. What it doesn't show is as present as before. A change of what we have counts
/// only if it says itself that it is younger than ours: a push may be late, and the poll would not show the article again.
pub(crate) fn partial(mut found: Recognized, known: &Body) -> Recognized {
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
pub(crate) fn restrain(plan: &mut Plan, known: &Feed, minute: i64) {
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
        lease::brought(&mut plan.feed, minute);
    }
}
