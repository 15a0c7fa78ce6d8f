//! `Feed` and `FeedUrl` in the store.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::phase::phase;
use super::{Body, Card, Feed, Head, Rung};
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cursor, Datastore, Direction, Entity, IN_LIMIT, Key, Kind, Loaded, Memory, Mutation, Query,
    RangeOp, Region, StoreError, Stored, Value, Version,
};
use crate::ids::FeedId;
use crate::random::hex;

/// The cards of feeds, which all readers share.
pub static HEADS: Region = Region {
    name: "heads",
    minutes: 5,
    share: 12,
    class: Some(Class::Feeds),
};

/// What a commit means for [`HEADS`].
pub fn remember(memory: &Memory, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Feed {
        return;
    }
    let Some(id) = key.id().and_then(FeedId::from_number) else {
        return;
    };
    let card = mutation.entity().and_then(|entity| entity.text("card"));
    match card.and_then(|card| serde_json::from_str::<Card>(card).ok()) {
        Some(card) => {
            let bytes = weight(&card);
            memory.replace(&HEADS, memo(id), version, card, bytes);
        }
        None => memory.forget(&HEADS, memo(id), None),
    }
}

fn memo(id: FeedId) -> u128 {
    u128::from(id.0)
}

fn weight(card: &Card) -> usize {
    let site = card.site.as_ref().map_or(0, String::len);
    size_of::<Card>() + card.url.len() + card.title.len() + site + 200
}

/// One more than a question by name can find, so that no cursor is made for its end.
const NAMED: u32 = IN_LIMIT as u32 + 1;

/// Where a feed lives; its articles live below.
pub fn key(id: FeedId) -> Key {
    Key::int(Kind::Feed, id.number())
}

fn url_key(url: &str) -> Key {
    Key::name(Kind::FeedUrl, hex(&Sha256::digest(url)[..16]))
}

fn entity(feed: &Feed) -> Result<Entity, StoreError> {
    let mut body = feed.body.clone();
    body.validators = feed.card.validators.clone();
    let entity = Entity::new(key(feed.id))
        .indexed("cadence", i64::from(feed.card.rung))
        .indexed("phase", phase(feed.id, feed.card.rung))
        .indexed("id", feed.id.number())
        .indexed("card", feed.card.to_json())
        .unindexed("body", codec::pack(&body)?);
    // Only there while nobody reads it, so that the index holds nothing but orphans.
    let entity = match feed.card.orphaned_day {
        0 => entity,
        day => entity.indexed("orphaned_day", day),
    };
    // Only there while somebody awake reads a feed with a hub, so that the index holds nothing else.
    Ok(match &feed.body.hub {
        Some(hub) if feed.card.rung != Rung::Off => entity.indexed("hub_due", hub.due),
        _ => entity,
    })
}

fn from_stored(stored: &Stored) -> Result<Feed, StoreError> {
    let Head { id, mut card } = head(stored)?;
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let body: Body = codec::unpack(stored.entity.blob("body").ok_or_else(damaged)?)?;
    if card.validators_in_body {
        card.validators = body.validators.clone();
        card.validators_in_body = false;
    }
    Ok(Feed {
        id,
        card,
        body,
        version: stored.version,
    })
}

fn head(row: &Stored) -> Result<Head, StoreError> {
    let damaged = || StoreError::Corrupt(row.entity.key.to_string());
    let id = row.entity.key.id().and_then(FeedId::from_number);
    let card = row.entity.text("card").ok_or_else(damaged)?;
    Ok(Head {
        id: id.ok_or_else(damaged)?,
        card: serde_json::from_str(card).map_err(|_| damaged())?,
    })
}

/// The inserts that make a feed known under its address. A commit with them fails with
/// [`StoreError::AlreadyExists`] if the address, or by chance the id, is taken.
///
/// # Errors
/// None that is known.
pub fn insert(feed: &Feed) -> Result<[Mutation; 2], StoreError> {
    let url = Entity::new(url_key(&feed.card.url)).unindexed("feed", feed.id.number());
    Ok([Mutation::Insert(url), Mutation::Insert(entity(feed)?)])
}

/// The insert that makes another address lead to a feed; fails with [`StoreError::AlreadyExists`] where it leads to one.
pub fn alias(url: &str, feed: FeedId) -> Mutation {
    Mutation::Insert(Entity::new(url_key(url)).unindexed("feed", feed.number()))
}

/// Whether an error says that a feed's address was taken by somebody faster.
pub fn is_taken(error: &StoreError) -> bool {
    matches!(error, StoreError::AlreadyExists(key) if key.kind() == Kind::FeedUrl || key.kind() == Kind::Feed)
}

/// Whether an error says that a feed was cleared away since it was read.
pub fn has_gone(error: &StoreError) -> bool {
    matches!(error, StoreError::NotFound(key) if key.kind() == Kind::Feed)
}

/// The write of a feed that was read before; fails with contention if somebody else wrote it since.
///
/// # Errors
/// None that is known.
pub fn update(feed: &Feed) -> Result<Mutation, StoreError> {
    Ok(Mutation::Update(entity(feed)?, Some(feed.version)))
}

/// The delete of a feed; a commit with it fails with contention if somebody wrote the feed since it was read. Its addresses
/// and articles are deleted in the same commit.
pub fn remove(feed: &Feed) -> Mutation {
    Mutation::Delete(key(feed.id), Some(feed.version))
}

/// The deletes of a feed's addresses.
pub fn remove_addresses(feed: &Feed) -> Vec<Mutation> {
    let urls = std::iter::once(&feed.card.url).chain(&feed.body.aliases);
    urls.map(|url| Mutation::Delete(url_key(url), None))
        .collect()
}

/// Feeds that nobody has read since before `day`, the oldest first: the built-in index of `orphaned_day`, in which only
/// orphans are. One read each, at least one.
///
/// # Errors
/// The store's.
pub async fn orphaned_before(
    store: &Datastore,
    day: i64,
    limit: u32,
) -> Result<Vec<Feed>, StoreError> {
    let query = Query::kind(Kind::Feed, limit).range("orphaned_day", RangeOp::Less, day);
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// Feeds whose hub is to be asked by `minute`, the longest due first: the built-in index of `hub_due`, in which only feeds
/// with a hub are. One read each, at least one.
///
/// # Errors
/// The store's.
pub async fn hub_due(store: &Datastore, minute: i64, limit: u32) -> Result<Vec<Feed>, StoreError> {
    let query = Query::kind(Kind::Feed, limit).range("hub_due", RangeOp::AtMost, minute);
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// A feed; one that is damaged is logged, and keeps no other from its turn.
fn readable(stored: &Stored) -> Option<Feed> {
    let read = from_stored(stored);
    if let Err(error) = &read {
        tracing::error!(%error, "a feed's record can't be read");
    }
    read.ok()
}

/// One feed, card and body. One read.
///
/// # Errors
/// The store's.
pub async fn get(store: &Datastore, id: FeedId) -> Result<Option<Feed>, StoreError> {
    let stored = store.get(&key(id)).await?;
    stored.as_ref().map(from_stored).transpose()
}

/// Several feeds, card and body. One read each.
///
/// # Errors
/// The store's.
pub async fn get_many(store: &Datastore, ids: &[FeedId]) -> Result<Vec<Feed>, StoreError> {
    let mut feeds = Vec::new();
    for ids in ids.chunks(500) {
        let keys: Vec<Key> = ids.iter().map(|&id| key(id)).collect();
        for stored in store.lookup(&keys).await?.iter().flatten() {
            feeds.push(from_stored(stored)?);
        }
    }
    Ok(feeds)
}

/// The feeds known under addresses; `None` for each that is new. One read for each address.
///
/// # Errors
/// The store's.
pub async fn by_urls(
    store: &Datastore,
    urls: &[String],
) -> Result<Vec<Option<FeedId>>, StoreError> {
    let mut ids = Vec::with_capacity(urls.len());
    for urls in urls.chunks(500) {
        let keys: Vec<Key> = urls.iter().map(|url| url_key(url)).collect();
        let found = store.lookup(&keys).await?;
        ids.extend(found.into_iter().map(|stored| {
            let number = stored.and_then(|stored| stored.entity.int("feed"));
            number.and_then(FeedId::from_number)
        }));
    }
    Ok(ids)
}

/// The cards of feeds by id, in no particular order: index `Feed(id, card)`. One read for each 30.
///
/// # Errors
/// The store's.
pub async fn heads(store: &Datastore, ids: &[FeedId]) -> Result<Vec<Head>, StoreError> {
    let mut heads = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IN_LIMIT) {
        let numbers = ids.iter().map(|id| Value::Int(id.number()));
        let query = Query::kind(Kind::Feed, NAMED)
            .any_of("id", numbers.collect())
            .project(&["card"]);
        let page = store.run_query(&query).await?;
        for row in &page.rows {
            heads.push(head(row)?);
        }
    }
    Ok(heads)
}

/// The cards of feeds from memory, the rest as [`heads`] brings them. One read for each 30 that aren't known.
///
/// # Errors
/// The store's.
pub async fn known_heads(
    store: &Datastore,
    ids: &[FeedId],
) -> Result<Vec<(FeedId, Arc<Card>)>, StoreError> {
    let keys: Vec<u128> = ids.iter().map(|&id| memo(id)).collect();
    let load = |keys: Vec<u128>| async move {
        let ids = keys.iter().filter_map(|&key| u32::try_from(key).ok());
        let ids: Vec<FeedId> = ids.map(FeedId).collect();
        let heads = heads(store, &ids).await?.into_iter();
        let loaded = heads.map(|Head { id, card }| {
            let bytes = weight(&card);
            (memo(id), Loaded::new(card, bytes))
        });
        Ok(loaded.collect())
    };
    let found = store.through_many(&HEADS, &keys, load).await?;
    let id = |key| FeedId(u32::try_from(key).unwrap_or_default());
    Ok(found
        .into_iter()
        .map(|(key, card)| (id(key), card))
        .collect())
}

/// Forgets what is remembered of feeds, since something newer was seen.
pub fn doubt_heads(store: &Datastore, ids: &[FeedId]) {
    if let Some(memory) = store.memory() {
        for &id in ids {
            memory.drop_copy(&HEADS, memo(id));
        }
    }
}

/// The feeds of one rung whose phase is in `from..=to`: index `Feed(cadence, phase, card)`. One read a page.
///
/// # Errors
/// The store's.
pub async fn due(
    store: &Datastore,
    rung: Rung,
    (from, to): (i64, i64),
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<(Vec<Head>, Option<Cursor>), StoreError> {
    let query = Query::kind(Kind::Feed, limit)
        .equal("cadence", i64::from(rung))
        .range("phase", RangeOp::AtLeast, from)
        .range("phase", RangeOp::AtMost, to)
        .order("phase", Direction::Asc)
        .project(&["card"])
        .after(cursor);
    let page = store.run_query(&query).await?;
    let heads = page.rows.iter().map(head).collect::<Result<_, _>>()?;
    Ok((heads, page.next))
}

/// All feeds, a page of at most `limit` at a time, one read each: for checks.
///
/// # Errors
/// The store's.
pub async fn all(
    store: &Datastore,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<(Vec<Feed>, Option<Cursor>), StoreError> {
    let page = store
        .run_query(&Query::kind(Kind::Feed, limit).after(cursor))
        .await?;
    let feeds = page
        .rows
        .iter()
        .map(from_stored)
        .collect::<Result<_, _>>()?;
    Ok((feeds, page.next))
}
