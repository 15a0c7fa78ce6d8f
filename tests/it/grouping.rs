//! Group commit: commits that wait share a transaction, and each keeps its own outcome.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use dormouse::clock::Clock;
use dormouse::datastore::Mutation::{Delete, Insert, Update, Upsert};
use dormouse::datastore::embedded::{DiskTrial, Embedded, Options};
use dormouse::datastore::{Datastore, Entity, IndexSet, Key, StoreError, metered};
use futures_util::future::join_all;

struct Slow {
    folder: tempfile::TempDir,
    trial: Arc<DiskTrial>,
    store: Datastore,
}

/// A store in a file, each of whose syncs takes so many milliseconds longer.
fn slow(milliseconds: u64) -> Slow {
    let folder = tempfile::tempdir().unwrap();
    let trial = Arc::new(DiskTrial::default());
    let options = Options {
        trial: Some(trial.clone()),
        ..Options::default()
    };
    let embedded = Embedded::open_with(folder.path(), IndexSet::ours().unwrap(), options).unwrap();
    trial.sync_delay.store(1_000 * milliseconds, Relaxed);
    let store = Datastore::new(embedded, Clock::System);
    Slow {
        folder,
        trial,
        store,
    }
}

fn key(id: i64) -> Key {
    Key::int("Toy", id)
}

fn toy(id: i64, number: i64) -> Entity {
    Entity::new(key(id)).indexed("n", number)
}

async fn number(store: &Datastore, id: i64) -> Option<i64> {
    let found = store.get(&key(id)).await.unwrap()?;
    found.entity.int("n")
}

#[tokio::test]
async fn commits_that_wait_share_a_transaction_and_are_durable() {
    let Slow {
        folder,
        trial,
        store,
    } = slow(5);
    let before = trial.syncs.load(Relaxed);
    store.commit(vec![Insert(toy(1, 1))]).await.unwrap();
    let of_one = trial.syncs.load(Relaxed) - before;
    let before = trial.syncs.load(Relaxed);
    let commits = (100..164).map(|id| store.commit(vec![Insert(toy(id, id))]));
    let versions: Vec<_> = join_all(commits)
        .await
        .into_iter()
        .map(|commit| commit.unwrap()[0])
        .collect();
    let of_all = trial.syncs.load(Relaxed) - before;
    assert!(
        of_all <= 3 * of_one,
        "{of_all} syncs, one commit takes {of_one}"
    );
    let mut distinct = versions.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), 64, "each has its own version: {versions:?}");
    drop(store);
    let embedded = Embedded::open(folder.path(), IndexSet::ours().unwrap()).unwrap();
    let store = Datastore::new(embedded, Clock::System);
    for id in 100..164 {
        assert_eq!(number(&store, id).await, Some(id));
    }
    assert!(store.check_indexes().await.unwrap().faults.is_empty());
}

#[tokio::test]
async fn each_of_them_has_its_own_outcome_as_if_they_came_in_turn() {
    let Slow { store, .. } = slow(20);
    store.commit(vec![Insert(toy(1, 0))]).await.unwrap();
    let known = store.get(&key(1)).await.unwrap().unwrap().version;
    // The first makes a transaction of its own, and the others wait meanwhile.
    let first = store.commit(vec![Insert(toy(2, 0))]);
    let rest = [
        vec![Update(toy(1, 1), Some(known))],
        // Based on what the one before has just changed.
        vec![Update(toy(1, 2), Some(known)), Insert(toy(10, 10))],
        // Half of it would be possible.
        vec![Insert(toy(11, 11)), Insert(toy(1, 3))],
        vec![Insert(toy(12, 12)), Update(toy(99, 1), None)],
        vec![Insert(toy(13, 13))],
        vec![Insert(toy(13, 14))],
        vec![Delete(key(2), None)],
        vec![Upsert(toy(2, 5), None)],
    ];
    let rest = join_all(rest.into_iter().map(|one| store.commit(one)));
    let (first, rest) = tokio::join!(first, rest);
    first.unwrap();
    assert!(rest[0].is_ok());
    assert!(rest[1].as_ref().unwrap_err().is_contention());
    assert!(matches!(&rest[2], Err(StoreError::AlreadyExists(taken)) if *taken == key(1)));
    assert!(matches!(&rest[3], Err(StoreError::NotFound(missing)) if *missing == key(99)));
    assert!(rest[4].is_ok());
    assert!(matches!(rest[5], Err(StoreError::AlreadyExists(_))));
    assert!(rest[6].is_ok() && rest[7].is_ok());
    for (id, expected) in [
        (1, Some(1)),
        (2, Some(5)),
        (10, None),
        (11, None),
        (12, None),
        (13, Some(13)),
    ] {
        assert_eq!(number(&store, id).await, expected, "{id}");
    }
    assert!(store.check_indexes().await.unwrap().faults.is_empty());
}

#[tokio::test]
async fn whoever_leaves_the_line_takes_nobody_along() {
    let Slow { store, .. } = slow(40);
    let moment = Duration::from_millis(15);
    // The one that makes the transaction goes away in the middle of it.
    let leader = tokio::time::timeout(moment, store.commit(vec![Insert(toy(1, 1))]));
    let waiting = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let gone = tokio::time::timeout(moment, store.commit(vec![Insert(toy(2, 2))]));
        let last = store.commit(vec![Insert(toy(3, 3))]);
        tokio::join!(gone, last)
    };
    let (leader, (gone, last)) = tokio::join!(leader, waiting);
    assert!(leader.is_err() && gone.is_err(), "both went away");
    last.unwrap();
    assert_eq!(
        number(&store, 1).await,
        Some(1),
        "its transaction was completed"
    );
    assert_eq!(number(&store, 2).await, None, "it wasn't in one yet");
    assert_eq!(number(&store, 3).await, Some(3));
    // The line goes on.
    for id in 4..8 {
        store.commit(vec![Insert(toy(id, id))]).await.unwrap();
    }
}

#[tokio::test]
async fn thousands_come_and_go_and_the_line_goes_on() {
    let Slow { store, .. } = slow(1);
    let random = dormouse::random::Random::seeded(4);
    let commits = (0..2_000_i64).map(|id| {
        let patience = Duration::from_micros(u64::try_from(random.id(40_000)).unwrap());
        let store = &store;
        async move {
            tokio::time::sleep(patience / 3).await;
            let commit = store.commit(vec![Insert(toy(id + 1, id))]);
            let acknowledged = tokio::time::timeout(patience, commit).await;
            acknowledged
                .is_ok_and(|commit| commit.is_ok())
                .then_some(id)
        }
    });
    let acknowledged: Vec<i64> = join_all(commits).await.into_iter().flatten().collect();
    store.commit(vec![Insert(toy(9_999, 0))]).await.unwrap();
    for id in &acknowledged {
        assert_eq!(number(&store, id + 1).await, Some(*id));
    }
    assert!(store.check_indexes().await.unwrap().faults.is_empty());
}

#[tokio::test]
async fn in_a_busy_second_a_request_waits_once_for_company() {
    let Slow { trial, store, .. } = slow(0);
    for id in 1..20 {
        store.commit(vec![Insert(toy(id, id))]).await.unwrap();
    }
    let before = trial.syncs.load(Relaxed);
    let requests = (100..140).map(|id| {
        let store = &store;
        async move {
            // One after the other, but all within the time that the first of them waits.
            tokio::time::sleep(Duration::from_millis(u64::try_from(id - 100).unwrap())).await;
            metered(store.commit(vec![Insert(toy(id, id))]))
                .await
                .0
                .unwrap();
        }
    });
    join_all(requests).await;
    let syncs = trial.syncs.load(Relaxed) - before;
    assert!(syncs <= 2 * 5, "{syncs} syncs for 40 requests");
}

#[tokio::test]
async fn a_disk_that_fails_fails_all_of_a_transaction_and_recovers() {
    let Slow { trial, store, .. } = slow(10);
    store.commit(vec![Insert(toy(1, 1))]).await.unwrap();
    trial.full.store(true, Relaxed);
    let large = |id: i64| toy(id, id).unindexed("text", "x".repeat(400_000));
    let commits = (10..20).map(|id| store.commit(vec![Insert(large(id))]));
    for commit in join_all(commits).await {
        assert!(matches!(commit, Err(StoreError::Full(_))), "{commit:?}");
    }
    trial.full.store(false, Relaxed);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let commits = (10..20).map(|id| store.commit(vec![Upsert(large(id), None)]));
    for commit in join_all(commits).await {
        commit.unwrap();
    }
    assert_eq!(number(&store, 15).await, Some(15));
}

#[tokio::test]
async fn a_future_that_rests_holds_up_nobody() {
    let Slow { store, .. } = slow(20);
    let mut resting: Vec<_> = (1..4)
        .map(|id| Box::pin(store.commit(vec![Insert(toy(id, id))])))
        .collect();
    for one in &mut resting {
        // Begun, and not looked at again.
        assert!(
            tokio::time::timeout(Duration::ZERO, one.as_mut())
                .await
                .is_err()
        );
    }
    let other = store.commit(vec![Insert(toy(9, 9))]);
    let other = tokio::time::timeout(Duration::from_secs(10), other).await;
    other.expect("it needs none of them").unwrap();
    for one in resting {
        one.await.unwrap();
    }
}
