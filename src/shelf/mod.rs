//! One user's library over shared feeds.
//!
//! A [`Shelf`] is loaded whole: its feeds, what is read and starred, and the feeds' summaries. For 120 feeds that is 6
//! reads, or none if everything is cached; counts follow by arithmetic, and [`timeline`] adds one read for a page of
//! any list.

pub mod act;
mod arriving;
mod bits;
pub mod bulk_marks;
pub mod change_door;
mod departure;
mod doors;
pub mod edition;
pub mod export;
pub mod find;
pub mod find_replacement;
pub mod follow_move;
mod fresh;
pub mod gardening;
pub mod heads;
mod held;
pub mod history;
pub mod house;
pub mod import;
pub mod import_report;
pub mod journal;
pub mod json_list;
pub mod kept;
pub mod leaving;
mod newest;
pub mod numbers;
pub mod opml;
mod passing;
pub mod pausing;
mod place;
pub mod played;
pub mod preview;
pub mod read_shards;
pub mod read_state;
pub mod read_store;
pub mod replace;
mod room;
pub mod rulebook;
pub mod rules;
mod scope;
pub mod search;
mod seen;
pub mod shared;
pub mod sleep;
pub mod stars;
mod state;
pub mod stopping;
pub mod store;
pub mod streams;
pub mod subscribe;
mod subscriber_counts;
pub mod subscription;
pub mod sync;
mod tags;
mod tally;
pub mod timeline;
mod twins;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

use futures_util::future::try_join;
use held::Held;
use journal::Notebook;
pub use journal::{Told, When};
pub use played::Played;
pub use read_shards::{ArticleMark, ReadShards};
pub use read_state::{ReadState, Shown};
pub use scope::Scope;
pub use seen::Seen;
pub use state::ShelfState;
pub use subscription::Subscription;
pub use tally::Tally;

use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, FeedSummary};
use crate::ids::Numbers;
use crate::ids::{ArticleId, FeedId, FeedMap, UserId};
use crate::timestamp::{Timestamp, minute_of};
use crate::users;
use crate::users::following::Note;

/// One user's feeds, and what they have read of them.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// Whose shelf it is.
    pub user: UserId,
    /// In the user's order.
    pub subscriptions: Arc<Vec<Subscription>>,
    /// The articles read.
    pub read: ReadShards,
    /// The articles starred.
    stars: Arc<BTreeSet<ArticleId>>,
    heads: heads::Heads,
    places: Arc<FeedMap<usize>>,
    /// How many articles of a new feed are unread.
    unread_at_first: u32,
    /// Of feeds whose articles are fresh for a while only: the highest number that has passed by.
    passed: Arc<FeedMap<u32>>,
    /// What paused feeds and those that arrive one by one hold back.
    held: Arc<Held>,
    /// What the reader is told of the list of the house, if they follow it.
    pub house: Option<Arc<Note>>,
    /// The counts, once they were asked for; forgotten with every change.
    tally: OnceLock<Arc<Tally>>,
}

/// What a reader does at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doing<'d> {
    /// The batch that brings it; one sent twice changes nothing.
    pub batch: Option<&'d str>,
    /// Articles to mark as read.
    pub read: &'d [ArticleId],
    /// Articles to mark as unread.
    pub unread: &'d [ArticleId],
    /// How far episodes were played.
    pub played: &'d [Played],
    /// What the journal is told.
    pub told: &'d [Told],
    /// When something was done with articles, where that wasn't just now: for the journal.
    pub times: &'d [(ArticleId, Timestamp)],
    /// The zone of the reader's browser; empty if it isn't known.
    pub zone: &'d str,
}

/// The publisher's title, or the address while there is none.
fn own_title(summary: &FeedSummary) -> String {
    match summary.title.is_empty() {
        false => summary.title.clone(),
        true => summary.url.to_string(),
    }
}

/// The usual number of unread articles of a new feed.
const UNREAD_AT_FIRST: u32 = 100;

impl Shelf {
    /// Loads a shelf, from the cache as far as possible.
    ///
    /// The rest is one read per 1,000 feeds, one for the read state, one per 30 summaries, and one if anything was ever
    /// starred.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn load(store: &Datastore, user: UserId) -> Result<Self, StoreError> {
        Self::load_part(store, user, None).await
    }

    /// The shelf as a request about these feeds alone needs it: of the others it knows no summaries, so it can't count or
    /// list them. However many feeds there are, it costs what these cost. As [`load_with`](Self::load_with), it is read
    /// again once if it lacks one of them.
    ///
    /// # Errors
    /// The same as [`load`](Self::load).
    pub async fn load_around(
        store: &Datastore,
        user: UserId,
        feeds: &[FeedId],
    ) -> Result<Self, StoreError> {
        let shelf = Self::load_part(store, user, Some(feeds)).await?;
        let knows_all = feeds.iter().all(|feed| shelf.places.contains_key(feed));
        if knows_all || store.cache().is_none() {
            return Ok(shelf);
        }
        Self::forget_cached(store, user);
        Self::load_part(store, user, Some(feeds)).await
    }

    async fn load_part(
        store: &Datastore,
        user: UserId,
        only: Option<&[FeedId]>,
    ) -> Result<Self, StoreError> {
        let summaries = async {
            let listed = store::cached_list(store, user).await?;
            let heads = match only {
                None => heads::all(store, user, &listed).await?,
                Some(_) => heads::some(store, &listed, only).await?,
            };
            Ok((heads, listed))
        };
        let reading = async {
            let read = read_store::cached(store, user).await?;
            let stars = match read.has_stars() {
                true => stars::cached(store, user).await?,
                false => Arc::default(),
            };
            Ok((read, stars))
        };
        // Concurrently, since in the cloud each waits for its own responses.
        let ((heads, listed), (read, stars)) = try_join(summaries, reading).await?;
        let passed = fresh::passed(&listed.all, &heads, store.now());
        Ok(Self {
            user,
            subscriptions: listed.all.clone(),
            read,
            stars,
            heads,
            passed: Arc::new(passed),
            held: Arc::new(Held::of(&listed.all, minute_of(store.now()))),
            places: listed.places.clone(),
            unread_at_first: UNREAD_AT_FIRST,
            house: None,
            tally: OnceLock::new(),
        })
    }

    /// Reads ahead what a signed-in page needs first: the account, its subscriptions, its read state and, if there are any,
    /// its stars, in one round. Errors come again when it is needed. Does nothing without a cache.
    pub async fn prefetch(store: &Datastore, user: UserId, has_stars: bool) {
        if store.cache().is_none() {
            return;
        }
        let account = users::cached::cached(store, user);
        let listed = store::cached_list(store, user);
        let read = read_store::cached(store, user);
        let stars = async {
            if has_stars {
                let _ = stars::cached(store, user).await;
            }
        };
        let _ = tokio::join!(account, listed, read, stars);
    }

    /// Loads a shelf for a request about these feeds.
    ///
    /// If the cache's copy lacks any of them, it is read again, once for all of them: another instance may have added
    /// them, and a program has no cookie that would say so.
    ///
    /// # Errors
    /// The same as [`load`](Self::load).
    pub async fn load_with(
        store: &Datastore,
        user: UserId,
        wanted: &[FeedId],
    ) -> Result<Self, StoreError> {
        let shelf = Self::load(store, user).await?;
        let knows_all = wanted.iter().all(|feed| shelf.places.contains_key(feed));
        if knows_all || store.cache().is_none() {
            return Ok(shelf);
        }
        Self::reload(store, user).await
    }

    /// Loads a shelf from the store, whatever is cached of its subscriptions, read state and stars.
    ///
    /// # Errors
    /// The same as [`load`](Self::load).
    pub async fn reload(store: &Datastore, user: UserId) -> Result<Self, StoreError> {
        Self::forget_cached(store, user);
        Self::load(store, user).await
    }

    fn forget_cached(store: &Datastore, user: UserId) {
        store::invalidate_list(store, user);
        read_store::invalidate(store, user);
        stars::invalidate(store, user);
        kept::store::invalidate(store, user);
    }

    /// A feed's summary; `None` if it isn't on the shelf.
    pub fn summary(&self, feed: FeedId) -> Option<&FeedSummary> {
        self.heads.get(&feed).map(Arc::as_ref)
    }

    /// A subscription; `None` if the feed isn't on the shelf.
    pub fn subscription(&self, feed: FeedId) -> Option<&Subscription> {
        self.subscriptions.get(*self.places.get(&feed)?)
    }

    /// The title shown: the user's own, otherwise the publisher's, otherwise the address.
    pub fn title(&self, feed: FeedId) -> String {
        match self.subscription(feed) {
            Some(one) => self.title_of(one).to_owned(),
            None => self.summary(feed).map_or_else(String::new, own_title),
        }
    }

    /// The title of a subscription, as [`title`](Self::title).
    pub fn title_of<'s>(&'s self, one: &'s Subscription) -> &'s str {
        let theirs = || match self.summary(one.feed) {
            Some(summary) if !summary.title.is_empty() => summary.title.as_str(),
            Some(summary) => summary.url.as_str(),
            None => "",
        };
        one.title.as_deref().unwrap_or_else(theirs)
    }

    /// The numbers of a feed's articles; empty if it isn't on the shelf.
    pub fn numbers(&self, feed: FeedId) -> Numbers {
        let none = Numbers {
            feed,
            first: 1,
            last: 0,
        };
        let numbers = self
            .summary(feed)
            .map_or(none, |summary| summary.numbers(feed));
        self.held.capped(numbers)
    }

    /// How many of a feed's articles are unread.
    pub fn unread(&self, feed: FeedId) -> u32 {
        match self.fresh_numbers(feed) {
            numbers if numbers.last < numbers.first => 0,
            numbers => {
                let unread = |numbers| self.read.unread_count(numbers);
                unread(numbers) - self.held.within(numbers).map_or(0, unread)
            }
        }
    }

    /// How many articles are unread in a part of the shelf.
    pub fn unread_in(&self, scope: &Scope) -> u32 {
        let tally = self.tally();
        match scope {
            Scope::Everything => tally.total(),
            Scope::Folder(path) => tally.of_folder(path),
            Scope::Loose => tally.of_folder(&[]),
            Scope::Seldom => tally
                .each(&self.subscriptions)
                .filter(|(one, unread)| *unread > 0 && self.is_in(scope, one))
                .map(|(_, unread)| unread)
                .sum(),
            Scope::Feed(feed) => self.unread(*feed),
            Scope::Starred => 0,
        }
    }

    /// How many unread articles of a part of the shelf are from this second on. Of a feed whose articles' times aren't
    /// known, none are counted.
    pub fn unread_since(&self, scope: &Scope, second: i64) -> u32 {
        let is_new = |summary: &&FeedSummary| summary.newest >= second * 1_000_000;
        let all = self.subscriptions.iter();
        let inside = all.filter(|one| self.is_in(scope, one));
        let counts = inside.map(|one| {
            let Some(summary) = self.summary(one.feed).filter(is_new) else {
                return 0;
            };
            let mut count = 0;
            let slack = i64::from(summary.times.slack()) + 1;
            self.read
                .each_unread(self.fresh_numbers(one.feed), true, |seq| {
                    if self.holds_back(one.feed, seq) {
                        return ControlFlow::Continue(());
                    }
                    match summary.times.second(summary.last, seq).map(i64::from) {
                        Some(at) if at >= second => count += 1,
                        // Older ones may still come a little late.
                        Some(at) if at + slack >= second => {}
                        _ => return ControlFlow::Break(()),
                    }
                    ControlFlow::Continue(())
                });
            count
        });
        counts.sum()
    }

    /// The number of the first article that was offered to the user as unread: what was there before never was.
    pub fn offered_from(&self, one: &Subscription) -> u32 {
        let opening = self.summary(one.feed).map_or(0, |summary| summary.opening);
        let found = one.found.unwrap_or(opening);
        found.saturating_sub(self.unread_at_first) + 1
    }

    /// Whether an article hasn't come yet, for this user.
    pub(crate) fn holds_back(&self, feed: FeedId, seq: u32) -> bool {
        self.held.has(feed, seq) || self.read.is_hidden(ArticleId { feed, seq })
    }

    /// Everything that is unread, counted when it is first asked for.
    pub fn tally(&self) -> Arc<Tally> {
        let count = || Arc::new(Tally::of(&self.subscriptions, |feed| self.unread(feed)));
        self.tally.get_or_init(count).clone()
    }

    /// Whether a subscription belongs to a part of the shelf.
    pub(crate) fn is_in(&self, scope: &Scope, one: &Subscription) -> bool {
        scope.has(one, || self.summary(one.feed))
    }

    /// The feeds of a part of the shelf, in their order.
    pub fn feeds(&self, scope: &Scope) -> Vec<FeedId> {
        let all = self.subscriptions.iter();
        let inside = all.filter(|one| self.is_in(scope, one));
        inside.map(|one| one.feed).collect()
    }

    /// Whether an article is read.
    pub fn is_read(&self, id: ArticleId) -> bool {
        // Articles removed by retention count as read.
        id.seq < self.fresh_numbers(id.feed).first || self.read.is_read(id)
    }

    /// Whether an article is starred.
    pub fn is_starred(&self, id: ArticleId) -> bool {
        self.stars.contains(&id)
    }

    /// How many articles are starred.
    pub fn starred(&self) -> usize {
        self.stars.len()
    }

    /// The feeds of a part of the shelf of which articles went unread, because only the newest are kept, and how many.
    ///
    /// Said until the reader's next mark, which forgets it in the write that it makes anyway. Arithmetic: no read.
    pub fn departed(&self, scope: &Scope) -> Vec<(FeedId, u32)> {
        let of = |feed: FeedId| {
            let opening = Some(self.summary(feed)?.opening).filter(|&opening| opening > 0);
            // Of a feed whose first article isn't known, nothing can have gone.
            let found = self.subscription(feed)?.found.or(opening);
            let base = found.map_or(u32::MAX, |found| found.saturating_sub(self.unread_at_first));
            let count = self.read.departed(self.numbers(feed), base);
            (count > 0).then_some((feed, count))
        };
        self.feeds(scope).into_iter().filter_map(of).collect()
    }

    /// The numbers of the feeds that [`departed`](Self::departed) names.
    fn met(&self) -> Vec<Numbers> {
        let departed = self.departed(&Scope::Everything).into_iter();
        departed.map(|(feed, _)| self.numbers(feed)).collect()
    }

    /// All folders' paths, each once, parents included, sorted.
    pub fn folders(&self) -> Vec<Vec<String>> {
        let prefixes = self
            .subscriptions
            .iter()
            .flat_map(Subscription::folders)
            .flat_map(|path| (1..=path.len()).map(|length| path[..length].to_vec()));
        let unique: std::collections::BTreeSet<_> = prefixes.collect();
        unique.into_iter().collect()
    }

    /// Reloads the summaries of some feeds, because newer data was seen. One read per 30.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
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
        feeds::store::invalidate_heads(store, &ours);
        let heads = feeds::store::cached_heads(store, &ours).await?;
        let own = |(feed, summary)| match self.subscription(feed) {
            Some(one) => (feed, one.cut(summary)),
            None => (feed, summary),
        };
        let heads: Vec<_> = heads.into_iter().map(own).collect();
        Arc::make_mut(&mut self.heads).extend(heads);
        self.tally = OnceLock::new();
        Ok(())
    }

    /// Marks articles read or unread, in one write; a repeated batch changes nothing. Returns the articles that aren't
    /// there: of feeds that aren't on the shelf, or that the feed doesn't have.
    ///
    /// At most one read, plus one per 30 feeds with articles newer than our summaries, plus the whole shelf once if the
    /// cached one lacks a feed; one write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts.
    pub async fn mark(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        batch: Option<&str>,
        read: &[ArticleId],
        unread: &[ArticleId],
    ) -> Result<Vec<ArticleId>, StoreError> {
        let doing = Doing {
            batch,
            read,
            unread,
            ..Doing::default()
        };
        self.apply(store, now, doing).await
    }

    /// The same, with how far episodes were played, and what the journal is told: all of it is one write, and about once a day
    /// a read and a write more.
    ///
    /// # Errors
    /// Those of [`mark`](Self::mark).
    pub async fn apply(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        doing: Doing<'_>,
    ) -> Result<Vec<ArticleId>, StoreError> {
        let Doing { read, unread, .. } = doing;
        // Opening doesn't read what a rule keeps unread; a press does.
        let is_opened = |id: &ArticleId| {
            let mut told = doing.told.iter();
            self.read.keeps_unread(*id) && told.any(|told| told.id == *id)
        };
        let by_hand: Vec<ArticleId> = read.iter().copied().filter(|id| !is_opened(id)).collect();
        let read = by_hand.as_slice();
        let listened = doing.played.iter().map(|one| one.id);
        let named = doing.told.iter().map(|one| one.id);
        let others: Vec<ArticleId> = listened.chain(named).collect();
        let all = || read.iter().chain(unread).chain(&others);
        if all().any(|id| !self.places.contains_key(&id.feed)) && store.cache().is_some() {
            *self = Self::reload(store, self.user).await?;
        }
        let newer = all().filter(|id| id.seq > self.numbers(id.feed).last);
        let newer: BTreeSet<FeedId> = newer.map(|id| id.feed).collect();
        let newer: Vec<FeedId> = newer.into_iter().collect();
        self.catch_up(store, &newer).await?;
        let mark = |id: &ArticleId, read| ArticleMark {
            numbers: self.numbers(id.feed),
            seq: id.seq,
            read,
        };
        let is_there = |id: &&ArticleId| (1..=self.numbers(id.feed).last).contains(&id.seq);
        let ignored: BTreeSet<ArticleId> = all().filter(|id| !is_there(id)).copied().collect();
        let marks = read.iter().filter(is_there).map(|id| mark(id, true));
        let unmarks = unread.iter().filter(is_there).map(|id| mark(id, false));
        let marks: Vec<_> = marks.chain(unmarks).collect();
        let played = doing.played.iter().filter(|one| is_there(&&one.id));
        let played: Vec<Played> = played.copied().collect();
        let mut book = self.notebook(now, marks.iter().map(|mark| mark.numbers.feed));
        book.zone = doing.zone.to_owned();
        book.minutes
            .extend(doing.times.iter().map(|(id, at)| (*id, minute_of(*at))));
        let told = doing.told.iter().filter(|one| is_there(&&one.id));
        book.told = told.cloned().collect();
        let ignored = ignored.into_iter().collect();
        if marks.is_empty() && played.is_empty() && book.told.is_empty() {
            // A batch is remembered with what it did, and this one did nothing.
            return Ok(ignored);
        }
        book.names
            .extend(self.names(book.told.iter().map(|one| one.id.feed)));
        let met = self.met();
        let change = |reading: &mut ReadShards| {
            reading.apply_noted(doing.batch, &marks, &played, now, &book);
            met.iter()
                .for_each(|&numbers| reading.meet_departed(numbers));
        };
        let ((), reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        self.tally = OnceLock::new();
        Ok(ignored)
    }

    /// What feeds are called, for the journal.
    fn names(&self, feeds: impl Iterator<Item = FeedId>) -> BTreeMap<FeedId, journal::Name> {
        let name = |feed| journal::Name {
            title: self.title(feed),
            url: self
                .summary(feed)
                .map_or_else(String::new, |summary| summary.url.to_string()),
        };
        feeds.map(|feed| (feed, name(feed))).collect()
    }

    /// A notebook for the journal, which knows what these feeds are called.
    fn notebook(&self, now: Timestamp, feeds: impl Iterator<Item = FeedId>) -> Notebook {
        let mut book = Notebook::new(now);
        book.names = self.names(feeds);
        book
    }

    /// Marks the articles a page showed, or some of them, and returns how many changed. At most one read; one write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts.
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
        let met = self.met();
        let book = self.notebook(now, shown.iter().map(|one| one.numbers.feed));
        let change = |reading: &mut ReadShards| {
            met.iter()
                .for_each(|&numbers| reading.meet_departed(numbers));
            reading.clear_all(act, now, shown, &book)
        };
        let (count, reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        self.tally = OnceLock::new();
        Ok(count)
    }

    /// Undoes a bulk action; `None` if it is unknown or too old. At most one read; one write.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
    /// [`StoreError::Contention`] after many conflicts.
    pub async fn undo(
        &mut self,
        store: &Datastore,
        act: &str,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let first = |feed| self.numbers(feed).first;
        let book = self.notebook(now, self.subscriptions.iter().map(|one| one.feed));
        let change = |reading: &mut ReadShards| reading.undo_noted(act, now, first, &book);
        let (count, reading) = read_store::change(store, self.user, now, change).await?;
        self.read = reading;
        self.tally = OnceLock::new();
        Ok(count)
    }

    /// The last bulk action that can be undone, and how many articles it marked.
    pub fn last_act(&self, now: Timestamp) -> Option<(String, u64)> {
        self.read.last_act(now)
    }

    /// What a list of this scope covers now, for marking it later.
    pub fn seen(&self, scope: &Scope) -> Seen {
        let tally = self.tally();
        let inside = tally
            .each(&self.subscriptions)
            .filter(|(one, unread)| *unread > 0 && self.is_in(scope, one));
        let pairs = inside.map(|(one, _)| (one.feed, self.numbers(one.feed).last));
        Seen::of(pairs.collect())
    }
}
