//! A feed that moved: how long its redirects must last before its address is changed. Pure, like `decide`.
//!
//! A redirect that calls itself permanent is followed at once, and believed after two weeks of the same answer: many are
//! mistakes, and some lead to a hotel's sign-in page.

use super::plan::Plan;
use crate::feeds::{Card, Feed, address};

/// Minutes for which all answers must have come from the same other address: fourteen days.
pub const BELIEVED: i64 = 14 * 24 * 60;

/// Whether a feed's redirects have lasted long enough, so that the next answer from there changes its address.
pub fn is_due(card: &Card, minute: i64) -> bool {
    card.moved_since > 0 && minute - card.moved_since >= BELIEVED
}

/// Whether the card knows where the answer came from: from home, or from where the validators came from.
pub fn is_known(card: &Card, moved_to: Option<&str>) -> bool {
    match moved_to {
        None => card.moved_since == 0,
        Some(to) => card.moved_since > 0 && card.validators.of.as_deref() == Some(to),
    }
}

/// Takes in where an answer came from: where only permanent redirects led, or `None` for anywhere else.
pub(crate) fn take(plan: &mut Plan, moved_to: Option<String>, minute: i64) {
    let Feed { card, body, .. } = &mut plan.feed;
    let moved_to = moved_to.filter(|to| address::parse(to).is_ok() && *to != card.url);
    body.moved_to = match (moved_to, body.moved_to.take()) {
        (Some(to), Some((known, since))) if to == known => Some((known, since)),
        (Some(to), _) => Some((to, minute)),
        (None, _) => None,
    };
    card.moved_since = body.moved_to.as_ref().map_or(0, |(_, since)| *since);
    if is_due(card, minute)
        && let Some((to, _)) = body.moved_to.take()
    {
        let was_ours = body.aliases.contains(&to);
        body.aliases.retain(|alias| *alias != to);
        body.aliases
            .push(std::mem::replace(&mut card.url, to.clone()));
        card.moved_since = 0;
        if card.validators.of.as_ref() == Some(&to) {
            card.validators.of = None;
        }
        // Back at an address that it had before, which leads to it still.
        plan.alias = Some(to).filter(|_| !was_ours);
    }
}

/// Takes a change of address back, where another feed has the new one and it can't rest on that: it is asked at the old
/// one, and led on, as before.
pub(crate) fn undo(plan: &mut Plan, before: &Card) {
    if let Some(to) = plan.alias.take() {
        let Feed { card, body, .. } = &mut plan.feed;
        body.aliases.retain(|alias| *alias != before.url);
        card.url.clone_from(&before.url);
        card.validators.of = Some(to.clone()).filter(|_| !card.validators.is_empty());
        body.moved_to = Some((to, card.asked));
        card.moved_since = card.asked;
    }
}
