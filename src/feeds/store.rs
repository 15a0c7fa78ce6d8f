//! `Feed` and `FeedUrl` in the store.

use std::ops::RangeInclusive;
use std::sync::Arc;

use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};

use super::phase::phase;
use super::{Body, Feed, FeedAddress, FeedSummary, Head, ORPHAN_DAYS, PollTier};
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Cursor, Datastore, Direction, Entity, IN_LIMIT, Key, Kind, Loaded, Mutation, Query,
    RangeOp, Region, StoreError, Stored, Value, Version,
};
use crate::ids::{FeedId, UserId};
use crate::random::hex;
use crate::search::Words;

/// Summaries of feeds, shared by all users.
pub static HEADS: Region = Region {
    name: "heads",
    minutes: 5,
    share: 14,
    class: Some(Class::Feeds),
    is_patient: true,
    keeps_latest: false,
};

/// The words of feeds' articles, opened, shared by all users.
pub static WORDS: Region = Region {
    name: "words",
    minutes: 10,
    share: 12,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// Updates [`HEADS`] and [`WORDS`] for a commit.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Feed {
        return;
    }
    let Some(id) = key.id().and_then(FeedId::from_number) else {
        return;
    };
    let words = mutation.entity().map(words_in);
    match words.filter(|_| cache.recall::<Words>(&WORDS, memo(id)).is_some()) {
        // What was searched a moment ago is searched again: that costs no read.
        Some(words) => {
            let words = Words::open(words.into()).unwrap_or_default();
            let bytes = words.weight();
            cache.replace(&WORDS, memo(id), version, words, bytes);
        }
        None => cache.forget(
            &WORDS,
            memo(id),
            version.filter(|_| mutation.entity().is_some()),
        ),
    }
    let summary = mutation.entity().and_then(|entity| entity.text("card"));
    match summary.and_then(|summary| serde_json::from_str::<FeedSummary>(summary).ok()) {
        Some(summary) => {
            let bytes = weight(&summary);
            cache.replace(&HEADS, memo(id), version, summary, bytes);
        }
        None => cache.forget(&HEADS, memo(id), None),
    }
}

fn memo(id: FeedId) -> u128 {
    u128::from(id.0)
}

fn weight(summary: &FeedSummary) -> usize {
    let site = summary.site.as_ref().map_or(0, String::len);
    let sealed = summary.door.as_ref().map_or(0, |door| door.sealed.len());
    let texts = summary.url.as_str().len() + summary.title.len() + site + sealed;
    size_of::<FeedSummary>() + texts + summary.times.weight() + summary.arrivals.weight() + 200
}

/// Feeds of one look-up of words: some eight megabytes.
const LOOKUP_FEEDS: usize = 100;

/// Feeds of a page of those that nobody reads: one read each.
const UNREAD_A_PAGE: u32 = 20;
/// Feeds of a page of all: one read.
const HEADS_A_PAGE: u32 = 1_000;

/// One more than a query by id can find, so that it returns no cursor.
const BY_NAME_LIMIT: u32 = IN_LIMIT as u32 + 1;

/// A feed's key; its articles are its children.
pub fn key(id: FeedId) -> Key {
    Key::int(Kind::Feed, id.number())
}

fn url_key(url: &str) -> Key {
    Key::name(Kind::FeedUrl, hex(&Sha256::digest(url)[..16]))
}

/// The key of an address, for everybody or for one reader: no address begins as the latter does, so neither leads to the other.
fn address_key(url: &str, of: Option<UserId>) -> Key {
    match of {
        None => url_key(url),
        Some(of) => url_key(&format!("door of {of}\n{url}")),
    }
}

/// The key of one of a feed's addresses.
fn key_of(summary: &FeedSummary, url: &str) -> Key {
    address_key(url, summary.door.as_ref().map(|door| door.of))
}

fn entity(feed: &Feed) -> Result<Entity, StoreError> {
    let mut body = feed.body.clone();
    body.validators = feed.summary.validators.clone();
    let sealed = feed.summary.door.as_ref().map(|door| door.sealed.clone());
    body.sealed = sealed.filter(|sealed| !sealed.is_empty());
    let entity = Entity::new(key(feed.id))
        .indexed("cadence", i64::from(feed.summary.tier))
        .indexed("phase", phase(feed.id, feed.summary.tier))
        .indexed("id", feed.id.number())
        .indexed("card", feed.summary.to_json())
        .unindexed("body", codec::pack(&body)?);
    // What is behind a door stands on no publisher's desk.
    let entity = match feed.summary.door {
        Some(_) => entity,
        None => entity.indexed("host", feed.summary.url.host_str().unwrap_or_default()),
    };
    // Set only while it has no subscribers, so that the index holds only orphans.
    let entity = match feed.words.is_empty() {
        true => entity,
        false => entity.unindexed("words", feed.words.to_vec()),
    };
    let entity = match feed.summary.orphaned_day {
        0 => entity,
        day => entity.indexed("orphaned_day", day),
    };
    // Set only while a feed with a hub has an active subscriber, so that the index holds nothing else.
    Ok(match &feed.body.hub {
        Some(hub) if feed.summary.tier != PollTier::Off => entity.indexed("hub_due", hub.due),
        _ => entity,
    })
}

fn from_stored(stored: &Stored) -> Result<Feed, StoreError> {
    let Head { id, mut summary } = head(stored)?;
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let mut body: Body = codec::unpack(stored.entity.blob("body").ok_or_else(damaged)?)?;
    let sealed = body.sealed.take();
    if let (Some(door), Some(sealed)) = (&mut summary.door, sealed) {
        door.sealed = sealed;
    }
    if summary.validators_in_body {
        summary.validators = body.validators.clone();
        summary.validators_in_body = false;
    }
    Ok(Feed {
        id,
        summary,
        body,
        words: words_in(&stored.entity).into(),
        version: stored.version,
    })
}

/// The packed words of a feed's record; none in records from before they were kept.
fn words_in(entity: &Entity) -> &[u8] {
    entity.blob("words").unwrap_or_default()
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    from_stored(stored).is_ok()
}

fn head(row: &Stored) -> Result<Head, StoreError> {
    let damaged = || StoreError::Corrupt(row.entity.key.to_string());
    let id = row.entity.key.id().and_then(FeedId::from_number);
    let summary = row.entity.text("card").ok_or_else(damaged)?;
    Ok(Head {
        id: id.ok_or_else(damaged)?,
        summary: serde_json::from_str(summary).map_err(|_| damaged())?,
    })
}

/// The inserts that create a feed under its address. A commit with them fails with [`StoreError::AlreadyExists`] if the
/// address, or by chance the id, is taken.
///
/// # Errors
/// Never in practice: a record always serializes.
pub fn insert(feed: &Feed) -> Result<[Mutation; 2], StoreError> {
    Ok([address_of(feed), Mutation::Insert(entity(feed)?)])
}

/// The insert of a feed's address; fails with [`StoreError::AlreadyExists`] if the address is taken.
pub fn address_of(feed: &Feed) -> Mutation {
    let key = key_of(&feed.summary, feed.summary.url.as_str());
    Mutation::Insert(Entity::new(key).unindexed("feed", feed.id.number()))
}

/// The insert that maps another address to a feed; fails with [`StoreError::AlreadyExists`] if the address is taken.
pub fn alias(url: &FeedAddress, feed: FeedId) -> Mutation {
    Mutation::Insert(Entity::new(url_key(url.as_str())).unindexed("feed", feed.number()))
}

/// The delete of an address that leads to a feed which isn't there; `None` if it leads to one, or nowhere. `of` is the reader
/// for whom it is the address of a feed behind a door. Two reads.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn dead_address(
    store: &Datastore,
    url: &str,
    of: Option<UserId>,
) -> Result<Option<Mutation>, StoreError> {
    let Some(stored) = store.get(&address_key(url, of)).await? else {
        return Ok(None);
    };
    let feed = stored.entity.int("feed").and_then(FeedId::from_number);
    if let Some(feed) = feed
        && store.get(&key(feed)).await?.is_some()
    {
        return Ok(None);
    }
    Ok(Some(Mutation::Delete(
        stored.entity.key,
        Some(stored.version),
    )))
}

/// An address as it is stored: the feed to which it leads, if it says one, and its delete.
#[derive(Debug)]
pub struct StoredAddress {
    /// The feed.
    pub feed: Option<FeedId>,
    /// Its delete, which fails with a conflict if it was written since.
    pub delete: Mutation,
}

/// All addresses by key, a page of 1,000, and where the next one begins: for checks. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn all_addresses(
    store: &Datastore,
    cursor: Option<Cursor>,
) -> Result<(Vec<StoredAddress>, Option<Cursor>), StoreError> {
    let query = Query::kind(Kind::FeedUrl, 1_000).after(cursor);
    let page = store.run_query(&query).await?;
    let rows = page.rows.into_iter().map(|row| StoredAddress {
        feed: row.entity.int("feed").and_then(FeedId::from_number),
        delete: Mutation::Delete(row.entity.key, Some(row.version)),
    });
    Ok((rows.collect(), page.next))
}

/// Whether the error means that a concurrent commit took a feed's address.
pub fn is_taken(error: &StoreError) -> bool {
    matches!(error, StoreError::AlreadyExists(key) if key.kind() == Kind::FeedUrl || key.kind() == Kind::Feed)
}

/// Whether the error means that a feed was deleted since it was read.
pub fn has_gone(error: &StoreError) -> bool {
    matches!(error, StoreError::NotFound(key) if key.kind() == Kind::Feed)
}

/// The update of a feed that was read before; its commit fails with a conflict if the feed was written since.
///
/// # Errors
/// Never in practice: a record always serializes.
pub fn update(feed: &Feed) -> Result<Mutation, StoreError> {
    Ok(Mutation::Update(entity(feed)?, Some(feed.version)))
}

/// The delete of a feed; its commit fails with a conflict if the feed was written since it was read.
///
/// Its addresses and articles are deleted in the same commit.
pub fn remove(feed: &Feed) -> Mutation {
    Mutation::Delete(key(feed.id), Some(feed.version))
}

/// The deletes of a feed's addresses.
pub fn remove_addresses(feed: &Feed) -> Vec<Mutation> {
    let aliases = feed.body.aliases.iter().map(|alias| alias.as_str());
    let urls = std::iter::once(feed.summary.url.as_str()).chain(aliases);
    urls.map(|url| Mutation::Delete(key_of(&feed.summary, url), None))
        .collect()
}

/// Feeds without subscribers since before `day`, oldest first, by the built-in index of `orphaned_day`, which holds
/// only orphans. One read each, at least one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn orphaned_before(
    store: &Datastore,
    day: i64,
    limit: u32,
) -> Result<Vec<Feed>, StoreError> {
    let query = Query::kind(Kind::Feed, limit).range("orphaned_day", RangeOp::Less, day);
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// Of a reader's feeds behind a door, those that nobody reads any more: a page of them, and where the next one begins.
///
/// With `today` as the day, all of them are found, among the feeds that the clean-up takes until the day after the next. One read for
/// each of these, at least one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn unread_doors_of(
    store: &Datastore,
    user: UserId,
    today: i64,
    cursor: Option<Cursor>,
) -> Result<(Vec<FeedId>, Option<Cursor>), StoreError> {
    let last = today + 1 - ORPHAN_DAYS;
    let query = Query::kind(Kind::Feed, UNREAD_A_PAGE)
        .range("orphaned_day", RangeOp::AtMost, last)
        .after(cursor);
    let page = store.run_query(&query).await?;
    let heads = page.rows.iter().map(head);
    let heads = heads.collect::<Result<Vec<Head>, _>>()?.into_iter();
    let own = heads.filter(|head| head.summary.is_behind_door_of(user));
    Ok((own.map(|head| head.id).collect(), page.next))
}

/// How many feeds behind a door are a reader's, whether they read them or not. Looks through all feeds: one read for each thousand.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn count_doors_of(store: &Datastore, user: UserId) -> Result<u64, StoreError> {
    let (mut count, mut cursor) = (0, None);
    loop {
        let (heads, next) = all_heads(store, cursor, HEADS_A_PAGE).await?;
        let own = heads.iter();
        let own = own.filter(|head| head.summary.is_behind_door_of(user));
        count += own.count() as u64;
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(count),
        }
    }
}

/// Feeds whose hub is due by `minute`, longest overdue first, by the built-in index of `hub_due`, which holds only
/// feeds with a hub. One read each, at least one.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn hub_due(store: &Datastore, minute: i64, limit: u32) -> Result<Vec<Feed>, StoreError> {
    let query = Query::kind(Kind::Feed, limit).range("hub_due", RangeOp::AtMost, minute);
    let page = store.run_query(&query).await?;
    Ok(page.rows.iter().filter_map(readable).collect())
}

/// Decodes a feed; a damaged one is logged and skipped.
fn readable(stored: &Stored) -> Option<Feed> {
    let read = from_stored(stored);
    if let Err(error) = &read {
        tracing::error!(%error, "feed record can’t be decoded; skipped");
    }
    read.ok()
}

/// One feed, summary and body. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(store: &Datastore, id: FeedId) -> Result<Option<Feed>, StoreError> {
    let stored = store.get(&key(id)).await?;
    stored.as_ref().map(from_stored).transpose()
}

/// Several feeds, summary and body. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
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

/// The feeds at addresses; `None` for each unknown address. Never one behind a door. One read per address.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn by_urls(
    store: &Datastore,
    urls: &[String],
) -> Result<Vec<Option<FeedId>>, StoreError> {
    let all: Vec<Address<'_>> = urls.iter().map(|url| (url.as_str(), None)).collect();
    by_addresses(store, &all).await
}

/// An address, and for one of a feed behind a door its reader.
pub type Address<'a> = (&'a str, Option<UserId>);

/// The feeds at addresses, everybody's or one reader's; `None` for each unknown address. One read per address.
///
/// # Errors
/// Those of [`by_urls`].
pub async fn by_addresses(
    store: &Datastore,
    all: &[Address<'_>],
) -> Result<Vec<Option<FeedId>>, StoreError> {
    let mut ids = Vec::with_capacity(all.len());
    for some in all.chunks(500) {
        let keys: Vec<Key> = some.iter().map(|(url, of)| address_key(url, *of)).collect();
        let found = store.lookup(&keys).await?;
        ids.extend(found.into_iter().map(|stored| {
            let number = stored.and_then(|stored| stored.entity.int("feed"));
            number.and_then(FeedId::from_number)
        }));
    }
    Ok(ids)
}

/// The summaries of feeds by id, in no particular order: index `Feed(id, card)`. One read per 30.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn heads(store: &Datastore, ids: &[FeedId]) -> Result<Vec<Head>, StoreError> {
    let page = async |ids: &[FeedId]| {
        let numbers = ids.iter().map(|id| Value::Int(id.number()));
        let query = Query::kind(Kind::Feed, BY_NAME_LIMIT)
            .any_of("id", numbers.collect())
            .project(&["card"]);
        let page = store.run_query(&query).await?;
        page.rows.iter().map(head).collect::<Result<Vec<_>, _>>()
    };
    // At once: they don't depend on each other.
    let pages = ids.chunks(IN_LIMIT).map(page);
    Ok(try_join_all(pages).await?.concat())
}

/// The summaries of a host's feeds, up to `limit`: index `Feed(host, card)`. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn of_host(store: &Datastore, host: &str, limit: u32) -> Result<Vec<Head>, StoreError> {
    let query = Query::kind(Kind::Feed, limit)
        .equal("host", host)
        .project(&["card"]);
    let page = store.run_query(&query).await?;
    page.rows.iter().map(head).collect()
}

/// The summaries of feeds from the cache, the rest from [`heads`]. One read per 30 that aren't cached.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached_heads(
    store: &Datastore,
    ids: &[FeedId],
) -> Result<Vec<(FeedId, Arc<FeedSummary>)>, StoreError> {
    let keys: Vec<u128> = ids.iter().map(|&id| memo(id)).collect();
    let load = |keys: Vec<u128>| async move {
        let ids = keys.iter().filter_map(|&key| u32::try_from(key).ok());
        let ids: Vec<FeedId> = ids.map(FeedId).collect();
        let heads = heads(store, &ids).await?.into_iter();
        let loaded = heads.map(|Head { id, summary }| {
            let bytes = weight(&summary);
            (memo(id), Loaded::new(summary, bytes))
        });
        Ok(loaded.collect())
    };
    let found = store.get_or_load_many(&HEADS, &keys, load).await?;
    let id = |key| FeedId(u32::try_from(key).unwrap_or_default());
    Ok(found
        .into_iter()
        .map(|(key, summary)| (id(key), summary))
        .collect())
}

/// The words of feeds' articles, from the cache, the rest by one read each, all in one round. Feeds that aren't there are left
/// out; one of which nothing is indexed has no words.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn cached_words(
    store: &Datastore,
    ids: &[FeedId],
) -> Result<Vec<(FeedId, Arc<Words>)>, StoreError> {
    let keys: Vec<u128> = ids.iter().map(|&id| memo(id)).collect();
    let load = |keys: Vec<u128>| async move {
        let ids = keys.iter().filter_map(|&key| u32::try_from(key).ok());
        let keys: Vec<Key> = ids.map(|id| key(FeedId(id))).collect();
        // At once: they don't depend on each other.
        let rounds = keys.chunks(LOOKUP_FEEDS).map(|keys| store.lookup(keys));
        let found = try_join_all(rounds).await?;
        let loaded = found.iter().flatten().flatten().filter_map(|stored| {
            let id = stored.entity.key.id().and_then(FeedId::from_number)?;
            let list = words_in(&stored.entity);
            let words = Words::open(list.into());
            if words.is_none() && !list.is_empty() {
                tracing::error!(feed = %id, "the words of a feed can’t be read; it isn’t searched");
            }
            let words = words.unwrap_or_default();
            let bytes = words.weight();
            Some((memo(id), Loaded::new(words, bytes)))
        });
        Ok(loaded.collect())
    };
    let found = store.get_or_load_many(&WORDS, &keys, load).await?;
    let id = |key| FeedId(u32::try_from(key).unwrap_or_default());
    Ok(found
        .into_iter()
        .map(|(key, words)| (id(key), words))
        .collect())
}

/// How many of these feeds' words would have to be read.
pub fn words_to_read(store: &Datastore, ids: &[FeedId]) -> usize {
    let Some(cache) = store.cache() else {
        return ids.len();
    };
    let is_missing = |id: &&FeedId| cache.recall::<Words>(&WORDS, memo(**id)).is_none();
    ids.iter().filter(is_missing).count()
}

/// Drops the cached summaries of feeds, because newer data was seen.
pub fn invalidate_heads(store: &Datastore, ids: &[FeedId]) {
    if let Some(cache) = store.cache() {
        for &id in ids {
            cache.drop_copy(&HEADS, memo(id));
        }
    }
}

/// The feeds of one tier whose phase is in `phases`: index `Feed(cadence, phase, card)`. One read per page.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn due(
    store: &Datastore,
    tier: PollTier,
    phases: RangeInclusive<i64>,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<(Vec<Head>, Option<Cursor>), StoreError> {
    let query = Query::kind(Kind::Feed, limit)
        .equal("cadence", i64::from(tier))
        .range("phase", RangeOp::AtLeast, *phases.start())
        .range("phase", RangeOp::AtMost, *phases.end())
        .order("phase", Direction::Asc)
        .project(&["card"])
        .after(cursor);
    let page = store.run_query(&query).await?;
    let heads = page.rows.iter().map(head).collect::<Result<_, _>>()?;
    Ok((heads, page.next))
}

/// The summaries of all feeds, in pages of at most `limit`, one read each: index `Feed(id, card)`.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn all_heads(
    store: &Datastore,
    cursor: Option<Cursor>,
    limit: u32,
) -> Result<(Vec<Head>, Option<Cursor>), StoreError> {
    let query = Query::kind(Kind::Feed, limit)
        .range("id", RangeOp::AtLeast, 0)
        .order("id", Direction::Asc)
        .project(&["card"])
        .after(cursor);
    let page = store.run_query(&query).await?;
    let heads = page.rows.iter().map(head).collect::<Result<_, _>>()?;
    Ok((heads, page.next))
}

/// All feeds, in pages of at most `limit`, one read each: for checks.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
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
