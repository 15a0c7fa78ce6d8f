//! Commits: insert, update, upsert, delete; all or nothing; versions.
#![expect(
    clippy::disallowed_methods,
    reason = "other writers, as other requests would be"
)]

use dormouse::datastore::Mutation::{self, Delete, Insert, Update, Upsert};
use dormouse::datastore::Value::{Double, Int};
use dormouse::datastore::{Datastore, Entity, StoreError};

use super::support::{assert_contention, assert_refused, ids, key, put, put_one, toy, toys};

async fn value(store: &Datastore, id: i64) -> Option<i64> {
    let stored = store.get(&key(id)).await.unwrap();
    stored.map(|stored| stored.entity.int("a").expect("a number"))
}

fn a(id: i64, value: i64) -> Entity {
    toy(id, [("a", Int(value))])
}

pub(super) async fn an_insert_wants_the_key_free(store: &Datastore) {
    store.commit(vec![Insert(a(1, 1))]).await.unwrap();
    let again = store.commit(vec![Insert(a(1, 2))]).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists(taken)) if taken == key(1)));
    assert_eq!(value(store, 1).await, Some(1));
}

pub(super) async fn an_update_wants_the_key_taken(store: &Datastore) {
    let early = store.commit(vec![Update(a(1, 1), None)]).await;
    assert!(matches!(early, Err(StoreError::NotFound(missing)) if missing == key(1)));
    put(store, [a(1, 1)]).await;
    store.commit(vec![Update(a(1, 2), None)]).await.unwrap();
    assert_eq!(value(store, 1).await, Some(2));
}

pub(super) async fn an_upsert_takes_either(store: &Datastore) {
    store.commit(vec![Upsert(a(1, 1), None)]).await.unwrap();
    store.commit(vec![Upsert(a(1, 2), None)]).await.unwrap();
    assert_eq!(value(store, 1).await, Some(2));
}

pub(super) async fn a_delete_takes_either(store: &Datastore) {
    put(store, [a(1, 1)]).await;
    store
        .commit(vec![Delete(key(1), None), Delete(key(2), None)])
        .await
        .unwrap();
    assert_eq!(value(store, 1).await, None);
    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [0_i64; 0]);
    store.commit(vec![Insert(a(1, 3))]).await.unwrap();
    assert_eq!(value(store, 1).await, Some(3));
}

pub(super) async fn a_write_replaces_the_whole_entity(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1)), ("b", Int(2))])]).await;
    put(store, [toy(1, [("c", Int(3))])]).await;
    let stored = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.entity, toy(1, [("c", Int(3))]));
}

pub(super) async fn one_failing_mutation_undoes_all(store: &Datastore) {
    let version = put_one(store, a(1, 1)).await;
    put(store, [a(2, 2)]).await;
    let failing = [
        Insert(a(1, 9)),
        Update(a(9, 9), None),
        Update(a(1, 9), Some(version + 1)),
        Upsert(a(1, 9), Some(0)),
        Delete(key(1), Some(version + 1)),
        Upsert(a(0, 9), None),
    ];
    for failing in failing {
        for at in 0..=3 {
            let mut mutations = vec![Upsert(a(2, 7), None), Insert(a(3, 7)), Delete(key(4), None)];
            mutations.insert(at, failing.clone());
            store.commit(mutations).await.unwrap_err();
            let now = [1, 2, 3].map(|id| value(store, id));
            let [one, two, three] = now;
            assert_eq!(
                (one.await, two.await, three.await),
                (Some(1), Some(2), None)
            );
        }
    }
    assert_eq!(ids(store, &toys().equal("a", Int(7))).await, [0_i64; 0]);
    super::support::assert_sound(store).await;
}

pub(super) async fn a_write_may_insist_on_the_version_it_saw(store: &Datastore) {
    let first = put_one(store, a(1, 1)).await;
    assert_eq!(store.get(&key(1)).await.unwrap().unwrap().version, first);

    let second = store
        .commit(vec![Update(a(1, 2), Some(first))])
        .await
        .unwrap()[0];
    assert_contention(store.commit(vec![Update(a(1, 3), Some(first))]).await);
    assert_contention(store.commit(vec![Upsert(a(1, 3), Some(first))]).await);
    assert_contention(store.commit(vec![Delete(key(1), Some(first))]).await);
    assert_eq!(value(store, 1).await, Some(2));

    let third = store
        .commit(vec![Upsert(a(1, 3), Some(second))])
        .await
        .unwrap()[0];
    store
        .commit(vec![Delete(key(1), Some(third))])
        .await
        .unwrap();
    assert_eq!(value(store, 1).await, None);
}

pub(super) async fn base_version_zero_means_absent(store: &Datastore) {
    store.commit(vec![Upsert(a(1, 1), Some(0))]).await.unwrap();
    assert_contention(store.commit(vec![Upsert(a(1, 2), Some(0))]).await);
    assert_eq!(value(store, 1).await, Some(1));
    // What was deleted is absent again.
    store.commit(vec![Delete(key(1), None)]).await.unwrap();
    store.commit(vec![Upsert(a(1, 3), Some(0))]).await.unwrap();
    assert_eq!(value(store, 1).await, Some(3));
    for refused in [Delete(key(1), Some(0)), Update(a(1, 4), Some(0))] {
        let answer = store.commit(vec![refused]).await;
        assert!(matches!(answer, Err(StoreError::Invalid(_))), "{answer:?}");
    }
}

pub(super) async fn what_was_deleted_meanwhile_is_contention(store: &Datastore) {
    let version = put_one(store, a(1, 1)).await;
    store.commit(vec![Delete(key(1), None)]).await.unwrap();

    assert_contention(store.commit(vec![Upsert(a(1, 2), Some(version))]).await);
    assert_contention(store.commit(vec![Update(a(1, 2), Some(version))]).await);
    assert_contention(store.commit(vec![Delete(key(1), Some(version))]).await);
    assert_eq!(value(store, 1).await, None);
}

/// The emulator accepts some pairs in a transaction; each is equivalent to a single mutation.
pub(super) async fn the_same_key_twice_is_refused(store: &Datastore) {
    let pairs: [[Mutation; 2]; 3] = [
        [Upsert(a(1, 1), None), Upsert(a(1, 2), None)],
        [Insert(a(1, 1)), Delete(key(1), None)],
        [Delete(key(1), None), Insert(a(1, 1))],
    ];
    for pair in pairs {
        assert_refused(store.commit(pair.to_vec()).await);
    }
    assert_eq!(value(store, 1).await, None);
}

pub(super) async fn versions_grow(store: &Datastore) {
    let mut last = 0;
    for round in 0..4 {
        let versions = put(store, [a(1, round), a(2, round)]).await;
        assert!(
            versions.iter().all(|version| *version > last),
            "{versions:?} after {last}"
        );
        last = *versions.iter().max().unwrap();
    }
    store.commit(vec![Delete(key(1), None)]).await.unwrap();
    assert!(put_one(store, a(1, 0)).await > last);
}

pub(super) async fn an_identical_write_keeps_the_version(store: &Datastore) {
    let nan = || toy(1, [("a", Int(1)), ("b", Double(f64::NAN))]).unindexed("c", "c");
    let first = put_one(store, nan()).await;
    assert_eq!(put_one(store, nan()).await, first);
    assert_eq!(
        store
            .commit(vec![Update(nan(), Some(first))])
            .await
            .unwrap(),
        [first]
    );
    assert_eq!(store.get(&key(1)).await.unwrap().unwrap().version, first);
}

pub(super) async fn nearly_identical_isn_t_identical(store: &Datastore) {
    let zero = |zero| toy(1, [("a", Double(zero))]);
    let first = put_one(store, zero(0.0)).await;
    let second = put_one(store, zero(-0.0)).await;
    assert!(second > first);
    assert_eq!(ids(store, &toys().equal("a", Double(-0.0))).await, [1]);
    assert_eq!(
        ids(store, &toys().equal("a", Double(0.0))).await,
        [0_i64; 0]
    );

    let hidden = Entity::new(key(1)).unindexed("a", Double(-0.0));
    assert!(put_one(store, hidden).await > second);
    assert_eq!(
        ids(store, &toys().equal("a", Double(-0.0))).await,
        [0_i64; 0]
    );
}

pub(super) async fn a_commit_may_be_empty(store: &Datastore) {
    assert_eq!(store.commit(Vec::new()).await.unwrap(), [0_i64; 0]);
}

pub(super) async fn a_commit_may_be_long(store: &Datastore) {
    let versions = put(store, (1..=1_000).map(|id| a(id, id))).await;
    assert_eq!(versions.len(), 1_000);
    assert_eq!(value(store, 1_000).await, Some(1_000));
    let gone = (1..=1_000).map(|id| Delete(key(id), None));
    store.commit(gone.collect()).await.unwrap();
    assert_eq!(store.count(&toys()).await.unwrap(), 0);
}

pub(super) async fn of_many_with_the_same_version_one_commits(store: &Datastore) {
    let version = put_one(store, a(1, 0)).await;
    let attempts = (1..=8).map(|by| {
        let store = store.clone();
        tokio::spawn(async move { store.commit(vec![Update(a(1, by), Some(version))]).await })
    });
    let attempts: Vec<_> = attempts.collect();
    let mut winners = Vec::new();
    for (by, attempt) in (1..).zip(attempts) {
        match attempt.await.unwrap() {
            Ok(_) => winners.push(by),
            lost => assert_contention(lost),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(value(store, 1).await, Some(winners[0]));
}
