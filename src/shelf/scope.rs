//! The parts of a shelf that lists show.

use super::subscription::Subscription;
use crate::ids::FeedId;

/// A part of a shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All feeds.
    Everything,
    /// A folder, with its subfolders.
    Folder(Vec<String>),
    /// The feeds outside folders.
    Loose,
    /// A single subscription.
    Feed(FeedId),
    /// The user's starred articles, of any feed: no feed on the shelf belongs to it.
    Starred,
}

impl Scope {
    /// Whether a subscription belongs to it.
    pub fn has(&self, one: &Subscription) -> bool {
        match self {
            Self::Everything => true,
            Self::Folder(path) => one.folder.starts_with(path),
            Self::Loose => one.folder.is_empty(),
            Self::Feed(feed) => one.feed == *feed,
            Self::Starred => false,
        }
    }
}
