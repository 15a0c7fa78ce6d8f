//! Optimistic transactions: snapshot reads, no blocking, and a commit fails if a read entity has changed.
//!
//! Google's default is pessimistic: there a write from outside waits for the transaction instead, so these cases are
//! for backends that never block.

use dormouse::datastore::Direction::Asc;
use dormouse::datastore::Mutation::{self, Delete, Upsert};
use dormouse::datastore::RangeOp::Greater;
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Datastore, Query, Transaction};

use super::support::{assert_contention, key, put, toy, toys};

fn a(id: i64, a: i64) -> dormouse::datastore::Entity {
    toy(id, [("a", Int(a))])
}

fn elsewhere() -> Vec<Mutation> {
    vec![Upsert(a(100, 0), None)]
}

async fn query_ids(transaction: &mut Transaction, query: &Query) -> Vec<i64> {
    let page = transaction.run_query(query).await.unwrap();
    page.rows
        .iter()
        .filter_map(|row| row.entity.key.id())
        .collect()
}

pub(super) async fn reads_are_one_moments(store: &Datastore) {
    put(store, [a(1, 1), a(2, 1)]).await;
    let mut transaction = store.begin().await.unwrap();
    put(store, [a(1, 2), a(3, 1)]).await;
    store.commit(vec![Delete(key(2), None)]).await.unwrap();

    let found = transaction.lookup(&[1, 2, 3].map(key)).await.unwrap();

    let values = found
        .iter()
        .map(|stored| stored.as_ref().and_then(|s| s.entity.int("a")));
    assert_eq!(values.collect::<Vec<_>>(), [Some(1), Some(1), None]);
    assert_eq!(
        query_ids(&mut transaction, &toys().equal("a", Int(1))).await,
        [1, 2]
    );
    assert_eq!(
        query_ids(&mut transaction, &toys().order("a", Asc)).await,
        [1, 2]
    );
}

pub(super) async fn a_change_of_what_was_looked_up_is_contention(store: &Datastore) {
    put(store, [a(1, 1), a(2, 1)]).await;
    let changes: [Mutation; 2] = [Upsert(a(1, 2), None), Delete(key(1), None)];
    for change in changes {
        let mut transaction = store.begin().await.unwrap();
        transaction.lookup(&[2, 1].map(key)).await.unwrap();
        store.commit(vec![change]).await.unwrap();
        assert_contention(transaction.commit(elsewhere()).await);
    }
    assert_eq!(store.get(&key(100)).await.unwrap(), None);
}

pub(super) async fn a_birth_where_nothing_was_found_is_contention(store: &Datastore) {
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.lookup(&[key(1)]).await.unwrap(), [None]);
    put(store, [a(1, 1)]).await;
    assert_contention(transaction.commit(elsewhere()).await);
}

pub(super) async fn deleted_and_put_back_is_contention(store: &Datastore) {
    put(store, [a(1, 1)]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.lookup(&[key(1)]).await.unwrap();
    store.commit(vec![Delete(key(1), None)]).await.unwrap();
    put(store, [a(1, 1)]).await;
    assert_contention(transaction.commit(elsewhere()).await);
}

pub(super) async fn a_changed_query_result_is_contention(store: &Datastore) {
    put(store, (1..=3).map(|id| a(id, id))).await;
    let query = toys().range("a", Greater, Int(1));
    let changes: [(Query, Mutation); 6] = [
        // One more, one fewer, one that moved, one that is still there with another content.
        (query.clone(), Upsert(a(4, 9), None)),
        (query.clone(), Delete(key(2), None)),
        (query.clone(), Upsert(a(3, 0), None)),
        (
            query.clone(),
            Upsert(toy(4, [("a", Int(9)), ("b", Int(1))]), None),
        ),
        (
            query.keys_only(),
            Upsert(toy(4, [("a", Int(9)), ("b", Int(2))]), None),
        ),
        // None before, one now.
        (toys().equal("a", Int(77)), Upsert(a(5, 77), None)),
    ];
    for (query, change) in changes {
        let mut transaction = store.begin().await.unwrap();
        transaction.run_query(&query).await.unwrap();
        store.commit(vec![change]).await.unwrap();
        assert_contention(transaction.commit(elsewhere()).await);
    }
}

pub(super) async fn a_change_elsewhere_is_fine(store: &Datastore) {
    put(store, (1..=3).map(|id| a(id, id))).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.lookup(&[key(1), key(50)]).await.unwrap();
    transaction
        .run_query(&toys().equal("a", Int(2)))
        .await
        .unwrap();
    // The page ends at 1: what comes behind it was not read.
    transaction.run_query(&Query::kind("Toy", 1)).await.unwrap();

    put(store, [a(3, 8), a(51, 1)]).await;
    put(store, [a(1, 1), a(2, 2)]).await;

    transaction.commit(elsewhere()).await.unwrap();
    assert!(store.get(&key(100)).await.unwrap().is_some());
}

pub(super) async fn a_read_only_commit_checks_its_reads_too(store: &Datastore) {
    put(store, [a(1, 1)]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.lookup(&[key(1)]).await.unwrap();
    put(store, [a(1, 2)]).await;
    assert_contention(transaction.commit(Vec::new()).await);
}

pub(super) async fn the_first_of_two_commits_succeeds(store: &Datastore) {
    put(store, [a(1, 0)]).await;
    let mut one = store.begin().await.unwrap();
    let mut other = store.begin().await.unwrap();
    one.lookup(&[key(1)]).await.unwrap();
    other.lookup(&[key(1)]).await.unwrap();

    other.commit(vec![Upsert(a(1, 2), None)]).await.unwrap();
    assert_contention(one.commit(vec![Upsert(a(1, 1), None)]).await);

    let stored = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.entity, a(1, 2));
}

/// Each reads both and writes the other: serially, one of them would have seen the other's write.
pub(super) async fn write_skew_is_contention(store: &Datastore) {
    put(store, [a(1, 0), a(2, 0)]).await;
    let mut one = store.begin().await.unwrap();
    let mut other = store.begin().await.unwrap();
    one.lookup(&[1, 2].map(key)).await.unwrap();
    other.run_query(&toys().equal("a", Int(0))).await.unwrap();

    one.commit(vec![Upsert(a(1, 1), None)]).await.unwrap();
    assert_contention(other.commit(vec![Upsert(a(2, 1), None)]).await);
}
