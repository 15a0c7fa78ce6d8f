//! Rules: their acts, and what is cleaned in one before it is kept.

use http::StatusCode;

use super::tagging::checked_tags;
use crate::app::App;
use crate::shelf::Shelf;
use crate::shelf::rulebook::{BadRule, Rule};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::t;

/// What begins the id of an act of rules.
const PREFIX: &str = "rule.";

/// Whether an act is one of rules.
pub(crate) fn is_act(act: &str) -> bool {
    act.starts_with(PREFIX)
}

/// A name for an act.
pub(crate) fn new_act(app: &App) -> String {
    format!("{PREFIX}{}", app.random.hex::<8>())
}

/// A rule as it is kept: cleaned, and for what is on the shelf.
///
/// # Errors
/// 422 if it has several tags; as the inner result, what else is wrong with it.
pub(crate) fn checked(rule: Rule, shelf: &Shelf) -> HandlerResult<Result<Rule, BadRule>> {
    let rule = with_tag(rule)?.checked();
    Ok(rule.and_then(|rule| shelf.fits(&rule).map(|()| rule)))
}

/// The rule's tag, cleaned: one.
fn with_tag(mut rule: Rule) -> HandlerResult<Rule> {
    if !rule.acts.tag.trim().is_empty() {
        let tags = checked_tags(&rule.acts.tag)?;
        if tags.len() > 1 {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let title = t("rules-one-tag");
            return Err(Problem::new(status, "bad_rule", title, ""));
        }
        rule.acts.tag = tags.into_iter().next().unwrap_or_default();
    } else {
        rule.acts.tag.clear();
    }
    Ok(rule)
}
