//! `Probe` in the store: by a hash of the host.

use sha2::{Digest, Sha256};

use super::PROBE_DAYS;
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, Query, RangeOp, StoreError};
use crate::random::hex;

fn key(host: &str) -> Key {
    Key::name(
        Kind::Probe,
        hex(&Sha256::digest(host.to_ascii_lowercase())[..16]),
    )
}

/// Most notes deleted with one that is made: more than are made at once, so that they don't accumulate.
const DELETED: u32 = 20;

/// Whether a host may be searched, and if so, notes that it is; notes that are over are deleted with that.
///
/// One read; another and one write if it may.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn begin(store: &Datastore, host: &str, minute: i64) -> Result<bool, StoreError> {
    let key = key(host);
    let over = minute - PROBE_DAYS * 24 * 60;
    let known = store.get(&key).await?;
    let since = known.and_then(|stored| stored.entity.int("minute"));
    if since.is_some_and(|since| since > over) {
        return Ok(false);
    }
    // By the built-in index of `minute`.
    let query = Query::kind(Kind::Probe, DELETED)
        .range("minute", RangeOp::AtMost, over)
        .keys_only();
    let page = store.run_query(&query).await?;
    let old = page.rows.into_iter().map(|row| row.entity.key);
    let deletes = old
        .filter(|old| *old != key)
        .map(|old| Mutation::Delete(old, None));
    let note = Entity::new(key.clone()).indexed("minute", minute);
    let mut changes: Vec<Mutation> = deletes.collect();
    changes.push(Mutation::Upsert(note, None));
    store.commit(changes).await?;
    Ok(true)
}
