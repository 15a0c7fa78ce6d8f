//! Stars: articles that a reader keeps. A star has a copy of the article, card and body, and outlives it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::read_store;
use crate::articles::{Article, Body, Face};
use crate::codec::{self, cut};
use crate::datastore::cache::Class;
use crate::datastore::{
    Cursor, Datastore, Direction, Entity, Key, Kind, Loaded, Memory, Mutation, Query, Region,
    StoreError, Stored, Version,
};
use crate::ids::{ArticleId, UserId};
use crate::timestamp::Timestamp;

/// Bytes of a feed's name on a star's card.
const FEED_BYTES: usize = 80;
/// Stars that one reader can have.
pub const MOST: usize = 10_000;

/// Which articles readers have starred.
pub static STARS: Region = Region {
    name: "stars",
    minutes: 10,
    share: 2,
    class: Some(Class::Stars),
};

/// What a commit means for [`STARS`].
pub fn remember(memory: &Memory, mutation: &Mutation, version: Option<Version>) {
    let key = mutation.key();
    if key.kind() != Kind::Star {
        return;
    }
    let user = key.parent().and_then(|user| user.id());
    let article = key.id().and_then(ArticleId::from_number);
    let (Some(user), Some(article)) = (user, article) else {
        return;
    };
    if version.is_none() {
        return memory.forget(&STARS, user as u128, None);
    }
    memory.amend(&STARS, user as u128, |known: &BTreeSet<ArticleId>| {
        let mut stars = known.clone();
        match mutation.entity() {
            Some(_) => stars.insert(article),
            None => stars.remove(&article),
        };
        let bytes = weight(&stars);
        Loaded::new(stars, bytes)
    });
}

fn weight(stars: &BTreeSet<ArticleId>) -> usize {
    16 * stars.len()
}

/// A starred article in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct StarCard {
    /// Which.
    pub id: ArticleId,
    /// The article's own card, as it was.
    pub face: Face,
    /// What the reader called the feed then: it may not be on his shelf any more.
    pub feed_title: String,
}

/// As it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Card {
    #[serde(rename = "f", default)]
    feed_title: String,
    #[serde(flatten)]
    face: Face,
}

fn to_card(face: &Face, feed_title: &str) -> String {
    let feed_title = cut(feed_title, FEED_BYTES);
    face.fitted(|face| {
        let card = Card {
            feed_title: feed_title.clone(),
            face: face.clone(),
        };
        serde_json::to_string(&card).unwrap_or_default()
    })
}

fn key(user: UserId, article: ArticleId) -> Key {
    Key::int(Kind::User, user.0).child_int(Kind::Star, article.number())
}

fn card(row: &Stored) -> Result<StarCard, StoreError> {
    let damaged = || StoreError::Corrupt(row.entity.key.to_string());
    let id = row.entity.key.id().and_then(ArticleId::from_number);
    let text = row.entity.text("card").ok_or_else(damaged)?;
    let Card { feed_title, face } = serde_json::from_str(text).map_err(|_| damaged())?;
    Ok(StarCard {
        id: id.ok_or_else(damaged)?,
        face,
        feed_title,
    })
}

/// Stars an article; one that is starred stays so. One write, the first of a reader's life two, and a read where what he has
/// read isn't remembered.
///
/// # Errors
/// The store's.
pub async fn star(
    store: &Datastore,
    user: UserId,
    article: &Article,
    feed_title: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entity = Entity::new(key(user, article.id))
        .indexed("user", user.0)
        .indexed("starred_at", now)
        .indexed("card", to_card(&article.face, feed_title))
        .unindexed("body", codec::pack(&article.body)?);
    let insert = vec![Mutation::Insert(entity)];
    let note = |reading: &mut super::Reading| {
        if !reading.has_stars() {
            reading.note_stars();
        }
    };
    match read_store::change_with(store, user, now, insert, note).await {
        Err(StoreError::AlreadyExists(_)) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Takes a star away, and with it the copy. One delete.
///
/// # Errors
/// The store's.
pub async fn unstar(store: &Datastore, user: UserId, article: ArticleId) -> Result<(), StoreError> {
    let delete = Mutation::Delete(key(user, article), None);
    store.commit(vec![delete]).await.map(|_| ())
}

/// Which articles a reader has starred, from memory, or by one read for each 1,000.
///
/// # Errors
/// The store's.
pub async fn known(
    store: &Datastore,
    user: UserId,
) -> Result<Arc<BTreeSet<ArticleId>>, StoreError> {
    let load = async {
        let mut stars = BTreeSet::new();
        let mut cursor = None;
        while stars.len() < MOST {
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
    store.through(&STARS, user.0 as u128, load).await
}

/// A page of a reader's stars, the last starred first: index `Star(user, starred_at, card)`. One read.
///
/// # Errors
/// The store's; [`StoreError::BadCursor`].
pub async fn page(
    store: &Datastore,
    user: UserId,
    cursor: Option<&str>,
    limit: u32,
) -> Result<(Vec<StarCard>, Option<String>), StoreError> {
    let cursor = cursor.map(Cursor::from_text).transpose()?;
    let query = Query::kind(Kind::Star, limit)
        .equal("user", user.0)
        .order("starred_at", Direction::Desc)
        .project(&["card"])
        .after(cursor);
    let page = store.run_query(&query).await?;
    let cards = page.rows.iter().map(card).collect::<Result<_, _>>()?;
    Ok((cards, page.next.map(|next| next.to_text())))
}

/// One star, whole: the article as it was, and what the feed was called. One read.
///
/// # Errors
/// The store's.
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

fn whole(stored: &Stored) -> Result<(Article, String), StoreError> {
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let StarCard {
        id,
        face,
        feed_title,
    } = card(stored)?;
    let body: Body = codec::unpack(stored.entity.blob("body").ok_or_else(damaged)?)?;
    Ok((Article { id, face, body }, feed_title))
}

/// Stars by name, whole; those that are gone are left out. One read each.
///
/// # Errors
/// The store's.
pub async fn get_many(
    store: &Datastore,
    user: UserId,
    articles: &[ArticleId],
) -> Result<Vec<(Article, String)>, StoreError> {
    let keys: Vec<Key> = articles.iter().map(|&id| key(user, id)).collect();
    let found = store.lookup(&keys).await?;
    found.iter().flatten().map(whole).collect()
}
