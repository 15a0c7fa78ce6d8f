//! Texts for everybody, and what is shown when there is no page.

use askama::Template;

use super::{Frame, Link, Place};

/// A text for everybody.
#[derive(Debug, Template)]
#[template(path = "pages/about.html")]
pub struct AboutPage {
    pub frame: Frame,
    /// Clean HTML.
    pub html: String,
}

/// Keys and hints.
#[derive(Debug, Template)]
#[template(path = "pages/help.html")]
pub struct HelpPage {
    pub frame: Frame,
}

/// A request that could not be answered.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub frame: Frame,
    pub status: u16,
    pub title: String,
    pub advice: String,
    /// Ways out, the best one first.
    pub links: Vec<Link>,
    /// What to quote when asking for help.
    pub request_id: String,
}

/// What stands there while the first request opens the store.
#[derive(Debug, Template)]
#[template(path = "waking.html")]
pub struct WakingPage {
    pub frame: Frame,
    /// The page that was asked for, marked as asked for again.
    pub again: String,
}
