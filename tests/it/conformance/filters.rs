//! Filters: equality, In, ranges, and what is absent.

use dormouse::datastore::Direction::Desc;
use dormouse::datastore::RangeOp::{AtLeast, AtMost, Greater, Less};
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Datastore, KEY, Query};

use super::support::{assert_refused, ids, ints, key, put, text, toy, toys};

/// Toys 1 to 10: `a` counts modulo 3, `b` modulo 2, `c` is the number.
async fn put_ten(store: &Datastore) {
    let ten = (1..=10).map(|id| toy(id, [("a", Int(id % 3)), ("b", Int(id % 2)), ("c", Int(id))]));
    put(store, ten).await;
}

fn numbers(numbers: impl IntoIterator<Item = i64>) -> Vec<dormouse::datastore::Value> {
    numbers.into_iter().map(Int).collect()
}

pub(super) async fn several_equalities_must_all_hold(store: &Datastore) {
    put_ten(store).await;
    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [1, 4, 7, 10]);
    assert_eq!(
        ids(store, &toys().equal("a", Int(1)).equal("b", Int(0))).await,
        [4, 10]
    );
    let three = toys()
        .equal("a", Int(1))
        .equal("b", Int(0))
        .equal("c", Int(10));
    assert_eq!(ids(store, &three).await, [10]);
    assert_eq!(
        ids(store, &toys().equal("a", Int(1)).equal("a", Int(1))).await,
        [1, 4, 7, 10]
    );
}

pub(super) async fn contradictions_find_nothing(store: &Datastore) {
    put_ten(store).await;
    assert_eq!(
        ids(store, &toys().equal("a", Int(1)).equal("a", Int(2))).await,
        [0_i64; 0]
    );
    assert_eq!(
        ids(
            store,
            &toys().range("c", Less, Int(3)).range("c", Greater, Int(4))
        )
        .await,
        [0_i64; 0]
    );
    assert_eq!(
        ids(
            store,
            &toys().range("c", Less, Int(3)).range("c", Greater, Int(3))
        )
        .await,
        [0_i64; 0]
    );
    assert_eq!(
        ids(
            store,
            &toys().range("c", Less, Int(3)).range("c", AtLeast, Int(3))
        )
        .await,
        [0_i64; 0]
    );
}

pub(super) async fn ranges_know_their_ends(store: &Datastore) {
    put_ten(store).await;
    let range = |op, at| toys().range("c", op, Int(at));
    assert_eq!(ids(store, &range(Less, 3)).await, [1, 2]);
    assert_eq!(ids(store, &range(AtMost, 3)).await, [1, 2, 3]);
    assert_eq!(ids(store, &range(Greater, 8)).await, [9, 10]);
    assert_eq!(ids(store, &range(AtLeast, 8)).await, [8, 9, 10]);
    assert_eq!(
        ids(store, &range(AtLeast, 4).range("c", AtMost, Int(5))).await,
        [4, 5]
    );
    assert_eq!(
        ids(store, &range(Greater, 2).range("c", Greater, Int(8))).await,
        [9, 10]
    );
    let down = range(Greater, 3).range("c", Less, Int(7)).order("c", Desc);
    assert_eq!(ids(store, &down).await, [6, 5, 4]);
}

pub(super) async fn a_range_goes_with_an_equality(store: &Datastore) {
    let ten = (1..=10).map(|id| toy(id, [("a", Int(id % 2)), ("b", Int(-id))]));
    put(store, ten).await;
    let query = toys().equal("a", Int(1)).range("b", Greater, Int(-8));
    assert_eq!(ids(store, &query).await, [7, 5, 3, 1]);
    let down = query.range("b", AtMost, Int(-3)).order("b", Desc);
    assert_eq!(ids(store, &down).await, [3, 5, 7]);
}

pub(super) async fn in_finds_each_once_by_key(store: &Datastore) {
    put_ten(store).await;
    let query = toys().any_of("a", numbers([2, 0]));
    assert_eq!(ids(store, &query).await, [2, 3, 5, 6, 8, 9]);
    let again = toys().any_of("a", numbers([0, 2, 2, 0, 7]));
    assert_eq!(ids(store, &again).await, [2, 3, 5, 6, 8, 9]);
    assert_eq!(
        ids(store, &toys().any_of("a", numbers([1]))).await,
        [1, 4, 7, 10]
    );
}

pub(super) async fn two_ins_multiply(store: &Datastore) {
    put_ten(store).await;
    let query = toys()
        .any_of("a", numbers([0, 1]))
        .any_of("c", numbers([9, 4, 3, 2]));
    assert_eq!(ids(store, &query).await, [3, 4, 9]);
    let turned = toys()
        .any_of("c", numbers([9, 4, 3, 2]))
        .any_of("a", numbers([0, 1]));
    assert_eq!(ids(store, &turned).await, [3, 4, 9]);
    let with_equality = query.equal("b", Int(1));
    assert_eq!(ids(store, &with_equality).await, [3, 9]);
}

pub(super) async fn two_ins_on_one_property_intersect(store: &Datastore) {
    put_ten(store).await;
    let query = toys()
        .any_of("c", numbers([1, 2, 3]))
        .any_of("c", numbers([3, 2, 7]));
    assert_eq!(ids(store, &query).await, [2, 3]);
}

pub(super) async fn in_goes_with_an_order(store: &Datastore) {
    let ten = (1..=10).map(|id| toy(id, [("a", Int(id % 3)), ("b", Int(id * 7 % 10))]));
    put(store, ten).await;
    let query = toys().any_of("a", numbers([0, 1])).order("b", Desc);
    assert_eq!(ids(store, &query).await, [7, 4, 1, 9, 6, 3, 10]);
    let ranged = toys()
        .any_of("a", numbers([0, 1]))
        .range("b", AtMost, Int(3));
    assert_eq!(ids(store, &ranged).await, [10, 3, 6, 9]);
}

pub(super) async fn in_takes_thirty_values_and_not_one_more(store: &Datastore) {
    put_ten(store).await;
    let thirty = toys().any_of("c", numbers(5..35));
    assert_eq!(ids(store, &thirty).await, [5, 6, 7, 8, 9, 10]);
    assert_refused(store.run_query(&toys().any_of("c", numbers(5..36))).await);
    let alike = toys().any_of("c", numbers([5; 31]));
    assert_refused(store.run_query(&alike).await);
    assert_refused(store.run_query(&toys().any_of("c", Vec::new())).await);
}

pub(super) async fn ins_multiply_to_thirty_and_not_beyond(store: &Datastore) {
    put_ten(store).await;
    let thirty = toys().any_of("a", numbers(0..5)).any_of("c", numbers(1..7));
    assert_eq!(ids(store, &thirty).await, [1, 2, 3, 4, 5, 6]);
    let more = toys().any_of("a", numbers(0..6)).any_of("c", numbers(1..7));
    assert_refused(store.run_query(&more).await);
    let ins = (0..70).fold(toys(), |query, _| query.any_of("a", numbers([1, 2])));
    assert_refused(store.run_query(&ins).await);
}

pub(super) async fn a_filter_by_an_array_is_refused(store: &Datastore) {
    assert_refused(store.run_query(&toys().equal("a", ints([1]))).await);
    assert_refused(store.run_query(&toys().any_of("a", vec![ints([1])])).await);
    assert_refused(store.run_query(&toys().range("a", Less, ints([]))).await);
}

pub(super) async fn a_key_is_compared_with_keys_only(store: &Datastore) {
    assert_refused(store.run_query(&toys().range(KEY, Less, Int(1))).await);
    assert_refused(store.run_query(&toys().range(KEY, Less, text("a"))).await);
}

/// The emulator accepts these; they cost index entries (several ranges) or are better done by look-up (keys).
pub(super) async fn what_we_don_t_support_is_refused(store: &Datastore) {
    let two_ranges = toys().range("a", Less, Int(1)).range("b", Less, Int(1));
    assert_refused(store.run_query(&two_ranges).await);
    assert_refused(store.run_query(&toys().equal(KEY, key(1))).await);
    assert_refused(
        store
            .run_query(&toys().any_of(KEY, vec![key(1).into()]))
            .await,
    );
    let both = toys().equal("a", Int(1)).range("a", Less, Int(5));
    assert_refused(store.run_query(&both).await);
}

pub(super) async fn a_query_has_a_kind(store: &Datastore) {
    assert_refused(store.run_query(&Query::kind("", 10)).await);
}
