//! Following the list of the house: what changed in it changes on the shelf, at the reader's next visit.
//!
//! What was given, declined and met stands in the account's record. Feeds are added in the commit that says so, on the record's
//! version: of two tabs or instances one adds them, and what was cut short is done by the next visit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{House, Listed, store as house_store};
use crate::config::ShelfLimits;
use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, FeedAddress, unknown};
use crate::ids::{FEED_IDS, FeedId, UserId};
use crate::random::Random;
use crate::shelf::departure::end_of;
use crate::shelf::room::{self, Room};
use crate::shelf::store;
use crate::shelf::subscribe::unsubscribe;
use crate::shelf::subscriber_counts::joins;
use crate::shelf::subscription::{Extra, Subscription, typed_title};
use crate::timestamp::Timestamp;
use crate::users::following::{Following, Note};
use crate::users::{self, User};

/// Most feeds that one visit adds, and most that it removes; the next one goes on.
const A_VISIT: usize = 50;

/// Who follows, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Follower<'a> {
    /// Where everything is.
    pub store: &'a Datastore,
    /// For the numbers of new feeds.
    pub random: &'a Random,
    /// Whose shelf it is.
    pub user: UserId,
    /// What it may hold.
    pub most: ShelfLimits,
    /// When they came.
    pub now: Timestamp,
}

/// Follows the list from now on, with its feeds in this folder; whoever does so already stays as they are.
///
/// One read and one write, with the `line` of the audit log one more. The feeds come with [`meet`].
///
/// # Errors
/// [`StoreError::NotFound`] if the account is gone; otherwise the store's.
pub async fn begin(
    store: &Datastore,
    user: UserId,
    folder: &str,
    line: Mutation,
) -> Result<User, StoreError> {
    let set = |user: &mut User| {
        user.profile.house.get_or_insert_with(|| Following {
            folder: vec![folder.to_owned()],
            ..Following::default()
        });
    };
    users::store::change_with(store, user, &[line], set).await
}

/// Follows it no longer, and returns the feeds that it gave and that are still where it put them. One read and one write, one write
/// for the `line`, and one read for each thousand feeds.
///
/// # Errors
/// The same as [`begin`].
pub async fn end(
    store: &Datastore,
    user: UserId,
    line: Mutation,
) -> Result<Vec<FeedId>, StoreError> {
    let account = users::store::get(store, user).await?;
    let Some(following) = account.and_then(|account| account.profile.house) else {
        return Ok(Vec::new());
    };
    let listed = store::list(store, user).await?;
    let given = listed.iter().filter(|one| is_given(&following, one));
    let given = given.map(|one| one.feed).collect();
    let set = |user: &mut User| user.profile.house = None;
    users::store::change_with(store, user, &[line], set).await?;
    Ok(given)
}

/// Whether a feed was put there by the list, and still stands where it was put: otherwise it is the reader's own.
fn is_given(following: &Following, one: &Subscription) -> bool {
    following.given.contains_key(&one.feed)
        && (following.folder.is_empty() || one.is_below(&following.folder))
}

/// Brings a shelf to the list's version, and returns the account as it is then; without `again`, nothing is done if it has met that.
///
/// For what changed: a read of the account, two or more for the shelf, and one for each address that isn't on it; for each feed that
/// is added two or three writes, for each that is removed two reads and two writes; two writes for all.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. What was done before stays, and the next visit goes on.
pub async fn meet(by: Follower<'_>, again: bool) -> Result<Option<User>, StoreError> {
    let house = match again {
        // Asked for by a press: whatever this instance remembers.
        true => house_store::get(by.store).await?.0,
        false => house_store::cached(by.store).await?.as_ref().clone(),
    };
    let mut left: Vec<String> = Vec::new();
    retry_on_conflict!(format!("the list on shelf {}", by.user), {
        let Some(user) = users::store::get(by.store, by.user).await? else {
            return Ok(Attempt::Done(None));
        };
        let Some(following) = user.profile.house.clone() else {
            return Ok(Attempt::Done(Some(user)));
        };
        // An instance that knows an older list takes nothing back.
        if following.met > house.version || (following.met == house.version && !again) {
            if left.is_empty() {
                return Ok(Attempt::Done(Some(user)));
            }
            // Another window was faster with the rest, and doesn't know what this one took away.
            return tell(by.store, user, following, &left).await;
        }
        let mut turn = Turn::of(by, following, &house).await?;
        turn.take_away(&mut left).await?;
        turn.give().await?;
        turn.commit(user, &left, again).await
    })
}

/// Notes that feeds left, and nothing else.
async fn tell(
    store: &Datastore,
    mut user: User,
    mut following: Following,
    left: &[String],
) -> Result<Attempt<Option<User>>, StoreError> {
    let note = following.note.get_or_insert_default();
    note.removed += count(left);
    for title in left {
        note.name(title);
    }
    user.profile.house = Some(following);
    let committed = store.commit(vec![users::store::update(&user)?]).await;
    Ok(Attempt::of(committed)?.map(|versions| {
        user.version = versions.last().copied().unwrap_or_default();
        Some(user)
    }))
}

fn count(titles: &[String]) -> u32 {
    u32::try_from(titles.len()).unwrap_or(u32::MAX)
}

/// One attempt.
struct Turn<'a> {
    by: Follower<'a>,
    house: &'a House,
    following: Following,
    room: Room,
    writes: Vec<Mutation>,
    added: Vec<String>,
    unfit: u32,
    /// Whether there is more to do than one visit does.
    has_more: bool,
}

impl<'a> Turn<'a> {
    async fn of(
        by: Follower<'a>,
        following: Following,
        house: &'a House,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            by,
            house,
            following,
            room: Room::of(by.store, by.user, by.most).await?,
            writes: Vec::new(),
            added: Vec::new(),
            unfit: 0,
            has_more: false,
        })
    }

    /// Removes what is no longer in the list, each in a commit of its own, as the reader would. What they have put elsewhere is theirs
    /// and stays.
    async fn take_away(&mut self, left: &mut Vec<String>) -> Result<(), StoreError> {
        let names: HashSet<String> = self.house.feeds.iter().map(Listed::name).collect();
        let over = self.following.given.iter();
        let over = over.filter(|(_, name)| !names.contains(*name));
        let over: Vec<FeedId> = over.map(|(feed, _)| *feed).collect();
        let here: HashMap<FeedId, &Subscription> = self
            .room
            .listed()
            .iter()
            .map(|one| (one.feed, one))
            .collect();
        let given = |feed: &FeedId| {
            here.get(feed)
                .is_some_and(|one| is_given(&self.following, one))
        };
        let (leaving, others): (Vec<FeedId>, Vec<FeedId>) = over.into_iter().partition(given);
        self.has_more |= leaving.len() > A_VISIT;
        let Follower {
            store, user, now, ..
        } = self.by;
        let mut has_left = false;
        for feed in leaving.into_iter().take(A_VISIT) {
            if let Some(removed) = unsubscribe(store, user, feed, now).await? {
                left.push(removed.title);
            }
            self.following.given.remove(&feed);
            has_left = true;
        }
        if has_left {
            self.room = Room::of(store, user, self.by.most).await?;
        }
        for feed in others {
            self.following.given.remove(&feed);
        }
        Ok(())
    }

    /// Adds what is new in the list, as far as it fits.
    async fn give(&mut self) -> Result<(), StoreError> {
        let given = self.following.given.iter();
        let on_shelf = given.filter(|(feed, _)| self.room.has(**feed));
        let on_shelf: BTreeSet<&String> = on_shelf.map(|(_, name)| name).collect();
        let wanted = self.house.feeds.iter().filter_map(|one| {
            let name = one.name();
            let is_done = on_shelf.contains(&name) || self.following.declined.contains(&name);
            // It was looked at when it came into the list.
            let address = FeedAddress::parse(&one.address).ok()?;
            (!is_done).then_some((name, one, address))
        });
        let wanted: Vec<(String, &Listed, FeedAddress)> = wanted.collect();
        let addresses: Vec<_> = wanted
            .iter()
            .map(|(_, _, url)| (url.as_str(), None))
            .collect();
        let found = feeds::store::by_addresses(self.by.store, &addresses).await?;
        let known: Vec<FeedId> = found.iter().flatten().copied().collect();
        let known = feeds::store::get_many(self.by.store, &known).await?;
        let mut known: BTreeMap<FeedId, Feed> =
            known.into_iter().map(|feed| (feed.id, feed)).collect();
        let names: HashSet<String> = self.house.feeds.iter().map(Listed::name).collect();
        let mut position = self.by.now.timestamp_micros();
        for ((name, one, address), found) in wanted.into_iter().zip(found) {
            let feed = match found.and_then(|id| known.remove(&id)) {
                // One that was merged is replaced by its target.
                Some(feed) => Some(end_of(self.by.store, feed).await?),
                None => None,
            };
            let was = self
                .following
                .given
                .iter()
                .find(|(_, known)| **known == name);
            let was = was.map(|(feed, _)| *feed);
            match (&feed, was) {
                (Some(feed), Some(was)) if self.room.has(feed.id) => {
                    // The one that was given has moved there.
                    self.following.given.remove(&was);
                    self.following.given.insert(feed.id, name);
                }
                // They have it already: it stays theirs.
                (Some(feed), None) if self.room.has(feed.id) => {}
                (_, Some(was)) => {
                    self.following.given.remove(&was);
                    self.following.decline(name, |name| names.contains(name));
                }
                (_, None) if self.added.len() >= A_VISIT => self.has_more = true,
                (_, None) => {
                    position += 1;
                    self.add(name, one, address, feed, position)?;
                }
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        name: String,
        one: &Listed,
        address: FeedAddress,
        feed: Option<Feed>,
        position: i64,
    ) -> Result<(), StoreError> {
        let (mut feed, is_new) = match feed {
            Some(feed) => (feed, false),
            None => {
                let id = FeedId::from_number(self.by.random.id(FEED_IDS));
                (unknown(id.unwrap_or(FeedId(1)), address), true)
            }
        };
        let Ok(place) = self.room.take(feed.id, feed.summary.bytes) else {
            self.unfit += 1;
            return Ok(());
        };
        let folder = self.following.folder.iter().chain(&one.folder);
        let mut subscription = Subscription {
            title: typed_title(&one.title),
            ..Subscription::new(feed.id, Vec::new(), position, feed.summary.found_last())
        };
        subscription.set_folders([folder.cloned().collect()]);
        let titles = [&one.title, &feed.summary.title, &one.address];
        let title = titles.into_iter().find(|title| !title.is_empty());
        self.added.push(title.cloned().unwrap_or_default());
        if is_new {
            feed.summary.subscribers = 1;
            self.writes.extend(feeds::store::insert(&feed)?);
        } else {
            joins(&mut feed, self.by.now);
            self.writes.push(feeds::store::update(&feed)?);
        }
        let (user, extra) = (self.by.user, Extra::default());
        let write = store::insert(place, user, &subscription, &extra)?;
        self.writes.push(write);
        self.following.given.insert(feed.id, name);
        Ok(())
    }

    /// One commit: the feeds that were added, and the account that says so.
    async fn commit(
        self,
        mut user: User,
        left: &[String],
        again: bool,
    ) -> Result<Attempt<Option<User>>, StoreError> {
        let mut following = self.following;
        // What one begins with is no news, nor what came by a press, which says so.
        let is_asked_for = following.met == 0 || again;
        following.unfit = self.unfit;
        if !is_asked_for {
            let mut note = following.note.take().unwrap_or_default();
            note.added += count(&self.added);
            note.removed += count(left);
            note.unfit = self.unfit;
            for title in self.added.iter().chain(left) {
                note.name(title);
            }
            following.note = Some(note).filter(|note: &Note| !note.is_empty());
        }
        if !self.has_more {
            following.met = self.house.version;
        }
        user.profile.house = Some(following);
        let mut changes = self.writes;
        if !self.added.is_empty() {
            changes.push(self.room.latch());
        }
        changes.push(users::store::update(&user)?);
        match self.by.store.commit(changes).await {
            Err(error)
                if feeds::store::has_gone(&error)
                    || feeds::store::is_taken(&error)
                    || store::is_there(&error)
                    || room::is_lost(&error) =>
            {
                Ok(Attempt::Conflict)
            }
            committed => Ok(Attempt::of(committed)?.map(|versions| {
                user.version = versions.last().copied().unwrap_or_default();
                Some(user)
            })),
        }
    }
}

/// What they were told is seen. One read and one write.
///
/// # Errors
/// The same as [`begin`].
pub async fn seen(store: &Datastore, user: UserId) -> Result<(), StoreError> {
    let set = |user: &mut User| {
        if let Some(following) = &mut user.profile.house {
            following.note = None;
        }
    };
    users::store::change(store, user, set).await.map(drop)
}
