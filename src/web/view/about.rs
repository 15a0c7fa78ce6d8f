//! Public texts, and what is shown when there is no page.

use askama::Template;

use super::{Frame, Link, Place};

/// A public text.
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
    /// Where to go instead, the best link first.
    pub links: Vec<Link>,
    /// What to quote when asking for help.
    pub request_id: String,
}

/// Shown while the first request opens the store.
#[derive(Debug, Template)]
#[template(path = "cold_start.html")]
pub struct WakingPage {
    pub frame: Frame,
    /// The requested address, with the mark of a repeated request.
    pub again: String,
}
