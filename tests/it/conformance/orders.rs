//! Orders, limits, keys-only, counts.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::Greater;
use dormouse::datastore::Value::{Int, Null};
use dormouse::datastore::{Datastore, Entity, KEY, Query, RESULT_LIMIT};

use super::support::{assert_refused, ids, key, put, toy, toys};

/// Six toys: `b` is 0 or 1, `c` ties among equal `b`.
async fn put_six(store: &Datastore) {
    let six = [
        (1, 1, 5),
        (2, 0, 5),
        (3, 1, 4),
        (4, 0, 5),
        (5, 1, 5),
        (6, 0, 3),
    ];
    put(
        store,
        six.map(|(id, b, c)| toy(id, [("b", Int(b)), ("c", Int(c))])),
    )
    .await;
}

pub(super) async fn without_an_order_results_come_by_key(store: &Datastore) {
    put(
        store,
        [5, 3, 9, 1].map(|id| toy(id, [("a", Int(1)), ("b", Int(-id))])),
    )
    .await;
    assert_eq!(ids(store, &toys()).await, [1, 3, 5, 9]);
    assert_eq!(ids(store, &toys().equal("a", Int(1))).await, [1, 3, 5, 9]);
}

pub(super) async fn a_range_orders_by_its_property(store: &Datastore) {
    put(store, (1..=4).map(|id| toy(id, [("b", Int(-id))]))).await;
    assert_eq!(
        ids(store, &toys().range("b", Greater, Int(-4))).await,
        [3, 2, 1]
    );
}

pub(super) async fn ties_go_by_key_in_the_last_orders_direction(store: &Datastore) {
    put_six(store).await;
    assert_eq!(
        ids(store, &toys().order("b", Asc)).await,
        [2, 4, 6, 1, 3, 5]
    );
    assert_eq!(
        ids(store, &toys().order("b", Desc)).await,
        [5, 3, 1, 6, 4, 2]
    );
    let up = toys().order("b", Asc).order("c", Asc);
    assert_eq!(ids(store, &up).await, [6, 2, 4, 3, 1, 5]);
    let mixed = toys().order("b", Asc).order("c", Desc);
    assert_eq!(ids(store, &mixed).await, [4, 2, 6, 5, 1, 3]);
}

pub(super) async fn the_key_can_be_the_last_order(store: &Datastore) {
    put_six(store).await;
    assert_eq!(
        ids(store, &toys().order("b", Asc).order(KEY, Asc)).await,
        [2, 4, 6, 1, 3, 5]
    );
    assert_eq!(
        ids(store, &toys().order("b", Desc).order(KEY, Desc)).await,
        [5, 3, 1, 6, 4, 2]
    );
    assert_eq!(
        ids(store, &toys().order("b", Desc).order(KEY, Asc)).await,
        [1, 3, 5, 2, 4, 6]
    );
    assert_eq!(
        ids(store, &toys().order(KEY, Desc)).await,
        [6, 5, 4, 3, 2, 1]
    );
}

pub(super) async fn an_order_leaves_out_what_lacks_its_property(store: &Datastore) {
    let half = Entity::new(key(2))
        .indexed("b", Int(1))
        .unindexed("c", Int(1));
    put(
        store,
        [
            toy(1, [("b", Int(1)), ("c", Null)]),
            half,
            toy(3, [("b", Int(0))]),
        ],
    )
    .await;
    assert_eq!(ids(store, &toys().order("b", Asc)).await, [3, 1, 2]);
    assert_eq!(
        ids(store, &toys().order("b", Asc).order("c", Asc)).await,
        [1]
    );
}

pub(super) async fn the_same_order_twice_is_refused(store: &Datastore) {
    assert_refused(
        store
            .run_query(&toys().order("b", Asc).order("b", Desc))
            .await,
    );
}

/// The emulator accepts these; each is equivalent to a simpler query.
pub(super) async fn an_order_that_says_nothing_is_refused(store: &Datastore) {
    assert_refused(
        store
            .run_query(&toys().equal("a", Int(1)).order("a", Asc))
            .await,
    );
    assert_refused(
        store
            .run_query(&toys().order(KEY, Asc).order("a", Asc))
            .await,
    );
    let elsewhere = toys().range("b", Greater, Int(1)).order("c", Asc);
    assert_refused(store.run_query(&elsewhere).await);
}

pub(super) async fn a_limit_cuts_and_leaves_a_cursor(store: &Datastore) {
    put(store, (1..=5).map(|id| toy(id, []))).await;

    let page = store.run_query(&Query::kind("Toy", 3)).await.unwrap();
    assert_eq!(page.rows.len(), 3);
    assert!(page.next.is_some());
    let all = store.run_query(&Query::kind("Toy", 6)).await.unwrap();
    assert_eq!(all.rows.len(), 5);
    assert_eq!(all.next, None);
}

/// The emulator accepts a limit of 0; such a query returns nothing and costs a read.
pub(super) async fn a_limit_is_one_to_a_thousand(store: &Datastore) {
    put(store, (1..=1_001).map(|id| toy(id, []))).await;
    assert_refused(store.run_query(&Query::kind("Toy", 0)).await);
    assert_refused(store.run_query(&Query::kind("Toy", RESULT_LIMIT + 1)).await);
    assert_eq!(ids(store, &Query::kind("Toy", 1)).await, [1]);
    assert_eq!(
        ids(store, &Query::kind("Toy", RESULT_LIMIT)).await.len(),
        1_000
    );
    assert_refused(store.count(&Query::kind("Toy", 0)).await);
}

pub(super) async fn keys_only_brings_keys_only(store: &Datastore) {
    put(
        store,
        (1..=3).map(|id| toy(id, [("a", Int(id % 2)), ("b", Int(-id))])),
    )
    .await;

    let page = store
        .run_query(&toys().order("b", Asc).keys_only())
        .await
        .unwrap();

    let bare = page.rows.iter().map(|row| &row.entity);
    assert!(bare.eq([3, 2, 1].map(|id| Entity::new(key(id))).iter()));
    assert!(page.rows.iter().all(|row| row.version == 0));
    let equal = toys().equal("a", Int(1)).equal("b", Int(-3)).keys_only();
    assert_eq!(ids(store, &equal).await, [3]);
}

pub(super) async fn a_count_counts_what_a_query_finds(store: &Datastore) {
    put(
        store,
        (1..=9).map(|id| toy(id, [("a", Int(id % 3)), ("b", Int(id))])),
    )
    .await;

    assert_eq!(store.count(&toys()).await.unwrap(), 9);
    assert_eq!(store.count(&toys().equal("a", Int(1))).await.unwrap(), 3);
    let in_two = toys().any_of("a", vec![Int(1), Int(2), Int(2)]);
    assert_eq!(store.count(&in_two).await.unwrap(), 6);
    assert_eq!(
        store
            .count(&toys().range("b", Greater, Int(7)))
            .await
            .unwrap(),
        2
    );
    assert_eq!(store.count(&toys().equal("a", Int(7))).await.unwrap(), 0);
    assert_eq!(store.count(&Query::kind("Toy", 4)).await.unwrap(), 4);
    assert_eq!(store.count(&toys().keys_only()).await.unwrap(), 9);
}

pub(super) async fn a_count_starts_at_the_cursor(store: &Datastore) {
    put(store, (1..=9).map(|id| toy(id, []))).await;
    let page = store.run_query(&Query::kind("Toy", 4)).await.unwrap();
    let rest = toys().after(page.next);
    assert_eq!(store.count(&rest).await.unwrap(), 5);
}
