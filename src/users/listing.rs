//! The administrator's list of all accounts.

use super::card::{Card, from_row, is_whole, mark};
use super::store::change;
use crate::datastore::{Cursor, Datastore, Direction, Entity, Kind, Mutation, Query, StoreError};
use crate::ids::UserId;

/// Accounts that one look through all of them reads.
const A_LOOK: u32 = 1_000;

/// Some accounts by their addresses, and where the next ones begin.
#[derive(Debug, Default)]
pub struct Page {
    /// In the order of their addresses.
    pub cards: Vec<Card>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// A page of all accounts, by the built-in index of `card`. One read.
///
/// # Errors
/// [`StoreError::BadCursor`] if the place isn't one of ours; [`StoreError::Unavailable`] if the store can't be reached.
pub async fn page(store: &Datastore, from: Option<&str>, limit: u32) -> Result<Page, StoreError> {
    let from = from.map(Cursor::from_text).transpose()?;
    let query = Query::kind(Kind::User, limit)
        .order("card", Direction::Asc)
        .project(&["card"])
        .after(from);
    let page = store.run_query(&query).await?;
    let is_full = page.rows.len() >= limit as usize;
    let next = page.next.filter(|_| is_full);
    Ok(Page {
        cards: page.rows.iter().filter_map(from_row).collect(),
        next: next.map(|cursor| cursor.to_text()),
    })
}

/// Those of the next thousand accounts that `fits`. One read.
///
/// # Errors
/// Those of [`page`].
pub async fn search(
    store: &Datastore,
    from: Option<&str>,
    fits: impl Fn(&Card) -> bool,
) -> Result<Page, StoreError> {
    let mut found = page(store, from, A_LOOK).await?;
    found.cards.retain(fits);
    Ok(found)
}

/// Gives cards to at most `limit` accounts from before there were any, and returns whether all have one.
///
/// One read if so; otherwise one more for each account that is looked at, one read and one write for each without a card, and one write.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn complete(store: &Datastore, limit: u32) -> Result<bool, StoreError> {
    let known = store.get(&mark()).await?;
    let known = known.as_ref().map(|stored| &stored.entity);
    if known.is_some_and(|entity| entity.get("whole").is_some()) {
        return Ok(true);
    }
    let from = known.and_then(|entity| entity.text("from"));
    let from = from.map(Cursor::from_text).transpose()?;
    let page = store
        .run_query(&Query::kind(Kind::User, limit).after(from))
        .await?;
    let without = page
        .rows
        .iter()
        .filter(|row| row.entity.get("card").is_none());
    for id in without.filter_map(|row| row.entity.key.id()) {
        // Writing the record gives it one.
        match change(store, UserId(id), |_| ()).await {
            Err(StoreError::NotFound(_)) => {}
            changed => drop(changed?),
        }
    }
    let next = page.next.filter(|_| page.rows.len() >= limit as usize);
    let write = match &next {
        Some(cursor) => {
            let entity = Entity::new(mark()).unindexed("from", cursor.to_text());
            Mutation::Upsert(entity, None)
        }
        None => is_whole(),
    };
    store.commit(vec![write]).await?;
    Ok(next.is_none())
}
