//! `check_indexes`: finds nothing in a consistent store, and counts entries correctly.

use dormouse::datastore::Value::{Int, Null};
use dormouse::datastore::{Entity, Key, Mutation};

use super::Backend;
use super::support::{assert_sound, ints, key, put, toy};

#[tokio::test]
async fn an_empty_store_is_sound() {
    let store = Backend::Embedded.fresh().await;
    let findings = store.check_indexes().await.unwrap();
    assert_eq!(
        (
            findings.entries,
            findings.entities.len(),
            findings.faults.len()
        ),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn a_store_stays_sound_through_every_kind_of_change() {
    let store = Backend::Embedded.fresh().await;
    put(
        &store,
        (1..=9).map(|id| toy(id, [("a", Int(id)), ("b", Null), ("p", ints([1, id]))])),
    )
    .await;
    assert_sound(&store).await;
    put(
        &store,
        (1..=5).map(|id| toy(id, [("a", Int(-id)), ("p", ints([]))])),
    )
    .await;
    assert_sound(&store).await;
    put(
        &store,
        [Entity::new(key(6))
            .unindexed("a", Int(6))
            .unindexed("p", ints([1]))],
    )
    .await;
    assert_sound(&store).await;
    let gone = (1..=9).map(|id| Mutation::Delete(key(id), None));
    store.commit(gone.collect()).await.unwrap();
    assert_sound(&store).await;
    assert_eq!(store.check_indexes().await.unwrap().entries, 0);
}

#[tokio::test]
async fn kinds_are_counted() {
    let store = Backend::Embedded.fresh().await;
    let other = Key::int("Other", 1).child_name("Child", "c");
    put(
        &store,
        [toy(1, []), toy(2, [("z", Int(1))]), Entity::new(other)],
    )
    .await;

    let findings = store.check_indexes().await.unwrap();

    let counted = findings
        .entities
        .iter()
        .map(|(kind, count)| (kind.as_str(), *count));
    assert_eq!(counted.collect::<Vec<_>>(), [("Child", 1), ("Toy", 2)]);
    // One by kind and key for each entity, one for the property, and two in the index of toys by key.
    assert_eq!(findings.entries, 3 + 1 + 2);
}
