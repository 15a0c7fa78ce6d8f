//! Values: round trips, equality, sort order.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{AtMost, Greater, Less};
use dormouse::datastore::Value::{self, Array, Blob, Bool, Double, Int, Null, Timestamp};
use dormouse::datastore::{Datastore, Entity, Key};

use super::support::{ids, ints, key, put, text, toy, toys};

/// Some of every type, in Google's order; no two are equal.
fn ladder() -> Vec<Value> {
    vec![
        Null,
        Int(i64::MIN),
        Timestamp(-1),
        Int(0),
        Int(1),
        Timestamp(2),
        Int(9_007_199_254_740_993),
        Int(i64::MAX),
        Bool(false),
        Bool(true),
        text(""),
        text("\0"),
        text("A"),
        Blob(b"Z".to_vec()),
        text("a"),
        text("a\0"),
        Blob(b"a\0\x01".to_vec()),
        text("ab"),
        text("b"),
        text("é"),
        text("\u{FFFD}"),
        text("\u{1F600}"),
        Blob(vec![0xFF]),
        Blob(vec![0xFF, 0xFF]),
        Double(f64::NEG_INFINITY),
        Double(-1.5),
        Double(-0.0),
        Double(0.0),
        Double(f64::MIN_POSITIVE),
        Double(1.0),
        Double(f64::INFINITY),
        Double(f64::NAN),
        key(1).into(),
        key(1).child_int("Toy", 1).into(),
        key(2).into(),
        Key::name("Toy", "1").into(),
    ]
}

/// Writes the values in order as property `a`, toy 1 the lowest; returns their number.
async fn put_ladder(store: &Datastore) -> i64 {
    let ladder = ladder();
    let steps = ladder.len();
    put(
        store,
        (1..).zip(ladder).map(|(id, value)| toy(id, [("a", value)])),
    )
    .await;
    i64::try_from(steps).unwrap()
}

pub(super) async fn every_type_comes_back_as_it_was(store: &Datastore) {
    let mixed = Array(vec![
        text("b"),
        Int(1),
        Null,
        Int(1),
        Double(-0.0),
        Timestamp(1),
        text("a"),
    ]);
    let values: Vec<Value> = ladder().into_iter().chain([mixed]).collect();
    let entities = (1..)
        .zip(values)
        .map(|(id, value)| toy(id, [("seen", value.clone())]).unindexed("hidden", value));
    let entities: Vec<Entity> = entities.collect();
    put(store, entities.clone()).await;

    for wanted in entities {
        let stored = store.get(&wanted.key).await.unwrap().unwrap();
        // As text, where NaN equals itself and -0.0 differs from 0.0.
        assert_eq!(format!("{:?}", stored.entity), format!("{wanted:?}"));
    }
}

/// Google records "unindexed" per element, so it is lost for an empty array.
pub(super) async fn an_empty_array_comes_back_as_indexed(store: &Datastore) {
    let empty = || Array(Vec::new());
    put(
        store,
        [toy(1, [("seen", empty())]).unindexed("hidden", empty())],
    )
    .await;
    let stored = store.get(&key(1)).await.unwrap().unwrap();
    assert_eq!(
        stored.entity,
        toy(1, [("seen", empty()), ("hidden", empty())])
    );
}

pub(super) async fn an_ordinary_query_brings_what_a_look_up_brings(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))]).unindexed("body", "long")]).await;

    let page = store.run_query(&toys().equal("a", Int(1))).await.unwrap();

    assert_eq!(page.rows, [store.get(&key(1)).await.unwrap().unwrap()]);
}

pub(super) async fn types_sort_in_googles_order(store: &Datastore) {
    let steps = put_ladder(store).await;
    let up = ids(store, &toys().order("a", Asc)).await;
    assert_eq!(up, (1..=steps).collect::<Vec<_>>());
}

pub(super) async fn descending_turns_the_whole_order(store: &Datastore) {
    let steps = put_ladder(store).await;
    let down = ids(store, &toys().order("a", Desc)).await;
    assert_eq!(down, (1..=steps).rev().collect::<Vec<_>>());
}

pub(super) async fn a_composite_index_keeps_the_same_order(store: &Datastore) {
    let ladder = ladder();
    let toys_in_order = (1..).zip(&ladder);
    put(
        store,
        toys_in_order.map(|(id, value)| toy(id, [("a", Int(0)), ("b", value.clone())])),
    )
    .await;
    let steps = i64::try_from(ladder.len()).unwrap();

    let up = ids(store, &toys().equal("a", Int(0)).order("b", Asc)).await;
    let down = ids(store, &toys().equal("a", Int(0)).order("b", Desc)).await;

    assert_eq!(up, (1..=steps).collect::<Vec<_>>());
    assert_eq!(down, (1..=steps).rev().collect::<Vec<_>>());
}

pub(super) async fn each_value_equals_only_itself(store: &Datastore) {
    put_ladder(store).await;
    for (id, value) in (1..).zip(ladder()) {
        assert_eq!(
            ids(store, &toys().equal("a", value.clone())).await,
            [id],
            "{value:?}"
        );
    }
}

pub(super) async fn each_value_splits_the_order_in_two(store: &Datastore) {
    let steps = put_ladder(store).await;
    for (id, value) in (1..).zip(ladder()) {
        let below = ids(store, &toys().range("a", Less, value.clone())).await;
        let above = ids(store, &toys().range("a", Greater, value.clone())).await;
        assert_eq!(below, (1..id).collect::<Vec<_>>(), "below {value:?}");
        assert_eq!(
            above,
            (id + 1..=steps).collect::<Vec<_>>(),
            "above {value:?}"
        );
    }
}

pub(super) async fn an_integer_equals_the_timestamp_of_as_many_microseconds(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("a", Int(5))]),
            toy(2, [("a", Timestamp(5))]),
            toy(3, [("a", Int(6))]),
        ],
    )
    .await;

    assert_eq!(ids(store, &toys().equal("a", Int(5))).await, [1, 2]);
    assert_eq!(ids(store, &toys().equal("a", Timestamp(5))).await, [1, 2]);
    assert_eq!(
        ids(store, &toys().range("a", Greater, Timestamp(5))).await,
        [3]
    );
    assert_eq!(ids(store, &toys().order("a", Asc)).await, [1, 2, 3]);
}

pub(super) async fn a_text_equals_the_blob_of_the_same_bytes(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("a", text("é"))]),
            toy(2, [("a", Blob("é".into()))]),
        ],
    )
    .await;

    assert_eq!(ids(store, &toys().equal("a", text("é"))).await, [1, 2]);
    assert_eq!(
        ids(store, &toys().equal("a", Blob("é".into()))).await,
        [1, 2]
    );
}

pub(super) async fn an_integer_never_equals_a_double(store: &Datastore) {
    put(
        store,
        [toy(1, [("a", Int(1))]), toy(2, [("a", Double(1.0))])],
    )
    .await;

    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [1]);
    assert_eq!(ids(store, &toys().equal("a", Double(1.0))).await, [2]);
    assert_eq!(ids(store, &toys().range("a", AtMost, Int(1))).await, [1]);
}

pub(super) async fn every_nan_is_the_same(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("a", Double(-f64::NAN))]),
            toy(2, [("a", Double(f64::NAN))]),
        ],
    )
    .await;

    assert_eq!(
        ids(store, &toys().equal("a", Double(f64::NAN))).await,
        [1, 2]
    );
    assert_eq!(
        ids(store, &toys().range("a", Greater, Double(f64::INFINITY))).await,
        [1, 2]
    );
}

pub(super) async fn an_element_sorts_as_the_value_alone_would(store: &Datastore) {
    put(
        store,
        [
            toy(1, [("a", ints([3]))]),
            toy(2, [("a", Int(2))]),
            toy(3, [("a", text("x"))]),
        ],
    )
    .await;
    assert_eq!(ids(store, &toys().order("a", Asc)).await, [2, 1, 3]);
}
