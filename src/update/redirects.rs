//! A feed that moved: how long its redirects must last before its address is changed. Pure, like `decide`.
//!
//! A permanent redirect is followed at once, but believed only after it has stayed the same for two weeks: many are
//! mistakes, and some lead to a hotel's sign-in page.

use super::plan::Plan;
use crate::feeds::{Feed, FeedAddress, FeedSummary};

/// Minutes for which all responses must have come from the same other address: fourteen days.
pub const BELIEVED: i64 = 14 * 24 * 60;

/// Whether a feed's redirects have lasted long enough for the next response from there to change its address.
pub fn is_due(summary: &FeedSummary, minute: i64) -> bool {
    summary.moved_since > 0 && minute - summary.moved_since >= BELIEVED
}

/// Whether the summary already has the response's address: the feed's own, or the one that issued the validators.
pub fn is_known(summary: &FeedSummary, moved_to: Option<&FeedAddress>) -> bool {
    match moved_to {
        None => summary.moved_since == 0,
        Some(to) => {
            summary.moved_since > 0 && summary.validators.of.as_deref() == Some(to.as_str())
        }
    }
}

/// Records the address of a response: the target of permanent redirects only, or `None` in all other cases.
pub(crate) fn note_redirect(plan: &mut Plan, moved_to: Option<FeedAddress>, minute: i64) {
    let Feed { summary, body, .. } = &mut plan.feed;
    // A pass is for one address.
    let moved_to = moved_to.filter(|to| summary.url != *to && summary.door.is_none());
    body.moved_to = match (moved_to, body.moved_to.take()) {
        (Some(to), Some((known, since))) if to == known => Some((known, since)),
        (Some(to), _) => Some((to, minute)),
        (None, _) => None,
    };
    summary.moved_since = body.moved_to.as_ref().map_or(0, |(_, since)| *since);
    if is_due(summary, minute)
        && let Some((to, _)) = body.moved_to.take()
    {
        let was_ours = body.aliases.contains(&to);
        body.aliases.retain(|alias| *alias != to);
        let old = std::mem::replace(&mut summary.url, to.clone());
        body.aliases.push(old);
        summary.moved_since = 0;
        if summary.validators.of.as_deref() == Some(to.as_str()) {
            summary.validators.of = None;
        }
        // Back at an earlier address, which still leads to the feed.
        plan.alias = Some(to).filter(|_| !was_ours);
    }
}

/// Reverts a change of address because another feed has the new one: the old one is requested, and redirects, as
/// before.
pub(crate) fn undo(plan: &mut Plan, before: &FeedSummary) {
    if let Some(to) = plan.alias.take() {
        let Feed { summary, body, .. } = &mut plan.feed;
        body.aliases.retain(|alias| before.url != *alias);
        summary.url.clone_from(&before.url);
        summary.validators.of = Some(to.to_string()).filter(|_| !summary.validators.is_empty());
        body.moved_to = Some((to, summary.asked));
        summary.moved_since = summary.asked;
    }
}
