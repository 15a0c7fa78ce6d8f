//! The copy's queries: all entities of a kind by key, which needs no index.

use super::{COMMIT_ENTITIES, Progress};
use crate::datastore::{
    Cursor, Datastore, Entity, Key, Kind, Mutation, Query, RESULT_LIMIT, StoreError,
};

/// The key of the progress record, which is in the target.
fn place() -> Key {
    Key::name(Kind::Setting, "copy")
}

/// A page of a kind, without the progress record, and where the next one begins. One read each.
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

/// The number of entities of a kind. One read per 1,000.
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

/// Whether there are any of a kind. One read.
pub(super) async fn is_any(store: &Datastore, kind: Kind) -> Result<bool, StoreError> {
    let page = store.run_query(&Query::kind(kind, 1).keys_only()).await?;
    Ok(!page.rows.is_empty())
}

/// The progress of a copy into this store. One read.
pub(super) async fn progress(store: &Datastore) -> Result<Option<Progress>, StoreError> {
    let stored = store.get(&place()).await?;
    let text = stored
        .as_ref()
        .and_then(|stored| stored.entity.text("progress"));
    let damaged = |_| StoreError::Corrupt(place().to_string());
    text.map(serde_json::from_str).transpose().map_err(damaged)
}

/// The write of the progress record.
pub(super) fn put_progress(progress: &Progress) -> Result<Mutation, StoreError> {
    let text =
        serde_json::to_string(progress).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Mutation::Upsert(
        Entity::new(place()).unindexed("progress", text),
        None,
    ))
}

/// The delete of the progress record.
pub(super) fn end_progress() -> Mutation {
    Mutation::Delete(place(), None)
}
