//! What is kept besides stars.

use askama::Template;

use super::said::*;
use super::{Choice, Frame, Link, Place, Trouble};

/// One line of what is kept.
#[derive(Clone, Debug, Default)]
pub struct KeptLine {
    pub name: String,
    pub href: String,
    pub title: String,
    /// The feed's title, or the page's host.
    pub source: String,
    pub snippet: String,
    pub tags: Vec<Link>,
    pub note: String,
    /// How long ago it was kept.
    pub age: String,
    /// The same instant in RFC 3339.
    pub datetime: String,
    /// How long reading takes; `None` if that is unknown.
    pub reading: Option<String>,
}

/// All that is kept, or what has a tag.
#[derive(Debug, Template)]
#[template(path = "pages/kept.html")]
pub struct KeptPage {
    pub frame: Frame,
    pub summary: String,
    /// All tags, with how often each is used.
    pub tags: Vec<Choice>,
    /// Whether it is one tag's list.
    pub is_tag: bool,
    pub lines: Vec<KeptLine>,
    pub next: Option<String>,
}

/// One kept text.
#[derive(Debug, Template)]
#[template(path = "pages/kept_text.html")]
pub struct KeptTextPage {
    pub frame: Frame,
    pub line: KeptLine,
    pub original: Option<String>,
    /// Sanitized HTML, printed unescaped.
    pub html: String,
    /// Its tags, as they are typed.
    pub tags: String,
    /// Where its form posts.
    pub action: String,
}

/// A page to keep.
#[derive(Debug, Template)]
#[template(path = "pages/keep.html")]
pub struct KeepPage {
    pub frame: Frame,
    pub url: String,
    pub tags: String,
    pub note: String,
    pub trouble: Option<Trouble>,
}
