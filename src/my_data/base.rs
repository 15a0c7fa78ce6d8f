//! What all of it stands on: whose data it is, and why something wasn't done.

use std::collections::HashMap;

use crate::clock::Clock;
use crate::config::Quota;
use crate::datastore::{Datastore, StoreError};
use crate::ids::{FeedId, UserId};
use crate::random::Random;
use crate::sealed::SecretKeys;
use crate::shelf::Shelf;
use crate::timestamp::Timestamp;
use crate::users::Profile;

/// What the manifest calls the format.
pub(super) const FORMAT: &str = "dormouse-data";
/// The version of the format that is written, and the newest that is read.
pub(super) const VERSION: u32 = 1;
/// Bytes of a part that stand for one article or one feed when parts are planned.
const ITEM_BYTES: usize = 7_500;
/// Most items of one file in a ZIP.
pub(super) const FILE_ITEMS: usize = 500;
/// Bytes after which a file in a ZIP ends.
pub(super) const FILE_BYTES: usize = 4 * 1_024 * 1_024;
/// Most feeds, and most articles, that are read at once.
pub(super) const FEEDS_AT_ONCE: usize = 30;
pub(super) const ARTICLES_AT_ONCE: usize = 50;

/// Whose data it is, and what is needed for it.
#[derive(Clone, Copy, Debug)]
pub struct Mine<'m> {
    /// Where it is.
    pub store: &'m Datastore,
    /// Whose it is.
    pub user: UserId,
    /// What passwords of feeds are sealed with.
    pub keys: &'m SecretKeys,
    /// For numbers.
    pub random: &'m Random,
    /// When it is done.
    pub now: Timestamp,
    /// Most bytes of a part.
    pub part_bytes: usize,
}

impl Mine<'_> {
    /// How many items are planned for a part, and taken in at once.
    pub(super) fn step(&self) -> usize {
        (self.part_bytes / ITEM_BYTES).max(1)
    }
}

/// Why data wasn't written or taken in.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file can't be taken in.
    #[error(transparent)]
    File(#[from] BadFile),
    /// A ZIP can't be written, such as to a full disk.
    #[error("the file can’t be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// Work on another thread ended early.
    #[error("the work broke off")]
    BrokeOff,
}

impl From<std::io::Error> for DataError {
    fn from(error: std::io::Error) -> Self {
        Self::Zip(error.into())
    }
}

/// Why a file can't be taken in, in words for whoever chose it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// It is no ZIP.
    #[error("This isn’t a ZIP file, or it didn’t arrive whole.")]
    NoZip,
    /// It has more files than ours have.
    #[error("This ZIP has too many files in it to be an export of a Dormouse.")]
    TooMany,
    /// It has no manifest of ours.
    #[error("This ZIP isn’t an export of a Dormouse: it has no manifest.json of one.")]
    NotOurs,
    /// It was made by a newer version.
    #[error("This export was made by a newer Dormouse than this one. Update this one first.")]
    Newer,
    /// A file in it can't be read.
    #[error(
        "“{0}” in this ZIP is damaged. What stands before it was taken in, and nothing was lost."
    )]
    Damaged(String),
    /// A file in it is larger than ours are.
    #[error(
        "“{0}” in this ZIP is larger than any that a Dormouse writes. What stands before it was taken in, and nothing was lost."
    )]
    TooLarge(String),
}

/// What an import needs.
#[derive(Clone, Copy, Debug)]
pub struct Import<'i> {
    /// Whose it is.
    pub mine: Mine<'i>,
    /// For the times of what is done one after another.
    pub clock: &'i Clock,
    /// How much they may have.
    pub quota: Quota,
    /// Whether feeds on private networks may be added.
    pub allow_private: bool,
    /// Puts settings in order that only pages know about, at a minute.
    pub settle: fn(&mut Profile, i64),
}

/// An address without what doesn't tell feeds apart.
pub(super) fn bare(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.trim_end_matches('/').to_lowercase()
}

/// The feeds of a shelf by their addresses.
pub(super) fn here_of(shelf: &Shelf) -> HashMap<String, FeedId> {
    let feeds = shelf.subscriptions.iter();
    let feeds =
        feeds.filter_map(|one| Some((bare(shelf.summary(one.feed)?.url.as_str()), one.feed)));
    feeds.collect()
}
