//! Everything that is a reader's own: taking it along, and bringing it.

use askama::Template;

use super::said::*;
use super::{Frame, Place, Trouble};

/// `/settings/data`.
#[derive(Debug, Template)]
#[template(path = "pages/data.html")]
pub struct DataPage {
    pub frame: Frame,
    /// A part that was too large for one answer.
    pub over: Option<DataOver>,
    pub trouble: Option<Trouble>,
    pub report: Option<DataReport>,
    /// What there is, and how much of it.
    pub what: Vec<(String, String)>,
    /// The part with the feeds.
    pub first: DataFirst,
    /// The others: labels and addresses.
    pub parts: Vec<(String, String)>,
    /// Most megabytes of a part.
    pub most: u64,
}

/// The part of which it is asked whether passwords go along.
#[derive(Clone, Debug, Default)]
pub struct DataFirst {
    pub label: String,
    pub of: String,
    /// Where it ends; empty if it is the only one.
    pub to: String,
}

/// A part that comes in two.
#[derive(Clone, Debug)]
pub struct DataOver {
    pub text: String,
    /// Labels and addresses of the two.
    pub parts: [(String, String); 2],
}

/// What the last import did.
#[derive(Clone, Debug)]
pub struct DataReport {
    pub title: String,
    pub lines: Vec<String>,
    /// Whether feeds came whose articles are fetched now.
    pub has_feeds: bool,
    /// That it goes on with the same file: what is said, and the places of the form.
    pub next: Option<(String, String, String)>,
}
