//! What programs ask a shelf for: streams of articles by when they came, and what holds of each article.
//!
//! A page of a website is ordered by its articles' dates; a program asks what came since it last asked. Both follow from the feeds'
//! summaries, so ids, counts and labels cost no read beyond the shelf's own.

mod choose;
mod library;

pub use choose::{Choice, Order, Pick, Question};
pub use library::Library;

use crate::ids::FeedId;

/// A stream of articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Everything that the shelf's feeds have.
    All,
    /// What is read of it.
    Read,
    /// What is unread of it.
    Unread,
    /// What is starred, also of feeds that were left.
    Starred,
    /// What the feeds of a folder have (not those of folders below), and what has a tag of that name.
    Label(String),
    /// What one feed has.
    Feed(FeedId),
    /// What some feeds have.
    Feeds(Vec<FeedId>),
    /// Nothing: a stream that others have, or a feed that isn't on the shelf.
    Nothing,
}

/// What a folder is called where there is no folder in another.
pub fn label_of(path: &[String]) -> String {
    path.join("/")
}
