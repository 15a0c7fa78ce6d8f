//! Where an article stands: its feed's name and folders, as rules and saved searches see them.

use crate::ids::FeedId;
use crate::search::tokens::{self, Token};
use crate::search::{Doc, Facts, Search, Words};
use crate::shelf::Shelf;

/// Where an article stands.
pub(super) struct Around {
    pub feed: FeedId,
    pub title: String,
    pub folders: Vec<Vec<String>>,
    named: Vec<Token>,
    paths: Vec<Vec<Token>>,
}

impl Around {
    pub(super) fn of(shelf: &Shelf, feed: FeedId) -> Self {
        let title = shelf.title(feed);
        let one = shelf.subscription(feed);
        let folders: Vec<Vec<String>> = one
            .map(|one| one.folders().map(<[String]>::to_vec).collect())
            .unwrap_or_default();
        Self {
            feed,
            named: tokens::of(&title),
            paths: folders
                .iter()
                .map(|path| tokens::of(&path.join(" ")))
                .collect(),
            title,
            folders,
        }
    }
}

/// New articles are unread, and have neither star nor tag.
impl Facts for Around {
    fn feed(&self) -> &[Token] {
        &self.named
    }
    fn folders(&self) -> &[Vec<Token>] {
        &self.paths
    }
    fn is_read(&self, _: &Doc) -> bool {
        false
    }
    fn is_starred(&self, _: &Doc) -> bool {
        false
    }
    fn tags(&self, _: &Doc) -> &[String] {
        &[]
    }
}

/// Whether the words of its feed say that an article may be what a search asks for.
pub(super) fn is_proposed(search: &Search, words: &Words, seq: u32, around: &Around) -> bool {
    let place = words.docs().binary_search_by_key(&seq, |doc| doc.seq);
    place.is_ok_and(|place| search.proposed(words, around).docs.has(place))
}
