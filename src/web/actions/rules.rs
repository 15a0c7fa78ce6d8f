//! Rules: their acts, and what is cleaned in one before it is kept.

use crate::app::App;
use crate::shelf::Shelf;
use crate::shelf::rulebook::{BadRule, Rule};

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
/// What is wrong with it.
pub(crate) fn checked(rule: Rule, shelf: &Shelf) -> Result<Rule, BadRule> {
    let rule = rule.checked()?;
    shelf.fits(&rule).map(|()| rule)
}
