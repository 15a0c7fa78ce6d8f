//! Guarantees common to optimistic and pessimistic transactions. `snapshots` has those of optimistic ones only.
#![expect(
    clippy::disallowed_methods,
    reason = "other writers, as other requests would be"
)]

use dormouse::datastore::Mutation::{Insert, Update, Upsert};
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Datastore, MAX_ATTEMPTS, StoreError, Transaction, pause_after_conflict};

use super::support::{assert_contention, key, put, toy, toys};

async fn value(store: &Datastore, id: i64) -> i64 {
    store
        .get(&key(id))
        .await
        .unwrap()
        .unwrap()
        .entity
        .int("a")
        .unwrap()
}

async fn seen(transaction: &mut Transaction, id: i64) -> Option<i64> {
    let found = transaction.lookup(&[key(id)]).await.unwrap();
    found[0]
        .as_ref()
        .map(|stored| stored.entity.int("a").unwrap())
}

pub(super) async fn what_is_read_can_be_written(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))])]).await;
    let mut transaction = store.begin().await.unwrap();

    let found = seen(&mut transaction, 1).await.unwrap();
    assert_eq!(seen(&mut transaction, 2).await, None);
    let page = transaction
        .run_query(&toys().equal("a", Int(1)))
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    let next = toy(1, [("a", Int(found + 1))]);
    transaction
        .commit(vec![Upsert(next, None), Insert(toy(2, [("a", Int(5))]))])
        .await
        .unwrap();

    assert_eq!((value(store, 1).await, value(store, 2).await), (2, 5));
}

pub(super) async fn a_failing_commit_leaves_nothing(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))])]).await;
    let transaction = store.begin().await.unwrap();
    let mutations = vec![
        Upsert(toy(1, [("a", Int(2))]), None),
        Update(toy(9, []), None),
    ];
    let answer = transaction.commit(mutations).await;
    assert!(matches!(answer, Err(StoreError::NotFound(_))), "{answer:?}");
    assert_eq!(value(store, 1).await, 1);
}

pub(super) async fn a_transaction_may_only_read(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))])]).await;
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(seen(&mut transaction, 1).await, Some(1));
    assert_eq!(transaction.commit(Vec::new()).await.unwrap(), [0_i64; 0]);
}

pub(super) async fn a_dropped_transaction_did_nothing(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))])]).await;
    drop(store.begin().await.unwrap());
    put(store, [toy(1, [("a", Int(2))])]).await;
    assert_eq!(value(store, 1).await, 2);
}

pub(super) async fn blind_writes_don_t_collide(store: &Datastore) {
    let one = store.begin().await.unwrap();
    let other = store.begin().await.unwrap();
    put(store, [toy(1, [("a", Int(0))])]).await;
    one.commit(vec![Upsert(toy(1, [("a", Int(1))]), None)])
        .await
        .unwrap();
    other
        .commit(vec![Upsert(toy(1, [("a", Int(2))]), None)])
        .await
        .unwrap();
    assert_eq!(value(store, 1).await, 2);
}

/// Pessimistic stores may abort both.
pub(super) async fn of_two_that_read_and_write_the_same_at_most_one_commits(store: &Datastore) {
    put(store, [toy(1, [("a", Int(0))])]).await;
    let mut one = store.begin().await.unwrap();
    let mut other = store.begin().await.unwrap();
    assert_eq!(seen(&mut one, 1).await, Some(0));
    assert_eq!(seen(&mut other, 1).await, Some(0));

    let write = |a| vec![Upsert(toy(1, [("a", Int(a))]), None)];
    let (one, other) = tokio::join!(one.commit(write(1)), other.commit(write(2)));

    let expected = match (one.is_ok(), other.is_ok()) {
        (true, true) => panic!("both committed"),
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 0,
    };
    assert_eq!(value(store, 1).await, expected);
    for lost in [one, other].into_iter().filter(Result::is_err) {
        assert_contention(lost);
    }
}

/// Each gets through within the attempts that a request makes, with the pauses it makes between them.
pub(super) async fn counting_up_side_by_side_loses_nothing(store: &Datastore) {
    put(store, [toy(1, [("a", Int(0))])]).await;
    let count_up = |store: Datastore| async move {
        for attempts in 1..=MAX_ATTEMPTS {
            let mut transaction = store.begin().await.unwrap();
            let found = seen(&mut transaction, 1).await.unwrap();
            let next = Upsert(toy(1, [("a", Int(found + 1))]), None);
            match transaction.commit(vec![next]).await {
                Ok(_) => return,
                Err(error) => assert!(error.is_contention(), "{error}"),
            }
            tokio::time::sleep(pause_after_conflict(attempts)).await;
        }
        panic!("no attempt of {MAX_ATTEMPTS} got through");
    };
    let tasks: Vec<_> = (0..6)
        .map(|_| tokio::spawn(count_up(store.clone())))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(value(store, 1).await, 6);
}
