//! Subscriptions: a user's feeds, with their titles and folders.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::feeds::FeedSummary;
use crate::html::visible::visible;
use crate::ids::FeedId;
use crate::users::ListOrder;
use crate::users::preferences::{Counts, ListStyle};

/// Deepest nesting of folders.
pub const DEEPEST: usize = 8;
/// Most folders that one feed stands in.
pub const MOST_FOLDERS: usize = 8;
/// Most bytes of a feed's folders as JSON: with the longest title, a card has room for that.
const FOLDERS_BYTES: usize = 850;
/// Longest folder name, in bytes.
pub const FOLDER_BYTES: usize = 100;
/// Longest title given by a user, in bytes.
pub const TITLE_BYTES: usize = 200;

/// One feed on one shelf, as it is stored. Names are short because they are stored with each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The feed subscribed to, one subscription per user.
    #[serde(rename = "f")]
    pub feed: FeedId,
    /// The user's own title, instead of the publisher's.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The folder, outermost first; empty for none.
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    pub folder: Vec<String>,
    /// Further folders in which it stands; none if it is in no folder.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Vec<String>>,
    /// Its position among the others.
    #[serde(rename = "o")]
    pub position: i64,
    /// Whether the full text is fetched when an article is opened.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub full_text: bool,
    /// The feed's newest article when the user subscribed; `None` if it was first fetched after that.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub found: Option<u32>,
    /// The minute since which articles are unread again when their publisher changes them; `None` if they stay as they are.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub unread_when_edited: Option<i64>,
    /// How many of the newest articles are kept for this user; `None` for all that the installation keeps.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<u32>,
    /// How its list is read where that differs from the user's others.
    #[serde(flatten)]
    pub habits: Habits,
    /// While it is paused.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// The minute after which the user is asked whether it stays; `None` if it isn't on trial.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<i64>,
    /// How its older articles arrive one by one; `None` if all are there.
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub drip: Option<Drip>,
}

/// A pause: nothing newer arrives, and this user is no audience of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The newest article when it began.
    #[serde(rename = "l")]
    pub last: u32,
    /// The minute at which it ends; `None` if the user ends it.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// The newest few articles at once, the rest one a day, the oldest first: from dates and numbers, so nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drip {
    /// The minute at which it began.
    #[serde(rename = "m")]
    pub since: i64,
    /// The oldest article then.
    #[serde(rename = "f")]
    pub first: u32,
    /// The newest article then.
    #[serde(rename = "l")]
    pub last: u32,
}

impl Drip {
    /// How many of the newest come at once.
    pub const AT_ONCE: u32 = 5;

    /// The numbers that haven't come yet at this minute; empty when all have.
    pub fn held(&self, minute: i64) -> std::ops::Range<u32> {
        let days = (minute - self.since).max(0) / (24 * 60);
        let end = (self.last + 1).saturating_sub(Self::AT_ONCE);
        // The first comes on the first day.
        let come = u32::try_from(days).unwrap_or(u32::MAX).saturating_add(1);
        self.first.saturating_add(come).min(end)..end
    }
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
    /// Whether its lines lead to the publisher's page.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub opens_site: bool,
    /// How its list looks.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub view: Option<ListStyle>,
}

impl Subscription {
    /// A feed as it comes onto a shelf.
    pub fn new(feed: FeedId, folder: Vec<String>, position: i64, found: Option<u32>) -> Self {
        Self {
            feed,
            title: None,
            folder,
            also: Vec::new(),
            position,
            full_text: false,
            found,
            unread_when_edited: None,
            keep: None,
            habits: Habits::default(),
            pause: None,
            trial: None,
            drip: None,
        }
    }

    /// The paths of the folders that it stands in, the first one first; none outside folders.
    pub fn folders(&self) -> impl Iterator<Item = &[String]> {
        let first = Some(self.folder.as_slice()).filter(|path| !path.is_empty());
        let also = self.also.iter().map(Vec::as_slice);
        first.into_iter().chain(also)
    }

    /// Whether it stands in a folder or below it.
    pub fn is_below(&self, path: &[String]) -> bool {
        self.folders().any(|folder| folder.starts_with(path))
    }

    /// Whether it stands directly in a folder; outside folders for the empty path.
    pub fn is_directly_in(&self, path: &[String]) -> bool {
        match path {
            [] => self.folder.is_empty(),
            path => self.folders().any(|folder| folder == path),
        }
    }

    /// Puts it into these folders, each once, and out of all others; at most [`MOST_FOLDERS`].
    pub fn set_folders(&mut self, folders: impl IntoIterator<Item = Vec<String>>) {
        let mut own: Vec<Vec<String>> = Vec::new();
        for path in folders {
            if !path.is_empty() && !own.contains(&path) && own.len() < MOST_FOLDERS {
                own.push(path);
            }
        }
        let mut own = own.into_iter();
        self.folder = own.next().unwrap_or_default();
        self.also = own.collect();
        // An indexed text has room for so much.
        while !self.also.is_empty() && json_bytes(&(&self.folder, &self.also)) > FOLDERS_BYTES {
            self.also.pop();
        }
    }

    /// Whether it can stand in all of these folders.
    pub fn has_room_for(folders: &[Vec<String>]) -> bool {
        let wanted: std::collections::BTreeSet<&Vec<String>> =
            folders.iter().filter(|path| !path.is_empty()).collect();
        let mut probe = Self::new(FeedId(1), Vec::new(), 0, None);
        probe.set_folders(folders.iter().cloned());
        probe.folders().count() == wanted.len()
    }

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

/// Bytes of a value as JSON.
fn json_bytes<T: Serialize>(value: &T) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

/// Whether a folder that was typed would be cut: a name is too long, or it is nested too deep.
pub fn is_cut(typed: &str) -> bool {
    let names = typed.split('/').map(str::trim);
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    let is_long = names.iter().any(|name| name.len() > FOLDER_BYTES);
    names.len() > DEEPEST || is_long || json_bytes(&names) > FOLDERS_BYTES
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
    while json_bytes(&path) > FOLDERS_BYTES {
        path.pop();
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
