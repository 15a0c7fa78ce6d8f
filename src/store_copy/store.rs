//! What moving asks the stores: all of a kind by key, which needs no index.

use super::{COMMIT_ENTITIES, Progress};
use crate::datastore::{
    Cursor, Datastore, Entity, Key, Kind, Mutation, Query, RESULT_LIMIT, StoreError,
};

/// Where the target keeps how far a copy has got.
fn place() -> Key {
    Key::name(Kind::Setting, "copy")
}

/// A page of a kind, without our own place, and where the next one begins. One read each.
pub(super) async fn page(
    store: &Datastore,
    kind: Kind,
    cursor: Option<&str>,
) -> Result<(Vec<Entity>, Option<String>), StoreError> {
    let cursor = cursor.map(Cursor::from_text).transpose()?;
    let query = Query::kind(kind, COMMIT_ENTITIES).after(cursor);
    let page = store.run_query(&query).await?;
    let entities = page.rows.into_iter().map(|row| row.entity);
    let entities = entities.filter(|entity| entity.key != place());
    Ok((entities.collect(), page.next.map(|cursor| cursor.to_text())))
}

/// How many there are of a kind. One read for each 1,000.
pub(super) async fn count(store: &Datastore, kind: Kind) -> Result<u64, StoreError> {
    let mut count = 0;
    let mut cursor = None;
    loop {
        let query = Query::kind(kind, RESULT_LIMIT).keys_only().after(cursor);
        let page = store.run_query(&query).await?;
        count += page.rows.len() as u64;
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(count),
        }
    }
}

/// Whether there is any of a kind. One read.
pub(super) async fn is_any(store: &Datastore, kind: Kind) -> Result<bool, StoreError> {
    let page = store.run_query(&Query::kind(kind, 1).keys_only()).await?;
    Ok(!page.rows.is_empty())
}

/// How far a copy into this store has got. One read.
pub(super) async fn progress(store: &Datastore) -> Result<Option<Progress>, StoreError> {
    let stored = store.get(&place()).await?;
    let text = stored
        .as_ref()
        .and_then(|stored| stored.entity.text("progress"));
    let damaged = |_| StoreError::Corrupt(place().to_string());
    text.map(serde_json::from_str).transpose().map_err(damaged)
}

/// The write of a place.
pub(super) fn put_progress(progress: &Progress) -> Result<Mutation, StoreError> {
    let text =
        serde_json::to_string(progress).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Mutation::Upsert(
        Entity::new(place()).unindexed("progress", text),
        None,
    ))
}

/// The end of a copy.
pub(super) fn end_progress() -> Mutation {
    Mutation::Delete(place(), None)
}
