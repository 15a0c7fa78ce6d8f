//! What is open to others: the page for them, and the one where it is opened and closed.

use askama::Template;

use super::said::*;
use super::{Assets, Frame, Place};

/// A feed or list to follow.
#[derive(Clone, Debug, Default)]
pub struct FollowLink {
    pub label: &'static str,
    /// Its content type.
    pub kind: &'static str,
    pub href: String,
    /// Whether programs can subscribe to it, which a list of feeds isn't for.
    pub is_feed: bool,
}

/// One article.
#[derive(Clone, Debug, Default)]
pub struct SharedLine {
    pub title: String,
    pub link: Option<String>,
    pub source: String,
    /// `28 November 2026`.
    pub date: String,
    /// `2026-11-28`.
    pub machine_date: String,
    pub note: String,
    pub excerpt: String,
}

/// One feed of a blogroll.
#[derive(Clone, Debug, Default)]
pub struct SharedFeed {
    pub title: String,
    pub site: Option<String>,
    pub address: String,
    /// Below the folder that is open.
    pub folder: String,
}

/// What is open, for people who have its address.
#[derive(Debug, Template)]
#[template(path = "pages/shared.html")]
pub struct SharedPage {
    pub assets: Assets,
    pub title: String,
    /// `12 articles`.
    pub sum: String,
    pub links: Vec<FollowLink>,
    pub lines: Vec<SharedLine>,
    pub feeds: Vec<SharedFeed>,
    pub is_blogroll: bool,
    pub is_empty: bool,
}

/// An address that opens nothing.
#[derive(Debug, Template)]
#[template(path = "pages/shared_gone.html")]
pub struct SharedGonePage {
    pub assets: Assets,
}

/// Something that is open, for its owner.
#[derive(Clone, Debug, Default)]
pub struct OpenRow {
    /// For renewing and closing.
    pub id: String,
    /// What it is.
    pub name: String,
    /// The owner's heading; empty without one.
    pub heading: String,
    /// `Open since 28 November 2026`.
    pub since: String,
    /// Its page; `None` if it has none, or the address can't be shown.
    pub page: Option<String>,
    /// Whether it is a feed for its owner's own programs.
    pub is_private: bool,
    /// Whether the address can't be shown, because it is sealed with another key.
    pub is_sealed: bool,
    pub links: Vec<FollowLink>,
}

/// Something that can be opened.
#[derive(Clone, Debug, Default)]
pub struct Openable {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// Where it is opened and closed.
#[derive(Debug, Template)]
#[template(path = "pages/shared_settings.html")]
pub struct SharedSettingsPage {
    pub frame: Frame,
    pub open: Vec<OpenRow>,
    pub starred: Openable,
    /// What is only for the owner's own programs.
    pub private: Vec<Openable>,
    pub tags: Vec<Openable>,
    pub folders: Vec<Openable>,
    pub heading: String,
    pub error: Option<String>,
    /// How long others may still see what was closed, in minutes.
    pub minutes: u32,
}
