//! Keys and ancestors.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{AtLeast, AtMost, Greater, Less};
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Datastore, Entity, KEY, Key, Query};

use super::support::{found_keys, ids, key, put, toy, toys, with};

/// Keys of toys, in Google's order.
fn ladder() -> Vec<Key> {
    let root = |id| Key::int("Box", id);
    vec![
        root(-1).child_int("Toy", 1),
        root(1).child_int("Toy", 1),
        root(1).child_int("Toy", 1).child_int("Toy", -5),
        root(1).child_int("Toy", 2),
        root(1).child_int("Toy", 10),
        root(1).child_name("Toy", "10"),
        root(1).child_name("Toy", "9"),
        root(2).child_int("Toy", 1),
        Key::name("Box", "1").child_int("Toy", 1),
        key(-3),
        key(1),
        key(1).child_int("Box", 1).child_int("Toy", 1),
        key(1).child_int("Toy", 1),
        key(2),
        key(10),
        Key::name("Toy", "1"),
        Key::name("Toy", "Z"),
        Key::name("Toy", "a"),
        Key::name("Toy", "a").child_int("Toy", 1),
        Key::name("Toy", "a\0"),
        Key::name("Toy", "a b"),
        Key::name("Toy", "aa"),
        Key::name("Toy", "é"),
        Key::name("Toy", "\u{FFFD}"),
        Key::name("Toy", "\u{1F600}"),
    ]
}

async fn put_ladder(store: &Datastore) {
    put(store, ladder().into_iter().rev().map(Entity::new)).await;
}

pub(super) async fn keys_sort_by_path_numbers_first_parents_first(store: &Datastore) {
    put_ladder(store).await;
    assert_eq!(found_keys(store, &toys()).await, ladder());
    assert_eq!(found_keys(store, &toys().order(KEY, Asc)).await, ladder());
}

pub(super) async fn keys_sort_the_other_way_round_too(store: &Datastore) {
    put_ladder(store).await;
    let down: Vec<Key> = ladder().into_iter().rev().collect();
    assert_eq!(found_keys(store, &toys().order(KEY, Desc)).await, down);
}

pub(super) async fn a_key_range_splits_the_order(store: &Datastore) {
    put_ladder(store).await;
    let ladder = ladder();
    for (at, key) in ladder.iter().enumerate() {
        let range = |op| found_keys_of(store, toys().range(KEY, op, key.clone()));
        assert_eq!(range(Less).await, ladder[..at], "< {key}");
        assert_eq!(range(AtMost).await, ladder[..=at], "<= {key}");
        assert_eq!(range(AtLeast).await, ladder[at..], ">= {key}");
        assert_eq!(range(Greater).await, ladder[at + 1..], "> {key}");
    }
}

async fn found_keys_of(store: &Datastore, query: Query) -> Vec<Key> {
    found_keys(store, &query).await
}

pub(super) async fn a_key_range_works_downwards(store: &Datastore) {
    put(store, (1..=5).map(|id| toy(id, []))).await;
    let query = toys()
        .range(KEY, Greater, key(1))
        .range(KEY, AtMost, key(4))
        .order(KEY, Desc);
    assert_eq!(ids(store, &query).await, [4, 3, 2]);
}

pub(super) async fn a_key_range_takes_a_key_of_another_kind(store: &Datastore) {
    put_ladder(store).await;
    let ladder = ladder();
    let query = toys().range(KEY, Greater, Key::int("Box", 2));
    assert_eq!(found_keys(store, &query).await, ladder[7..]);
    let query = toys().range(KEY, Less, Key::name("Zoo", "a"));
    assert_eq!(found_keys(store, &query).await, ladder);
}

pub(super) async fn a_key_range_goes_with_an_equality(store: &Datastore) {
    put(store, (1..=6).map(|id| toy(id, [("a", Int(id % 2))]))).await;
    let query = toys()
        .equal("a", Int(1))
        .range(KEY, Greater, key(1))
        .range(KEY, Less, key(6));
    assert_eq!(ids(store, &query).await, [3, 5]);
}

pub(super) async fn an_ancestor_holds_itself_and_what_is_below(store: &Datastore) {
    put_ladder(store).await;
    for ancestor in ladder()
        .into_iter()
        .chain([Key::int("Box", 1), Key::name("Box", "1")])
    {
        let within = ladder().into_iter().filter(|key| key.is_within(&ancestor));
        let within: Vec<Key> = within.collect();
        let query = toys().within(ancestor.clone());
        assert_eq!(found_keys(store, &query).await, within, "{ancestor}");
    }
}

pub(super) async fn an_ancestor_needn_t_exist(store: &Datastore) {
    put_ladder(store).await;
    assert_eq!(
        found_keys(store, &toys().within(Key::int("Box", 2)))
            .await
            .len(),
        1
    );
    assert_eq!(
        found_keys(store, &toys().within(Key::int("Box", 99))).await,
        []
    );
}

pub(super) async fn an_ancestor_goes_with_equalities_and_key_ranges(store: &Datastore) {
    let below = |id| Key::name("Box", "b").child_int("Toy", id);
    put(
        store,
        (1..=4).map(|id| with(below(id), [("a", Int(id % 2))])),
    )
    .await;
    put(
        store,
        [toy(1, [("a", Int(1))]), with(below(9), [("a", Int(0))])],
    )
    .await;

    let inside = toys().within(Key::name("Box", "b"));

    assert_eq!(
        found_keys(store, &inside.clone().equal("a", Int(1))).await,
        [below(1), below(3)]
    );
    let query = inside.clone().any_of("a", vec![Int(1), Int(2), Int(0)]);
    assert_eq!(found_keys(store, &query).await, [1, 2, 3, 4, 9].map(below));
    let query = inside.range(KEY, Greater, below(2));
    assert_eq!(found_keys(store, &query).await, [3, 4, 9].map(below));
}

pub(super) async fn an_ancestor_goes_with_an_order_and_a_range(store: &Datastore) {
    let below = |id| Key::name("Box", "b").child_int("Toy", id);
    put(store, (1..=4).map(|id| with(below(id), [("b", Int(-id))]))).await;
    put(store, [toy(1, [("b", Int(-2))]), Entity::new(below(9))]).await;

    let inside = toys().within(Key::name("Box", "b"));

    let query = inside.clone().order("b", Asc);
    assert_eq!(found_keys(store, &query).await, [4, 3, 2, 1].map(below));
    let query = inside
        .range("b", Less, Int(-1))
        .range("b", AtLeast, Int(-3));
    assert_eq!(found_keys(store, &query).await, [3, 2].map(below));
    let itself = toys().within(below(3)).order("b", Asc);
    assert_eq!(found_keys(store, &itself).await, [below(3)]);
}

pub(super) async fn a_query_stays_within_its_kind(store: &Datastore) {
    let kinds = ["Toy", "Toys", "To", "toy", "Toy\0"];
    put(
        store,
        kinds.map(|kind| with(Key::int(kind, 1), [("a", Int(1))])),
    )
    .await;

    assert_eq!(found_keys(store, &toys()).await, [key(1)]);
    assert_eq!(
        found_keys(store, &toys().equal("a", Int(1))).await,
        [key(1)]
    );
    assert_eq!(found_keys(store, &Query::kind("Nothing", 10)).await, []);
}
