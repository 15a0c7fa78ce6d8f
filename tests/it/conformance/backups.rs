//! Backups: a consistent snapshot, which is itself a store.
#![expect(
    clippy::disallowed_methods,
    reason = "another writer, as another request would be"
)]

use dormouse::datastore::Value::Int;
use dormouse::datastore::embedded::FILE;
use dormouse::datastore::{Datastore, Mutation, StoreError};

use super::durability::Folder;
use super::support::{assert_sound, ids, indexes, put, put_one, rows, toy, toys};

async fn copy_of(original: &Folder, store: &Datastore) -> (Folder, Datastore) {
    let folder = Folder::new();
    let mut copy = store.backup("copy.tmp").await.unwrap();
    assert!(
        !original.path().join("copy.tmp").exists(),
        "it has no name any more"
    );
    let mut file = std::fs::File::create(folder.path().join(FILE)).unwrap();
    std::io::copy(&mut copy, &mut file).unwrap();
    let copy = folder.open(indexes());
    (folder, copy)
}

#[tokio::test]
async fn a_copy_is_a_store_with_the_same_content() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    put(
        &store,
        (1..=20).map(|id| toy(id, [("a", Int(id % 3)), ("b", Int(-id))])),
    )
    .await;

    let (_kept, copy) = copy_of(&folder, &store).await;

    assert_eq!(rows(&copy, &toys()).await, rows(&store, &toys()).await);
    let query = toys().equal("a", Int(1)).project(&["b"]);
    assert_eq!(ids(&copy, &query).await, ids(&store, &query).await);
    assert_sound(&copy).await;
}

#[tokio::test]
async fn a_copy_goes_its_own_way() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    let version = put_one(&store, toy(1, [("a", Int(1))])).await;
    let (_kept, copy) = copy_of(&folder, &store).await;

    let update = Mutation::Update(toy(1, [("a", Int(2))]), Some(version));
    let newer = copy.commit(vec![update]).await.unwrap()[0];
    assert!(newer > version);

    assert_eq!(ids(&copy, &toys().equal("a", Int(2))).await, [1]);
    assert_eq!(ids(&store, &toys().equal("a", Int(2))).await, [0_i64; 0]);
}

/// Each commit sets the same number in two toys, so a copy of half a commit would show.
#[tokio::test]
async fn a_copy_taken_amid_commits_is_of_one_moment() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    let pair = |a| [toy(1, [("a", Int(a))]), toy(2, [("a", Int(a))])];
    put(&store, pair(0)).await;
    let writer = tokio::spawn({
        let store = store.clone();
        async move {
            for round in 1..=30 {
                put(&store, pair(round)).await;
            }
        }
    });
    for _ in 0..4 {
        let (_kept, copy) = copy_of(&folder, &store).await;
        let rows = rows(&copy, &toys()).await;
        assert_eq!(rows[0].entity.int("a"), rows[1].entity.int("a"));
        assert_sound(&copy).await;
    }
    writer.await.unwrap();
}

#[tokio::test]
async fn a_copy_overwrites_nothing() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    put(&store, [toy(1, [])]).await;
    std::fs::write(folder.path().join("kept"), b"kept").unwrap();

    let again = store.backup("kept").await;

    assert!(
        matches!(again, Err(StoreError::Unavailable(_))),
        "{again:?}"
    );
    assert_eq!(std::fs::read(folder.path().join("kept")).unwrap(), b"kept");
}

#[tokio::test]
async fn a_copy_needs_a_folder() {
    let folder = Folder::new();
    let store = folder.open(indexes());
    let answer = store.backup("none/copy").await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
}
