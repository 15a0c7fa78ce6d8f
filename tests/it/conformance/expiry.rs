//! How long a transaction may last.

use chrono::TimeDelta;
use dormouse::clock::Clock;
use dormouse::datastore::Mutation::Upsert;
use dormouse::timestamp::from_micros;

use super::Backend;
use super::support::{assert_contention, indexes, key, toy};

pub(super) async fn a_transaction_expires_after_270_seconds(backend: Backend) {
    let clock = Clock::fixed(from_micros(0));
    let store = backend.open(indexes(), clock.clone()).await;
    let (young, old) = (store.begin().await.unwrap(), store.begin().await.unwrap());

    clock.advance(TimeDelta::seconds(269));
    young.commit(vec![Upsert(toy(1, []), None)]).await.unwrap();
    clock.advance(TimeDelta::seconds(1));
    assert_contention(old.commit(vec![Upsert(toy(2, []), None)]).await);

    assert_eq!(store.get(&key(2)).await.unwrap(), None);
    store
        .begin()
        .await
        .unwrap()
        .commit(vec![Upsert(toy(2, []), None)])
        .await
        .unwrap();
}
