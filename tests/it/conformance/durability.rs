//! The embedded store's folder: what is acknowledged is on disk.

use std::path::Path;

use dormouse::clock::Clock;
use dormouse::datastore::Direction::Asc;
use dormouse::datastore::Value::Int;
use dormouse::datastore::embedded::{Embedded, FILE};
use dormouse::datastore::{Datastore, IndexSet, Mutation, Query, StoreError};
use tempfile::TempDir;

use super::support::{assert_sound, ids, indexes, key, put, put_one, toy, toys};

/// A folder that outlives the stores that are opened in it.
pub(super) struct Folder(TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Opens the store in the folder; drop it, and all its clones, before the next.
    pub(super) fn open(&self, indexes: IndexSet) -> Datastore {
        self.try_open(indexes).expect("a store")
    }

    pub(super) fn try_open(&self, indexes: IndexSet) -> Result<Datastore, StoreError> {
        Ok(Datastore::new(
            Embedded::open(self.path(), indexes)?,
            Clock::System,
        ))
    }
}

#[tokio::test]
async fn a_store_opens_again_as_it_was() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    put(
        &store,
        (1..=5).map(|id| toy(id, [("a", Int(1)), ("b", Int(-id))])),
    )
    .await;
    store
        .commit(vec![Mutation::Delete(key(3), None)])
        .await
        .unwrap();
    let before = store.run_query(&toys()).await.unwrap();
    drop(store);

    let store = folder.open(indexes());

    assert_eq!(store.run_query(&toys()).await.unwrap(), before);
    assert_eq!(
        ids(&store, &toys().equal("a", Int(1)).order("b", Asc)).await,
        [5, 4, 2, 1]
    );
    assert_sound(&store).await;
}

#[tokio::test]
async fn versions_grow_across_restarts() {
    let folder = Folder::new();
    let mut last = 0;
    for round in 0..3 {
        let store = folder.open(indexes());
        let version = put_one(&store, toy(1, [("a", Int(round))])).await;
        assert!(version > last);
        last = version;
        store
            .commit(vec![Mutation::Delete(key(1), None)])
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_cursor_survives_a_restart() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    put(&store, (1..=5).map(|id| toy(id, [("b", Int(-id))]))).await;
    let page = store
        .run_query(&Query::kind("Toy", 2).order("b", Asc))
        .await
        .unwrap();
    drop(store);

    let store = folder.open(indexes());

    let rest = toys().order("b", Asc).after(page.next);
    assert_eq!(ids(&store, &rest).await, [3, 2, 1]);
}

#[tokio::test]
async fn a_folder_has_one_store_at_a_time() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    let second = folder.try_open(indexes());
    assert!(
        matches!(second, Err(StoreError::Taken { .. })),
        "{second:?}"
    );
    let clone = store.clone();
    drop(store);
    assert!(
        folder.try_open(indexes()).is_err(),
        "a clone still has it open"
    );
    drop(clone);
    folder.open(indexes());
}

#[tokio::test]
async fn folders_are_made_as_needed() {
    let folder = Folder::new();
    let deep = folder.path().join("a/b");
    Embedded::open(&deep, indexes()).unwrap();
    assert!(deep.join(FILE).is_file());
}

#[tokio::test]
async fn another_programs_file_is_refused_and_left_alone() {
    let folder = Folder::new();
    let file = folder.path().join(FILE);
    let letter = "Dear diary, ".repeat(1_000);
    std::fs::write(&file, &letter).unwrap();
    let answer = folder.try_open(indexes());
    let refused = matches!(answer, Err(StoreError::Damaged(_)));
    assert!(refused, "{answer:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), letter);
}

fn list(entries: &str) -> IndexSet {
    IndexSet::from_yaml(&format!("indexes: [{entries}]")).unwrap()
}

#[tokio::test]
async fn a_new_index_is_filled_and_a_removed_one_is_gone() {
    let folder = Folder::new();
    let by_b = "{kind: Toy, properties: [{name: a}, {name: b}]}";
    let by_c = "{kind: Toy, properties: [{name: a}, {name: c}]}";
    let query = |name| toys().equal("a", Int(1)).order(name, Asc);
    let missing = |answer| matches!(answer, Err(StoreError::MissingIndex { .. }));
    let entries = async |store: &Datastore| store.check_indexes().await.unwrap().entries;

    let store = folder.open(list(by_b));
    put(
        &store,
        (1..=3).map(|id| toy(id, [("a", Int(1)), ("b", Int(-id)), ("c", Int(id))])),
    )
    .await;
    assert!(missing(store.run_query(&query("c")).await));
    let one_index = entries(&store).await;
    drop(store);

    let store = folder.open(list(&format!("{by_c}, {by_b}")));
    assert_eq!(ids(&store, &query("b")).await, [3, 2, 1]);
    assert_eq!(ids(&store, &query("c")).await, [1, 2, 3]);
    assert_eq!(entries(&store).await, one_index + 3);
    assert_sound(&store).await;
    put(&store, [toy(4, [("a", Int(1)), ("c", Int(0))])]).await;
    drop(store);

    let store = folder.open(list(by_c));
    assert!(missing(store.run_query(&query("b")).await));
    assert_eq!(ids(&store, &query("c")).await, [4, 1, 2, 3]);
    assert_sound(&store).await;
    put(&store, [toy(1, [("a", Int(2))])]).await;
    drop(store);

    // The index is restored, and includes the changes made without it.
    let store = folder.open(list(by_b));
    assert_eq!(ids(&store, &query("b")).await, [3, 2]);
    assert_sound(&store).await;
}
