//! The meter: each operation is charged as Google bills it.

use dormouse::datastore::Direction::Asc;
use dormouse::datastore::Mutation::{Delete, Insert, Update, Upsert};
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Cost, Datastore, Query, meter, metered};

use super::support::{ints, key, put, toy, toys};

async fn put_nine(store: &Datastore) {
    put(
        store,
        (1..=9).map(|id| toy(id, [("a", Int(id % 3)), ("b", Int(id))])),
    )
    .await;
}

async fn cost_of(work: impl Future) -> Cost {
    metered(work).await.1
}

fn reads(reads: u64, small: u64) -> Cost {
    Cost {
        reads,
        small,
        ..Cost::default()
    }
}

fn writes(writes: u64, deletes: u64) -> Cost {
    Cost {
        writes,
        deletes,
        ..Cost::default()
    }
}

pub(super) async fn a_look_up_costs_a_read_for_each_key_found_or_missing(store: &Datastore) {
    put_nine(store).await;
    assert_eq!(cost_of(store.get(&key(1))).await, reads(1, 0));
    assert_eq!(cost_of(store.get(&key(99))).await, reads(1, 0));
    assert_eq!(
        cost_of(store.lookup(&[1, 2, 98, 99].map(key))).await,
        reads(4, 0)
    );
    assert_eq!(cost_of(store.lookup(&[])).await, reads(0, 0));
}

pub(super) async fn a_query_costs_a_read_for_each_result_and_at_least_one(store: &Datastore) {
    put_nine(store).await;
    assert_eq!(cost_of(store.run_query(&toys())).await, reads(9, 0));
    assert_eq!(
        cost_of(store.run_query(&Query::kind("Toy", 4))).await,
        reads(4, 0)
    );
    let found = toys().equal("a", Int(1)).equal("b", Int(4));
    assert_eq!(cost_of(store.run_query(&found)).await, reads(1, 0));
    assert_eq!(
        cost_of(store.run_query(&toys().equal("a", Int(7)))).await,
        reads(1, 0)
    );
}

pub(super) async fn keys_only_and_projections_cost_one_read_and_small_operations(
    store: &Datastore,
) {
    put_nine(store).await;
    assert_eq!(
        cost_of(store.run_query(&toys().keys_only())).await,
        reads(1, 9)
    );
    assert_eq!(
        cost_of(store.run_query(&toys().project(&["b"]))).await,
        reads(1, 9)
    );
    let equal = toys().equal("a", Int(1)).project(&["b"]);
    assert_eq!(cost_of(store.run_query(&equal)).await, reads(1, 3));
    let none = toys().equal("a", Int(7)).keys_only();
    assert_eq!(cost_of(store.run_query(&none)).await, reads(1, 0));
    put(store, [toy(10, [("p", ints([1, 2, 3]))])]).await;
    assert_eq!(
        cost_of(store.run_query(&toys().order("p", Asc).project(&["p"]))).await,
        reads(1, 3)
    );
}

pub(super) async fn a_count_costs_one_read(store: &Datastore) {
    put(store, (1..=1_000).map(|id| toy(id, []))).await;
    assert_eq!(cost_of(store.count(&toys())).await, reads(1, 0));
    assert_eq!(
        cost_of(store.count(&toys().equal("a", Int(7)))).await,
        reads(1, 0)
    );
}

pub(super) async fn a_commit_costs_its_writes_and_deletes(store: &Datastore) {
    let wide = toy(1, [("a", ints([1, 2, 3, 4])), ("b", ints([5, 6, 7]))]);
    assert_eq!(
        cost_of(store.commit(vec![Insert(wide.clone())])).await,
        writes(1, 0)
    );
    let mixed = vec![
        Update(toy(1, []), None),
        Upsert(toy(2, []), None),
        Delete(key(3), None),
        Insert(toy(4, [])),
    ];
    assert_eq!(cost_of(store.commit(mixed)).await, writes(3, 1));
    assert_eq!(
        cost_of(store.commit(vec![Upsert(toy(2, []), None)])).await,
        writes(1, 0)
    );
    assert_eq!(cost_of(store.commit(Vec::new())).await, Cost::default());
}

pub(super) async fn what_fails_costs_nothing(store: &Datastore) {
    put_nine(store).await;
    let free = Cost::default();
    assert_eq!(
        cost_of(store.commit(vec![Upsert(toy(20, []), None), Insert(toy(1, []))])).await,
        free
    );
    assert_eq!(
        cost_of(store.commit(vec![Upsert(toy(1, []), Some(0))])).await,
        free
    );
    assert_eq!(
        cost_of(store.commit(vec![Upsert(toy(0, []), None)])).await,
        free
    );
    assert_eq!(cost_of(store.lookup(&[key(0)])).await, free);
    assert_eq!(cost_of(store.run_query(&Query::kind("Toy", 0))).await, free);
    assert_eq!(cost_of(store.count(&Query::kind("Toy", 0))).await, free);
    let unserved = toys().equal("c", Int(1)).order("a", Asc);
    assert_eq!(cost_of(store.run_query(&unserved)).await, free);
}

pub(super) async fn a_transaction_costs_what_is_done_in_it(store: &Datastore) {
    put_nine(store).await;
    let work = async {
        let mut transaction = store.begin().await.unwrap();
        transaction.lookup(&[1, 99].map(key)).await.unwrap();
        transaction
            .run_query(&toys().equal("a", Int(1)))
            .await
            .unwrap();
        transaction.run_query(&toys().keys_only()).await.unwrap();
        transaction
            .commit(vec![Upsert(toy(1, []), None), Delete(key(2), None)])
            .await
            .unwrap();
    };
    let expected = Cost {
        reads: 2 + 3 + 1,
        small: 9,
        writes: 1,
        deletes: 1,
    };
    assert_eq!(cost_of(work).await, expected);
}

pub(super) async fn meters_nest(store: &Datastore) {
    put_nine(store).await;
    let work = async {
        store.get(&key(1)).await.unwrap();
        let inner = cost_of(store.lookup(&[2, 3].map(key))).await;
        assert_eq!(meter::current(), reads(3, 0));
        inner
    };
    let (inner, outer) = metered(work).await;
    assert_eq!((inner, outer), (reads(2, 0), reads(3, 0)));
    assert_eq!(meter::current(), Cost::default());
}

pub(super) async fn the_store_knows_its_total(store: &Datastore) {
    let before = store.total_cost();
    put_nine(store).await;
    cost_of(store.clone().get(&key(1))).await;
    let total = store.total_cost() - before;
    assert_eq!(
        total,
        Cost {
            reads: 1,
            writes: 9,
            ..Cost::default()
        }
    );
}
