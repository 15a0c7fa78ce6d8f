//! What a fetch came to, on which [`decide`](super::decide::decide) decides.

use super::entry_id::{self, Hashes};
use super::hubs::Advertised;
use crate::feeds::Validators;
use crate::parse::{ParsedFeed, date_of};

/// What a fetch came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 304: nothing changed.
    NotModified(Unchanged),
    /// Its server asked us to leave it alone until this minute, and wasn't asked.
    Paused(i64),
    /// 410: the publisher has taken it down for good.
    Gone,
    /// No answer, an error, or a document that is no feed.
    Failed(Failure),
    /// A document.
    Parsed(Box<Document>),
    /// A document that a hub pushed: all of it, or only its newest entries.
    Pushed(Box<Document>),
}

/// What comes along with a 304.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unchanged {
    /// Validators that replace the known ones, each by itself (RFC 9111, section 4.3.4).
    pub validators: Validators,
    /// For how many minutes the answer is fresh; `None` where it doesn't say, and what was known stays.
    pub fresh: Option<i64>,
    /// Whether nothing but permanent redirects led to it.
    pub moved: bool,
}

/// Why a fetch failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In plain words, for the reader.
    pub text: String,
    /// Minutes that the publisher asked us to wait.
    pub retry_after: Option<i64>,
}

/// A document that was fetched and read.
#[derive(Clone, Debug)]
pub struct Document {
    /// What it says.
    pub feed: ParsedFeed,
    /// Its entries' hashes, in its order.
    pub hashes: Vec<Hashes>,
    /// The hash of all of it.
    pub digest: String,
    /// What the server gave with it.
    pub validators: Validators,
    /// Where a chain of nothing but permanent redirects led.
    pub moved_to: Option<String>,
    /// For how many minutes it is fresh, by the server's word; 0 where that says nothing.
    pub fresh: i64,
    /// Who pushes what is new in it.
    pub hub: Option<Advertised>,
    /// Whether what isn't in it may still be published: it is what a hub pushed.
    pub is_part: bool,
}

/// Entries of one document that are looked at, the newest: their fingerprints must fit into the feed's record.
pub const ENTRIES: usize = 2_000;

impl Document {
    /// A document with its hashes.
    pub fn new(mut feed: ParsedFeed, validators: Validators, moved_to: Option<String>) -> Self {
        if feed.entries.len() > ENTRIES {
            // Stable: entries without a date keep the document's order, whose newest stands on top.
            feed.entries
                .sort_by_key(|entry| std::cmp::Reverse(date_of(entry)));
            feed.entries.truncate(ENTRIES);
        }
        let hashes = entry_id::of(&feed);
        let digest = entry_id::digest(&feed, &hashes);
        Self {
            feed,
            hashes,
            digest,
            validators,
            moved_to,
            fresh: 0,
            hub: None,
            is_part: false,
        }
    }
}
