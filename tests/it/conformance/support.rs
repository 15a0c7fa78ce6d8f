//! Helpers for the cases: toy entities, queries for them, and accessors for the results.

use dormouse::datastore::{
    Datastore, Entity, IndexSet, Key, Mutation, Query, RESULT_LIMIT, StoreError, Stored, Value,
    Version,
};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

/// The suite's own indexes.
pub(super) fn indexes() -> IndexSet {
    IndexSet::from_yaml(include_str!("index.yaml")).expect("index.yaml")
}

/// The key of a toy.
pub(super) fn key(id: i64) -> Key {
    Key::int("Toy", id)
}

/// A toy with these properties, all indexed.
pub(super) fn toy<const N: usize>(id: i64, properties: [(&str, Value); N]) -> Entity {
    with(key(id), properties)
}

/// An entity with these properties, all indexed.
pub(super) fn with<const N: usize>(key: Key, properties: [(&str, Value); N]) -> Entity {
    let entity = Entity::new(key);
    properties
        .into_iter()
        .fold(entity, |entity, (name, value)| entity.indexed(name, value))
}

/// A text.
pub(super) fn text(text: &str) -> Value {
    Value::from(text)
}

/// An array of integers.
pub(super) fn ints<const N: usize>(numbers: [i64; N]) -> Value {
    Value::Array(numbers.map(Value::Int).to_vec())
}

/// All toys, as far as one page goes.
pub(super) fn toys() -> Query {
    Query::kind("Toy", RESULT_LIMIT)
}

/// Upserts entities.
#[track_caller]
pub(super) fn put(
    store: &Datastore,
    entities: impl IntoIterator<Item = Entity>,
) -> impl Future<Output = Vec<Version>> {
    let upsert = |entity| Mutation::Upsert(entity, None);
    let mutations: Vec<_> = entities.into_iter().map(upsert).collect();
    let store = store.clone();
    async move {
        let mut versions = Vec::new();
        // The older emulator takes at most 25 root entities in one commit.
        for some in mutations.chunks(25) {
            versions.extend(store.commit(some.to_vec()).await.expect("a sound commit"));
        }
        versions
    }
}

/// Upserts one entity and returns its version.
pub(super) async fn put_one(store: &Datastore, entity: Entity) -> Version {
    put(store, [entity]).await[0]
}

/// The results of one page.
pub(super) async fn rows(store: &Datastore, query: &Query) -> Vec<Stored> {
    match store.run_query(query).await {
        Ok(page) => page.rows,
        Err(error) => panic!("{query:?}: {error}"),
    }
}

/// The numbers in the keys of one page's results.
pub(super) async fn ids(store: &Datastore, query: &Query) -> Vec<i64> {
    let rows = rows(store, query).await;
    let id = |row: &Stored| row.entity.key.id().expect("a numbered key");
    rows.iter().map(id).collect()
}

/// The keys of one page's results.
pub(super) async fn found_keys(store: &Datastore, query: &Query) -> Vec<Key> {
    let rows = rows(store, query).await;
    rows.into_iter().map(|row| row.entity.key).collect()
}

/// One property of each result, by name.
pub(super) async fn column(store: &Datastore, query: &Query, name: &str) -> Vec<Value> {
    let rows = rows(store, query).await;
    let value = |row: &Stored| row.entity.get(name).cloned().expect(name);
    rows.iter().map(value).collect()
}

/// All results, page by page, each page of at most `limit`, by cursors that went through text.
pub(super) async fn paged(
    store: &Datastore,
    limit: u32,
    query: impl Fn(u32) -> Query,
) -> Vec<Stored> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = store
            .run_query(&query(limit).after(cursor))
            .await
            .expect("a page");
        assert!(page.rows.len() <= limit as usize, "a page beyond its limit");
        assert!(all.len() <= 10_000, "paging doesn't end");
        all.extend(page.rows);
        let Some(next) = page.next else { return all };
        let text = next.to_text();
        cursor = Some(dormouse::datastore::Cursor::from_text(&text).expect("our own cursor"));
    }
}

/// Asserts that the store rejects this as invalid or too large.
#[track_caller]
pub(super) fn assert_refused<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    match answer {
        Err(StoreError::Invalid(_) | StoreError::TooLarge { .. }) => {}
        other => panic!("not refused: {other:?}"),
    }
}

/// Asserts a conflict with a concurrent change.
#[track_caller]
pub(super) fn assert_contention<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    match answer {
        Err(StoreError::Contention { .. }) => {}
        other => panic!("no contention: {other:?}"),
    }
}

/// Asserts that the store's entities and index entries are consistent.
pub(super) async fn assert_sound(store: &Datastore) {
    let findings = store.check_indexes().await.expect("a check");
    assert_eq!(findings.faults, Vec::<String>::new());
}

/// Runs `test` on `cases` random inputs, the same ones each time; a failure is shrunk before it is shown.
pub(super) async fn for_all<S, F>(
    cases: u32,
    strategy: S,
    test: impl Fn(S::Value) -> F + Send + 'static,
) where
    S: Strategy + Send + 'static,
    F: Future<Output = Result<(), TestCaseError>>,
{
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x00D0_4A05_E000),
        ..Config::default()
    };
    let handle = tokio::runtime::Handle::current();
    let run = move || {
        let outcome = TestRunner::new(config).run(&strategy, |input| handle.block_on(test(input)));
        outcome.map_err(|error| error.to_string())
    };
    let outcome = tokio::task::spawn_blocking(run)
        .await
        .expect("the runner's thread");
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
