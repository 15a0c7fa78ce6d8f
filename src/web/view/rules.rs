//! Rules.

use askama::Template;

use super::account::ChoiceOption;
use super::reading::Piece;
use super::said::*;
use super::{Assets, Frame, Place};

/// A rule in the list.
#[derive(Clone, Debug, Default)]
pub struct RuleRow {
    pub id: u32,
    pub name: String,
    /// "Code · 12 in 30 days".
    pub about: String,
    pub is_on: bool,
}

/// A condition in the editor.
#[derive(Clone, Debug, Default)]
pub struct ConditionRow {
    pub number: usize,
    pub what: Vec<ChoiceOption>,
    pub how: Vec<ChoiceOption>,
    pub text: String,
}

/// The editor.
#[derive(Clone, Debug, Default)]
pub struct RuleForm {
    /// 0 for a new one.
    pub id: u32,
    pub name: String,
    pub any: bool,
    pub is_everywhere: bool,
    pub folders: Vec<ChoiceOption>,
    pub feeds: Vec<ChoiceOption>,
    pub conditions: Vec<ConditionRow>,
    pub read: bool,
    pub star: bool,
    pub hide: bool,
    pub keep: bool,
    pub light: bool,
    pub tag: String,
    /// The services that articles can be sent to.
    pub hooks: Vec<ChoiceOption>,
    /// What the rule costs.
    pub price: &'static str,
}

/// An article that a rule was tried on.
#[derive(Clone, Debug, Default)]
pub struct TrialLine {
    pub href: String,
    pub title: String,
    /// The title with what the rule looks for marked; empty if nothing is.
    pub marked: Vec<Piece>,
    pub letter: char,
    pub hue: u8,
    pub icon: String,
    pub age: String,
    pub datetime: String,
}

/// What a rule would have done.
#[derive(Clone, Debug, Default)]
pub struct TrialView {
    /// "This rule would have matched 7 of the last 50 articles."
    pub sentence: String,
    pub lines: Vec<TrialLine>,
    pub others: Vec<TrialLine>,
    /// "Show the 43 it leaves alone".
    pub leaves: String,
}

/// The trial alone, as the response to `X-Fragment: trial`.
#[derive(Debug, Template)]
#[template(path = "parts/trial.html")]
pub struct TrialPart {
    pub assets: Assets,
    pub trial: Option<TrialView>,
    pub trouble: Option<String>,
}

/// All rules, and one of them in the editor.
#[derive(Debug, Template)]
#[template(path = "pages/rules.html")]
pub struct RulesPage {
    pub frame: Frame,
    pub rows: Vec<RuleRow>,
    pub form: Option<RuleForm>,
    pub trial: Option<TrialView>,
    /// What is wrong with the rule.
    pub trouble: Option<String>,
    /// Whether there are services to send to.
    pub has_hooks: bool,
    /// How much waits to be sent.
    pub waiting: Option<String>,
    /// Why the last one couldn't be sent.
    pub failed: Vec<String>,
    /// What was given up, by service.
    pub given_up: Vec<String>,
    /// The act that can be undone.
    pub undo: Option<String>,
}

impl RulesPage {
    /// Whether a row is the one in the editor.
    pub fn is_open(&self, row: &RuleRow) -> bool {
        self.form.as_ref().is_some_and(|form| form.id == row.id)
    }
}
