//! `Article` in the store: below its feed, by number.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::body::Body;
use super::{Article, Card};
use crate::codec;
use crate::datastore::{
    Datastore, Direction, Entity, IN_LIMIT, Key, Kind, Loaded, Memory, Mutation, Query, RangeOp,
    Region, StoreError, Value, Version,
};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::timestamp::Timestamp;

/// The largest packed body: below an entity's limit, with room for the card.
const BODY_BYTES: usize = 1_000_000;

/// Articles' cards, by number.
pub static CARDS: Region = Region {
    name: "cards",
    minutes: 10,
    share: 25,
    class: None,
};

/// Stretches of rivers, as the numbers of their articles. What they are of is in the key: new articles make another.
pub static RIVERS: Region = Region {
    name: "rivers",
    minutes: 10,
    share: 8,
    class: None,
};

/// Articles whole.
pub static BODIES: Region = Region {
    name: "bodies",
    minutes: 60,
    share: 25,
    class: None,
};

/// What a commit means for [`CARDS`] and [`BODIES`]: copies that are older go.
pub fn remember(memory: &Memory, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Article {
        return;
    }
    if let Some(id) = id_of(key) {
        memory.forget(&BODIES, memo(id), version);
        memory.forget(&CARDS, memo(id), version);
    }
}

fn memo(id: ArticleId) -> u128 {
    id.number() as u128
}

fn weight(card: &Card) -> usize {
    let face = &card.face;
    let texts = [&face.link, &face.author, &face.snippet, &face.image];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    size_of::<Card>() + face.title.len() + texts
}

/// One more than a question by name can find, so that no cursor is made for its end.
const NAMED: u32 = IN_LIMIT as u32 + 1;

/// Which way a river flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The newest first.
    NewestFirst,
    /// The oldest first.
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

/// The write that stores an article, new or edited.
///
/// # Errors
/// None that is known: what is too large is cut.
pub fn put(article: &Article) -> Result<Mutation, StoreError> {
    Ok(Mutation::Upsert(entity(article)?, None))
}

/// The write that stores an edited article, on the version of it that the edit was made of.
///
/// # Errors
/// As [`put`].
pub fn put_over(article: &Article, version: Version) -> Result<Mutation, StoreError> {
    Ok(Mutation::Upsert(entity(article)?, Some(version)))
}

/// The write that changes an article's body alone; a commit with it fails where the article was changed, or has gone, since
/// this version. `None` where the body is too large to be kept.
///
/// # Errors
/// None that is known.
pub fn update(article: &Article, version: Version) -> Result<Option<Mutation>, StoreError> {
    let packed = codec::pack(&article.body)?;
    if packed.len() > BODY_BYTES {
        return Ok(None);
    }
    let entity = with_body(article, packed);
    Ok(Some(Mutation::Update(entity, Some(version))))
}

/// What is too large gives up the full text, then its own.
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
        .indexed("at", article.face.at())
        .indexed("ref", article.id.number())
        .indexed("card", article.face.to_card())
        .unindexed("body", packed)
}

/// The delete of an article.
pub fn remove(id: ArticleId) -> Mutation {
    Mutation::Delete(key(id), None)
}

/// One article's card and body. One read.
///
/// # Errors
/// The store's.
pub async fn get(store: &Datastore, id: ArticleId) -> Result<Option<Article>, StoreError> {
    let found = get_version(store, id).await?;
    Ok(found.map(|(article, _)| article))
}

/// One article with the version that was read. One read.
///
/// # Errors
/// The store's.
pub async fn get_version(
    store: &Datastore,
    id: ArticleId,
) -> Result<Option<(Article, Version)>, StoreError> {
    let Some(stored) = store.get(&key(id)).await? else {
        return Ok(None);
    };
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let face = stored.entity.text("card").ok_or_else(damaged)?;
    let face = serde_json::from_str(face).map_err(|_| damaged())?;
    let body = codec::unpack(stored.entity.blob("body").ok_or_else(damaged)?)?;
    Ok(Some((Article { id, face, body }, stored.version)))
}

/// One article with its version, from memory or by one read. A version that is older than the store's makes a write with it
/// fail with contention; then [`get_version`] has the one that counts.
///
/// # Errors
/// The store's.
pub async fn known(
    store: &Datastore,
    id: ArticleId,
) -> Result<Option<Arc<(Article, Version)>>, StoreError> {
    let load = async {
        let found = get_version(store, id).await?;
        let found = found.ok_or_else(|| StoreError::NotFound(key(id)))?;
        let body = &found.0.body;
        let full = body.full.as_ref().map_or(0, |full| full.html.len());
        let bytes = body.html.len() + full + 2_000;
        Ok(Loaded::new(found, bytes))
    };
    match store.through(&BODIES, memo(id), load).await {
        Err(StoreError::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// As [`river`], from memory where the same stretch of the same articles was asked for before.
///
/// # Errors
/// The store's.
pub async fn known_river(
    store: &Datastore,
    feeds: &[Numbers],
    flow: Flow,
    beyond: Option<Timestamp>,
    limit: u32,
) -> Result<Vec<Arc<Card>>, StoreError> {
    let ids: Vec<FeedId> = feeds.iter().map(|numbers| numbers.feed).collect();
    let mut loaded = None;
    let load = async {
        let cards = read_stretch(store, &ids, flow, beyond, limit).await?;
        let numbers: Vec<ArticleId> = cards.iter().map(|card| card.id).collect();
        let bytes = numbers.len() * size_of::<ArticleId>();
        loaded = Some(cards);
        Ok(Loaded::new(numbers, bytes))
    };
    let key = stretch(feeds, flow, beyond, limit);
    let known = store.through(&RIVERS, key, load).await?;
    if let Some(cards) = loaded {
        return Ok(cards);
    }
    let recall = |id: &ArticleId| store.memory()?.recall::<Card>(&CARDS, memo(*id));
    match known.iter().map(recall).collect() {
        Some(cards) => Ok(cards),
        // Some cards were pushed out.
        None => read_stretch(store, &ids, flow, beyond, limit).await,
    }
}

/// As [`river`], and its cards are remembered.
async fn read_stretch(
    store: &Datastore,
    ids: &[FeedId],
    flow: Flow,
    beyond: Option<Timestamp>,
    limit: u32,
) -> Result<Vec<Arc<Card>>, StoreError> {
    let memory = store
        .memory()
        .and_then(|memory| Some((memory, memory.before(&CARDS)?)));
    let cards = river(store, ids, flow, beyond, limit).await?;
    let cards: Vec<Arc<Card>> = cards.into_iter().map(Arc::new).collect();
    if let Some((memory, before)) = memory {
        for card in &cards {
            memory.offer(&CARDS, &before, memo(card.id), card.clone(), weight(card));
        }
    }
    Ok(cards)
}

/// Names a stretch by all that decides what is in it.
fn stretch(feeds: &[Numbers], flow: Flow, beyond: Option<Timestamp>, limit: u32) -> u128 {
    let mut hash = Sha256::new();
    for numbers in feeds {
        hash.update(numbers.feed.0.to_le_bytes());
        hash.update(numbers.first.to_le_bytes());
        hash.update(numbers.last.to_le_bytes());
    }
    hash.update([u8::from(flow == Flow::NewestFirst)]);
    let beyond = beyond.map_or(i64::MIN, |at| at.timestamp_micros());
    hash.update(beyond.to_le_bytes());
    hash.update(limit.to_le_bytes());
    let digest = hash.finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    u128::from_le_bytes(key)
}

/// As [`by_name`], from memory where cards are known. One read for each 30 that aren't.
///
/// # Errors
/// The store's.
pub async fn known_by_name(
    store: &Datastore,
    ids: &[ArticleId],
) -> Result<Vec<Arc<Card>>, StoreError> {
    let by_memo: std::collections::HashMap<u128, ArticleId> =
        ids.iter().map(|&id| (memo(id), id)).collect();
    let keys: Vec<u128> = ids.iter().map(|&id| memo(id)).collect();
    let by_memo = &by_memo;
    let load = |keys: Vec<u128>| async move {
        let ids: Vec<ArticleId> = keys
            .iter()
            .filter_map(|key| by_memo.get(key).copied())
            .collect();
        let cards = by_name(store, &ids).await?.into_iter();
        let loaded = cards.map(|card| {
            let bytes = weight(&card);
            (memo(card.id), Loaded::new(card, bytes))
        });
        Ok(loaded.collect())
    };
    let found = store.through_many(&CARDS, &keys, load).await?;
    Ok(found.into_iter().map(|(_, card)| card).collect())
}

/// A stretch of a river over at most 30 feeds: index `Article(feed, at, card)` in the flow's direction. One read, however
/// many cards.
///
/// # Errors
/// The store's.
pub async fn river(
    store: &Datastore,
    feeds: &[FeedId],
    flow: Flow,
    beyond: Option<Timestamp>,
    limit: u32,
) -> Result<Vec<Card>, StoreError> {
    let (direction, past) = match flow {
        Flow::NewestFirst => (Direction::Desc, RangeOp::Less),
        Flow::OldestFirst => (Direction::Asc, RangeOp::Greater),
    };
    let ids = feeds.iter().map(|feed| Value::Int(feed.number()));
    let mut query = Query::kind(Kind::Article, limit)
        .any_of("feed", ids.collect())
        .order("at", direction)
        .project(&["card"]);
    if let Some(beyond) = beyond {
        query = query.range("at", past, beyond);
    }
    cards(store, &query).await
}

/// Cards by name, in no particular order: index `Article(ref, card)`. One read for each 30.
///
/// # Errors
/// The store's.
pub async fn by_name(store: &Datastore, ids: &[ArticleId]) -> Result<Vec<Card>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IN_LIMIT) {
        let names = ids.iter().map(|id| Value::Int(id.number()));
        let query = Query::kind(Kind::Article, NAMED)
            .any_of("ref", names.collect())
            .project(&["card"]);
        found.extend(cards(store, &query).await?);
    }
    Ok(found)
}

/// The numbers that a feed's articles have in the store, ascending, a page of 1,000 for one read: for checks.
///
/// # Errors
/// The store's.
pub async fn numbers(store: &Datastore, feed: FeedId) -> Result<Vec<u32>, StoreError> {
    let mut numbers = Vec::new();
    let mut cursor = None;
    loop {
        let query = Query::kind(Kind::Article, 1_000)
            .equal("feed", feed.number())
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

async fn cards(store: &Datastore, query: &Query) -> Result<Vec<Card>, StoreError> {
    let page = store.run_query(query).await?;
    let card = |row: &crate::datastore::Stored| {
        let damaged = || StoreError::Corrupt(row.entity.key.to_string());
        let id = id_of(&row.entity.key).ok_or_else(damaged)?;
        let face = row.entity.text("card").ok_or_else(damaged)?;
        let face = serde_json::from_str(face).map_err(|_| damaged())?;
        Ok(Card { id, face })
    };
    page.rows.iter().map(card).collect()
}
