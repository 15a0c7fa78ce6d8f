//! Subscriptions: which feeds a reader has, under which names, in which folders.

use serde::{Deserialize, Serialize};

use crate::ids::FeedId;

/// Folders within folders.
pub const DEEPEST: usize = 8;
/// Bytes of one folder's name.
const FOLDER_BYTES: usize = 100;
/// Bytes of a reader's own title.
const TITLE_BYTES: usize = 200;

/// One feed on one shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which.
    pub feed: FeedId,
    /// The reader's own title, instead of the publisher's.
    pub title: Option<String>,
    /// The folder, outermost first; empty for none.
    pub folder: Vec<String>,
    /// Its place among the others.
    pub position: i64,
    /// Whether its articles' own pages are fetched when they are opened.
    pub full_text: bool,
    /// The newest article that the reader found when he came; `None` where the feed was fetched after that.
    pub found: Option<u32>,
}

/// A subscription's card. Names are short because they are stored with each.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Card {
    #[serde(rename = "f")]
    pub feed: FeedId,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub folder: Vec<String>,
    #[serde(rename = "o")]
    pub position: i64,
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub full_text: bool,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub found: Option<u32>,
}

/// What an OPML file said beyond what we use, so that an export says it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    /// Attributes in their order.
    pub attributes: Vec<(String, String)>,
    /// The namespaces that they need.
    pub namespaces: Vec<(String, String)>,
    /// The site's address, as the file had it.
    pub html_url: Option<String>,
}

impl Extra {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.html_url.is_none()
    }
}

/// A folder's path from the names of its folders: trimmed, empty ones left out, too deep ones joined.
pub fn folder_path<'t>(names: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let names = names
        .into_iter()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let mut path: Vec<String> = names
        .map(|name| crate::codec::cut(name, FOLDER_BYTES))
        .collect();
    if path.len() > DEEPEST {
        let deep = path.split_off(DEEPEST - 1).join(" / ");
        path.push(crate::codec::cut(&deep, FOLDER_BYTES));
    }
    path
}

/// A folder's path from what somebody typed: `News / World`.
pub fn typed_folder(text: &str) -> Vec<String> {
    folder_path(text.split('/'))
}

/// A folder's path as one shows and types it.
pub fn folder_text(path: &[String]) -> String {
    path.join(" / ")
}

/// A reader's own title from what he typed; `None` to take the publisher's.
pub fn typed_title(text: &str) -> Option<String> {
    let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then(|| crate::codec::cut(&title, TITLE_BYTES))
}
