//! The list of the house: the administrator's page, and the readers'.

use askama::Template;

use super::said::*;
use super::{AdminTab, Frame, Place, Trouble};

/// A feed of the list.
#[derive(Clone, Debug, Default)]
pub struct HouseRow {
    pub title: String,
    pub address: String,
    /// The folder within the list's, and more.
    pub about: String,
}

/// `/admin/house`.
#[derive(Debug, Template)]
#[template(path = "pages/admin_house.html")]
pub struct AdminHousePage {
    pub frame: Frame,
    pub tab: AdminTab,
    /// "12 feeds of 200".
    pub count: String,
    pub feeds: Vec<HouseRow>,
    /// As it was set; empty for the usual one.
    pub name: String,
    /// What is used without one.
    pub usual: &'static str,
    /// The address of the file; empty for none.
    pub source: String,
    /// When it was read, and what came of it.
    pub source_said: String,
    pub has_failed: bool,
    pub trouble: Option<Trouble>,
    /// What was typed last, and refused.
    pub typed: HouseRow,
}

/// `/house`.
#[derive(Debug, Template)]
#[template(path = "pages/house.html")]
pub struct HousePage {
    pub frame: Frame,
    pub name: String,
    pub title: String,
    pub feeds: Vec<HouseRow>,
    /// Their folder, if they follow.
    pub follows: Option<String>,
    /// How many there was no room for, in words.
    pub unfit: Option<String>,
}

/// What those are offered who begin.
#[derive(Clone, Debug, Default)]
pub struct HouseOffer {
    pub name: String,
    pub count: usize,
    /// Titles and addresses.
    pub feeds: Vec<HouseRow>,
}
