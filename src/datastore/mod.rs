//! The storage layer: entities, keys, queries; nothing about feeds.
//!
//! It is modelled on Google Cloud Datastore, because that is what costs money: one [`Datastore`] stands above a closed
//! set of backends, enforces Google's [`rules`] and counts every billed operation on the [`meter`]. A backend
//! guarantees its callers:
//!
//! 1. **Atomic, durable commits.** When `commit` has returned, all of it survives a kill at any moment; when it failed
//!    with anything but [`StoreError::Unavailable`], none of it happened.
//! 2. **Serializable reads.** Lookups and queries see every commit that returned before they began, and no partial one.
//! 3. **Google's order.** Null, then integers and timestamps (as one), booleans, strings and blobs (as one, by bytes),
//!    doubles (-0 below 0, NaN last), keys. Ranges aren't bounded by type. Ties go by key, in the last order's
//!    direction.
//! 4. **One entry per element.** An array is found by any of its elements; ordered by, it appears once for each.
//! 5. **Indexes.** A query that needs a composite index which `index.yaml` doesn't have is refused.
//!
//! To add a guarantee, write it here and add a case to `tests/it/conformance`: without a case it is only a wish.

pub mod cache;
pub mod cloud;
mod commit_log;
mod conflict;
mod cursor;
mod deadline;
pub mod embedded;
mod error;
mod explained;
mod frozen;
mod index;
mod journey;
mod key;
mod kind;
pub mod meter;
mod mutation;
mod progress;
mod query;
pub mod rules;
mod transaction;
mod value;

use std::sync::Arc;

pub use cache::{Cache, Loaded, Region};
pub use commit_log::QueryLog;
pub use conflict::{Attempt, MAX_ATTEMPTS, pause_after_conflict};
pub(crate) use conflict::{in_turn, retry_on_conflict};
pub use cursor::Cursor;
pub use deadline::within;
pub use error::StoreError;
pub use explained::Explained;
pub use frozen::{frozen, is_frozen};
pub use index::{Choice, IndexColumn, IndexDefinition, IndexSet};
pub use journey::Journey;
pub use key::{Id, Key, PathElement};
pub use kind::Kind;
pub use meter::{Cost, Meter, metered};
pub use mutation::{Mutation, Version};
pub use progress::Progress;
pub use query::{Direction, Filter, IN_LIMIT, KEY, Order, Query, RESULT_LIMIT, RangeOp, Shape};
pub use transaction::Transaction;
pub use value::{Entity, Property, Value};

use crate::clock::Clock;
use crate::timestamp::Timestamp;
use cache::Watch;
use cloud::Cloud;
use embedded::Embedded;

/// An entity as read, with the version to base a change on.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The entity. From a projection: the key and the projected properties; from a keys-only query: the key.
    pub entity: Entity,
    /// Its version; 0 if only an index was read.
    pub version: Version,
}

/// One page of a query's results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In the query's order; at most its limit.
    pub rows: Vec<Stored>,
    /// Where to continue; `None` at the end of the results. A page that is full to the limit has one even at the end.
    pub next: Option<Cursor>,
}

/// The closed set of backends.
#[derive(Debug)]
enum Backend {
    Embedded(Embedded),
    Cloud(Box<Cloud>),
}

/// The store. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Datastore {
    inner: Arc<Inner>,
    cache: Option<Cache>,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    indexes: IndexSet,
    clock: Clock,
    total: Meter,
    query_log: Option<QueryLog>,
    journey: Option<Journey>,
    progress: Progress,
}

/// Why there is no backup.
const IN_CLOUD: &str =
    "A database in Google’s cloud is copied with “dormouse copy”, or with Google’s own export.";

impl Datastore {
    /// A store on an embedded backend, with the indexes that it was opened with.
    pub fn new(backend: Embedded, clock: Clock) -> Self {
        let inner = Inner {
            indexes: backend.indexes().clone(),
            backend: Backend::Embedded(backend),
            clock,
            total: Meter::default(),
            query_log: None,
            journey: None,
            progress: Progress::default(),
        };
        Self {
            inner: Arc::new(inner),
            cache: None,
        }
    }

    /// A store in Google's cloud, whose queries may use only these indexes.
    pub fn in_cloud(backend: Cloud, indexes: IndexSet, clock: Clock) -> Self {
        let inner = Inner {
            indexes,
            backend: Backend::Cloud(Box::new(backend)),
            clock,
            total: Meter::default(),
            query_log: None,
            journey: None,
            progress: Progress::default(),
        };
        Self {
            inner: Arc::new(inner),
            cache: None,
        }
    }

    /// The same store, which logs the form of every query from now on. Has no effect once the store was cloned.
    #[must_use]
    pub fn with_query_log(mut self, query_log: QueryLog) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.query_log = Some(query_log);
        }
        self
    }

    /// The same store in the cloud, whose long work tells how far it has come. Has no effect once the store was cloned, and on
    /// the embedded store, which has that among its options.
    #[must_use]
    pub fn telling(mut self, progress: Progress) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.progress = progress;
        }
        self
    }

    /// The same store, far away. Has no effect once the store was cloned.
    #[must_use]
    pub fn at_the_end_of(mut self, journey: Journey) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.journey = Some(journey);
        }
        self
    }

    async fn travel(&self) {
        if let Some(journey) = &self.inner.journey {
            journey.travel().await;
        }
    }

    /// The same store with a cache, which learns of every commit by this handle and its clones.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// This handle's cache, if it has one.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    fn room(&self, region: &'static Region) -> Option<(&Cache, &cache::CacheRegion)> {
        let cache = self.cache.as_ref()?;
        Some((cache, cache.room(region)?))
    }

    /// A value from the cache, or from `load`, which one of many callers runs. Without a cache, from `load`.
    ///
    /// # Errors
    /// The errors of `load`; nothing is cached then.
    pub async fn get_or_load<T: std::any::Any + Send + Sync>(
        &self,
        region: &'static Region,
        key: u128,
        load: impl Future<Output = Result<Loaded<T>, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        match self.room(region) {
            Some((cache, room)) => cache.get_or_load(room, key, load).await,
            None => load.await.map(|loaded| Arc::new(loaded.value)),
        }
    }

    /// The same for many keys at once, in no particular order; keys without a value are left out.
    ///
    /// # Errors
    /// The errors of `load`.
    pub async fn get_or_load_many<T, F, L>(
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
        if let Some((cache, room)) = self.room(region) {
            return cache.get_or_load_many(room, keys, load).await;
        }
        let loaded = load(keys.to_vec()).await?.into_iter();
        Ok(loaded
            .map(|(key, one)| (key, Arc::new(one.value)))
            .collect())
    }

    fn note(&self, query: &Query) {
        if let Some(query_log) = &self.inner.query_log {
            query_log.note(query);
        }
    }

    /// Opens what must be opened before the first call, if anything. Costs no operations.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it can't be opened.
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

    /// What time it is, by the clock that the store was opened with.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    fn charge(&self, cost: Cost) {
        self.inner.total.add(cost);
        meter::charge(cost);
    }

    /// Reads up to 1,000 entities by key, in the given order; `None` for each missing one.
    /// One read per key, found or missing.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if a key breaks the [`rules`]; [`StoreError::Unavailable`] if the store can't be
    /// reached; [`StoreError::Corrupt`] if an entity can't be decoded.
    pub async fn lookup(&self, keys: &[Key]) -> Result<Vec<Option<Stored>>, StoreError> {
        rules::check_lookup(keys)?;
        self.charge(Cost::reads(keys.len()));
        self.travel().await;
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.lookup(keys),
            Backend::Cloud(cloud) => Box::pin(cloud.lookup(keys, None)).await,
        }
    }

    /// Reads one entity; `None` if it doesn't exist. One read.
    ///
    /// # Errors
    /// The same as [`lookup`](Self::lookup).
    pub async fn get(&self, key: &Key) -> Result<Option<Stored>, StoreError> {
        let found = self.lookup(std::slice::from_ref(key)).await?;
        Ok(found.into_iter().next().flatten())
    }

    /// Runs a query and returns one page of results.
    ///
    /// # Errors
    /// [`StoreError::Invalid`], [`StoreError::MissingIndex`] or [`StoreError::BadCursor`] for the query; others if the
    /// backend fails.
    pub async fn run_query(&self, query: &Query) -> Result<Page, StoreError> {
        query.check()?;
        self.note(query);
        self.travel().await;
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

    /// What a query would be charged here, in reads, and how many results it has. It runs, and is charged.
    ///
    /// # Errors
    /// The same as [`run_query`](Self::run_query).
    pub async fn cost_of(&self, query: &Query) -> Result<(u64, usize), StoreError> {
        let rows = self.run_query(query).await?.rows.len();
        Ok((query_cost(&query.shape, rows).reads, rows))
    }

    /// Runs a query and returns what the store itself says about it; `None` if this store doesn't explain. The results are
    /// charged as ever.
    ///
    /// # Errors
    /// The same as [`run_query`](Self::run_query).
    pub async fn explain(&self, query: &Query) -> Result<Option<Explained>, StoreError> {
        query.check()?;
        let Backend::Cloud(cloud) = &self.inner.backend else {
            return Ok(None);
        };
        self.inner.indexes.choose(query)?;
        match Box::pin(cloud.explain(query)).await {
            // What the emulator doesn't know, it refuses.
            Err(StoreError::Invalid(_)) => Ok(None),
            Ok(Some(explained)) => {
                let rows = usize::try_from(explained.results).unwrap_or_default();
                self.charge(query_cost(&query.shape, rows));
                Ok(Some(explained))
            }
            other => other,
        }
    }

    /// Whether the data is in Google's cloud, or its emulator.
    pub fn is_cloud(&self) -> bool {
        matches!(self.inner.backend, Backend::Cloud(_))
    }

    /// Counts a query's results from its cursor on, up to its limit. One read per 1,000, at least one.
    ///
    /// # Errors
    /// The same as [`run_query`](Self::run_query).
    pub async fn count(&self, query: &Query) -> Result<u64, StoreError> {
        query.check()?;
        self.note(query);
        self.travel().await;
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

    /// Commits all the mutations durably, or none; returns each entity's version afterwards, in the same order.
    /// One write per entity, one delete per key.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if an insert finds its key taken; [`StoreError::NotFound`] if an update finds
    /// nothing; [`StoreError::Contention`] if a `base_version` isn't the stored one; [`StoreError::Invalid`] or
    /// [`StoreError::TooLarge`] if a mutation breaks the [`rules`]; [`StoreError::Unavailable`] if the store can't be
    /// reached.
    pub async fn commit(&self, mutations: Vec<Mutation>) -> Result<Vec<Version>, StoreError> {
        frozen::check()?;
        rules::check_commit(&mutations, &self.inner.indexes)?;
        let cost = commit_cost(&mutations);
        let mutations = Arc::new(mutations);
        self.travel().await;
        let watch = Watch::new(self.cache.clone(), &mutations);
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

    /// Charges the reads that it took to determine a commit's outcome.
    fn settle(&self, committed: cloud::Committed) -> Result<Vec<Version>, StoreError> {
        self.charge(Cost::reads(committed.reads));
        committed.versions
    }

    /// Whether other instances may use the same store.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.backend, Backend::Cloud(_))
    }

    /// Whether the data is in a file of ours, which [`backup`](Self::backup) can copy.
    pub fn has_file(&self) -> bool {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.has_folder(),
            Backend::Cloud(_) => false,
        }
    }

    /// Copies the store, while it is in use, to a new file `name` in its own folder, and returns that: open for reading
    /// and unlinked, so that it is gone when it is closed. A copy is a store.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file exists or can't be written; [`StoreError::Unsupported`] in the cloud
    /// and in memory, where there is no folder.
    pub async fn backup(&self, name: &str) -> Result<std::fs::File, StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.backup(name).await,
            Backend::Cloud(_) => Err(StoreError::Unsupported(IN_CLOUD)),
        }
    }

    /// Goes on with a backup into the file `unfinished`, or begins one: writes about so many bytes, and says how far it has come.
    /// With the last step the file is the store as it was at one moment of that step, and is called `whole`. A step that is
    /// killed is done anew by the next; between steps the store may change, and close.
    ///
    /// # Errors
    /// [`StoreError::Full`] and [`StoreError::Unavailable`] if the file can't be written; [`StoreError::Unsupported`] in the cloud
    /// and in memory, where there is no file.
    pub async fn backup_step(
        &self,
        unfinished: &std::path::Path,
        whole: &std::path::Path,
        bytes: u64,
    ) -> Result<embedded::BackupStep, StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => {
                let now = self.inner.clock.now().timestamp_micros();
                embedded.backup_step(unfinished, whole, bytes, now).await
            }
            Backend::Cloud(_) => Err(StoreError::Unsupported(IN_CLOUD)),
        }
    }

    /// Forgets what was noted for a backup that nobody goes on with; writes nothing if there is none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file can't be written.
    pub async fn end_backup(&self) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.end_backup().await,
            Backend::Cloud(_) => Ok(()),
        }
    }

    /// Writes the store's file anew without its gaps; returns its length in bytes before and after. In memory and in
    /// the cloud there is nothing to do.
    ///
    /// # Errors
    /// [`StoreError::Full`] if there is no room for a second file beside the reserve; the file stays as it was then.
    pub async fn compact(&self) -> Result<(u64, u64), StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.compact().await,
            Backend::Cloud(_) => Ok((0, 0)),
        }
    }

    /// The share of the store's file that holds nothing, 0 to 1.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file can't be read.
    pub async fn slack(&self) -> Result<f64, StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.slack().await,
            Backend::Cloud(_) => Ok(0.0),
        }
    }

    /// Whether the store is known to fail. Costs nothing while it works; after a failure that is some seconds past, one
    /// small commit to the file finds out. In the cloud always well: each request has its own answer.
    ///
    /// # Errors
    /// The failure.
    pub async fn health(&self) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.health().await,
            Backend::Cloud(_) => Ok(()),
        }
    }

    /// Whether there is room on the disk for so many bytes, with the reserve left over.
    ///
    /// # Errors
    /// [`StoreError::Full`] if there isn't.
    pub fn check_reserve(&self, bytes: u64) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.check_reserve(bytes),
            Backend::Cloud(_) => Ok(()),
        }
    }

    /// The length of the store's file in bytes; 0 in memory and in the cloud.
    pub fn file_bytes(&self) -> u64 {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.file_bytes(),
            Backend::Cloud(_) => 0,
        }
    }

    /// Whom long work on this store tells how far it has come.
    pub fn progress(&self) -> Progress {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.progress(),
            Backend::Cloud(_) => self.inner.progress.clone(),
        }
    }

    /// Writes every index entry of the store anew. In the cloud Google does that, and nothing is to do.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file can't be read or written; [`StoreError::Corrupt`] if an entity in it can't be
    /// decoded.
    pub async fn rebuild_indexes(&self) -> Result<(), StoreError> {
        match &self.inner.backend {
            Backend::Embedded(embedded) => embedded.rebuild_indexes().await,
            Backend::Cloud(_) => Ok(()),
        }
    }

    /// Checks every entity and every index entry of the store for inconsistencies.
    ///
    /// Not metered: it is the store's own repair tool, and reads the embedded file directly. In the cloud Google
    /// maintains the indexes, and nothing is checked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file can't be read; [`StoreError::Corrupt`] if an entity in it can't be
    /// decoded.
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
