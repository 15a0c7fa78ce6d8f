//! A shelf with everything that programs want to know of its articles.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Stream, label_of};
use crate::articles;
use crate::datastore::{Datastore, StoreError};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::kept::is_same;
use crate::shelf::kept::store::{self as kepts, All};
use crate::shelf::{Shelf, stars};

/// A shelf, its stars and its tags.
#[derive(Clone, Debug)]
pub struct Library {
    /// The shelf.
    pub shelf: Shelf,
    kept: Arc<All>,
    /// The places in `kept` of tagged articles.
    tagged: HashMap<ArticleId, usize>,
    /// When those came that are starred, and that no feed of the shelf has any more.
    gone: Arc<stars::Arrivals>,
}

impl Library {
    /// Gathers it. No read if the user's stars and tags are cached; otherwise one per 1,000 tagged articles, and, once a
    /// starred article is gone from its feed, one per 1,000 stars.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn of(store: &Datastore, shelf: Shelf) -> Result<Self, StoreError> {
        let kept = match shelf.read.has_kept() {
            true => kepts::cached(store, shelf.user).await?,
            false => Arc::default(),
        };
        let tagged = kept.iter().enumerate().filter_map(|(at, (name, card))| {
            let id = kepts::article_of(name)?;
            (!card.tags.is_empty()).then_some((id, at))
        });
        let mut library = Self {
            tagged: tagged.collect(),
            kept,
            shelf,
            gone: Arc::default(),
        };
        if !library.stars().all(|id| library.is_here(id)) {
            library.gone = stars::arrivals(store, library.shelf.user).await?;
        }
        Ok(library)
    }

    /// The starred articles.
    pub fn stars(&self) -> impl Iterator<Item = ArticleId> {
        self.shelf.stars.iter().copied()
    }

    /// Whether an article is in a feed of the shelf, and has come.
    pub fn is_here(&self, id: ArticleId) -> bool {
        let numbers = self.shelf.numbers(id.feed);
        (numbers.first..=numbers.last).contains(&id.seq) && !self.shelf.holds_back(id.feed, id.seq)
    }

    /// Whether an article is in a feed of the shelf, even if it is held back or a rule hides it.
    pub fn is_stored(&self, id: ArticleId) -> bool {
        let numbers = self.shelf.numbers(id.feed);
        (numbers.first..=numbers.last).contains(&id.seq)
    }

    /// Whether a user may see an article: it is here, or they keep a copy.
    pub fn has(&self, id: ArticleId) -> bool {
        self.is_here(id) || self.shelf.is_starred(id) || self.tagged.contains_key(&id)
    }

    /// Whether an article is read, or can't be unread because its feed has it no longer.
    pub fn is_read(&self, id: ArticleId) -> bool {
        !self.is_here(id) || self.shelf.is_read(id)
    }

    /// When an article came, in microseconds since 1970.
    pub fn arrival(&self, id: ArticleId) -> i64 {
        if let Some(summary) = self.shelf.summary(id.feed)
            && self.is_here(id)
        {
            return articles::arrival(summary, id);
        }
        if let Some(&at) = self.gone.get(&id) {
            return at;
        }
        let kept = self.tagged.get(&id).and_then(|&at| self.kept.get(at));
        kept.map_or(0, |(_, card)| card.kept * 1_000_000)
    }

    /// A user's own tags of an article.
    pub fn tags(&self, id: ArticleId) -> &[String] {
        let kept = self.tagged.get(&id).and_then(|&at| self.kept.get(at));
        kept.map_or(&[], |(_, card)| card.tags.as_slice())
    }

    /// All tags of articles, sorted.
    pub fn all_tags(&self) -> BTreeSet<&str> {
        let cards = self.tagged.values().filter_map(|&at| self.kept.get(at));
        let tags = cards.flat_map(|(_, card)| &card.tags);
        tags.map(String::as_str).collect()
    }

    /// The articles with a tag, however it is written there.
    pub fn tagged<'l>(&'l self, tag: &'l str) -> impl Iterator<Item = ArticleId> + 'l {
        let has_it = move |at: usize| {
            let card = self.kept.get(at).map(|(_, card)| card);
            card.is_some_and(|card| card.tags.iter().any(|one| is_same(one, tag)))
        };
        let all = self.tagged.iter().filter(move |(_, at)| has_it(**at));
        all.map(|(id, _)| *id)
    }

    /// What is unread with each tag, also where nothing is.
    pub fn unread_by_tag(&self) -> BTreeMap<&str, Vec<ArticleId>> {
        let mut found: BTreeMap<&str, Vec<ArticleId>> = BTreeMap::new();
        for &id in self.tagged.keys() {
            let is_read = self.is_read(id);
            for tag in self.tags(id) {
                found
                    .entry(tag)
                    .or_default()
                    .extend((!is_read).then_some(id));
            }
        }
        found
    }

    /// The labels of the folders in which feeds stand, with the feeds, each in the shelf's order.
    pub fn folders(&self) -> BTreeMap<String, Vec<FeedId>> {
        let mut folders: BTreeMap<String, Vec<FeedId>> = BTreeMap::new();
        for one in self.shelf.subscriptions.iter() {
            for path in one.folders() {
                folders.entry(label_of(path)).or_default().push(one.feed);
            }
        }
        folders
    }

    /// The path of the folder with a label; `None` if no feed stands in such a one.
    pub fn folder(&self, label: &str) -> Option<Vec<String>> {
        let mut all = self
            .shelf
            .subscriptions
            .iter()
            .flat_map(|one| one.folders());
        all.find(|path| label_of(path) == label)
            .map(<[String]>::to_vec)
    }

    /// The feeds of a stream, in the shelf's order.
    pub fn feeds(&self, stream: &Stream) -> Vec<FeedId> {
        let all = self.shelf.subscriptions.iter();
        let ids = |one: &crate::shelf::Subscription| one.feed;
        match stream {
            Stream::All | Stream::Read | Stream::Unread => all.map(ids).collect(),
            Stream::Label(label) => {
                let inside = all.filter(|one| one.folders().any(|path| label_of(path) == *label));
                inside.map(ids).collect()
            }
            Stream::Feed(feed) => all.map(ids).filter(|one| one == feed).collect(),
            Stream::Feeds(feeds) => all.map(ids).filter(|one| feeds.contains(one)).collect(),
            Stream::Starred | Stream::Nothing => Vec::new(),
        }
    }

    /// Whether an article belongs to a stream.
    pub fn is_in(&self, id: ArticleId, stream: &Stream) -> bool {
        match stream {
            Stream::All => self.is_here(id),
            Stream::Read => self.is_read(id),
            Stream::Unread => !self.is_read(id),
            Stream::Starred => self.shelf.is_starred(id),
            Stream::Label(label) => {
                let one = self.shelf.subscription(id.feed);
                let in_folder =
                    one.is_some_and(|one| one.folders().any(|path| label_of(path) == *label));
                (in_folder && self.is_here(id))
                    || self.tags(id).iter().any(|tag| is_same(tag, label))
            }
            Stream::Feed(feed) => id.feed == *feed,
            Stream::Feeds(feeds) => feeds.contains(&id.feed),
            Stream::Nothing => false,
        }
    }

    /// When the last of a feed's unread articles came, in microseconds; 0 if none is unread.
    pub fn newest_unread(&self, feed: FeedId) -> i64 {
        let mut newest = 0;
        if let Some(summary) = self.shelf.summary(feed) {
            self.each_unread(feed, |id| {
                newest = newest.max(articles::arrival(summary, id))
            });
        }
        newest
    }

    /// Visits a feed's unread articles that have come, newest first.
    pub(super) fn each_unread(&self, feed: FeedId, mut visit: impl FnMut(ArticleId)) {
        let fresh = self.shelf.fresh_numbers(feed);
        self.shelf.read.each_unread(fresh, true, |seq| {
            if !self.shelf.holds_back(feed, seq) {
                visit(ArticleId { feed, seq });
            }
            std::ops::ControlFlow::Continue(())
        });
    }
}
