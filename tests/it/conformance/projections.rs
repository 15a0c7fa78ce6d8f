//! Projections: some indexed properties, from the index alone.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{AtLeast, AtMost, Greater};
use dormouse::datastore::Value::{Blob, Bool, Double, Int, Null, Timestamp};
use dormouse::datastore::{Datastore, Entity, KEY, StoreError};

use super::support::{
    assert_refused, column, ids, ints, key, paged, put, rows, text, toy, toys, with,
};

pub(super) async fn only_the_named_properties_come_with_the_key(store: &Datastore) {
    put(
        store,
        [toy(1, [("b", Int(1)), ("c", Int(2)), ("d", Int(3))])],
    )
    .await;

    let found = rows(store, &toys().project(&["c", "b"])).await;

    let values = found[0]
        .entity
        .properties
        .iter()
        .map(|(name, p)| (name.as_str(), &p.value));
    assert_eq!(values.collect::<Vec<_>>(), [("b", &Int(1)), ("c", &Int(2))]);
    assert_eq!(
        (found.len(), &found[0].entity.key, found[0].version),
        (1, &key(1), 0)
    );
}

pub(super) async fn timestamps_come_as_integers_and_blobs_as_text(store: &Datastore) {
    let kept = [
        Null,
        Int(-4),
        Bool(true),
        text("x"),
        Double(-0.5),
        key(9).into(),
        Blob(vec![0xFF, 0]),
    ];
    let turned = [(Timestamp(7), Int(7)), (Blob(b"y".to_vec()), text("y"))];
    let pairs = kept
        .into_iter()
        .map(|value| (value.clone(), value))
        .chain(turned);
    for (stored, projected) in pairs {
        put(store, [toy(1, [("a", stored.clone())])]).await;
        assert_eq!(
            column(store, &toys().project(&["a"]), "a").await,
            [projected],
            "{stored:?}"
        );
    }
}

pub(super) async fn without_an_order_rows_sort_by_what_is_projected(store: &Datastore) {
    put(
        store,
        (1..=3).map(|id| toy(id, [("a", Int(1)), ("b", Int(-id))])),
    )
    .await;
    assert_eq!(ids(store, &toys().project(&["b"])).await, [3, 2, 1]);
    assert_eq!(
        ids(store, &toys().equal("a", Int(1)).project(&["b"])).await,
        [3, 2, 1]
    );
}

/// Google's emulator accepts it, but can't continue after the first page.
pub(super) async fn a_projection_isn_t_ordered_by_the_key(store: &Datastore) {
    put(store, (1..=4).map(|id| toy(id, [("b", Int(-id))]))).await;
    let plain = toys().project(&["b"]);
    let by_key = plain.clone().order(KEY, Asc);
    let by_range = plain.clone().range(KEY, Greater, key(2));
    for query in [by_key, by_range] {
        let answer = store.run_query(&query).await;
        assert!(matches!(answer, Err(StoreError::Invalid(_))), "{answer:?}");
    }
}

pub(super) async fn an_array_brings_one_row_for_each_distinct_element(store: &Datastore) {
    put(
        store,
        [toy(1, [("b", ints([5, 1, 5]))]), toy(2, [("b", Int(3))])],
    )
    .await;
    let query = toys().project(&["b"]);
    assert_eq!(ids(store, &query).await, [1, 2, 1]);
    assert_eq!(column(store, &query, "b").await, [Int(1), Int(3), Int(5)]);
    let down = toys().order("b", Desc).project(&["b"]);
    assert_eq!(column(store, &down, "b").await, [Int(5), Int(3), Int(1)]);
    assert_eq!(store.count(&query).await.unwrap(), 3);
}

pub(super) async fn two_arrays_bring_every_pair(store: &Datastore) {
    put(store, [toy(1, [("p", ints([2, 1])), ("q", ints([8, 9]))])]).await;
    let query = toys().project(&["q", "p"]);
    assert_eq!(column(store, &query, "p").await, [1, 1, 2, 2].map(Int));
    assert_eq!(column(store, &query, "q").await, [8, 9, 8, 9].map(Int));
}

pub(super) async fn a_range_on_the_projected_array_picks_its_elements(store: &Datastore) {
    put(store, [toy(1, [("b", ints([1, 3, 5, 7]))])]).await;
    let query = toys()
        .range("b", AtLeast, Int(3))
        .range("b", AtMost, Int(5))
        .project(&["b"]);
    assert_eq!(column(store, &query, "b").await, [Int(3), Int(5)]);
}

pub(super) async fn what_lacks_a_projected_property_stays_out(store: &Datastore) {
    let hidden = Entity::new(key(3))
        .indexed("b", Int(1))
        .unindexed("c", Int(1));
    let empty = toy(4, [("b", Int(1)), ("c", ints([]))]);
    put(
        store,
        [
            toy(1, [("b", Int(1)), ("c", Null)]),
            toy(2, [("b", Int(1))]),
            hidden,
            empty,
        ],
    )
    .await;

    assert_eq!(ids(store, &toys().project(&["b", "c"])).await, [1]);
    assert_eq!(
        column(store, &toys().project(&["b", "c"]), "c").await,
        [Null]
    );
    assert_eq!(ids(store, &toys().project(&["b"])).await, [1, 2, 3, 4]);
    assert_eq!(ids(store, &toys().project(&["unknown"])).await, [0_i64; 0]);
}

pub(super) async fn a_projection_goes_with_equality_in_and_ancestor(store: &Datastore) {
    let below = |id| key(7).child_int("Toy", id);
    put(
        store,
        (1..=4).map(|id| with(below(id), [("a", Int(id % 3)), ("b", Int(-id))])),
    )
    .await;

    let equal = toys().equal("a", Int(1)).project(&["b"]);
    assert_eq!(column(store, &equal, "b").await, [Int(-4), Int(-1)]);
    let in_two = toys()
        .any_of("a", vec![Int(1), Int(2)])
        .order("b", Desc)
        .project(&["b"]);
    assert_eq!(
        column(store, &in_two, "b").await,
        [Int(-1), Int(-2), Int(-4)]
    );
    let within = toys().within(below(3)).project(&["b"]);
    assert_eq!(column(store, &within, "b").await, [Int(-3)]);
}

pub(super) async fn a_projection_of_what_is_filtered_by_equality_is_refused(store: &Datastore) {
    assert_refused(
        store
            .run_query(&toys().equal("a", Int(1)).project(&["a"]))
            .await,
    );
    assert_refused(
        store
            .run_query(&toys().any_of("a", vec![Int(1)]).project(&["a", "b"]))
            .await,
    );
}

pub(super) async fn a_projection_names_each_property_once(store: &Datastore) {
    assert_refused(store.run_query(&toys().project(&["b", "b"])).await);
    assert_refused(store.run_query(&toys().project(&[])).await);
}

pub(super) async fn each_row_has_its_own_cursor(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("b", ints([1, 5, 3]))]),
            toy(2, [("b", ints([2, 3, 4]))]),
        ],
    )
    .await;
    let down = |limit| {
        dormouse::datastore::Query::kind("Toy", limit)
            .order("b", Desc)
            .project(&["b"])
    };
    let rows = paged(store, 1, down).await;
    let seen = rows
        .iter()
        .map(|row| (row.entity.key.id().unwrap(), row.entity.int("b").unwrap()));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [(1, 5), (2, 4), (2, 3), (1, 3), (2, 2), (1, 1)]
    );
}
