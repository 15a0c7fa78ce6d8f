//! What a pushed document may change: it can only add.

use std::collections::HashMap;

use super::lease;
use super::plan::Plan;
use super::window::Recognized;
use crate::feeds::{Body, Feed, Fingerprint};
use crate::parse::ParsedEntry;
use crate::timestamp::minute_of;

/// Adjusts what was recognized in a partial document.
///
/// Entries it doesn't contain stay present. A change to a known article counts only if its own date is newer than ours:
/// a push may be late, and the poll would not send the article again.
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

/// Reverts what a partial document can't tell.
pub(crate) fn restrain(plan: &mut Plan, known: &Feed, minute: i64) {
    let Feed { summary, body, .. } = &mut plan.feed;
    let (old, was) = (&known.summary, &known.body);
    summary.digest.clone_from(&old.digest);
    summary.validators.clone_from(&old.validators);
    summary.validators_in_body = old.validators_in_body;
    summary.gap = old.gap;
    summary.title.clone_from(&old.title);
    summary.site.clone_from(&old.site);
    (summary.hints, summary.moved_since) = (old.hints, old.moved_since);
    body.subtitle.clone_from(&was.subtitle);
    body.repairs.clone_from(&was.repairs);
    body.moved_to.clone_from(&was.moved_to);
    if !plan.new.is_empty() {
        lease::pushed(&mut plan.feed, minute);
    }
}
