//! The outcome of a fetch, the input of [`decide`](super::decide::decide).

use super::entry_id::{self, Hashes};
use super::hubs::Advertised;
use crate::feeds::{FeedAddress, Sign, Validators, Wall};
use crate::parse::{ParsedFeed, date_of};

/// The outcome of a fetch.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 304: nothing changed.
    NotModified(Unchanged),
    /// Not sent: the server asked us to wait until this minute.
    Paused(i64),
    /// 410: the publisher has removed it for good.
    Gone,
    /// No response, an error, or a document that isn't a feed.
    Failed(Failure),
    /// A complete document from the feed's own address.
    Parsed(Box<Document>),
    /// A document pushed by a hub: all of it, or only its newest entries.
    Pushed(Box<Document>),
}

/// The metadata of a 304.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unchanged {
    /// Validators that replace the known ones, each by itself (RFC 9111, section 4.3.4).
    pub validators: Validators,
    /// How many minutes the response is fresh; `None` if it doesn't say, and the known value stays.
    pub fresh: Option<i64>,
    /// Whether it was reached through permanent redirects only.
    pub moved: bool,
}

/// Why a fetch failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In plain words, for the user.
    pub text: String,
    /// Minutes that the publisher asked us to wait.
    pub retry_after: Option<i64>,
    /// What it is a sign of.
    pub sign: Sign,
    /// Whether the server answered in any way.
    pub is_an_answer: bool,
    /// Whether there was no connection at all, for a reason that may be ours.
    pub is_unreached: bool,
    /// The protection service that answered instead of the publisher, if one did.
    pub wall: Option<Wall>,
}

/// A document that was fetched and parsed.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its content.
    pub feed: ParsedFeed,
    /// Its entries' hashes, in document order.
    pub hashes: Vec<Hashes>,
    /// The hash of the whole document.
    pub digest: String,
    /// The validators sent with it.
    pub validators: Validators,
    /// Where it was found, if reached through permanent redirects only.
    pub moved_to: Option<FeedAddress>,
    /// How many minutes it is fresh, according to the server; 0 if it doesn't say.
    pub fresh: i64,
    /// The hubs that push its updates.
    pub hub: Option<Advertised>,
    /// Whether entries missing from it may still be published: a hub pushed it.
    pub is_part: bool,
}

/// Most entries of one document considered, the newest: their fingerprints must fit into the feed's record.
pub const MAX_ENTRIES: usize = 2_000;

impl Document {
    /// A document with its hashes.
    pub fn new(
        mut feed: ParsedFeed,
        validators: Validators,
        moved_to: Option<FeedAddress>,
    ) -> Self {
        if feed.entries.len() > MAX_ENTRIES {
            // Stable: undated entries keep the document's order, newest first.
            feed.entries
                .sort_by_key(|entry| std::cmp::Reverse(date_of(entry)));
            feed.entries.truncate(MAX_ENTRIES);
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
