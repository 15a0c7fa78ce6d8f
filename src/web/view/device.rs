//! The pages about what is on the device.

use askama::Template;

use super::said::*;
use super::{ArticleLine, Assets, Frame, Place};

/// `/offline`: what the device shows in place of a page that it doesn't know.
#[derive(Debug, Template)]
#[template(path = "pages/offline.html")]
pub struct OfflinePage {
    pub frame: Frame,
    pub list_href: &'static str,
}

/// `/settings/device`.
#[derive(Debug, Template)]
#[template(path = "pages/device.html")]
pub struct DevicePage {
    pub frame: Frame,
}

/// A line of a list by itself, as a device keeps it.
#[derive(Debug, Template)]
#[template(path = "pages/pack_line.html")]
pub struct PackLine {
    pub line: ArticleLine,
    pub hides_feed: bool,
    pub assets: Assets,
}
