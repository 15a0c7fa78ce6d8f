//! The parts of a shelf that lists show.

use super::subscription::Subscription;
use crate::feeds::FeedSummary;
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
    /// The feeds that post less than once a week, which would drown among the others.
    Seldom,
    /// A single subscription.
    Feed(FeedId),
    /// The user's starred articles, of any feed: no feed on the shelf belongs to it.
    Starred,
}

impl Scope {
    /// Whether a subscription to a feed belongs to it.
    pub(super) fn has<'s>(
        &self,
        one: &Subscription,
        summary: impl FnOnce() -> Option<&'s FeedSummary>,
    ) -> bool {
        match self {
            Self::Everything => true,
            Self::Folder(path) => one.is_below(path),
            Self::Loose => one.folder.is_empty(),
            Self::Seldom => summary().is_some_and(FeedSummary::is_seldom),
            Self::Feed(feed) => one.feed == *feed,
            Self::Starred => false,
        }
    }
}
