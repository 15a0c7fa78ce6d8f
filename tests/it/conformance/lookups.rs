//! Look-ups.

use dormouse::datastore::Value::Int;
use dormouse::datastore::{Datastore, Entity, Key};

use super::support::{assert_refused, key, put, toy, with};

pub(super) async fn entities_come_in_the_requested_order(store: &Datastore) {
    put(store, (1..=5).map(|id| toy(id, [("a", Int(id * 10))]))).await;

    let asked = [4, 1, 5, 2].map(key);
    let found = store.lookup(&asked).await.unwrap();

    let values = found
        .iter()
        .map(|stored| stored.as_ref().unwrap().entity.int("a").unwrap());
    assert_eq!(values.collect::<Vec<_>>(), [40, 10, 50, 20]);
}

pub(super) async fn a_missing_entity_is_none(store: &Datastore) {
    put(store, [toy(2, [])]).await;

    let found = store.lookup(&[1, 2, 3].map(key)).await.unwrap();

    let there = found.iter().map(Option::is_some);
    assert_eq!(there.collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(store.get(&Key::int("Nothing", 1)).await.unwrap(), None);
}

pub(super) async fn a_key_looked_up_twice_is_returned_twice(store: &Datastore) {
    put(store, [toy(1, [("a", Int(1))])]).await;

    let found = store.lookup(&[1, 7, 1].map(key)).await.unwrap();

    assert_eq!(found.len(), 3);
    assert!(found[0].is_some());
    assert_eq!(found[0], found[2]);
}

pub(super) async fn asking_for_nothing_brings_nothing(store: &Datastore) {
    assert_eq!(store.lookup(&[]).await.unwrap(), []);
}

pub(super) async fn a_look_up_takes_a_thousand_keys(store: &Datastore) {
    put(store, [toy(1_000, [])]).await;
    let keys: Vec<Key> = (1..=1_000).map(key).collect();

    let found = store.lookup(&keys).await.unwrap();

    assert_eq!(found.len(), 1_000);
    assert_eq!(found.iter().flatten().count(), 1);
    assert!(found[999].is_some());
}

pub(super) async fn a_look_up_of_more_than_a_thousand_keys_is_refused(store: &Datastore) {
    let keys: Vec<Key> = (1..=1_001).map(key).collect();
    assert_refused(store.lookup(&keys).await);
}

pub(super) async fn a_look_up_of_an_impossible_key_is_refused(store: &Datastore) {
    for impossible in [
        key(0),
        Key::int("", 1),
        Key::name("Toy", ""),
        Key::name("Toy", "__x__"),
    ] {
        assert_refused(store.get(&impossible).await);
    }
}

pub(super) async fn a_number_and_a_name_that_look_alike_are_two_keys(store: &Datastore) {
    let (number, name) = (key(1), Key::name("Toy", "1"));
    put(
        store,
        [
            with(number.clone(), [("a", Int(1))]),
            with(name.clone(), [("a", Int(2))]),
        ],
    )
    .await;

    let found = store.lookup(&[number, name]).await.unwrap();

    let value = |at: usize| found[at].as_ref().unwrap().entity.int("a");
    assert_eq!((value(0), value(1)), (Some(1), Some(2)));
}

pub(super) async fn the_same_last_step_below_two_parents_is_two_keys(store: &Datastore) {
    let paths = [
        key(1),
        key(1).child_int("Toy", 1),
        key(2).child_int("Toy", 1),
    ];
    put(store, [Entity::new(paths[1].clone())]).await;

    let found = store.lookup(&paths).await.unwrap();

    assert_eq!(
        found.iter().map(Option::is_some).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(found[1].as_ref().unwrap().entity.key, paths[1]);
}
