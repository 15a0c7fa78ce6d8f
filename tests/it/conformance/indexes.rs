//! Composite indexes: which queries need one, and that the error says which.

use dormouse::clock::Clock;
use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{Greater, Less};
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Datastore, IndexSet, KEY, Query, StoreError};

use super::Backend;
use super::support::{ids, key, put, toys, with};

/// Ten toys below toy 100.
async fn put_ten(store: &Datastore) {
    let below = |id| key(100).child_int("Toy", id);
    let ten = (1..=10).map(|id| {
        with(
            below(id),
            [
                ("a", Int(id % 2)),
                ("b", Int(id % 3)),
                ("c", Int(-id)),
                ("d", Int(1)),
            ],
        )
    });
    put(store, ten).await;
}

fn parsed(entries: &str) -> IndexSet {
    IndexSet::from_yaml(&format!("indexes:\n{entries}")).expect(entries)
}

async fn open(backend: Backend, indexes: IndexSet) -> Datastore {
    let store = backend.open(indexes, Clock::System).await;
    put_ten(&store).await;
    store
}

/// That the query is refused without an index, that the error names `columns`, and that adding its entry makes it work.
async fn assert_needs(backend: Backend, query: Query, columns: &str, found: &[i64]) {
    let bare = open(backend, IndexSet::default()).await;
    let entry = match bare.run_query(&query).await {
        Err(StoreError::MissingIndex { entry }) => entry,
        other => panic!("{query:?} needs an index: {other:?}"),
    };
    let words: Vec<&str> = entry
        .split_whitespace()
        .filter(|word| *word != "-")
        .collect();
    assert_eq!(words.join(" "), format!("kind: Toy {columns}"));
    let refused = bare.count(&query).await;
    assert!(
        matches!(refused, Err(StoreError::MissingIndex { .. })),
        "{refused:?}"
    );

    let store = open(backend, parsed(&entry)).await;
    assert_eq!(ids(&store, &query).await, found, "{query:?}");
}

const A_THEN_B: &str = "properties: name: a name: b";

pub(super) async fn an_equality_with_an_order_needs_one(backend: Backend) {
    let query = toys().equal("a", Int(1)).order("b", Asc);
    assert_needs(backend, query, A_THEN_B, &[3, 9, 1, 7, 5]).await;
    let query = toys().equal("a", Int(1)).order("b", Desc);
    let columns = "properties: name: a name: b direction: desc";
    assert_needs(backend, query, columns, &[5, 7, 1, 9, 3]).await;
}

pub(super) async fn an_equality_with_a_range_needs_one(backend: Backend) {
    let query = toys().equal("a", Int(1)).range("b", Less, Int(2));
    assert_needs(backend, query, A_THEN_B, &[3, 9, 1, 7]).await;
}

pub(super) async fn in_with_an_order_needs_one(backend: Backend) {
    let query = toys().any_of("a", vec![Int(1)]).order("b", Asc);
    assert_needs(backend, query, A_THEN_B, &[3, 9, 1, 7, 5]).await;
}

pub(super) async fn two_equalities_with_an_order_need_one(backend: Backend) {
    let query = toys().equal("d", Int(1)).equal("a", Int(0)).order("c", Asc);
    let columns = "properties: name: d name: a name: c";
    assert_needs(backend, query, columns, &[10, 8, 6, 4, 2]).await;
}

pub(super) async fn two_orders_need_one(backend: Backend) {
    let query = toys().order("b", Desc).order("c", Asc);
    let columns = "properties: name: b direction: desc name: c";
    assert_needs(backend, query, columns, &[8, 5, 2, 10, 7, 4, 1, 9, 6, 3]).await;
    let query = toys()
        .range("b", Greater, Int(1))
        .order("b", Asc)
        .order("c", Asc);
    assert_needs(backend, query, "properties: name: b name: c", &[8, 5, 2]).await;
}

pub(super) async fn keys_backwards_need_one(backend: Backend) {
    let columns = "properties: name: __key__ direction: desc";
    let down = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    assert_needs(backend, toys().order(KEY, Desc), columns, &down).await;
    let query = toys().equal("a", Int(1)).order(KEY, Desc);
    let columns = "properties: name: a name: __key__ direction: desc";
    assert_needs(backend, query, columns, &[9, 7, 5, 3, 1]).await;
    // Google's older emulator requires it; the order would be the same without.
    let query = toys().order("c", Desc).order(KEY, Desc);
    let columns = "properties: name: c direction: desc name: __key__ direction: desc";
    let up = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    assert_needs(backend, query, columns, &up).await;
}

pub(super) async fn keys_against_the_order_need_one(backend: Backend) {
    let query = toys().order("b", Desc).order(KEY, Asc);
    let columns = "properties: name: b direction: desc name: __key__";
    assert_needs(backend, query, columns, &[2, 5, 8, 1, 4, 7, 10, 3, 6, 9]).await;
}

pub(super) async fn an_ancestor_with_an_order_needs_one(backend: Backend) {
    let columns = "ancestor: true properties: name: b";
    let query = toys().within(key(100)).order("b", Asc);
    assert_needs(backend, query, columns, &[3, 6, 9, 1, 4, 7, 10, 2, 5, 8]).await;
    let query = toys().within(key(100)).range("b", Greater, Int(1));
    assert_needs(backend, query, columns, &[2, 5, 8]).await;
    let query = toys()
        .within(key(100))
        .project(&["b"])
        .range("b", Greater, Int(1));
    assert_needs(backend, query, columns, &[2, 5, 8]).await;
}

pub(super) async fn a_projection_of_two_needs_one(backend: Backend) {
    let query = toys().project(&["c", "b"]);
    let columns = "properties: name: b name: c";
    assert_needs(backend, query, columns, &[9, 6, 3, 10, 7, 4, 1, 8, 5, 2]).await;
    let query = toys().order("c", Asc).project(&["b"]);
    let columns = "properties: name: c name: b";
    assert_needs(backend, query, columns, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).await;
    let query = toys().equal("a", Int(0)).project(&["b"]);
    assert_needs(backend, query, A_THEN_B, &[6, 4, 10, 2, 8]).await;
}

pub(super) async fn plain_forms_need_none(backend: Backend) {
    let store = open(backend, IndexSet::default()).await;
    let in_two = vec![Int(0), Int(1)];
    let plain = [
        toys(),
        toys().order(KEY, Asc),
        toys().range(KEY, Greater, key(1)),
        toys().within(key(100)),
        toys().within(key(100)).equal("a", Int(1)),
        toys().within(key(100)).range(KEY, Greater, key(1)),
        toys().equal("a", Int(1)),
        toys()
            .equal("a", Int(1))
            .equal("b", Int(1))
            .equal("c", Int(-1)),
        toys()
            .equal("a", Int(1))
            .range(KEY, Greater, key(1))
            .order(KEY, Asc),
        toys().any_of("a", in_two.clone()).any_of("b", in_two),
        toys().order("b", Asc),
        toys().order("b", Desc),
        toys().order("b", Asc).order(KEY, Asc),
        toys()
            .range("b", Less, Int(2))
            .range("b", Greater, Int(0))
            .order("b", Desc),
        toys().project(&["b"]),
        toys().order("b", Desc).project(&["b"]),
        toys().range("b", Less, Int(2)).project(&["b"]),
        toys().equal("a", Int(1)).equal("b", Int(1)).keys_only(),
    ];
    for query in plain {
        assert_ne!(ids(&store, &query).await, [0_i64; 0], "{query:?}");
    }
}

/// Google could scan some of these backwards; ours requires the exact directions of the index list.
pub(super) async fn a_similar_index_doesn_t_do(backend: Backend) {
    let query = toys().equal("a", Int(1)).order("b", Asc);
    let similar = [
        "- {kind: Toys, properties: [{name: a}, {name: b}]}",
        "- {kind: Toy, properties: [{name: b}, {name: a}]}",
        "- {kind: Toy, properties: [{name: a}, {name: b, direction: desc}]}",
        "- {kind: Toy, ancestor: true, properties: [{name: a}, {name: b}]}",
        "- {kind: Toy, properties: [{name: a}, {name: b}, {name: c}]}",
        "- {kind: Toy, properties: [{name: a}]}",
    ];
    let store = open(backend, parsed(&similar.join("\n"))).await;
    let answer = store.run_query(&query).await;
    assert!(
        matches!(answer, Err(StoreError::MissingIndex { .. })),
        "{answer:?}"
    );
}

pub(super) async fn equalities_may_stand_in_any_order(backend: Backend) {
    let entry = "- {kind: Toy, properties: [{name: d, direction: desc}, {name: a}, {name: c}]}";
    let store = open(backend, parsed(entry)).await;
    let query = toys().equal("a", Int(0)).equal("d", Int(1)).order("c", Asc);
    assert_eq!(ids(&store, &query).await, [10, 8, 6, 4, 2]);
}

/// An index with the projected column in the other direction also works; it is used only if there is no other.
pub(super) async fn another_querys_index_changes_no_order(backend: Backend) {
    let down = "- {kind: Toy, properties: [{name: a}, {name: b}, {name: c, direction: desc}]}";
    let up = "- {kind: Toy, properties: [{name: a}, {name: b}, {name: c}]}";
    let query = toys().equal("a", Int(0)).project(&["b", "c"]);
    for (list, found) in [
        (format!("{down}\n{up}"), [6, 10, 4, 8, 2]),
        (down.to_owned(), [6, 4, 10, 2, 8]),
    ] {
        let store = open(backend, parsed(&list)).await;
        assert_eq!(ids(&store, &query).await, found);
    }
}

pub(super) async fn a_list_with_a_mistake_is_refused(_: Backend) {
    let mistakes = [
        "",
        "indices: []",
        "indexes:\n- properties: [{name: a}]",
        "indexes:\n- {kind: Toy, properties: [{name: a, direction: sideways}]}",
        "indexes:\n- {kind: Toy, properties: [{name: a}], unique: true}",
    ];
    for mistake in mistakes {
        let answer = IndexSet::from_yaml(mistake);
        assert!(
            matches!(answer, Err(StoreError::Invalid(_))),
            "{mistake:?}: {answer:?}"
        );
    }
    IndexSet::ours().expect("the product's own list");
}
