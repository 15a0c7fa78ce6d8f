//! One reader's library over feeds that all share.
//!
//! A [`Shelf`] is loaded whole: which feeds, what is read and starred, and the feeds' heads. For 120 feeds that is 6 reads,
//! or none where this instance remembers; counts follow by arithmetic, and [`timeline`] adds one read for a page of any list.

pub mod bulk_marks;
mod departure;
pub mod export;
pub mod find;
pub mod find_replacement;
pub mod follow_move;
pub mod import;
pub mod import_report;
pub mod json_list;
pub mod opml;
pub mod read_shards;
pub mod read_state;
pub mod read_store;
pub mod replace;
pub mod sleep;
pub mod stars;
pub mod store;
pub mod subscribe;
mod subscriber_counts;
pub mod subscription;
pub mod timeline;
mod twins;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::future::try_join;
pub use read_shards::Reading;
pub use read_state::{ReadState, Shown};
pub use subscription::Subscription;

use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, Card};
use crate::ids::Numbers;
use crate::ids::{ArticleId, FeedId, UserId};
use crate::timestamp::Timestamp;

/// A part of a shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All feeds.
    Everything,
    /// A folder, with those inside it.
    Folder(Vec<String>),
    /// One feed.
    Feed(FeedId),
}

/// One reader's feeds and what he has read of them.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// Whose.
    pub user: UserId,
    /// In their order.
    pub subscriptions: Arc<Vec<Subscription>>,
    /// What is read.
    pub read: Reading,
    /// What is starred.
    stars: Arc<BTreeSet<ArticleId>>,
    heads: HashMap<FeedId, Arc<Card>>,
    places: Arc<HashMap<FeedId, usize>>,
}

impl Shelf {
    /// Loads it, from memory as far as that goes. The rest is one read for each 1,000 feeds, one for what is read, one for each
    /// 30 heads, and one where anything was ever starred.
    ///
    /// # Errors
    /// The store's.
    pub async fn load(store: &Datastore, user: UserId) -> Result<Self, StoreError> {
        let heads = async {
            let listed = store::known_list(store, user).await?;
            let ids: Vec<FeedId> = listed.all.iter().map(|one| one.feed).collect();
            Ok((feeds::store::known_heads(store, &ids).await?, listed))
        };
        let reading = async {
            let read = read_store::known(store, user).await?;
            let stars = match read.has_stars() {
                true => stars::known(store, user).await?,
                false => Arc::default(),
            };
            Ok((read, stars))
        };
        // In the cloud each waits for its own answers.
        let ((heads, listed), (read, stars)) = try_join(heads, reading).await?;
        Ok(Self {
            user,
            subscriptions: listed.all.clone(),
            read,
            stars,
            heads: heads.into_iter().collect(),
            places: listed.places.clone(),
        })
    }

    /// Loads it for a reader who comes to see it: subscriptions to feeds that moved onto another follow first, a few at a
    /// time, and of feeds that are new to him only the newest `unread` articles are unread.
    ///
    /// As [`load`](Self::load); where some follow, that twice, and what [`follow_move`] says; where a new feed has more articles, a
    /// write.
    ///
    /// # Errors
    /// The store's.
    pub async fn arrive(
        store: &Datastore,
        user: UserId,
        now: Timestamp,
        unread: u32,
    ) -> Result<Self, StoreError> {
        let mut shelf = Self::load(store, user).await?;
        shelf.take_on(store, now, unread).await?;
        let mut moved = shelf.feeds(&Scope::Everything);
        moved.retain(|&feed| shelf.card(feed).is_some_and(|card| card.onto.is_some()));
        if moved.is_empty() {
            return Ok(shelf);
        }
        // Rare, and large: it doesn't belong into every list's own future.
        Box::pin(follow_move::follow(store, user, moved.into_iter(), now)).await?;
        // Another instance may have followed before, and then nothing here was told.
        store::doubt_list(store, user);
        Self::load(store, user).await
    }

    /// Of what was there when this reader came to a feed, marks all but the newest articles as read: once, since whatever he
    /// marks himself says more. What came later is news, however much it is.
    async fn take_on(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        unread: u32,
    ) -> Result<(), StoreError> {
        let over = self.subscriptions.iter().filter_map(|one| {
            let card = self.card(one.feed)?;
            let upto = one.found.unwrap_or(card.opening).saturating_sub(unread);
            let is_over = upto >= card.first && !self.read.knows(one.feed);
            is_over.then(|| (card.numbers(one.feed), upto))
        });
        let over: Vec<(Numbers, u32)> = over.collect();
        if over.is_empty() {
            return Ok(());
        }
        let change = |reading: &mut Reading| {
            for &(numbers, upto) in &over {
                if !reading.knows(numbers.feed) {
                    reading.begin_at(numbers, upto);
                }
            }
        };
        let ((), reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        Ok(())
    }

    /// A feed's card; `None` for one that isn't on the shelf.
    pub fn card(&self, feed: FeedId) -> Option<&Card> {
        self.heads.get(&feed).map(Arc::as_ref)
    }

    /// A subscription; `None` for a feed that isn't on the shelf.
    pub fn subscription(&self, feed: FeedId) -> Option<&Subscription> {
        self.subscriptions.get(*self.places.get(&feed)?)
    }

    /// The name that the reader sees: his own, else the publisher's, else the address.
    pub fn title(&self, feed: FeedId) -> String {
        let own = self.subscription(feed).and_then(|one| one.title.clone());
        let card = self.card(feed);
        own.or_else(|| {
            card.map(|card| card.title.clone())
                .filter(|title| !title.is_empty())
        })
        .or_else(|| card.map(|card| card.url.clone()))
        .unwrap_or_default()
    }

    /// The numbers of a feed's articles; none for one that isn't on the shelf.
    pub fn numbers(&self, feed: FeedId) -> Numbers {
        let none = Numbers {
            feed,
            first: 1,
            last: 0,
        };
        self.card(feed).map_or(none, |card| card.numbers(feed))
    }

    /// How many of a feed's articles are unread.
    pub fn unread(&self, feed: FeedId) -> u32 {
        self.read.unread_count(self.numbers(feed))
    }

    /// How many articles are unread in a part of the shelf.
    pub fn unread_in(&self, scope: &Scope) -> u32 {
        self.feeds(scope)
            .into_iter()
            .map(|feed| self.unread(feed))
            .sum()
    }

    /// The feeds of a part of the shelf, in their order.
    pub fn feeds(&self, scope: &Scope) -> Vec<FeedId> {
        let belongs = |one: &&Subscription| match scope {
            Scope::Everything => true,
            Scope::Folder(path) => one.folder.starts_with(path),
            Scope::Feed(feed) => one.feed == *feed,
        };
        self.subscriptions
            .iter()
            .filter(belongs)
            .map(|one| one.feed)
            .collect()
    }

    /// Whether an article is read.
    pub fn is_read(&self, id: ArticleId) -> bool {
        // What retention has taken away isn't unread any more.
        id.seq < self.numbers(id.feed).first || self.read.is_read(id)
    }

    /// Whether an article is starred.
    pub fn is_starred(&self, id: ArticleId) -> bool {
        self.stars.contains(&id)
    }

    /// How many articles are starred.
    pub fn starred(&self) -> usize {
        self.stars.len()
    }

    /// All folders' paths, each once, parents included, sorted.
    pub fn folders(&self) -> Vec<Vec<String>> {
        let prefixes = self
            .subscriptions
            .iter()
            .flat_map(|one| (1..=one.folder.len()).map(|length| one.folder[..length].to_vec()));
        let unique: std::collections::BTreeSet<_> = prefixes.collect();
        unique.into_iter().collect()
    }

    /// Reads the heads of some feeds again: something newer than they say was seen. One read for each 30.
    ///
    /// # Errors
    /// The store's.
    pub async fn catch_up(
        &mut self,
        store: &Datastore,
        feeds: &[FeedId],
    ) -> Result<(), StoreError> {
        let ours = feeds.iter().copied();
        let ours: Vec<FeedId> = ours.filter(|feed| self.places.contains_key(feed)).collect();
        if ours.is_empty() {
            return Ok(());
        }
        feeds::store::doubt_heads(store, &ours);
        let heads = feeds::store::known_heads(store, &ours).await?;
        self.heads.extend(heads);
        Ok(())
    }

    /// Marks articles on the shelf read or unread, at once and in one write; a batch that was seen before changes
    /// nothing. Articles of other feeds are passed over. At most one read, and one for each 30 feeds of which somebody knows
    /// more than we; one write.
    ///
    /// # Errors
    /// The store's.
    pub async fn mark(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        batch: Option<&str>,
        read: &[ArticleId],
        unread: &[ArticleId],
    ) -> Result<(), StoreError> {
        let all = || read.iter().chain(unread);
        let newer = all().filter(|id| id.seq > self.numbers(id.feed).last);
        let newer: BTreeSet<FeedId> = newer.map(|id| id.feed).collect();
        let newer: Vec<FeedId> = newer.into_iter().collect();
        self.catch_up(store, &newer).await?;
        let mark = |id: &ArticleId, read| (self.numbers(id.feed), id.seq, read);
        let marks = read.iter().map(|id| mark(id, true));
        let marks: Vec<_> = marks
            .chain(unread.iter().map(|id| mark(id, false)))
            .collect();
        let change = |reading: &mut Reading| reading.mark_batch(batch, &marks);
        let ((), reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        Ok(())
    }

    /// Marks what a page showed, or a part of it. Answers with how many articles changed. At most one read; one write.
    ///
    /// # Errors
    /// The store's.
    pub async fn mark_all(
        &mut self,
        store: &Datastore,
        act: &str,
        now: Timestamp,
        shown: &[Shown],
    ) -> Result<u64, StoreError> {
        if shown.is_empty() {
            return Ok(0);
        }
        let change = |reading: &mut Reading| reading.mark_all(act, now, shown);
        let (count, reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        Ok(count)
    }

    /// Takes an act back; `None` where it is unknown or too long ago. At most one read; one write.
    ///
    /// # Errors
    /// The store's.
    pub async fn undo(
        &mut self,
        store: &Datastore,
        act: &str,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let first = |feed| self.numbers(feed).first;
        let change = |reading: &mut Reading| reading.undo(act, now, first);
        let (count, reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        Ok(count)
    }

    /// The last act that can be taken back, and how many articles it marked.
    pub fn last_act(&self, now: Timestamp) -> Option<(String, u64)> {
        self.read.last_act(now)
    }

    /// What a list of this scope shows now, for marking it later.
    pub fn seen(&self, scope: &Scope) -> Seen {
        let feeds = self.feeds(scope).into_iter();
        let with_unread = feeds.filter(|&feed| self.unread(feed) > 0);
        Seen(
            with_unread
                .map(|feed| (feed, self.numbers(feed).last))
                .collect(),
        )
    }
}

/// What a page showed: of each feed with something unread, the last number that it knew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(FeedId, u32)>);

impl Seen {
    /// The feeds, each with the last number.
    pub fn feeds(&self) -> &[(FeedId, u32)] {
        &self.0
    }

    /// As text for a form: `feed.last` pairs in hexadecimal.
    pub fn to_text(&self) -> String {
        let pairs = self
            .0
            .iter()
            .map(|(feed, last)| format!("{:x}.{last:x}", feed.0));
        pairs.collect::<Vec<_>>().join("_")
    }

    /// From the text that [`to_text`](Self::to_text) made; `None` for any other.
    pub fn from_text(text: &str) -> Option<Self> {
        let pair = |pair: &str| {
            let (feed, last) = pair.split_once('.')?;
            let feed = FeedId::from_number(i64::from_str_radix(feed, 16).ok()?)?;
            Some((feed, u32::from_str_radix(last, 16).ok()?))
        };
        if text.is_empty() {
            return Some(Self::default());
        }
        text.split('_')
            .map(pair)
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }
}
