//! The floor: entities, keys, queries; nothing of feeds.
//!
//! It has the shape of Google Cloud Datastore, because that is what it costs money on: one [`Datastore`] stands above a
//! closed set of backends, enforces Google's [`rules`] and counts every billed operation on the [`meter`]. A backend
//! owes its callers:
//!
//! 1. **Atomic, durable commits.** When `commit` has answered, all of it survives a kill at any moment; when it failed
//!    with anything but [`StoreError::Unavailable`], nothing of it happened.
//! 2. **Serializable reads.** Look-ups and queries see every commit that was answered before they began, and no half one.
//! 3. **Google's order.** Null, then integers and timestamps (as one), booleans, strings and blobs (as one, by bytes),
//!    doubles (-0 below 0, NaN last), keys. Ranges aren't bounded by type. Ties go by key, in the last order's direction.
//! 4. **One entry for each element.** An array is found by any of its elements; ordered by, it comes up once for each.
//! 5. **Indexes.** A query that needs a composite index which `index.yaml` doesn't have is refused.
//!
//! To add a promise, write it here and add a case to `tests/it/conformance`: a promise without a case is only a wish.

pub mod cache;
pub mod cloud;
mod commit_log;
mod conflict;
mod cursor;
mod deadline;
pub mod embedded;
mod error;
mod index;
mod key;
mod kind;
pub mod meter;
mod mutation;
mod query;
pub mod rules;
mod transaction;
mod value;

use std::sync::Arc;

pub use cache::{Loaded, Memory, Region};
pub use commit_log::Journal;
pub(crate) use conflict::retry_on_conflict;
pub use conflict::{Attempt, MAX_ATTEMPTS};
pub use cursor::Cursor;
pub use deadline::within;
pub use error::StoreError;
pub use index::{Choice, IndexColumn, IndexDefinition, IndexSet};
pub use key::{Id, Key, PathElement};
pub use kind::Kind;
pub use meter::{Cost, Meter, metered};
pub use mutation::{Mutation, Version};
pub use query::{Direction, Filter, IN_LIMIT, KEY, Order, Query, RESULT_LIMIT, RangeOp, Shape};
pub use transaction::Transaction;
pub use value::{Entity, Property, Value};

use crate::clock::Clock;
use cache::Watch;
use cloud::Cloud;
use embedded::Embedded;

/// An entity as it was read, with the version to base a change on.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The entity. From a projection: the key and the projected properties; from a keys-only query: the key.
    pub entity: Entity,
    /// Its version; 0 where only an index was read.
    pub version: Version,
}

/// One page of a query's results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In the query's order; at most its limit.
    pub rows: Vec<Stored>,
    /// Where to go on; `None` where the results ended. A page that is full to the limit has one even at the end.
    pub next: Option<Cursor>,
}

/// The closed set of backends.
#[derive(Debug)]
enum Backend {
    Embedded(Embedded),
    Cloud(Box<Cloud>),
}

/// The store. Cheap to clone; all clones are one store.
#[derive(Clone, Debug)]
pub struct Datastore {
    inner: Arc<Inner>,
    memory: Option<Memory>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    indexes: IndexSet,
    clock: Clock,
    total: Meter,
    journal: Option<Journal>,
}

impl Datastore {
    /// A store above an embedded backend, with the indexes that it was opened with.
    pub fn new(backend: Embedded, clock: Clock) -> Self {
        let inner = Inner {
            indexes: backend.indexes().clone(),
            backend: Backend::Embedded(backend),
            clock,
            total: Meter::default(),
            journal: None,
        };
        Self {
            inner: Arc::new(inner),
            memory: None,
        }
    }

    /// A store in Google's cloud, where queries use these indexes and no others.
    pub fn in_cloud(backend: Cloud, indexes: IndexSet, clock: Clock) -> Self {
        let inner = Inner {
            indexes,
            backend: Backend::Cloud(Box::new(backend)),
            clock,
            total: Meter::default(),
            journal: None,
        };
        Self {
            inner: Arc::new(inner),
            memory: None,
        }
    }

    /// The same store, which notes the form of every query from now on. Only a store that wasn't cloned yet can.
    #[must_use]
    pub fn journaled(mut self, journal: Journal) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.journal = Some(journal);
        }
        self
    }

    /// The same store for an instance that remembers: what is committed by this handle and its clones is told to the memory.
    #[must_use]
    pub fn remembering(mut self, memory: Memory) -> Self {
        self.memory = Some(memory);
        self
    }

    /// What this handle remembers, if it does.
    pub fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    fn room(&self, region: &'static Region) -> Option<(&Memory, &cache::Room)> {
        let memory = self.memory.as_ref()?;
        Some((memory, memory.room(region)?))
    }

    /// A value from memory, or from `load`, which one of many callers runs. Without a memory, from `load`.
    ///
    /// # Errors
    /// Those of `load`; nothing is remembered then.
    pub async fn through<T: std::any::Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
        load: impl Future<Output = Result<Loaded<T>, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        match self.room(region) {
            Some((memory, room)) => memory.through(room, key, load).await,
            None => load.await.map(|loaded| Arc::new(loaded.value)),
        }
    }

    /// The same for many keys at once, in no particular order; those that nothing is found for are left out.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn through_many<T, F, L>(
        &self,
        region: &'static Region,
        keys: &[u128],
        load: L,
    ) -> Result<Vec<(u128, Arc<T>)>, StoreError>
    where
        T: std::any::Any + Send + Sync,
        F: Future<Output = Result<Vec<(u128, Loaded<T>)>, StoreError>>,
        L: Fn(Vec<u128>) -> F,
    {
        if let Some((memory, room)) = self.room(region) {
            return memory.through_many(room, keys, load).await;
        }
        let loaded = load(keys.to_vec()).await?.into_iter();
        Ok(loaded
            .map(|(key, one)| (key, Arc::new(one.value)))
            .collect())
    }

    fn note(&self, query: &Query) {
        if let Some(journal) = &self.inner.journal {
            journal.note(query);
        }
    }

    /// Opens what has to be opened before the first call, where there is something. Costs no operation.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn connect(&self) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Embedded(_) => Ok(()),
            Backend::Cloud(cloud) => cloud.connect().await,
        }
    }

    /// The composite indexes that queries may use.
    pub fn indexes(&self) -> &IndexSet {
        &self.inner.indexes
    }

    /// What the whole process has cost so far.
    pub fn total_cost(&self) -> Cost {
        self.inner.total.total()
    }

    fn charge(&self, cost: Cost) {
        self.inner.total.add(cost);
        meter::charge(cost);
    }

    /// Reads up to 1,000 entities by key, in the order asked for; `None` for each that isn't there.
    /// One read for each key, found or missing.
    ///
    /// # Errors
    /// The rules for keys; the backend's own.
    pub async fn lookup(&self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        rules::check_lookup(keys)?;
        self.charge(Cost::reads(keys.len()));
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.lookup(keys),
            Backend::Cloud(cloud) => Box::pin(cloud.lookup(keys, None)).await,
        }
    }

    /// Reads one entity; `None` where there is none. One read.
    ///
    /// # Errors
    /// As [`lookup`](Self::lookup).
    pub async fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        let found = self.lookup(std::slice::from_ref(key)).await?;
        Ok(found.into_iter().next().flatten())
    }

    /// Answers a query, one page of it.
    ///
    /// # Errors
    /// [`StoreError::Invalid`], [`StoreError::MissingIndex`], [`StoreError::BadCursor`]; the backend's own.
    pub async fn run_query(&self, query: &Query) -> Result<Page, StoreError> {
        query.check()?;
        self.note(query);
        let page = match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.run_query(query),
            Backend::Cloud(cloud) => {
                self.inner.indexes.choose(query)?;
                Box::pin(cloud.run_query(query, None)).await
            }
        }?;
        self.charge(query_cost(&query.shape, page.rows.len()));
        Ok(page)
    }

    /// Counts a query's results up to its limit, wherever its cursor starts. One read for each 1,000, at least one.
    ///
    /// # Errors
    /// As [`run_query`](Self::run_query).
    pub async fn count(&self, query: &Query) -> Result<u64, StoreError> {
        query.check()?;
        self.note(query);
        let counted = match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.run_query(query)?.rows.len(),
            Backend::Cloud(cloud) => {
                self.inner.indexes.choose(query)?;
                cloud.count(query).await?
            }
        };
        self.charge(Cost::reads(counted.div_ceil(1_000).max(1)));
        Ok(counted as u64)
    }

    /// Carries out all the mutations, or none, durably; answers with the version that
    /// each entity has now, in the same order.
    /// One write for each entity, one delete for each key.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`], [`StoreError::NotFound`], [`StoreError::Contention`] where a `base_version` isn't
    /// the stored one; the [`rules`]; the backend's own.
    pub async fn commit(&self, mutations: Vec<Mutation>) -> Result<Vec<Version>, StoreError> {
        rules::check_commit(&mutations, &self.inner.indexes)?;
        let cost = commit_cost(&mutations);
        let mutations = Arc::new(mutations);
        let watch = Watch::new(self.memory.clone(), &mutations);
        let versions = match &self.inner.backend {
            Backend::Embedded(embedded) => {
                let witness = watch.witness();
                embedded.commit(mutations, Vec::new(), witness).await
            }
            Backend::Cloud(cloud) => self.settle(Box::pin(cloud.commit(&mutations, None)).await),
        };
        watch.settle(&versions);
        let versions = versions?;
        self.charge(cost);
        Ok(versions)
    }

    /// Charges what it took to find out what became of a commit.
    fn settle(&self, committed: cloud::Committed) -> Result<Vec<Version>, StoreError> {
        self.charge(Cost::reads(committed.reads));
        committed.versions
    }

    /// Copies the store, while it is in use, to a new file at `path`, and answers with it: open for reading and without its
    /// name, so that it is gone when it is closed. A copy is a store.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the file can't be written.
    pub async fn backup(&self, path: std::path::PathBuf) -> Result<std::fs::File, StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.backup(path).await,
            Backend::Cloud(_) => Err(StoreError::Unsupported(
                "A database in Google's cloud is copied with “dormouse copy”, or with Google's own export.",
            )),
        }
    }

    /// Looks at every entity and every index entry of the store, and says what doesn't fit together.
    /// Not metered: it is the floor's own repair tool, and reads the embedded file as such. In the cloud Google keeps the
    /// indexes, and nothing is looked at.
    ///
    /// # Errors
    /// The backend's own.
    pub async fn check_indexes(&self) -> Result<embedded::Findings, StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.check(),
            Backend::Cloud(_) => Ok(embedded::Findings::default()),
        }
    }
}

fn query_cost(shape: &Shape, results: usize) -> Cost {
    match shape {
        Shape::Entities => Cost::reads(results.max(1)),
        Shape::KeysOnly | Shape::Projection(_) => Cost {
            small: results as u64,
            ..Cost::reads(1)
        },
    }
}

fn commit_cost(mutations: &[Mutation]) -> Cost {
    let deletes = mutations.iter().filter(|m| m.entity().is_none()).count() as u64;
    Cost {
        writes: mutations.len() as u64 - deletes,
        deletes,
        ..Cost::default()
    }
}
