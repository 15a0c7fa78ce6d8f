//! Public texts, and what is shown when there is no page.

use askama::Template;

use super::said::*;
use super::{Frame, Link, Place};

/// A public text.
#[derive(Debug, Template)]
#[template(path = "pages/about.html")]
pub struct AboutPage {
    pub frame: Frame,
    /// Clean HTML.
    pub html: String,
    /// What concerns the publisher who opened it with their key.
    pub desk: Option<Desk>,
}

/// What we do at one host.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    pub host: String,
    pub feeds: Vec<DeskFeed>,
}

/// A feed of that host.
#[derive(Clone, Debug, Default)]
pub struct DeskFeed {
    pub address: String,
    /// "3 readers".
    pub readers: String,
    /// The last check, as far as it is stored.
    pub last: String,
    /// What came of it.
    pub result: String,
    /// Whether the publisher sends validators.
    pub validators: bool,
    /// The next check and why, in words.
    pub planned: String,
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
