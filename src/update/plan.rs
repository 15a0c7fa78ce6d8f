//! What one fetch changes, ready to be written.

use crate::feeds::{Feed, FeedAddress};
use crate::ids::ArticleId;
use crate::parse::ParsedEntry;
use crate::timestamp::Timestamp;

/// An article to write.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where it is stored: the feed, and the next free number or that of the article it replaces.
    pub id: ArticleId,
    /// The parsed entry.
    pub entry: ParsedEntry,
    /// The timeline key.
    pub at: Timestamp,
    /// When it arrived, in minutes after the timeline key; 0 in a first import.
    pub arrived: u16,
}

/// What to commit.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The feed's new record.
    pub feed: Feed,
    /// New articles, in ascending order of number.
    pub new: Vec<Draft>,
    /// Articles changed by their publisher. The timeline key stays: an edit doesn't move an article up.
    pub edited: Vec<(u32, ParsedEntry)>,
    /// Numbers of the articles to remove.
    pub retired: std::ops::Range<u32>,
    /// Bytes by which its texts grow, about; less than 0 if more goes than comes.
    pub grown: i64,
    /// An additional address of the feed from now on: it moved there permanently.
    pub alias: Option<FeedAddress>,
}
