//! `Subscription` and `Import` in the store.

use std::collections::HashMap;
use std::sync::Arc;

use super::import_report::ImportReport;
use super::subscription::{Card, Extra, Subscription};
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Attempt, Datastore, Direction, Entity, Key, Kind, Loaded, Memory, Mutation, Query, Region,
    StoreError, Stored, Version, retry_on_conflict,
};
use crate::ids::{FeedId, UserId};

/// Readers' subscriptions.
pub static SUBSCRIPTIONS: Region = Region {
    name: "subscriptions",
    minutes: 10,
    share: 8,
    class: Some(Class::Shelf),
};

/// What a commit means for [`SUBSCRIPTIONS`].
pub fn remember(memory: &Memory, mutation: &Mutation, _: Option<Version>) {
    let key = mutation.key();
    let user = key.parent().and_then(|user| user.id());
    if let Some(user) = user.filter(|_| key.kind() == Kind::Subscription) {
        memory.forget(&SUBSCRIPTIONS, user as u128, None);
    }
}

/// A reader's subscriptions in their order, and where each stands.
#[derive(Debug)]
pub struct Listed {
    /// In their order.
    pub all: Arc<Vec<Subscription>>,
    /// Each feed's place among them.
    pub places: Arc<HashMap<FeedId, usize>>,
}

fn weight(one: &Subscription) -> usize {
    let folder: usize = one.folder.iter().map(|name| 24 + name.len()).sum();
    let title = one.title.as_ref().map_or(0, String::len);
    size_of::<Subscription>() + folder + title + 40
}

/// All of a reader's subscriptions, from memory or as [`list`] brings them.
///
/// # Errors
/// The store's.
pub async fn known_list(store: &Datastore, user: UserId) -> Result<Arc<Listed>, StoreError> {
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
    store.through(&SUBSCRIPTIONS, user.0 as u128, load).await
}

/// Forgets what is remembered of a reader's subscriptions, since something newer was seen.
pub fn doubt_list(store: &Datastore, user: UserId) {
    if let Some(memory) = store.memory() {
        memory.drop_copy(&SUBSCRIPTIONS, user.0 as u128);
    }
}

fn subscription_key(user: UserId, feed: FeedId) -> Key {
    Key::int(Kind::User, user.0).child_int(Kind::Subscription, feed.number())
}

fn import_key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, "last")
}

fn entity(user: UserId, one: &Subscription, extra: &Extra) -> Result<Entity, StoreError> {
    let card = Card {
        feed: one.feed,
        title: one.title.clone(),
        folder: one.folder.clone(),
        position: one.position,
        full_text: one.full_text,
        found: one.found,
    };
    let card = serde_json::to_string(&card).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let entity = Entity::new(subscription_key(user, one.feed))
        .indexed("user", user.0)
        .indexed("position", one.position)
        .indexed("feed", one.feed.number())
        .indexed("card", card);
    Ok(if extra.is_empty() {
        entity
    } else {
        entity.unindexed("body", codec::pack(extra)?)
    })
}

fn from_row(row: &Stored) -> Result<Subscription, StoreError> {
    let damaged = || StoreError::Corrupt(row.entity.key.to_string());
    let card = row.entity.text("card").ok_or_else(damaged)?;
    let card: Card = serde_json::from_str(card).map_err(|_| damaged())?;
    Ok(Subscription {
        feed: card.feed,
        title: card.title,
        folder: card.folder,
        position: card.position,
        full_text: card.full_text,
        found: card.found,
    })
}

/// The insert of a subscription; a commit with it fails with [`StoreError::AlreadyExists`] if the reader has the feed.
///
/// # Errors
/// None that is known.
pub fn insert(user: UserId, one: &Subscription, extra: &Extra) -> Result<Mutation, StoreError> {
    Ok(Mutation::Insert(entity(user, one, extra)?))
}

/// The delete of a subscription.
pub fn remove(user: UserId, feed: FeedId, version: Version) -> Mutation {
    Mutation::Delete(subscription_key(user, feed), Some(version))
}

/// Whether an error says that the reader has the feed already.
pub fn is_there(error: &StoreError) -> bool {
    matches!(error, StoreError::AlreadyExists(key) if key.kind() == Kind::Subscription)
}

/// One subscription with all that belongs to it. One read.
///
/// # Errors
/// The store's.
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

fn extra(stored: &Stored) -> Result<Extra, StoreError> {
    stored
        .entity
        .blob("body")
        .map_or(Ok(Extra::default()), codec::unpack)
}

/// Writes a changed subscription, with what `how` gives it. One read and one write.
///
/// # Errors
/// The store's; [`StoreError::NotFound`] where the reader doesn't have the feed.
pub async fn change(
    store: &Datastore,
    user: UserId,
    feed: FeedId,
    how: impl Fn(&mut Subscription),
) -> Result<(), StoreError> {
    let key = subscription_key(user, feed);
    retry_on_conflict!(&key, {
        let found = get(store, user, feed).await?;
        let (mut one, extra, version) = found.ok_or_else(|| StoreError::NotFound(key.clone()))?;
        how(&mut one);
        let update = Mutation::Update(entity(user, &one, &extra)?, Some(version));
        let committed = store.commit(vec![update]).await;
        Ok(Attempt::of(committed)?.map(drop))
    })
}

/// All of a reader's subscriptions in their order: index `Subscription(user, position, card)`. One read for each 1,000.
///
/// # Errors
/// The store's.
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

/// What OPML files said of a reader's feeds. One read for each.
///
/// # Errors
/// The store's.
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

/// Stores the report of a reader's last import.
///
/// # Errors
/// The store's.
pub async fn put_import(
    store: &Datastore,
    user: UserId,
    report: &ImportReport,
) -> Result<(), StoreError> {
    let entity = Entity::new(import_key(user)).unindexed("body", codec::pack(report)?);
    store
        .commit(vec![Mutation::Upsert(entity, None)])
        .await
        .map(|_| ())
}

/// The report of a reader's last import. One read.
///
/// # Errors
/// The store's.
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
