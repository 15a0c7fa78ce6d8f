//! A user's sessions, as they see them: where they are signed in, and how to end that.

use serde::de::DeserializeOwned;
use tower_sessions::session::{Id, Record};

use super::device::Device;
use super::session::{fields, key_of, read};
use super::{User, day_of};
use crate::datastore::{Datastore, Key, Kind, Mutation, Query, StoreError, Stored};
use crate::ids::UserId;
use crate::timestamp::Timestamp;

/// Sessions that one user is shown, and that are ended at once: the newest of more.
pub const MAX_SESSIONS: u32 = 100;

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// For ending it: the hash of its id, which opens nothing.
    pub id: String,
    /// The browser it was begun in.
    pub device: Device,
    /// The network it was begun from; empty if it isn't known.
    pub network: String,
    /// The minute at which it was begun; `None` for one from before that was noted.
    pub since: Option<i64>,
    /// The last day on which it was used, in days since 1970.
    pub day: i64,
}

/// The id by which a session is listed.
pub fn listed_id(id: &Id) -> String {
    let key = key_of(id);
    key.id_name().unwrap_or_default().to_owned()
}

fn field<T: DeserializeOwned>(record: &Record, name: &str) -> Option<T> {
    serde_json::from_value(record.data.get(name)?.clone()).ok()
}

fn own(stored: &Stored, user: &User, now: Timestamp) -> Option<OwnSession> {
    let session = read(&stored.entity).ok()?;
    let record = &session.record;
    let holds = field::<u32>(record, fields::EPOCH)? == user.profile.epoch
        && session.expires.is_some_and(|at| at > now);
    holds.then(|| OwnSession {
        id: stored.entity.key.id_name().unwrap_or_default().to_owned(),
        device: field(record, fields::DEVICE).unwrap_or_default(),
        network: field(record, fields::NETWORK).unwrap_or_default(),
        since: field(record, fields::SINCE),
        day: field(record, fields::DAY).unwrap_or_else(|| day_of(now)),
    })
}

fn query(user: UserId) -> Query {
    Query::kind(Kind::Session, MAX_SESSIONS).equal("user", user.0)
}

/// Where a user is signed in, the last used first. One read each, one at least.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn list(
    store: &Datastore,
    user: &User,
    now: Timestamp,
) -> Result<Vec<OwnSession>, StoreError> {
    let page = store.run_query(&query(user.id)).await?;
    let all = page.rows.iter().filter_map(|row| own(row, user, now));
    let mut all: Vec<OwnSession> = all.collect();
    all.sort_by_key(|one| std::cmp::Reverse((one.day, one.since)));
    Ok(all)
}

/// Ends one of a user's sessions, with a line of the audit log; false if they have none of that id. One read, one delete and one
/// write.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn end(
    store: &Datastore,
    user: UserId,
    id: &str,
    line: Mutation,
) -> Result<bool, StoreError> {
    let key = Key::name(Kind::Session, id);
    let Some(stored) = store.get(&key).await? else {
        return Ok(false);
    };
    if stored.entity.int("user") != Some(user.0) {
        return Ok(false);
    }
    store
        .commit(vec![Mutation::Delete(key, None), line])
        .await?;
    Ok(true)
}

/// Deletes a user's sessions but one, which their epoch has ended before. One read, and a delete for each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn clear(store: &Datastore, user: UserId, but: Option<&str>) -> Result<(), StoreError> {
    let page = store.run_query(&query(user).keys_only()).await?;
    let others = page.rows.into_iter().map(|row| row.entity.key);
    let others = others.filter(|key| key.id_name() != but);
    let deletes: Vec<Mutation> = others.map(|key| Mutation::Delete(key, None)).collect();
    if !deletes.is_empty() {
        store.commit(deletes).await?;
    }
    Ok(())
}
