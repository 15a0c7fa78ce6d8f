//! Arrays: one index entry for each distinct element.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{AtLeast, AtMost, Greater};
use dormouse::datastore::Value::{Array, Int, Null};
use dormouse::datastore::{Datastore, Entity};

use super::support::{ids, ints, key, put, text, toy, toys};

pub(super) async fn an_array_is_found_by_each_element(store: &Datastore) {
    let mixed = Array(vec![text("x"), Int(5), Null]);
    put(
        store,
        [
            toy(1, [("p", ints([1, 5]))]),
            toy(2, [("p", mixed)]),
            toy(3, [("p", Int(5))]),
        ],
    )
    .await;

    assert_eq!(ids(store, &toys().equal("p", Int(1))).await, [1]);
    assert_eq!(ids(store, &toys().equal("p", Int(5))).await, [1, 2, 3]);
    assert_eq!(ids(store, &toys().equal("p", text("x"))).await, [2]);
    assert_eq!(ids(store, &toys().equal("p", Null)).await, [2]);
}

pub(super) async fn several_equalities_may_be_met_by_several_elements(store: &Datastore) {
    put(
        store,
        [toy(1, [("p", ints([1, 5]))]), toy(2, [("p", ints([5, 7]))])],
    )
    .await;

    assert_eq!(
        ids(store, &toys().equal("p", Int(1)).equal("p", Int(5))).await,
        [1]
    );
    assert_eq!(
        ids(store, &toys().equal("p", Int(5)).equal("p", Int(1))).await,
        [1]
    );
    assert_eq!(
        ids(store, &toys().equal("p", Int(1)).equal("p", Int(7))).await,
        [0_i64; 0]
    );
    let in_and_equal = toys().any_of("p", vec![Int(1), Int(7)]).equal("p", Int(5));
    assert_eq!(ids(store, &in_and_equal).await, [1, 2]);
}

pub(super) async fn in_finds_an_array_once(store: &Datastore) {
    put(
        store,
        [toy(1, [("p", ints([1, 5, 3]))]), toy(2, [("p", ints([5]))])],
    )
    .await;
    let query = toys().any_of("p", vec![Int(5), Int(3), Int(1)]);
    assert_eq!(ids(store, &query).await, [1, 2]);
    assert_eq!(store.count(&query).await.unwrap(), 2);
}

pub(super) async fn a_range_is_met_by_one_element(store: &Datastore) {
    put(
        store,
        [toy(1, [("p", ints([1, 5]))]), toy(2, [("p", ints([3, 9]))])],
    )
    .await;
    let query = toys()
        .range("p", AtLeast, Int(3))
        .range("p", AtMost, Int(4));
    assert_eq!(ids(store, &query).await, [2]);
}

pub(super) async fn an_order_brings_an_array_once_for_each_element(store: &Datastore) {
    put(
        store,
        [toy(1, [("p", ints([5, 1]))]), toy(2, [("p", Int(3))])],
    )
    .await;

    assert_eq!(ids(store, &toys().order("p", Asc)).await, [1, 2, 1]);
    assert_eq!(ids(store, &toys().order("p", Desc)).await, [1, 2, 1]);
    assert_eq!(
        ids(store, &toys().order("p", Asc).keys_only()).await,
        [1, 2, 1]
    );
    assert_eq!(
        ids(store, &toys().range("p", Greater, Int(1))).await,
        [2, 1]
    );
    assert_eq!(store.count(&toys().order("p", Asc)).await.unwrap(), 3);
}

pub(super) async fn equal_elements_are_one_entry(store: &Datastore) {
    put(store, [toy(1, [("p", ints([3, 3, 1, 3]))])]).await;

    assert_eq!(ids(store, &toys().order("p", Asc)).await, [1, 1]);
    assert_eq!(ids(store, &toys().equal("p", Int(3))).await, [1]);
    let stored = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.entity.get("p"), Some(&ints([3, 3, 1, 3])));
}

pub(super) async fn an_order_on_another_property_brings_an_array_once(store: &Datastore) {
    let entities = [(1, [1, 5], 9), (2, [5, 1], 8), (3, [5, 7], 7)];
    put(
        store,
        entities.map(|(id, p, b)| toy(id, [("p", ints(p)), ("b", Int(b))])),
    )
    .await;

    let query = toys().equal("p", Int(1)).order("b", Asc);
    assert_eq!(ids(store, &query).await, [2, 1]);
    let query = toys().any_of("p", vec![Int(1), Int(5)]).order("b", Asc);
    assert_eq!(ids(store, &query).await, [3, 2, 1]);
    let query = toys().equal("p", Int(5)).equal("p", Int(1)).order("b", Asc);
    assert_eq!(ids(store, &query).await, [2, 1]);
}

pub(super) async fn two_arrays_are_every_pair_of_their_elements(store: &Datastore) {
    let one = toy(1, [("b", ints([2, 1])), ("c", ints([8, 9]))]);
    put(store, [one, toy(2, [("b", Int(2)), ("c", Int(8))])]).await;
    let query = toys().order("b", Asc).order("c", Desc);
    assert_eq!(ids(store, &query).await, [1, 1, 1, 2, 1]);
}

pub(super) async fn an_empty_array_has_no_entry(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("p", ints([])), ("b", Int(1))]),
            toy(2, [("p", Null), ("b", Int(1))]),
        ],
    )
    .await;

    assert_eq!(ids(store, &toys().equal("p", Null)).await, [2]);
    assert_eq!(ids(store, &toys().order("p", Asc)).await, [2]);
    assert_eq!(ids(store, &toys().equal("b", Int(1))).await, [1, 2]);
    assert_eq!(
        ids(store, &toys().equal("p", Null).order("b", Asc)).await,
        [2]
    );
    let stored = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.entity.get("p"), Some(&ints([])));
}

pub(super) async fn an_unindexed_array_is_only_carried(store: &Datastore) {
    put(store, [Entity::new(key(1)).unindexed("p", ints([2, 1, 2]))]).await;

    assert_eq!(ids(store, &toys().equal("p", Int(1))).await, [0_i64; 0]);
    assert_eq!(ids(store, &toys().order("p", Asc)).await, [0_i64; 0]);
    let stored = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(stored.entity.get("p"), Some(&ints([2, 1, 2])));
}

pub(super) async fn a_removed_element_isn_t_found_any_more(store: &Datastore) {
    put(store, [toy(1, [("p", ints([1, 2, 3])), ("b", Int(1))])]).await;
    put(store, [toy(1, [("p", ints([3, 4])), ("b", Int(1))])]).await;

    for (element, found) in [(1, vec![]), (2, vec![]), (3, vec![1]), (4, vec![1])] {
        assert_eq!(ids(store, &toys().equal("p", Int(element))).await, found);
        let query = toys().equal("p", Int(element)).order("b", Asc);
        assert_eq!(ids(store, &query).await, found);
    }
}
