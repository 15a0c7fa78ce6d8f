//! What one fetch changes, ready to be written.

use crate::feeds::Feed;
use crate::ids::ArticleId;
use crate::parse::ParsedEntry;
use crate::timestamp::Timestamp;

/// An article to write.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub id: ArticleId,
    /// What the publisher says.
    pub entry: ParsedEntry,
    /// The river's key.
    pub at: Timestamp,
}

/// What to commit.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The feed's new record.
    pub feed: Feed,
    /// New articles, ascending by number.
    pub new: Vec<Draft>,
    /// Articles whose publisher changed them. The river's key stays: an edit doesn't come up again.
    pub edited: Vec<(u32, ParsedEntry)>,
    /// Numbers of the articles that go.
    pub retired: std::ops::Range<u32>,
    /// An address that leads to the feed from now on: it moved there for good.
    pub alias: Option<String>,
}
