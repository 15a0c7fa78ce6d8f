//! The edition.

use askama::Template;

use super::said::*;
use super::{Choice, Frame, Place};

/// One article on the front page.
#[derive(Clone, Debug, Default)]
pub struct EditionPiece {
    pub title: String,
    pub href: String,
    /// Its place on the reading page.
    pub anchor: String,
    pub snippet: String,
    pub image: Option<String>,
    /// `Tidewater Notes · 6 min · also in Quiet Maps`.
    pub byline: String,
    pub is_read: bool,
}

/// A folder's part.
#[derive(Clone, Debug, Default)]
pub struct EditionSection {
    pub name: String,
    pub minutes: String,
    pub pieces: Vec<EditionPiece>,
}

/// An edition's front page.
#[derive(Debug, Template)]
#[template(path = "pages/edition.html")]
pub struct EditionPage {
    pub frame: Frame,
    /// `Saturday 28 November 2026`.
    pub date: String,
    /// `10 articles, about 38 minutes`.
    pub sum: String,
    /// What it covers.
    pub span: String,
    pub lead: Option<EditionPiece>,
    /// What stands over the lead.
    pub sections: Vec<EditionSection>,
    pub last: Option<EditionPiece>,
    pub last_minutes: String,
    /// What else there is, and that it can wait.
    pub end: String,
    /// `2026-11-28`.
    pub day: String,
    /// The editions before.
    pub days: Vec<Choice>,
    /// The hours that can be chosen.
    pub hours: Vec<(u8, String, bool)>,
    pub pictures: bool,
    /// When the next one comes.
    pub next: String,
    pub is_empty: bool,
}

/// One article on the reading page.
#[derive(Clone, Debug, Default)]
pub struct EditionText {
    pub anchor: String,
    pub title: String,
    pub href: String,
    pub byline: String,
    /// The publisher's page; `None` if there is none.
    pub original: Option<String>,
    /// Sanitized HTML, printed unescaped.
    pub html: String,
    pub dir: &'static str,
    pub lang: String,
    pub is_read: bool,
}

/// An edition from its first word to its last.
#[derive(Debug, Template)]
#[template(path = "pages/edition_read.html")]
pub struct EditionReadPage {
    pub frame: Frame,
    pub date: String,
    pub sum: String,
    pub texts: Vec<EditionText>,
    /// `2026-11-28`.
    pub day: String,
    /// What is marked as read by the button at its end.
    pub unread: String,
    pub seen: String,
    pub end: String,
    pub next: String,
}
