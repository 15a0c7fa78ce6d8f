//! The weekly digest, and private feeds.

use askama::Template;

use super::said::*;
use super::{Choice, Frame, JournalTab, Place};

/// A link that is told in a digest; without an address, its words.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub title: String,
    pub href: Option<String>,
}

/// What a week was, as it stands on its page, in a book and in a feed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/digest.html")]
pub struct DigestPart {
    pub sentences: Vec<String>,
    /// Names and how often, with a heading: feeds, authors.
    pub tops: Vec<(&'static str, Vec<(String, String)>)>,
    pub starred: Vec<Told>,
    pub longest: Option<Told>,
    pub end: &'static str,
}

/// The weekly digest.
#[derive(Debug, Template)]
#[template(path = "pages/digest.html")]
pub struct DigestPage {
    pub frame: Frame,
    pub tab: JournalTab,
    /// `16 to 22 November`.
    pub span: String,
    /// `2026-11-16`.
    pub week: String,
    pub weeks: Vec<Choice>,
    /// HTML of [`DigestPart`].
    pub html: String,
    pub is_empty: bool,
}

/// One article in an edition's feed.
#[derive(Clone, Debug, Default)]
pub struct EditionLine {
    pub title: String,
    pub href: String,
    pub byline: String,
    pub snippet: String,
}

/// An edition as one entry of a feed: its sections with their articles.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/edition_entry.html")]
pub struct EditionEntry {
    pub sum: String,
    pub sections: Vec<(String, Vec<EditionLine>)>,
    pub end: &'static str,
}
