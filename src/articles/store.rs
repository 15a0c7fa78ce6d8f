//! `Article` in the store: a child of its feed, by number.

use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::try_join_all;
use sha2::{Digest, Sha256};

use super::body::Body;
use super::{Article, ArticleRow};
use crate::codec;
use crate::datastore::{
    Cache, Cursor, Datastore, Direction, Entity, IN_LIMIT, Key, Kind, Loaded, Mutation, Query,
    RangeOp, Region, StoreError, Stored, Value, Version,
};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::Timestamp;

/// Largest packed body, in bytes: below the entity limit, with room for the summary.
const BODY_BYTES: usize = 1_000_000;

/// Article summaries, by number.
pub static CARDS: Region = Region {
    name: "cards",
    minutes: 10,
    share: 15,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// Timeline pages, as lists of article numbers. The key covers the feeds' article ranges: new articles make another.
pub static TIMELINES: Region = Region {
    name: "rivers",
    minutes: 10,
    share: 2,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// Whole articles as they are stored: a third of what they take when they are opened.
pub static BODIES: Region = Region {
    name: "bodies",
    minutes: 60,
    share: 13,
    class: None,
    is_patient: false,
    keeps_latest: true,
};

/// Whole articles, opened: those that are on pages now.
pub static OPENED: Region = Region {
    name: "opened",
    minutes: 5,
    share: 2,
    class: None,
    is_patient: false,
    keeps_latest: true,
};

/// An article is new for so long: programs ask for its text soon.
const NEW: TimeDelta = TimeDelta::hours(24);

/// Updates [`CARDS`], [`BODIES`] and [`OPENED`] for a commit: older copies are dropped, and the text of a new article stays,
/// since the next sync asks for it.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Article {
        return;
    }
    let Some(id) = id_of(key) else {
        return;
    };
    cache.forget(&OPENED, memo(id), version);
    cache.forget(&CARDS, memo(id), version);
    let is_new = |entity: &&Entity| {
        let at = entity.time("at");
        at.is_some_and(|at| at > cache.now() - NEW)
    };
    let new = mutation.entity().filter(is_new);
    match new.and_then(|entity| PackedArticle::of(entity, version?)) {
        Some(packed) => {
            let bytes = packed.bytes();
            cache.replace(&BODIES, memo(id), version, packed, bytes);
        }
        None => cache.forget(&BODIES, memo(id), version),
    }
}

/// An article as it is stored.
#[derive(Debug)]
struct PackedArticle {
    /// Its summary, in JSON.
    card: String,
    /// Its [`Body`], [packed](codec::pack).
    body: Vec<u8>,
    version: Version,
}

impl PackedArticle {
    /// `None` if the record isn't an article's.
    fn of(entity: &Entity, version: Version) -> Option<Self> {
        Some(Self {
            card: entity.text("card")?.to_owned(),
            body: entity.blob("body")?.to_vec(),
            version,
        })
    }

    fn from_stored(stored: &Stored) -> Result<Self, StoreError> {
        let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
        Self::of(&stored.entity, stored.version).ok_or_else(damaged)
    }

    /// Its size in memory, in bytes.
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.card.len() + self.body.len()
    }

    fn open(&self, id: ArticleId) -> Result<(Article, Version), StoreError> {
        let summary = serde_json::from_str(&self.card);
        let summary = summary.map_err(|_| StoreError::Corrupt(key(id).to_string()))?;
        let body = codec::unpack(&self.body)?;
        Ok((Article { id, summary, body }, self.version))
    }
}

fn memo(id: ArticleId) -> u128 {
    id.number() as u128
}

fn weight(summary: &ArticleRow) -> usize {
    let summary = &summary.summary;
    let texts = [
        &summary.link,
        &summary.author,
        &summary.snippet,
        &summary.image,
    ];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    size_of::<ArticleRow>() + summary.title.len() + texts
}

/// Articles of one look-up: their bodies may be large.
const LOOKUP_ARTICLES: usize = 50;

/// One more than a query by id can find, so that it returns no cursor.
const BY_NAME_LIMIT: u32 = IN_LIMIT as u32 + 1;

/// The direction of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListDirection {
    /// Newest first.
    NewestFirst,
    /// Oldest first.
    OldestFirst,
}

fn key(id: ArticleId) -> Key {
    crate::feeds::store::key(id.feed).child_int(Kind::Article, i64::from(id.seq))
}

fn id_of(key: &Key) -> Option<ArticleId> {
    let feed = FeedId::from_number(key.parent()?.id()?)?;
    let seq = u32::try_from(key.id()?).ok()?;
    Some(ArticleId { feed, seq })
}

/// The upsert of a new or edited article.
///
/// # Errors
/// Never in practice: a body that is too large is cut.
pub fn put(article: &Article) -> Result<Mutation, StoreError> {
    Ok(Mutation::Upsert(entity(article)?, None))
}

/// The upsert of an edited article, conditional on the version that the edit was based on.
///
/// # Errors
/// The same as [`put`].
pub fn put_over(article: &Article, version: Version) -> Result<Mutation, StoreError> {
    Ok(Mutation::Upsert(entity(article)?, Some(version)))
}

/// The update of an article's body only; its commit fails if the article was changed or deleted since this version.
///
/// `None` if the body is too large to store.
///
/// # Errors
/// Never in practice: a body always serializes.
pub fn update(article: &Article, version: Version) -> Result<Option<Mutation>, StoreError> {
    let packed = codec::pack(&article.body)?;
    if packed.len() > BODY_BYTES {
        return Ok(None);
    }
    let entity = with_body(article, packed);
    Ok(Some(Mutation::Update(entity, Some(version))))
}

/// If the body is too large, the full text is dropped first, then the article's own text.
fn entity(article: &Article) -> Result<Entity, StoreError> {
    let mut packed = codec::pack(&article.body)?;
    if packed.len() > BODY_BYTES && article.body.full.is_some() {
        let body = Body {
            full: None,
            ..article.body.clone()
        };
        packed = codec::pack(&body)?;
    }
    if packed.len() > BODY_BYTES {
        let html = "<p>This article is too large to be kept. Read it at its own address.</p>";
        let body = Body {
            html: html.to_owned(),
            attachments: Vec::new(),
            full: None,
            ..article.body.clone()
        };
        packed = codec::pack(&body)?;
    }
    Ok(with_body(article, packed))
}

fn with_body(article: &Article, packed: Vec<u8>) -> Entity {
    Entity::new(key(article.id))
        .indexed("feed", article.id.feed.number())
        .indexed("at", article.summary.at())
        .indexed("ref", article.id.number())
        .indexed("card", article.summary.to_card())
        .unindexed("body", packed)
}

/// The delete of an article.
pub fn remove(id: ArticleId) -> Mutation {
    Mutation::Delete(key(id), None)
}

/// One article's summary and body. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(store: &Datastore, id: ArticleId) -> Result<Option<Article>, StoreError> {
    let found = get_version(store, id).await?;
    Ok(found.map(|(article, _)| article))
}

/// One article with the version that was read. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get_version(
    store: &Datastore,
    id: ArticleId,
) -> Result<Option<(Article, Version)>, StoreError> {
    let Some(stored) = store.get(&key(id)).await? else {
        return Ok(None);
    };
    PackedArticle::from_stored(&stored)?.open(id).map(Some)
}

fn from_stored(id: ArticleId, stored: &Stored) -> Result<Article, StoreError> {
    let (article, _) = PackedArticle::from_stored(stored)?.open(id)?;
    Ok(article)
}

/// Whether a record can be decoded.
pub fn is_readable(stored: &Stored) -> bool {
    id_of(&stored.entity.key).is_some_and(|id| from_stored(id, stored).is_ok())
}

/// One article with its version, from the cache or by one read. If the version is older than the stored one, a write
/// with it fails with a conflict; then [`get_version`] returns the current one.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such article; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn cached(
    store: &Datastore,
    id: ArticleId,
) -> Result<Option<Arc<(Article, Version)>>, StoreError> {
    let read = async {
        let stored = store.get(&key(id)).await?;
        let stored = stored.ok_or_else(|| StoreError::NotFound(key(id)))?;
        let packed = PackedArticle::from_stored(&stored)?;
        let bytes = packed.bytes();
        Ok(Loaded::new(packed, bytes))
    };
    let open = async {
        let packed = store.get_or_load(&BODIES, memo(id), read).await?;
        let opened = packed.open(id)?;
        let bytes = weight_of(&opened.0);
        Ok(Loaded::new(opened, bytes))
    };
    match store.get_or_load(&OPENED, memo(id), open).await {
        Err(StoreError::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// Several whole articles, from the cache or by one read each, all in one round; missing ones are left out.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached_many(
    store: &Datastore,
    ids: &[ArticleId],
) -> Result<Vec<(Article, Version)>, StoreError> {
    let keys: Vec<u128> = ids.iter().map(|&id| memo(id)).collect();
    let load = |keys: Vec<u128>| async move {
        let numbers = keys.iter().filter_map(|&key| i64::try_from(key).ok());
        let ids: Vec<ArticleId> = numbers.filter_map(ArticleId::from_number).collect();
        let mut loaded = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LOOKUP_ARTICLES) {
            let keys: Vec<Key> = ids.iter().map(|&id| key(id)).collect();
            for (&id, stored) in ids.iter().zip(store.lookup(&keys).await?) {
                let Some(stored) = stored else { continue };
                let packed = PackedArticle::from_stored(&stored)?;
                let bytes = packed.bytes();
                loaded.push((memo(id), Loaded::new(packed, bytes)));
            }
        }
        Ok(loaded)
    };
    let found = store.get_or_load_many(&BODIES, &keys, load).await?;
    let id_of = |key: u128| ArticleId::from_number(i64::try_from(key).ok()?);
    let found = found
        .iter()
        .filter_map(|(key, packed)| Some((id_of(*key)?, packed)));
    found.map(|(id, packed)| packed.open(id)).collect()
}

/// How many of these articles' bodies would have to be read.
pub fn bodies_to_read(store: &Datastore, ids: &[ArticleId]) -> usize {
    let Some(cache) = store.cache() else {
        return ids.len();
    };
    let is_missing = |id: &&ArticleId| cache.recall::<PackedArticle>(&BODIES, memo(**id)).is_none();
    ids.iter().filter(is_missing).count()
}

/// Several whole articles from the store, one read each; missing ones are left out, and so are those that can't be decoded, which
/// is logged.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn readable_many(
    store: &Datastore,
    ids: &[ArticleId],
) -> Result<Vec<Article>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP_ARTICLES) {
        let keys: Vec<Key> = ids.iter().map(|&id| key(id)).collect();
        for (&id, stored) in ids.iter().zip(store.lookup(&keys).await?) {
            match stored.map(|stored| from_stored(id, &stored)) {
                Some(Ok(article)) => found.push(article),
                Some(Err(error)) => {
                    tracing::error!(%error, "an article can’t be decoded; it isn’t indexed");
                }
                None => {}
            }
        }
    }
    Ok(found)
}

/// Its size in memory, in bytes.
fn weight_of(article: &Article) -> usize {
    let full = article.body.full.as_ref().map_or(0, |full| full.html.len());
    article.body.html.len() + full + 2_000
}

/// Like [`timeline`], from the cache if the same page of the same articles was read before.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached_timeline(
    store: &Datastore,
    feeds: &[Numbers],
    flow: ListDirection,
    after: Option<Timestamp>,
    limit: u32,
) -> Result<Vec<Arc<ArticleRow>>, StoreError> {
    let ids: Vec<FeedId> = feeds.iter().map(|numbers| numbers.feed).collect();
    let mut loaded = None;
    let load = async {
        let rows = read_page(store, &ids, flow, after, limit).await?;
        let numbers: Vec<ArticleId> = rows.iter().map(|summary| summary.id).collect();
        let bytes = numbers.len() * size_of::<ArticleId>();
        loaded = Some(rows);
        Ok(Loaded::new(numbers, bytes))
    };
    let key = page_key(feeds, flow, after, limit);
    let known = store.get_or_load(&TIMELINES, key, load).await?;
    if let Some(rows) = loaded {
        return Ok(rows);
    }
    let recall = |id: &ArticleId| store.cache()?.recall::<ArticleRow>(&CARDS, memo(*id));
    match known.iter().map(recall).collect() {
        Some(rows) => Ok(rows),
        // Some summaries were evicted.
        None => read_page(store, &ids, flow, after, limit).await,
    }
}

/// Like [`timeline`], and caches the summaries.
async fn read_page(
    store: &Datastore,
    ids: &[FeedId],
    flow: ListDirection,
    after: Option<Timestamp>,
    limit: u32,
) -> Result<Vec<Arc<ArticleRow>>, StoreError> {
    let cache = store
        .cache()
        .and_then(|cache| Some((cache, cache.before(&CARDS)?)));
    let rows = timeline(store, ids, flow, after, limit).await?;
    let rows: Vec<Arc<ArticleRow>> = rows.into_iter().map(Arc::new).collect();
    if let Some((cache, before)) = cache {
        for summary in &rows {
            cache.offer(
                &CARDS,
                &before,
                memo(summary.id),
                summary.clone(),
                weight(summary),
            );
        }
    }
    Ok(rows)
}

/// The cache key of a page: a hash of everything that determines its content.
fn page_key(feeds: &[Numbers], flow: ListDirection, after: Option<Timestamp>, limit: u32) -> u128 {
    let mut hash = Sha256::new();
    for numbers in feeds {
        hash.update(numbers.feed.0.to_le_bytes());
        hash.update(numbers.first.to_le_bytes());
        hash.update(numbers.last.to_le_bytes());
    }
    hash.update([u8::from(flow == ListDirection::NewestFirst)]);
    let after = after.map_or(i64::MIN, |at| at.timestamp_micros());
    hash.update(after.to_le_bytes());
    hash.update(limit.to_le_bytes());
    let digest = hash.finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    u128::from_le_bytes(key)
}

/// Those of which no summary is cached; all of them if there is no cache.
pub fn uncached(store: &Datastore, ids: &[ArticleId]) -> Vec<ArticleId> {
    let Some(cache) = store.cache() else {
        return ids.to_vec();
    };
    let is_missing = |id: &ArticleId| cache.recall::<ArticleRow>(&CARDS, memo(*id)).is_none();
    ids.iter().copied().filter(is_missing).collect()
}

/// The summary of an article of which the cache has the whole: no read.
pub fn remembered(store: &Datastore, id: ArticleId) -> Option<super::ArticleSummary> {
    let known = store.cache()?.recall::<PackedArticle>(&BODIES, memo(id))?;
    serde_json::from_str(&known.card).ok()
}

/// Like [`by_name`], from the cache if possible. One read per 30 that aren't cached.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached_by_name(
    store: &Datastore,
    ids: &[ArticleId],
) -> Result<Vec<Arc<ArticleRow>>, StoreError> {
    let by_memo: std::collections::HashMap<u128, ArticleId> =
        ids.iter().map(|&id| (memo(id), id)).collect();
    let keys: Vec<u128> = ids.iter().map(|&id| memo(id)).collect();
    let by_memo = &by_memo;
    let load = |keys: Vec<u128>| async move {
        let ids: Vec<ArticleId> = keys
            .iter()
            .filter_map(|key| by_memo.get(key).copied())
            .collect();
        let rows = by_name(store, &ids).await?.into_iter();
        let loaded = rows.map(|summary| {
            let bytes = weight(&summary);
            (memo(summary.id), Loaded::new(summary, bytes))
        });
        Ok(loaded.collect())
    };
    let found = store.get_or_load_many(&CARDS, &keys, load).await?;
    Ok(found.into_iter().map(|(_, summary)| summary).collect())
}

/// A page of a timeline over at most 30 feeds: index `Article(feed, at, card)` in the given direction. One read,
/// however many rows.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn timeline(
    store: &Datastore,
    feeds: &[FeedId],
    flow: ListDirection,
    after: Option<Timestamp>,
    limit: u32,
) -> Result<Vec<ArticleRow>, StoreError> {
    let (direction, past) = match flow {
        ListDirection::NewestFirst => (Direction::Desc, RangeOp::Less),
        ListDirection::OldestFirst => (Direction::Asc, RangeOp::Greater),
    };
    let ids = feeds.iter().map(|feed| Value::Int(feed.number()));
    let mut query = Query::kind(Kind::Article, limit)
        .any_of("feed", ids.collect())
        .order("at", direction)
        .project(&["card"]);
    if let Some(after) = after {
        query = query.range("at", past, after);
    }
    rows(store, &query).await
}

/// Summaries by id, in no particular order: index `Article(ref, card)`. One read per 30.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn by_name(store: &Datastore, ids: &[ArticleId]) -> Result<Vec<ArticleRow>, StoreError> {
    let page = async |ids: &[ArticleId]| {
        let names = ids.iter().map(|id| Value::Int(id.number()));
        let query = Query::kind(Kind::Article, BY_NAME_LIMIT)
            .any_of("ref", names.collect())
            .project(&["card"]);
        rows(store, &query).await
    };
    // At once: they don't depend on each other.
    let pages = ids.chunks(IN_LIMIT).map(page);
    Ok(try_join_all(pages).await?.concat())
}

/// The numbers of a feed's stored articles, ascending, 1,000 for one read: for checks.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn numbers(store: &Datastore, feed: FeedId) -> Result<Vec<u32>, StoreError> {
    let mut numbers = Vec::new();
    let mut cursor = None;
    loop {
        let query = Query::kind(Kind::Article, 1_000)
            .within(crate::feeds::store::key(feed))
            .keys_only()
            .after(cursor);
        let page = store.run_query(&query).await?;
        let ids = page.rows.iter().filter_map(|row| id_of(&row.entity.key));
        numbers.extend(ids.map(|id| id.seq));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The ids of all stored articles by key, a page of 1,000 for one read, and where the next one begins: for checks.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn all_ids(
    store: &Datastore,
    cursor: Option<Cursor>,
) -> Result<(Vec<ArticleId>, Option<Cursor>), StoreError> {
    let query = Query::kind(Kind::Article, 1_000).keys_only().after(cursor);
    let page = store.run_query(&query).await?;
    let ids = page.rows.iter().filter_map(|row| id_of(&row.entity.key));
    Ok((ids.collect(), page.next))
}

async fn rows(store: &Datastore, query: &Query) -> Result<Vec<ArticleRow>, StoreError> {
    let page = store.run_query(query).await?;
    let summary = |row: &crate::datastore::Stored| {
        let damaged = || StoreError::Corrupt(row.entity.key.to_string());
        let id = id_of(&row.entity.key).ok_or_else(damaged)?;
        let summary = row.entity.text("card").ok_or_else(damaged)?;
        let summary = serde_json::from_str(summary).map_err(|_| damaged())?;
        Ok(ArticleRow { id, summary })
    };
    page.rows.iter().map(summary).collect()
}
