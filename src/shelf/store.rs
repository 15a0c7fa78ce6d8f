//! `Subscription`, `ReadState` and `Import` in the store.

use super::import::ImportReport;
use super::read_state::ReadState;
use super::subscription::{Card, Extra, Subscription};
use crate::datastore::{
    Datastore, Direction, Entity, Key, Mutation, Query, StoreError, Stored, Version,
};
use crate::ids::{FeedId, UserId};
use crate::packed;

const SUBSCRIPTION: &str = "Subscription";
const READ_STATE: &str = "ReadState";
const IMPORT: &str = "Import";
/// How often a change is decided anew when somebody else was faster.
const TRIES: usize = 8;

fn subscription_key(user: UserId, feed: FeedId) -> Key {
    Key::int("User", user.0).child_int(SUBSCRIPTION, feed.number())
}

fn read_key(user: UserId) -> Key {
    Key::int(READ_STATE, user.0)
}

fn import_key(user: UserId) -> Key {
    Key::int("User", user.0).child_name(IMPORT, "last")
}

fn entity(user: UserId, one: &Subscription, extra: &Extra) -> Result<Entity, StoreError> {
    let card = Card {
        feed: one.feed,
        title: one.title.clone(),
        folder: one.folder.clone(),
        position: one.position,
        full_text: one.full_text,
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
        entity.unindexed("body", packed::pack(extra)?)
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
    matches!(error, StoreError::AlreadyExists(key) if key.kind() == SUBSCRIPTION)
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
        .map_or(Ok(Extra::default()), packed::unpack)
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
    for _ in 0..TRIES {
        let found = get(store, user, feed).await?;
        let (mut one, extra, version) = found.ok_or_else(|| StoreError::NotFound(key.clone()))?;
        how(&mut one);
        let update = Mutation::Update(entity(user, &one, &extra)?, Some(version));
        match store.commit(vec![update]).await {
            Err(error) if error.is_contention() => {}
            other => return other.map(|_| ()),
        }
    }
    let key = key.to_string();
    Err(StoreError::Contention { key })
}

/// All of a reader's subscriptions in their order: index `Subscription(user, position, card)`. One read for each 1,000.
///
/// # Errors
/// The store's.
pub async fn list(store: &Datastore, user: UserId) -> Result<Vec<Subscription>, StoreError> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let query = Query::kind(SUBSCRIPTION, 1_000)
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

/// How many feeds a reader has. One read for each 1,000.
///
/// # Errors
/// The store's.
pub async fn count(store: &Datastore, user: UserId) -> Result<u64, StoreError> {
    let mut count = 0;
    let mut cursor = None;
    loop {
        let query = Query::kind(SUBSCRIPTION, 1_000)
            .equal("user", user.0)
            .keys_only()
            .after(cursor);
        let page = store.run_query(&query).await?;
        count += page.rows.len() as u64;
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(count),
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

/// What a reader has read, and the record's version (0 where there is none yet). One read.
///
/// # Errors
/// The store's.
pub async fn read_state(
    store: &Datastore,
    user: UserId,
) -> Result<(ReadState, Version), StoreError> {
    let Some(stored) = store.get(&read_key(user)).await? else {
        return Ok((ReadState::default(), 0));
    };
    let body = stored.entity.blob("body").unwrap_or_default();
    Ok((packed::unpack(body)?, stored.version))
}

/// Changes what a reader has read, deciding anew when another tab was faster. One read and one write; no write where
/// `how` changes nothing.
///
/// # Errors
/// The store's.
pub async fn change_read<T>(
    store: &Datastore,
    user: UserId,
    how: impl Fn(&mut ReadState) -> T,
) -> Result<(T, ReadState), StoreError> {
    for _ in 0..TRIES {
        let (before, version) = read_state(store, user).await?;
        let mut state = before.clone();
        let answer = how(&mut state);
        if state == before {
            return Ok((answer, state));
        }
        match store.commit(vec![put_read(user, &state, version)?]).await {
            Ok(_) => return Ok((answer, state)),
            Err(error) if error.is_contention() => {}
            Err(error) => return Err(error),
        }
    }
    let key = read_key(user).to_string();
    Err(StoreError::Contention { key })
}

/// The write of what a reader has read, on the version that was read (0 where there was none).
///
/// # Errors
/// None that is known.
pub fn put_read(user: UserId, state: &ReadState, version: Version) -> Result<Mutation, StoreError> {
    let entity = Entity::new(read_key(user)).unindexed("body", packed::pack(state)?);
    Ok(Mutation::Upsert(entity, Some(version)))
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
    let entity = Entity::new(import_key(user)).unindexed("body", packed::pack(report)?);
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
    body.map(packed::unpack).transpose()
}
