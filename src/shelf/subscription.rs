//! Subscriptions: a user's feeds, with their titles and folders.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::feeds::FeedSummary;
use crate::html::visible::visible;
use crate::ids::FeedId;
use crate::users::ListOrder;
use crate::users::preferences::Counts;

/// Deepest nesting of folders.
pub const DEEPEST: usize = 8;
/// Longest folder name, in bytes.
const FOLDER_BYTES: usize = 100;
/// Longest title given by a user, in bytes.
pub const TITLE_BYTES: usize = 200;

/// One feed on one shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The feed subscribed to, one subscription per user.
    pub feed: FeedId,
    /// The user's own title, instead of the publisher's.
    pub title: Option<String>,
    /// The folder, outermost first; empty for none.
    pub folder: Vec<String>,
    /// Its position among the others.
    pub position: i64,
    /// Whether the full text is fetched when an article is opened.
    pub full_text: bool,
    /// The feed's newest article when the user subscribed; `None` if it was first fetched after that.
    pub found: Option<u32>,
    /// The minute since which articles are unread again when their publisher changes them; `None` if they stay as they are.
    pub unread_when_edited: Option<i64>,
    /// How many of the newest articles are kept for this user; `None` for all that the installation keeps.
    pub keep: Option<u32>,
    /// How its list is read where that differs from the user's others.
    pub habits: Habits,
}

/// How one feed is read. What is `None` is as in all lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits {
    /// Which articles come first.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub order: Option<ListOrder>,
    /// How its unread articles are counted.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// For how many minutes its articles count as unread; then they pass by, neither read nor unread. `None` for ever.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<u32>,
    /// Whether lists of several feeds show its articles as one row a day.
    #[serde(rename = "u", default, skip_serializing_if = "std::ops::Not::not")]
    pub rolled_up: bool,
    /// Whether scrolling past its articles leaves them unread.
    #[serde(rename = "s", default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_scrolled: bool,
}

impl Subscription {
    /// The feed as this user has it: of a feed of which they keep fewer articles than the installation, the older ones are
    /// gone for them.
    pub fn cut(&self, summary: Arc<FeedSummary>) -> Arc<FeedSummary> {
        let first = match self.keep {
            Some(keep) => (summary.last + 1).saturating_sub(keep.max(1)),
            None => 0,
        };
        if first <= summary.first {
            return summary;
        }
        let mut own = Arc::unwrap_or_clone(summary);
        own.first = first;
        Arc::new(own)
    }

    /// Sets whether changed articles become unread again: those changed from this minute on.
    pub fn set_unread_when_edited(&mut self, yes: bool, minute: i64) {
        self.unread_when_edited = yes.then(|| self.unread_when_edited.unwrap_or(minute));
    }
}

impl Habits {
    /// The terms for which articles can be fresh, in minutes: a week, three days, a day, three hours.
    pub const TERMS: [u32; 4] = [7 * 1_440, 3 * 1_440, 1_440, 180];
}

/// The summary as it is stored. Names are short because they are stored with each.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SubscriptionRow {
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
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub unread_when_edited: Option<i64>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<u32>,
    #[serde(flatten)]
    pub habits: Habits,
}

/// Attributes of an OPML file that we don't use, kept for the export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    /// Attributes in their order.
    pub attributes: Vec<(String, String)>,
    /// The namespaces that they need.
    pub namespaces: Vec<(String, String)>,
    /// The site's address, as written in the file.
    pub html_url: Option<String>,
}

impl Extra {
    /// Drops the name that the file had besides its title: the user has given the feed another.
    pub fn forget_text(&mut self) {
        self.attributes
            .retain(|(name, _)| !name.eq_ignore_ascii_case("text"));
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.html_url.is_none()
    }
}

/// White space, and what no page can show.
fn is_space(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Whether a folder that was typed would be cut: a name is too long, or it is nested too deep.
pub fn is_cut(typed: &str) -> bool {
    let names = typed.split('/').map(str::trim);
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    names.len() > DEEPEST || names.iter().any(|name| name.len() > FOLDER_BYTES)
}

/// A folder's path from its names: trimmed, without empty ones; names nested too deep are joined.
pub fn folder_path<'t>(names: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let names = names
        .into_iter()
        .map(|name| visible(name).trim_matches(is_space).to_owned())
        .filter(|name| !name.is_empty());
    let mut path: Vec<String> = names
        .map(|name| crate::codec::cut(&name, FOLDER_BYTES))
        .collect();
    if path.len() > DEEPEST {
        let deep = path.split_off(DEEPEST - 1).join(" / ");
        path.push(crate::codec::cut(&deep, FOLDER_BYTES));
    }
    path
}

/// A folder's path as typed: `News / World`.
pub fn typed_folder(text: &str) -> Vec<String> {
    folder_path(text.split('/'))
}

/// A folder's path as shown and typed.
pub fn folder_text(path: &[String]) -> String {
    path.join(" / ")
}

/// The user's own title as typed; `None` to use the publisher's.
pub fn typed_title(text: &str) -> Option<String> {
    let text = visible(text);
    let words = text.split(is_space).filter(|word| !word.is_empty());
    let title = words.collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then(|| crate::codec::cut(&title, TITLE_BYTES))
}
