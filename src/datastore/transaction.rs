//! Transactions: reads from one snapshot, and a commit that succeeds only if they still hold.

use std::sync::Arc;

use super::cache::Watch;
use super::{
    Backend, Cost, Datastore, Key, Mutation, Page, Query, StoreError, Stored, Version, commit_cost,
    embedded, query_cost, rules,
};
use crate::timestamp::Timestamp;

/// How long a transaction may last (Google: "expire after 270 seconds").
const TRANSACTION_SECONDS: i64 = 270;

/// A backend's part of a transaction.
#[derive(Debug)]
pub(super) enum Moment {
    Snapshot(embedded::Snapshot),
    /// The server's id for it.
    Cloud(Vec<u8>),
}

impl Datastore {
    /// Begins a transaction: its reads come from one snapshot, and its commit fails if any of them has changed since.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let backend = match &self.inner.backend {
            Backend::Embedded(embedded) => Moment::Snapshot(embedded.begin()?),
            Backend::Cloud(cloud) => Moment::Cloud(cloud.begin().await?),
        };
        Ok(Transaction::new(self.clone(), backend))
    }
}

/// Reads from one snapshot, and a commit that succeeds only if they still hold. Doesn't see its own writes.
///
/// In the cloud others may have to wait until it ends: one that isn't committed must be [abandoned](Self::abandon).
#[derive(Debug)]
pub struct Transaction {
    store: Datastore,
    backend: Moment,
    began: Timestamp,
}

impl Transaction {
    /// A transaction that begins now.
    pub(super) fn new(store: Datastore, backend: Moment) -> Self {
        let began = store.inner.clock.now();
        Self {
            store,
            backend,
            began,
        }
    }

    /// As [`Datastore::lookup`], in the transaction's snapshot.
    ///
    /// # Errors
    /// The same as [`Datastore::lookup`].
    pub async fn lookup(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        rules::check_lookup(keys)?;
        self.store.charge(Cost::reads(keys.len()));
        match (&mut self.backend, &self.store.inner.backend) {
            (Moment::Snapshot(snapshot), _) => snapshot.lookup(keys),
            (Moment::Cloud(name), Backend::Cloud(cloud)) => cloud.lookup(keys, Some(name)).await,
            (Moment::Cloud(_), Backend::Embedded(_)) => Err(mixed()),
        }
    }

    /// As [`Datastore::run_query`], in the transaction's snapshot.
    ///
    /// # Errors
    /// The same as [`Datastore::run_query`].
    pub async fn run_query(&mut self, query: &Query) -> Result<Page, StoreError> {
        query.check()?;
        let page = match (&mut self.backend, &self.store.inner.backend) {
            (Moment::Snapshot(snapshot), _) => snapshot.run_query(query)?,
            (Moment::Cloud(name), Backend::Cloud(cloud)) => {
                self.store.inner.indexes.choose(query)?;
                cloud.run_query(query, Some(name)).await?
            }
            (Moment::Cloud(_), Backend::Embedded(_)) => return Err(mixed()),
        };
        self.store.charge(query_cost(&query.shape, page.rows.len()));
        Ok(page)
    }

    /// Commits if everything that was read is unchanged.
    ///
    /// # Errors
    /// [`StoreError::Contention`] if it isn't, or after 270 seconds; otherwise the same as [`Datastore::commit`].
    pub async fn commit(self, mutations: Vec<Mutation>) -> Result<Vec<Version>, StoreError> {
        super::frozen::check()?;
        let inner = &self.store.inner;
        let age = inner.clock.now() - self.began;
        if age.num_seconds() >= TRANSACTION_SECONDS {
            self.abandon().await?;
            let key = "the transaction, which has expired,".into();
            return Err(StoreError::Contention { key });
        }
        rules::check_commit(&mutations, &inner.indexes)?;
        let cost = commit_cost(&mutations);
        let mutations = Arc::new(mutations);
        let watch = Watch::new(self.store.cache.clone(), &mutations);
        let versions = match (self.backend, &inner.backend) {
            (Moment::Snapshot(snapshot), Backend::Embedded(embedded)) => {
                let (seen, witness) = (snapshot.into_seen(), watch.witness());
                embedded.commit(mutations, seen, witness).await
            }
            (Moment::Cloud(name), Backend::Cloud(cloud)) => {
                let committed = cloud.commit(&mutations, Some(&name)).await;
                self.store.settle(committed)
            }
            _ => Err(mixed()),
        };
        watch.settle(&versions);
        let versions = versions?;
        self.store.charge(cost);
        Ok(versions)
    }

    /// Ends it without a change, so that others no longer wait for it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; the transaction then expires by itself.
    pub async fn abandon(self) -> Result<(), StoreError> {
        match (self.backend, &self.store.inner.backend) {
            (Moment::Cloud(name), Backend::Cloud(cloud)) => cloud.roll_back(name).await,
            _ => Ok(()),
        }
    }
}

/// A transaction of another backend than its store's, which can't occur.
fn mixed() -> StoreError {
    StoreError::Invalid("a transaction of another store".into())
}
