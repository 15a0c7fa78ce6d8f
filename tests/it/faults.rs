//! Broken connections to Datastore: nothing acknowledged is lost, nothing is written twice, and the page shows an
//! error.

use std::time::Duration;

use dormouse::clock::Clock;
use dormouse::datastore::{
    Datastore, Entity, IndexSet, Key, Mutation, Query, StoreError, Value, metered, within,
};
use dormouse::random::Random;
use tokio::time::Instant;

use crate::support::{Emulator, LineState as Line, Proxy, TestApp, fresh_project};

/// A store behind a faulty proxy, and the same database without it; `None` without an emulator.
fn store() -> Option<(Proxy, Datastore, Datastore)> {
    let host = Emulator::Firestore.host()?;
    let (proxy, project) = (Proxy::start(&host), fresh_project());
    let open = |host: &str| {
        let indexes = IndexSet::ours().unwrap();
        Emulator::Firestore.database(host, &project, indexes, Clock::System)
    };
    let (bad, good) = (open(proxy.host()), open(&host));
    Some((proxy, bad, good))
}

fn key() -> Key {
    Key::int("Toy", 1)
}

fn toy(number: i64) -> Entity {
    Entity::new(key()).indexed("n", number)
}

async fn number(store: &Datastore) -> Option<i64> {
    let stored = store.get(&key()).await.unwrap();
    stored.and_then(|stored| stored.entity.int("n"))
}

#[tokio::test]
async fn a_read_outlives_a_broken_line() {
    let Some((proxy, store, good)) = store() else {
        return;
    };
    good.commit(vec![Mutation::Insert(toy(7))]).await.unwrap();
    assert_eq!(number(&store).await, Some(7));
    for line in [
        Line::CutsQuestion,
        Line::CutsAnswer,
        Line::Refuses,
        Line::Slow,
    ] {
        proxy.is(line, 2);
        assert_eq!(number(&store).await, Some(7), "{line:?}");
        proxy.is(line, 2);
        let found = store.run_query(&Query::kind("Toy", 10)).await;
        assert_eq!(found.unwrap().rows.len(), 1, "{line:?}");
        proxy.is(line, 1);
        assert_eq!(
            store.count(&Query::kind("Toy", 10)).await.unwrap(),
            1,
            "{line:?}"
        );
        proxy.is(Line::Good, 0);
    }
}

#[tokio::test]
async fn a_commit_whose_question_got_lost_is_made_again() {
    let Some((proxy, store, good)) = store() else {
        return;
    };
    store.connect().await.unwrap();
    proxy.is(Line::CutsQuestion, 1);
    let versions = store.commit(vec![Mutation::Insert(toy(1))]).await.unwrap();
    let stored = good.get(&key()).await.unwrap().unwrap();
    assert_eq!(versions, [stored.version]);
}

#[tokio::test]
async fn a_commit_whose_answer_got_lost_isn_t_made_again() {
    let Some((proxy, store, good)) = store() else {
        return;
    };
    store.connect().await.unwrap();
    proxy.is(Line::CutsAnswer, 1);
    // If retried, an insert would conflict with itself.
    let (versions, cost) = metered(store.commit(vec![Mutation::Insert(toy(1))])).await;
    let stored = good.get(&key()).await.unwrap().unwrap();
    assert_eq!(versions.unwrap(), [stored.version]);
    assert_eq!((cost.writes, cost.reads), (1, 1), "one read to find out");

    proxy.is(Line::CutsAnswer, 1);
    let update = Mutation::Update(toy(2), Some(stored.version));
    let versions = store.commit(vec![update]).await.unwrap();
    let stored = good.get(&key()).await.unwrap().unwrap();
    assert_eq!(
        (versions, number(&good).await),
        (vec![stored.version], Some(2))
    );

    proxy.is(Line::CutsAnswer, 1);
    let delete = Mutation::Delete(key(), Some(stored.version));
    store.commit(vec![delete]).await.unwrap();
    assert_eq!(number(&good).await, None);
}

#[tokio::test]
async fn what_could_be_written_twice_is_left_in_doubt() {
    let Some((proxy, store, good)) = store() else {
        return;
    };
    store.connect().await.unwrap();
    // Without a precondition: a retry could overwrite a write made in between.
    proxy.is(Line::CutsQuestion, 1);
    let answer = store.commit(vec![Mutation::Upsert(toy(1), None)]).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    assert_eq!(number(&good).await, None);
}

#[tokio::test]
async fn a_silent_line_ends_with_the_requests_time() {
    let Some((proxy, store, _)) = store() else {
        return;
    };
    store.connect().await.unwrap();
    proxy.is(Line::Silent, 1);
    let began = Instant::now();
    let answer = within(Duration::from_millis(700), store.get(&key())).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable(_))),
        "{answer:?}"
    );
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    proxy.is(Line::Good, 0);
    assert_eq!(number(&store).await, None);
}

/// Four writers add their own marks to one list, over a connection that breaks at random.
#[tokio::test]
async fn nothing_acknowledged_is_lost_and_nothing_is_written_twice() {
    let Some((proxy, store, good)) = store() else {
        return;
    };
    let empty = Entity::new(key()).unindexed("marks", Value::Array(Vec::new()));
    good.commit(vec![Mutation::Insert(empty)]).await.unwrap();
    let random = Random::seeded(5);
    let writers = (0..4_i64).map(|writer| {
        let (store, proxy, random) = (store.clone(), proxy.clone(), random.clone());
        async move {
            let mut acknowledged = Vec::new();
            for round in 0..25_i64 {
                let lines = [
                    Line::CutsQuestion,
                    Line::CutsAnswer,
                    Line::Refuses,
                    Line::Good,
                ];
                proxy.is(lines[usize::from(random.bytes::<1>()[0] % 4)], 1);
                if add(&store, writer * 100 + round).await {
                    acknowledged.push(writer * 100 + round);
                }
            }
            acknowledged
        }
    });
    let acknowledged: Vec<i64> = futures_util::future::join_all(writers).await.concat();
    let stored = good.get(&key()).await.unwrap().unwrap();
    let marks = marks(&stored.entity);
    for mark in &acknowledged {
        let times = marks.iter().filter(|one| *one == mark).count();
        assert_eq!(times, 1, "{mark} in {marks:?}");
    }
    let distinct: std::collections::BTreeSet<i64> = marks.iter().copied().collect();
    assert_eq!(distinct.len(), marks.len(), "a mark was written twice");
    assert!(
        acknowledged.len() > 60,
        "only {} got through",
        acknowledged.len()
    );
}

fn marks(entity: &Entity) -> Vec<i64> {
    let Some(Value::Array(marks)) = entity.get("marks") else {
        panic!("no list");
    };
    marks.iter().filter_map(Value::as_int).collect()
}

/// Adds a mark as the service does: read, decide, write conditionally; retry on a conflict.
async fn add(store: &Datastore, mark: i64) -> bool {
    for _ in 0..20 {
        let Ok(Some(stored)) = store.get(&key()).await else {
            return false;
        };
        let mut list = marks(&stored.entity);
        list.push(mark);
        let list = Value::Array(list.into_iter().map(Value::Int).collect());
        let entity = Entity::new(key()).unindexed("marks", list);
        match store
            .commit(vec![Mutation::Update(entity, Some(stored.version))])
            .await
        {
            Ok(_) => return true,
            Err(error) if error.is_contention() => {}
            Err(_) => return false,
        }
    }
    false
}

#[tokio::test]
async fn the_page_says_politely_that_the_store_is_away() {
    let Some(host) = Emulator::Firestore.host() else {
        return;
    };
    let proxy = Proxy::start(&host);
    let app = TestApp::in_cloud_by(proxy.host()).await;
    let ann = app.reader("ann").await;
    ann.get("/unread").await.is(200);
    proxy.is(Line::Refuses, 1_000);
    // Cached data needs no store.
    ann.get("/unread").await.is(200);
    app.forgets();
    let page = ann.get("/unread").await;
    page.is(503);
    assert_eq!(page.header("retry-after"), Some("2"));
    assert!(page.text().contains("Nothing is lost"), "{}", page.text());
    assert!(!page.text().contains("127.0.0.1"), "{}", page.text());
    proxy.is(Line::Good, 0);
    ann.get("/unread").await.is(200);
}
