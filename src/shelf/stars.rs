//! Stars: articles that a user keeps. A star has a copy of the article, summary and body, and outlives it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::journal::{Act, Notebook, When};
use super::read_store;
use crate::articles::{Article, ArticleSummary, Body};
use crate::codec::{self, cut};
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Cursor, Datastore, Direction, Entity, Key, Kind, Loaded, Mutation, Query, Region,
    StoreError, Stored, Version,
};
use crate::ids::{ArticleId, UserId};
use crate::timestamp::Timestamp;

/// Longest feed title in a star's summary, in bytes.
const FEED_BYTES: usize = 80;
/// Most stars per user.
pub const MAX_STARS: usize = 10_000;

/// The articles users have starred.
pub static STARS: Region = Region {
    name: "stars",
    minutes: 10,
    share: 2,
    class: Some(Class::Stars),
    is_patient: false,
    keeps_latest: false,
};

/// The newest of them, for pages that users have opened to others.
pub static NEWEST: Region = Region {
    name: "newest stars",
    minutes: 10,
    share: 1,
    class: Some(Class::Stars),
    is_patient: false,
    keeps_latest: false,
};
/// When starred articles came, for programs.
pub static STAR_ARRIVALS: Region = Region {
    name: "star arrivals",
    minutes: 10,
    share: 1,
    class: Some(Class::Stars),
    is_patient: false,
    keeps_latest: false,
};
/// By article, in microseconds since 1970.
pub type Arrivals = BTreeMap<ArticleId, i64>;

/// How many of the newest are cached for that.
pub const NEWEST_STARS: u32 = 50;

/// Updates [`STARS`] and [`NEWEST`] for a commit.
pub fn remember(cache: &Cache, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Star {
        return;
    }
    let user = key.parent().and_then(|user| user.id());
    let article = key.id().and_then(ArticleId::from_number);
    let (Some(user), Some(article)) = (user, article) else {
        return;
    };
    cache.forget(&NEWEST, user as u128, None);
    let arrival = mutation.entity().and_then(|entity| {
        let row: StarRow = serde_json::from_str(entity.text("card")?).ok()?;
        Some(came(&row.summary))
    });
    cache.amend(&STAR_ARRIVALS, user as u128, |known: &Arrivals| {
        let mut arrivals = known.clone();
        match arrival {
            Some(arrival) => arrivals.insert(article, arrival),
            None => arrivals.remove(&article),
        };
        let bytes = arrivals.len() * ARRIVAL_BYTES;
        Loaded::new(arrivals, bytes)
    });
    if version.is_none() {
        cache.forget(&STAR_ARRIVALS, user as u128, None);
        return cache.forget(&STARS, user as u128, None);
    }
    cache.amend(&STARS, user as u128, |known: &BTreeSet<ArticleId>| {
        let mut stars = known.clone();
        match mutation.entity() {
            Some(_) => stars.insert(article),
            None => stars.remove(&article),
        };
        let bytes = weight(&stars);
        Loaded::new(stars, bytes)
    });
}

/// Bytes of one in memory, about.
const ARRIVAL_BYTES: usize = 40;

/// When an article came, in microseconds, as its summary has it.
fn came(summary: &ArticleSummary) -> i64 {
    summary.order + i64::from(summary.arrived.unwrap_or_default()) * 60_000_000
}

fn weight(stars: &BTreeSet<ArticleId>) -> usize {
    16 * stars.len()
}

/// A starred article in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct StarredArticle {
    /// The id that it had in its feed; the article may be deleted there.
    pub id: ArticleId,
    /// The article's summary when it was starred.
    pub summary: ArticleSummary,
    /// The feed's title at that time: it may no longer be on the user's shelf.
    pub feed_title: String,
}

/// The summary as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct StarRow {
    #[serde(rename = "f", default)]
    feed_title: String,
    #[serde(flatten)]
    summary: ArticleSummary,
}

fn to_card(summary: &ArticleSummary, feed_title: &str) -> String {
    let feed_title = cut(feed_title, FEED_BYTES);
    summary.fitted(|summary| {
        let summary = StarRow {
            feed_title: feed_title.clone(),
            summary: summary.clone(),
        };
        serde_json::to_string(&summary).unwrap_or_default()
    })
}

fn key(user: UserId, article: ArticleId) -> Key {
    Key::int(Kind::User, user.0).child_int(Kind::Star, article.number())
}

fn summary(row: &Stored) -> Result<StarredArticle, StoreError> {
    let damaged = || StoreError::Corrupt(row.entity.key.to_string());
    let id = row.entity.key.id().and_then(ArticleId::from_number);
    let text = row.entity.text("card").ok_or_else(damaged)?;
    let StarRow {
        feed_title,
        summary,
    } = serde_json::from_str(text).map_err(|_| damaged())?;
    Ok(StarredArticle {
        id: id.ok_or_else(damaged)?,
        summary,
        feed_title,
    })
}

/// Stars an article; a starred one stays so.
///
/// Two writes, the star and the line in the journal (one if the journal is paused), and a read if the read state isn't cached.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts. Starring twice is not an error.
pub async fn star(
    store: &Datastore,
    user: UserId,
    article: &Article,
    feed_title: &str,
    when: impl Into<When>,
) -> Result<(), StoreError> {
    let When { at, now } = when.into();
    let insert = vec![Mutation::Insert(entity(user, article, feed_title, at)?)];
    let book = Notebook::of_one(at, Act::Starred, article, feed_title);
    let note = |reading: &mut super::ReadShards| {
        if !reading.has_stars() {
            reading.note_stars();
        }
        reading.note(&book);
    };
    match read_store::change_with(store, user, now, insert, note).await {
        Err(StoreError::AlreadyExists(_)) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Stars several articles that aren't starred, in commits of at most 100: a write each, and one for the journal.
///
/// # Errors
/// The same as [`star`]; what was committed before stays.
pub async fn star_many(
    store: &Datastore,
    user: UserId,
    articles: &[(Article, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for articles in articles.chunks(A_COMMIT) {
        let mut changes = Vec::with_capacity(articles.len());
        let mut book = Notebook::new(now);
        for (article, title) in articles {
            // Whether or not another instance was faster.
            changes.push(brought(user, article, title, now)?);
            let one = Notebook::of_one(now, Act::Starred, article, title);
            book.told.extend(one.told);
            book.names.extend(one.names);
        }
        let note = |reading: &mut super::ReadShards| {
            if !reading.has_stars() {
                reading.note_stars();
            }
            reading.note(&book);
        };
        read_store::change_with(store, user, now, changes, note).await?;
    }
    Ok(())
}

/// Removes several stars, in commits of at most 100. One delete each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn unstar_many(
    store: &Datastore,
    user: UserId,
    articles: &[ArticleId],
) -> Result<(), StoreError> {
    for articles in articles.chunks(A_COMMIT) {
        let deletes = articles.iter();
        let deletes = deletes.map(|id| Mutation::Delete(key(user, *id), None));
        store.commit(deletes.collect()).await?;
    }
    Ok(())
}

/// Most stars that one commit changes.
const A_COMMIT: usize = 100;

fn entity(
    user: UserId,
    article: &Article,
    feed_title: &str,
    at: Timestamp,
) -> Result<Entity, StoreError> {
    Ok(Entity::new(key(user, article.id))
        .indexed("user", user.0)
        .indexed("starred_at", at)
        .indexed("card", to_card(&article.summary, feed_title))
        .unindexed("body", codec::pack(&article.body)?))
}

/// The write of a star that was given elsewhere, at its time there.
///
/// # Errors
/// Never in practice: a body always serializes.
pub(super) fn brought(
    user: UserId,
    article: &Article,
    feed_title: &str,
    at: Timestamp,
) -> Result<Mutation, StoreError> {
    Ok(Mutation::Upsert(
        entity(user, article, feed_title, at)?,
        None,
    ))
}

/// The write of a star that comes from another installation, with the address that its feed has there: here it may be none.
///
/// # Errors
/// Never in practice: a body always serializes.
pub fn bring(
    user: UserId,
    article: &Article,
    (feed_title, feed_url): (&str, &str),
    at: Timestamp,
) -> Result<Mutation, StoreError> {
    let entity = entity(user, article, feed_title, at)?;
    Ok(Mutation::Upsert(
        match feed_url.is_empty() {
            true => entity,
            false => entity.unindexed("feed_url", feed_url),
        },
        None,
    ))
}

/// The delete of a star, for a commit with others.
pub fn remove(user: UserId, article: ArticleId) -> Mutation {
    Mutation::Delete(key(user, article), None)
}

/// Removes a star, and with it the copy. One delete.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn unstar(store: &Datastore, user: UserId, article: ArticleId) -> Result<(), StoreError> {
    let delete = Mutation::Delete(key(user, article), None);
    store.commit(vec![delete]).await.map(|_| ())
}

/// The articles a user has starred, from the cache, or by one read per 1,000.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached(
    store: &Datastore,
    user: UserId,
) -> Result<Arc<BTreeSet<ArticleId>>, StoreError> {
    let load = async {
        let mut stars = BTreeSet::new();
        let mut cursor = None;
        while stars.len() < MAX_STARS {
            let query = Query::kind(Kind::Star, 1_000)
                .equal("user", user.0)
                .keys_only()
                .after(cursor);
            let page = store.run_query(&query).await?;
            let ids = page.rows.iter().filter_map(|row| row.entity.key.id());
            stars.extend(ids.filter_map(ArticleId::from_number));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let bytes = weight(&stars);
        Ok(Loaded::new(stars, bytes))
    };
    store.get_or_load(&STARS, user.0 as u128, load).await
}

/// When a user's starred articles came, from the cache, or by one read per 1,000: index `Star(user, starred_at, card)`.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn arrivals(store: &Datastore, user: UserId) -> Result<Arc<Arrivals>, StoreError> {
    let load = async {
        let mut arrivals = Arrivals::new();
        let mut cursor = None;
        while arrivals.len() < MAX_STARS {
            let (rows, next) = page(store, user, cursor.as_deref(), 1_000).await?;
            arrivals.extend(rows.iter().map(|row| (row.id, came(&row.summary))));
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        let bytes = arrivals.len() * ARRIVAL_BYTES;
        Ok(Loaded::new(arrivals, bytes))
    };
    store
        .get_or_load(&STAR_ARRIVALS, user.0 as u128, load)
        .await
}

/// A user's newest stars with the times at which they were starred, from the cache, or by one read: index `Star(user,
/// starred_at, card)`.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn newest(
    store: &Datastore,
    user: UserId,
) -> Result<Arc<Vec<(StarredArticle, Timestamp)>>, StoreError> {
    let load = async {
        let query = Query::kind(Kind::Star, NEWEST_STARS)
            .equal("user", user.0)
            .order("starred_at", Direction::Desc)
            .project(&["starred_at", "card"]);
        let page = store.run_query(&query).await?;
        let row = |row: &Stored| {
            let at = row.entity.time("starred_at").unwrap_or_default();
            Ok((summary(row)?, at))
        };
        let rows: Vec<_> = page
            .rows
            .iter()
            .map(row)
            .collect::<Result<_, StoreError>>()?;
        let bytes = rows.len() * 1_500;
        Ok(Loaded::new(rows, bytes))
    };
    store.get_or_load(&NEWEST, user.0 as u128, load).await
}

/// Drops a user's cached stars, because they may be older than the store's.
pub fn invalidate(store: &Datastore, user: UserId) {
    if let Some(cache) = store.cache() {
        cache.drop_copy(&NEWEST, user.0 as u128);
        cache.drop_copy(&STARS, user.0 as u128);
        cache.drop_copy(&STAR_ARRIVALS, user.0 as u128);
    }
}

/// A page of a user's stars, last starred first: index `Star(user, starred_at, card)`. One read.
///
/// # Errors
/// [`StoreError::BadCursor`] if the cursor is invalid; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn page(
    store: &Datastore,
    user: UserId,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<StarredArticle>, Option<String>), StoreError> {
    let cursor = cursor.map(Cursor::from_text).transpose()?;
    let query = Query::kind(Kind::Star, limit)
        .equal("user", user.0)
        .order("starred_at", Direction::Desc)
        .project(&["card"])
        .after(cursor);
    let page = store.run_query(&query).await?;
    let rows = page.rows.iter().map(summary).collect::<Result<_, _>>()?;
    Ok((rows, page.next.map(|next| next.to_text())))
}

/// One whole star: the article as it was, and the feed's title. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(
    store: &Datastore,
    user: UserId,
    article: ArticleId,
) -> Result<Option<(Article, String)>, StoreError> {
    let Some(stored) = store.get(&key(user, article)).await? else {
        return Ok(None);
    };
    whole(&stored).map(Some)
}

/// A star with all that is stored of it.
#[derive(Clone, Debug)]
pub struct WholeStar {
    /// The article as it was.
    pub article: Article,
    /// The feed's title.
    pub feed_title: String,
    /// The feed's address, of a star that came from another installation.
    pub feed_url: Option<String>,
    /// When it was starred.
    pub at: Timestamp,
}

/// Whole stars with their times, by id; missing ones are left out. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn whole_many(
    store: &Datastore,
    user: UserId,
    articles: &[ArticleId],
) -> Result<Vec<WholeStar>, StoreError> {
    let keys: Vec<Key> = articles.iter().map(|&id| key(user, id)).collect();
    let found = store.lookup(&keys).await?;
    let each = found.iter().flatten().map(|stored| {
        let (article, feed_title) = whole(stored)?;
        Ok(WholeStar {
            article,
            feed_title,
            feed_url: stored.entity.text("feed_url").map(str::to_owned),
            at: stored.entity.time("starred_at").unwrap_or_default(),
        })
    });
    each.collect()
}

fn whole(stored: &Stored) -> Result<(Article, String), StoreError> {
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let StarredArticle {
        id,
        summary,
        feed_title,
    } = summary(stored)?;
    let body: Body = codec::unpack(stored.entity.blob("body").ok_or_else(damaged)?)?;
    Ok((Article { id, summary, body }, feed_title))
}

/// Whole stars by id; missing ones are left out. One read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn get_many(
    store: &Datastore,
    user: UserId,
    articles: &[ArticleId],
) -> Result<Vec<(Article, String)>, StoreError> {
    let keys: Vec<Key> = articles.iter().map(|&id| key(user, id)).collect();
    let found = store.lookup(&keys).await?;
    found.iter().flatten().map(whole).collect()
}
