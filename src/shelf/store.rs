//! `Subscription` and `Import` in the store.

use std::sync::Arc;

use super::act::Act;
use super::import_report::ImportReport;
use super::place::Place;
use super::subscription::{Extra, Subscription};
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Attempt, Cache, Datastore, Direction, Entity, Key, Kind, Loaded, Mutation, Query, Region,
    StoreError, Stored, Version, retry_on_conflict,
};
use crate::ids::{FeedId, FeedMap, UserId};

/// Users' subscriptions.
pub static SUBSCRIPTIONS: Region = Region {
    name: "subscriptions",
    minutes: 10,
    share: 6,
    class: Some(Class::Shelf),
    is_patient: false,
    keeps_latest: false,
};

/// Updates [`SUBSCRIPTIONS`] for a commit.
pub fn remember(cache: &Cache, mutation: &Mutation, _: Option<Version>) {
    let key = mutation.key();
    let user = key.parent().and_then(|user| user.id());
    if let Some(user) = user.filter(|_| key.kind() == Kind::Subscription) {
        cache.forget(&SUBSCRIPTIONS, user as u128, None);
    }
}

/// A user's subscriptions in order, and the position of each.
#[derive(Debug)]
pub struct Listed {
    /// In the user's order.
    pub all: Arc<Vec<Subscription>>,
    /// Each feed's index among them.
    pub places: Arc<FeedMap<usize>>,
}

fn weight(one: &Subscription) -> usize {
    let folder: usize = one.folders().flatten().map(|name| 24 + name.len()).sum();
    let title = one.title.as_ref().map_or(0, String::len);
    size_of::<Subscription>() + folder + title + 40
}

/// All of a user's subscriptions, from the cache or from [`list`].
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached_list(store: &Datastore, user: UserId) -> Result<Arc<Listed>, StoreError> {
    let load = async {
        let all = list(store, user).await?;
        let bytes = all.iter().map(weight).sum();
        let places = all.iter().map(|one| one.feed).zip(0..).collect();
        let listed = Listed {
            all: Arc::new(all),
            places: Arc::new(places),
        };
        Ok(Loaded::new(listed, bytes))
    };
    store
        .get_or_load(&SUBSCRIPTIONS, user.0 as u128, load)
        .await
}

/// A user's subscriptions if they are cached: no read.
pub(super) fn remembered(store: &Datastore, user: UserId) -> Option<Arc<Listed>> {
    store.cache()?.recall(&SUBSCRIPTIONS, user.0 as u128)
}

/// Drops a user's cached subscriptions, because newer data was seen.
pub fn invalidate_list(store: &Datastore, user: UserId) {
    if let Some(cache) = store.cache() {
        cache.drop_copy(&SUBSCRIPTIONS, user.0 as u128);
    }
}

fn subscription_key(user: UserId, feed: FeedId) -> Key {
    Key::int(Kind::User, user.0).child_int(Kind::Subscription, feed.number())
}

fn import_key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, "last")
}

fn act_key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, "act")
}

/// The write that keeps an act, in place of the one before.
///
/// # Errors
/// Never in practice: an act always serializes.
pub fn put_act(user: UserId, act: &Act) -> Result<Mutation, StoreError> {
    let entity = Entity::new(act_key(user)).unindexed("body", codec::pack(act)?);
    Ok(Mutation::Upsert(entity, None))
}

/// The last act on many subscriptions. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn last_act(store: &Datastore, user: UserId) -> Result<Option<Act>, StoreError> {
    let stored = store.get(&act_key(user)).await?;
    let body = stored
        .as_ref()
        .and_then(|stored| stored.entity.blob("body"));
    body.map(codec::unpack).transpose()
}

fn entity(user: UserId, one: &Subscription, extra: &Extra) -> Result<Entity, StoreError> {
    let summary = serde_json::to_string(one).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let entity = Entity::new(subscription_key(user, one.feed))
        .indexed("user", user.0)
        .indexed("position", one.position)
        .indexed("feed", one.feed.number())
        .indexed("card", summary);
    Ok(if extra.is_empty() {
        entity
    } else {
        entity.unindexed("body", codec::pack(extra)?)
    })
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    from_row(stored).is_ok()
}

/// The delete of a subscription, whatever became of it since it was read.
pub fn drop_of(user: UserId, feed: FeedId) -> Mutation {
    Mutation::Delete(subscription_key(user, feed), None)
}

fn from_row(row: &Stored) -> Result<Subscription, StoreError> {
    let damaged = || StoreError::Corrupt(row.entity.key.to_string());
    let summary = row.entity.text("card").ok_or_else(damaged)?;
    serde_json::from_str(summary).map_err(|_| damaged())
}

/// The insert of a subscription, in the place that was taken for it; its commit fails with [`StoreError::AlreadyExists`] if the
/// user has the feed.
///
/// # Errors
/// Never in practice: a subscription always serializes.
pub fn insert(
    _: Place,
    user: UserId,
    one: &Subscription,
    extra: &Extra,
) -> Result<Mutation, StoreError> {
    Ok(Mutation::Insert(entity(user, one, extra)?))
}

/// The insert of a subscription on a shelf that a tool stages, and that nobody else writes.
///
/// # Errors
/// The same as [`insert`].
pub fn stage(user: UserId, one: &Subscription, extra: &Extra) -> Result<Mutation, StoreError> {
    insert(Place::on_a_stage(), user, one, extra)
}

/// The delete of a subscription.
pub fn remove(user: UserId, feed: FeedId, version: Version) -> Mutation {
    Mutation::Delete(subscription_key(user, feed), Some(version))
}

/// Whether the error means that the user has the feed already.
pub fn is_there(error: &StoreError) -> bool {
    matches!(error, StoreError::AlreadyExists(key) if key.kind() == Kind::Subscription)
}

/// One subscription with everything that belongs to it. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(
    store: &Datastore,
    user: UserId,
    feed: FeedId,
) -> Result<Option<(Subscription, Extra, Version)>, StoreError> {
    let Some(stored) = store.get(&subscription_key(user, feed)).await? else {
        return Ok(None);
    };
    Ok(Some((from_row(&stored)?, extra(&stored)?, stored.version)))
}

/// Several subscriptions with everything that belongs to them, as far as they are there. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn get_many(
    store: &Datastore,
    user: UserId,
    feeds: &[FeedId],
) -> Result<Vec<(Subscription, Extra)>, StoreError> {
    let mut found = Vec::with_capacity(feeds.len());
    for chunk in feeds.chunks(1_000) {
        let keys = chunk.iter().map(|&feed| subscription_key(user, feed));
        let keys: Vec<Key> = keys.collect();
        for stored in store.lookup(&keys).await?.iter().flatten() {
            found.push((from_row(stored)?, extra(stored)?));
        }
    }
    Ok(found)
}

fn extra(stored: &Stored) -> Result<Extra, StoreError> {
    stored
        .entity
        .blob("body")
        .map_or(Ok(Extra::default()), codec::unpack)
}

/// Changes a subscription by `how`. One read and one write.
///
/// # Errors
/// [`StoreError::NotFound`] if the user doesn't have the feed; [`StoreError::Unavailable`] if the store can't be
/// reached; [`StoreError::Corrupt`] if the record can't be decoded; [`StoreError::Contention`] after many conflicts.
pub async fn change(
    store: &Datastore,
    user: UserId,
    feed: FeedId,
    how: impl Fn(&mut Subscription),
) -> Result<(), StoreError> {
    let key = subscription_key(user, feed);
    retry_on_conflict!(&key, {
        let found = get(store, user, feed).await?;
        let found = found.ok_or_else(|| StoreError::NotFound(key.clone()))?;
        let (mut one, mut extra, version) = found;
        let title = one.title.clone();
        how(&mut one);
        if one.title != title {
            extra.forget_text();
        }
        let update = Mutation::Update(entity(user, &one, &extra)?, Some(version));
        let committed = store.commit(vec![update]).await;
        Ok(Attempt::of(committed)?.map(drop))
    })
}

/// Most subscriptions that one commit changes.
const A_COMMIT: usize = 100;

/// Changes several subscriptions by `how`, and returns what they were; feeds that aren't on the shelf are left out.
///
/// `also` is added to the first commit. One read and one write each, in commits of at most 100: each is whole.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. What was committed before stays.
pub async fn change_many(
    store: &Datastore,
    user: UserId,
    feeds: &[FeedId],
    also: Option<Mutation>,
    how: impl Fn(&mut Subscription),
) -> Result<Vec<Subscription>, StoreError> {
    let mut before = Vec::with_capacity(feeds.len());
    for (chunk, also) in feeds
        .chunks(A_COMMIT)
        .zip(std::iter::once(also).chain(std::iter::repeat(None)))
    {
        let keys: Vec<Key> = chunk
            .iter()
            .map(|&feed| subscription_key(user, feed))
            .collect();
        let were = retry_on_conflict!("subscriptions", {
            let mut changes: Vec<Mutation> = also.iter().cloned().collect();
            let mut were = Vec::with_capacity(keys.len());
            for stored in store.lookup(&keys).await?.iter().flatten() {
                let one = from_row(stored)?;
                let mut changed = one.clone();
                how(&mut changed);
                if changed != one {
                    let entity = entity(user, &changed, &extra(stored)?)?;
                    changes.push(Mutation::Update(entity, Some(stored.version)));
                    were.push(one);
                }
            }
            if changes.is_empty() {
                return Ok(Attempt::Done(were));
            }
            let committed = store.commit(changes).await;
            Ok(Attempt::of(committed)?.map(|_| were))
        });
        before.extend(were?);
    }
    Ok(before)
}

/// The write of a subscription on the version that was read.
///
/// # Errors
/// Never in practice: a subscription always serializes.
pub fn update(
    user: UserId,
    one: &Subscription,
    extra: &Extra,
    version: Version,
) -> Result<Mutation, StoreError> {
    Ok(Mutation::Update(entity(user, one, extra)?, Some(version)))
}

/// All of a user's subscriptions in order: index `Subscription(user, position, card)`. One read per 1,000.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn list(store: &Datastore, user: UserId) -> Result<Vec<Subscription>, StoreError> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let query = Query::kind(Kind::Subscription, 1_000)
            .equal("user", user.0)
            .order("position", Direction::Asc)
            .project(&["card"])
            .after(cursor);
        let page = store.run_query(&query).await?;
        for row in &page.rows {
            all.push(from_row(row)?);
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(all),
        }
    }
}

/// Some readers of a feed: by the built-in index of `feed`. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub(super) async fn some_readers(
    store: &Datastore,
    feed: FeedId,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    let query = Query::kind(Kind::Subscription, limit)
        .equal("feed", feed.number())
        .keys_only();
    let page = store.run_query(&query).await?;
    let users = page.rows.iter().filter_map(|row| row.entity.key.parent());
    Ok(users.filter_map(|user| user.id()).map(UserId).collect())
}

/// Some feeds of a user's shelf, in no order of theirs. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub(super) async fn some_feeds(
    store: &Datastore,
    user: UserId,
    limit: u32,
) -> Result<Vec<FeedId>, StoreError> {
    let query = Query::kind(Kind::Subscription, limit)
        .within(Key::int(Kind::User, user.0))
        .keys_only();
    let page = store.run_query(&query).await?;
    let ids = page.rows.iter().filter_map(|row| row.entity.key.id());
    Ok(ids.filter_map(FeedId::from_number).collect())
}

/// The extra attributes of a user's feeds from OPML files. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn extras(
    store: &Datastore,
    user: UserId,
    feeds: &[FeedId],
) -> Result<std::collections::HashMap<FeedId, Extra>, StoreError> {
    let mut extras = std::collections::HashMap::new();
    for feeds in feeds.chunks(1_000) {
        let keys: Vec<Key> = feeds
            .iter()
            .map(|&feed| subscription_key(user, feed))
            .collect();
        for (feed, stored) in feeds.iter().zip(store.lookup(&keys).await?) {
            if let Some(stored) = stored {
                extras.insert(*feed, extra(&stored)?);
            }
        }
    }
    Ok(extras)
}

/// Stores the report of a user's last import.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn put_import(
    store: &Datastore,
    user: UserId,
    report: &ImportReport,
) -> Result<(), StoreError> {
    let entity = Entity::new(import_key(user)).unindexed("body", codec::pack(report)?);
    let write = Mutation::Upsert(entity, None);
    store.commit(vec![write]).await.map(|_| ())
}

/// The report of a user's last import. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn last_import(
    store: &Datastore,
    user: UserId,
) -> Result<Option<ImportReport>, StoreError> {
    let stored = store.get(&import_key(user)).await?;
    let body = stored
        .as_ref()
        .and_then(|stored| stored.entity.blob("body"));
    body.map(codec::unpack).transpose()
}
