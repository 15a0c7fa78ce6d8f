//! Null, absent and unindexed properties, and their previous values.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{AtLeast, Greater, Less};
use dormouse::datastore::Value::{Int, Null};
use dormouse::datastore::{Datastore, Entity, Mutation};

use super::support::{ids, key, put, toy, toys};

pub(super) async fn null_is_found_and_absence_isn_t(store: &Datastore) {
    put(
        store,
        [toy(1, [("a", Null)]), toy(2, []), toy(3, [("a", Int(1))])],
    )
    .await;

    assert_eq!(ids(store, &toys().equal("a", Null)).await, [1]);
    assert_eq!(
        ids(store, &toys().any_of("a", vec![Int(1), Null])).await,
        [1, 3]
    );
    assert_eq!(ids(store, &toys().range("a", Less, Int(1))).await, [1]);
    assert_eq!(ids(store, &toys().range("a", Greater, Null)).await, [3]);
    assert_eq!(ids(store, &toys().range("a", Less, Null)).await, [0_i64; 0]);
    assert_eq!(ids(store, &toys().order("a", Asc)).await, [1, 3]);
    assert_eq!(ids(store, &toys()).await, [1, 2, 3]);
}

pub(super) async fn what_isn_t_indexed_isn_t_found(store: &Datastore) {
    let hidden = Entity::new(key(2))
        .unindexed("a", Int(1))
        .indexed("b", Int(1));
    put(store, [toy(1, [("a", Int(1)), ("b", Int(1))]), hidden]).await;

    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [1]);
    assert_eq!(
        ids(store, &toys().equal("b", Int(1)).equal("a", Int(1))).await,
        [1]
    );
    assert_eq!(
        ids(store, &toys().any_of("a", vec![Int(1), Int(2)])).await,
        [1]
    );
    assert_eq!(ids(store, &toys().range("a", AtLeast, Null)).await, [1]);
    assert_eq!(ids(store, &toys().order("a", Desc)).await, [1]);
    assert_eq!(
        ids(store, &toys().equal("a", Int(1)).order("b", Asc)).await,
        [1]
    );
    assert_eq!(ids(store, &toys().equal("b", Int(1))).await, [1, 2]);
}

pub(super) async fn what_changes_is_found_by_what_it_is_now(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("a", Int(1)), ("b", Int(1))]),
            toy(2, [("a", Int(1))]),
        ],
    )
    .await;
    put(store, [toy(1, [("a", Int(2))])]).await;
    put(store, [Entity::new(key(2)).unindexed("a", Int(1))]).await;

    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [0_i64; 0]);
    assert_eq!(ids(store, &toys().equal("a", Int(2))).await, [1]);
    assert_eq!(ids(store, &toys().order("b", Asc)).await, [0_i64; 0]);
    assert_eq!(
        ids(store, &toys().equal("a", Int(2)).order("b", Asc)).await,
        [0_i64; 0]
    );
}

pub(super) async fn what_is_deleted_isn_t_found_by_anything(store: &Datastore) {
    put(
        store,
        (1..=2).map(|id| toy(id, [("a", Int(1)), ("b", Int(1))])),
    )
    .await;
    store
        .commit(vec![Mutation::Delete(key(1), None)])
        .await
        .unwrap();

    for query in [
        toys(),
        toys().equal("a", Int(1)),
        toys().order("b", Asc),
        toys().equal("a", Int(1)).order("b", Asc),
        toys().project(&["b"]),
    ] {
        assert_eq!(ids(store, &query).await, [2], "{query:?}");
    }
}
