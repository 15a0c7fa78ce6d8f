//! The queries for what is somebody's: by the built-in indexes of `user`, and below their account by key.

use super::{Owned, owned};
use crate::datastore::{Datastore, Entity, Key, Kind, Mutation, Query, RESULT_LIMIT, StoreError};
use crate::feeds;
use crate::ids::UserId;

/// Entities that one step deletes.
const A_STEP: u32 = 400;

/// All of a kind that are below an account.
fn below(kind: Kind, parent: Kind, id: UserId, limit: u32) -> Query {
    Query::kind(kind, limit)
        .within(Key::int(parent, id.0))
        .keys_only()
}

/// Deletes some entities of a kind that are somebody's, and returns how many. One read, and a delete for each; nothing for a kind that
/// isn't found by their number.
pub(super) async fn delete_some(
    store: &Datastore,
    kind: Kind,
    id: UserId,
) -> Result<usize, StoreError> {
    let query = match owned(kind) {
        Owned::ByUser => Query::kind(kind, A_STEP).equal("user", id.0).keys_only(),
        Owned::Below => below(kind, Kind::User, id, A_STEP),
        Owned::ReadState => below(kind, Kind::ReadState, id, A_STEP),
        Owned::Account
        | Owned::Login
        | Owned::Named
        | Owned::Audit
        | Owned::Door
        | Owned::Nobody => {
            return Ok(0);
        }
    };
    let page = store.run_query(&query).await?;
    let keys = page.rows.into_iter().map(|row| row.entity.key);
    let deletes: Vec<Mutation> = keys.map(|key| Mutation::Delete(key, None)).collect();
    commit(store, deletes).await
}

/// Commits deletes, if there are any, and returns how many.
pub(super) async fn commit(store: &Datastore, deletes: Vec<Mutation>) -> Result<usize, StoreError> {
    let count = deletes.len();
    if count > 0 {
        store.commit(deletes).await?;
    }
    Ok(count)
}

/// How many entities of a kind are somebody's. Those below an account are one read for each thousand; of the others all are read.
pub(super) async fn count(store: &Datastore, kind: Kind, id: UserId) -> Result<u64, StoreError> {
    let all = || Query::kind(kind, RESULT_LIMIT);
    let names = |entity: &Entity, name: &str| entity.int(name) == Some(id.0);
    match owned(kind) {
        Owned::Below => matching(store, below(kind, Kind::User, id, RESULT_LIMIT), |_| true).await,
        Owned::ReadState => matching(store, below(kind, kind, id, RESULT_LIMIT), |_| true).await,
        Owned::ByUser | Owned::Login | Owned::Named => {
            matching(store, all(), |entity| names(entity, "user")).await
        }
        Owned::Account => matching(store, all(), |entity| entity.key.id() == Some(id.0)).await,
        Owned::Audit => {
            let fits = |entity: &Entity| names(entity, "user") || names(entity, "by_user");
            matching(store, all(), fits).await
        }
        Owned::Door => feeds::store::count_doors_of(store, id).await,
        Owned::Nobody => Ok(0),
    }
}

async fn matching(
    store: &Datastore,
    mut query: Query,
    fits: impl Fn(&Entity) -> bool,
) -> Result<u64, StoreError> {
    let mut count = 0;
    loop {
        let page = store.run_query(&query).await?;
        count += page.rows.iter().filter(|row| fits(&row.entity)).count() as u64;
        match page.next {
            Some(next) => query = query.after(Some(next)),
            None => return Ok(count),
        }
    }
}
