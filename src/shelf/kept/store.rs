//! Kept articles and pages in the store: `Star` below the account, by a name. Those that were let go have no time, so no list
//! finds them, until the next ones go.

use std::sync::Arc;

use super::{Card, Kept, MAX_KEPT};
use crate::articles::Body;
use crate::codec;
use crate::datastore::cache::Class;
use crate::datastore::{
    Cache, Datastore, Direction, Entity, Key, Kind, Loaded, Mutation, Query, Region, StoreError,
    Stored, Version,
};
use crate::ids::{ArticleId, UserId};
use crate::shelf::ReadShards;
use crate::shelf::journal::{Act, Notebook, Told, When};
use crate::shelf::read_store;
use crate::timestamp::{Timestamp, minute_of};

/// What users keep, as lists show it.
pub static KEPT: Region = Region {
    name: "kept",
    minutes: 10,
    share: 2,
    class: Some(Class::Stars),
    is_patient: false,
    keeps_latest: false,
};

/// Everything that a user keeps, the newest first: names and cards.
pub type All = Vec<(String, Card)>;

/// The name of what is kept of an article.
pub fn name_of(id: ArticleId) -> String {
    format!("a{id}")
}

/// The article of a name; `None` if it is a page's.
pub fn article_of(name: &str) -> Option<ArticleId> {
    name.strip_prefix('a')?.parse().ok()
}

fn key(user: UserId, name: &str) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Star, name)
}

/// Updates [`KEPT`] for a commit.
pub fn remember(cache: &Cache, mutation: &Mutation, _: Option<Version>) {
    let key = mutation.key();
    let user = key.parent().and_then(|user| user.id());
    if let Some(user) = user.filter(|_| key.kind() == Kind::Star && key.id().is_none()) {
        cache.forget(&KEPT, user as u128, None);
    }
}

/// Drops a user's cached list, because newer data was seen.
pub fn invalidate(store: &Datastore, user: UserId) {
    if let Some(cache) = store.cache() {
        cache.drop_copy(&KEPT, user.0 as u128);
    }
}

fn entity(user: UserId, name: &str, kept: &Kept, is_gone: bool) -> Result<Entity, StoreError> {
    let entity = Entity::new(key(user, name));
    let entity = match is_gone {
        true => entity,
        false => entity
            .indexed("user", user.0)
            .indexed("kept_at", kept.card.kept)
            .indexed("card", kept.card.to_text()),
    };
    // The card stands in the body, too: without its time it is in no index.
    let body = codec::pack(&(&kept.card, &kept.body))?;
    Ok(entity.unindexed("body", body))
}

fn whole(stored: &Stored) -> Result<Kept, StoreError> {
    let damaged = || StoreError::Corrupt(stored.entity.key.to_string());
    let packed = stored.entity.blob("body").ok_or_else(damaged)?;
    let (card, body): (Card, Body) = codec::unpack(packed)?;
    Ok(Kept { card, body })
}

/// Keeps something under a name, in place of what was kept there, and notes it in the journal where that is told. Two writes, one if
/// nothing is noted, and a read if the read state isn't cached.
///
/// # Errors
/// [`StoreError::TooLarge`] if it has no room in one record; [`StoreError::Unavailable`] if the store can't be reached;
/// [`StoreError::Corrupt`] if a record can't be decoded; [`StoreError::Contention`] after many conflicts.
pub async fn put(
    store: &Datastore,
    user: UserId,
    name: &str,
    kept: &Kept,
    when: impl Into<When>,
    noted: Option<ArticleId>,
) -> Result<(), StoreError> {
    let When { at, now } = when.into();
    let mut book = Notebook::new(at);
    if let Some(id) = noted {
        book.told.push(Told {
            id,
            act: Act::Tagged,
            text: Some(kept.card.noted()),
        });
        book.names.insert(id.feed, kept.card.named());
    }
    let upsert = vec![Mutation::Upsert(entity(user, name, kept, false)?, None)];
    let note = |reading: &mut ReadShards| {
        if !reading.has_kept() {
            reading.note_kept();
        }
        reading.note(&book);
    };
    let put = read_store::change_with(store, user, now, upsert, note).await;
    put.map(drop)
}

/// The write that keeps something under a name, for a commit with others.
///
/// # Errors
/// Never in practice: a body always serializes.
pub(in crate::shelf) fn write(
    user: UserId,
    name: &str,
    kept: &Kept,
) -> Result<Mutation, StoreError> {
    Ok(Mutation::Upsert(entity(user, name, kept, false)?, None))
}

/// The write that keeps something from another installation, with the address that its feed has there.
///
/// # Errors
/// Never in practice: a body always serializes.
pub fn bring(
    user: UserId,
    name: &str,
    kept: &Kept,
    feed_url: &str,
) -> Result<Mutation, StoreError> {
    let entity = entity(user, name, kept, false)?;
    Ok(Mutation::Upsert(
        match feed_url.is_empty() {
            true => entity,
            false => entity.unindexed("feed_url", feed_url),
        },
        None,
    ))
}

/// Keeps several at once, in commits of at most 100: as [`put`], one write each.
///
/// # Errors
/// The same as [`put`]; what was committed before stays.
pub async fn put_many(
    store: &Datastore,
    user: UserId,
    all: &[(String, Kept)],
    now: Timestamp,
) -> Result<(), StoreError> {
    for chunk in all.chunks(100) {
        let mut changes = Vec::with_capacity(chunk.len());
        for (name, kept) in chunk {
            changes.push(Mutation::Upsert(entity(user, name, kept, false)?, None));
        }
        let note = |reading: &mut ReadShards| {
            if !reading.has_kept() {
                reading.note_kept();
            }
        };
        read_store::change_with(store, user, now, changes, note).await?;
    }
    Ok(())
}

/// One, whole; `None` for one that was let go. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(store: &Datastore, user: UserId, name: &str) -> Result<Option<Kept>, StoreError> {
    let stored = store.get(&key(user, name)).await?;
    let stands = stored.filter(|stored| stored.entity.text("card").is_some());
    stands.as_ref().map(whole).transpose()
}

/// Several, whole, with their names; missing ones are left out. One read each.
///
/// # Errors
/// The same as [`get`].
pub async fn get_many(
    store: &Datastore,
    user: UserId,
    names: &[String],
) -> Result<Vec<(String, Kept)>, StoreError> {
    let mut found = Vec::with_capacity(names.len());
    for names in names.chunks(1_000) {
        let keys: Vec<Key> = names.iter().map(|name| key(user, name)).collect();
        for (name, stored) in names.iter().zip(store.lookup(&keys).await?) {
            if let Some(stored) = stored {
                found.push((name.clone(), whole(&stored)?));
            }
        }
    }
    Ok(found)
}

/// The same with the addresses of their feeds, of those that came from another installation. What was let go is left out.
///
/// # Errors
/// The same as [`get`].
pub async fn whole_many(
    store: &Datastore,
    user: UserId,
    names: &[String],
) -> Result<Vec<(String, Kept, Option<String>)>, StoreError> {
    let keys: Vec<Key> = names.iter().map(|name| key(user, name)).collect();
    let mut found = Vec::with_capacity(names.len());
    for (name, stored) in names.iter().zip(store.lookup(&keys).await?) {
        let stands = stored.filter(|stored| stored.entity.text("card").is_some());
        if let Some(stored) = stands {
            let url = stored.entity.text("feed_url").map(str::to_owned);
            found.push((name.clone(), whole(&stored)?, url));
        }
    }
    Ok(found)
}

/// The delete of one, for a commit with others.
pub fn delete(user: UserId, name: &str) -> Mutation {
    Mutation::Delete(key(user, name), None)
}

/// Removes one for good. One delete.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn remove(store: &Datastore, user: UserId, name: &str) -> Result<(), StoreError> {
    let delete = Mutation::Delete(key(user, name), None);
    store.commit(vec![delete]).await.map(drop)
}

/// Hides these from all lists, or shows them again; the names of those that go are kept, and those that went before are
/// removed. One read, one write and, for each that went before, one delete.
///
/// # Errors
/// The same as [`get`].
pub async fn set_gone(
    store: &Datastore,
    user: UserId,
    names: &[String],
    is_gone: bool,
) -> Result<usize, StoreError> {
    let found = get_many(store, user, names).await?;
    for chunk in found.chunks(100) {
        let changes = chunk
            .iter()
            .map(|(name, kept)| Ok(Mutation::Upsert(entity(user, name, kept, is_gone)?, None)));
        let changes: Vec<Mutation> = changes.collect::<Result<_, StoreError>>()?;
        store.commit(changes).await?;
    }
    Ok(found.len())
}

fn gone_key(user: UserId) -> Key {
    Key::int(Kind::User, user.0).child_name(Kind::Import, "gone")
}

/// Notes the names of those that are let go with one act, on the version of the one before. One write.
///
/// # Errors
/// [`StoreError::Contention`] if another one was noted meanwhile; [`StoreError::Unavailable`] if the store can't be reached.
pub async fn note_gone(
    store: &Datastore,
    user: UserId,
    (act, version): (&str, Version),
    now: Timestamp,
    names: &[String],
) -> Result<(), StoreError> {
    let record: Gone = ((act.to_owned(), minute_of(now)), names.to_vec());
    let entity = Entity::new(gone_key(user)).unindexed("body", codec::pack(&record)?);
    let upsert = Mutation::Upsert(entity, Some(version));
    store.commit(vec![upsert]).await.map(drop)
}

/// The last act that let go of something, with its minute, and of what.
pub type Gone = ((String, i64), Vec<String>);

/// The last act that let go of something, with its version; nothing if there was none. One read.
///
/// # Errors
/// The same as [`get`].
pub async fn last_gone(store: &Datastore, user: UserId) -> Result<(Gone, Version), StoreError> {
    let stored = store.get(&gone_key(user)).await?;
    let body = stored
        .as_ref()
        .and_then(|stored| stored.entity.blob("body"));
    let version = stored.as_ref().map_or(0, |stored| stored.version);
    let gone = body.map_or(Ok(Gone::default()), codec::unpack)?;
    Ok((gone, version))
}

/// Deletes those of these names that were let go. One read each, one delete each.
///
/// # Errors
/// The same as [`get`].
pub async fn purge(store: &Datastore, user: UserId, names: &[String]) -> Result<(), StoreError> {
    for names in names.chunks(500) {
        let keys: Vec<Key> = names.iter().map(|name| key(user, name)).collect();
        let found = store.lookup(&keys).await?;
        let gone = found.into_iter().flatten();
        let gone = gone.filter(|stored| stored.entity.text("card").is_none());
        let deletes: Vec<Mutation> = gone
            .map(|stored| Mutation::Delete(stored.entity.key, Some(stored.version)))
            .collect();
        if !deletes.is_empty() {
            store.commit(deletes).await?;
        }
    }
    Ok(())
}

/// Everything that a user keeps, from the cache, or by one read per 1,000: index `Star(user, kept_at, card)`.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached(store: &Datastore, user: UserId) -> Result<Arc<All>, StoreError> {
    let load = async {
        let mut all: All = Vec::new();
        let mut cursor = None;
        while all.len() < MAX_KEPT {
            let query = Query::kind(Kind::Star, 1_000)
                .equal("user", user.0)
                .order("kept_at", Direction::Desc)
                .project(&["card"])
                .after(cursor);
            let page = store.run_query(&query).await?;
            for row in &page.rows {
                let damaged = || StoreError::Corrupt(row.entity.key.to_string());
                let name = row.entity.key.id_name().ok_or_else(damaged)?.to_owned();
                let text = row.entity.text("card").ok_or_else(damaged)?;
                all.push((name, serde_json::from_str(text).map_err(|_| damaged())?));
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let bytes = all.len() * 700;
        Ok(Loaded::new(all, bytes))
    };
    store.get_or_load(&KEPT, user.0 as u128, load).await
}
