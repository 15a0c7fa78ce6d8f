//! What a reader's month took.

use askama::Template;

use super::said::*;
use super::{Frame, JournalTab, Place};

/// A day's counts, as text.
#[derive(Clone, Debug, Default)]
pub struct FootprintDay {
    pub day: String,
    pub woke: String,
    pub sent: String,
    pub spared: String,
}

/// What a reader's month took.
#[derive(Debug, Template)]
#[template(path = "pages/footprint.html")]
pub struct FootprintPage {
    pub frame: Frame,
    pub tab: JournalTab,
    /// "This month Dormouse woke 41 times for you, …"
    pub sentence: String,
    /// The figures: a number and what it is.
    pub figures: Vec<(String, String)>,
    /// How the reader's share is reckoned, and what isn't counted.
    pub notes: Vec<String>,
    /// The days of this month, of all readers together, newest first.
    pub days: Vec<FootprintDay>,
    /// Whether nothing has been counted yet.
    pub is_empty: bool,
}
