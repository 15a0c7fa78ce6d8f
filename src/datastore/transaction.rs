//! Transactions: reads of one moment, and a commit that holds only if they still do.

use std::sync::Arc;

use super::cache::Watch;
use super::{
    Backend, Cost, Datastore, Key, Mutation, Page, Query, StoreError, Stored, Version, commit_cost,
    embedded, query_cost, rules,
};
use crate::timestamp::Timestamp;

/// How long a transaction may last (Google: "expire after 270 seconds").
const TRANSACTION_SECONDS: i64 = 270;

/// What a backend keeps of a transaction.
#[derive(Debug)]
pub(super) enum Moment {
    Snapshot(embedded::Snapshot),
    /// The server's name for it.
    Cloud(Vec<u8>),
}

impl Datastore {
    /// Begins a transaction: its reads are one moment's, and its commit fails if any of them has changed since.
    ///
    /// # Errors
    /// The backend's own.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let backend = match &self.inner.backend {
            Backend::Embedded(embedded) => Moment::Snapshot(embedded.begin()?),
            Backend::Cloud(cloud) => Moment::Cloud(cloud.begin().await?),
        };
        Ok(Transaction::new(self.clone(), backend))
    }
}

/// Reads of one moment, and a commit that holds only if they still do. Doesn't see its own writes.
///
/// In the cloud others may have to wait until it ends: one that isn't committed is [abandoned](Self::abandon).
#[derive(Debug)]
pub struct Transaction {
    store: Datastore,
    backend: Moment,
    began: Timestamp,
}

impl Transaction {
    /// One that begins now.
    pub(super) fn new(store: Datastore, backend: Moment) -> Self {
        let began = store.inner.clock.now();
        Self {
            store,
            backend,
            began,
        }
    }

    /// As [`Datastore::lookup`], at the transaction's moment.
    ///
    /// # Errors
    /// As there.
    pub async fn lookup(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        rules::check_lookup(keys)?;
        self.store.charge(Cost::reads(keys.len()));
        match (&mut self.backend, &self.store.inner.backend) {
            (Moment::Snapshot(snapshot), _) => snapshot.lookup(keys),
            (Moment::Cloud(name), Backend::Cloud(cloud)) => cloud.lookup(keys, Some(name)).await,
            (Moment::Cloud(_), Backend::Embedded(_)) => Err(mixed()),
        }
    }

    /// As [`Datastore::run_query`], at the transaction's moment.
    ///
    /// # Errors
    /// As there.
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

    /// Commits, if everything that was read is as it was.
    ///
    /// # Errors
    /// [`StoreError::Contention`] if it isn't, or if 270 seconds have passed; else as [`Datastore::commit`].
    pub async fn commit(self, mutations: Vec<Mutation>) -> Result<Vec<Version>, StoreError> {
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
        let watch = Watch::new(self.store.memory.clone(), &mutations);
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

    /// Ends it without a change, so that nobody waits for it any longer.
    ///
    /// # Errors
    /// The backend's own.
    pub async fn abandon(self) -> Result<(), StoreError> {
        match (self.backend, &self.store.inner.backend) {
            (Moment::Cloud(name), Backend::Cloud(cloud)) => cloud.roll_back(name).await,
            _ => Ok(()),
        }
    }
}

/// A transaction of another backend than its store's, which nothing makes.
fn mixed() -> StoreError {
    StoreError::Invalid("a transaction of another store".into())
}
