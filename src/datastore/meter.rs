//! The meter: what Google would bill, counted in one place above every backend.
//!
//! Rules (Datastore pricing, 2026): a lookup is one read per key, found or missing; an ordinary query one read per
//! result, at least one; a keys-only or projection query one read, its results being small operations, which are free;
//! a count one read per 1,000 index entries, at least one; a mutation one write or one delete.

use std::fmt;
use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

/// Billed operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Cost {
    /// Entity reads.
    pub reads: u64,
    /// Small operations: free, but within a daily quota.
    pub small: u64,
    /// Entity writes.
    pub writes: u64,
    /// Entity deletes.
    pub deletes: u64,
}

impl Cost {
    /// The cost of this many reads.
    pub fn reads(reads: usize) -> Self {
        let reads = reads as u64;
        Self {
            reads,
            ..Self::default()
        }
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            reads: self.reads + other.reads,
            small: self.small + other.small,
            writes: self.writes + other.writes,
            deletes: self.deletes + other.deletes,
        }
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            reads: self.reads.saturating_sub(other.reads),
            small: self.small.saturating_sub(other.small),
            writes: self.writes.saturating_sub(other.writes),
            deletes: self.deletes.saturating_sub(other.deletes),
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            reads,
            small,
            writes,
            deletes,
        } = self;
        write!(
            out,
            "{reads} reads, {small} small, {writes} writes, {deletes} deletes"
        )
    }
}

/// A running sum of [`Cost`].
#[derive(Debug, Default)]
pub struct Meter {
    reads: AtomicU64,
    small: AtomicU64,
    writes: AtomicU64,
    deletes: AtomicU64,
    has_waited: AtomicBool,
}

impl Meter {
    /// Adds to the sum.
    pub fn add(&self, cost: Cost) {
        self.reads.fetch_add(cost.reads, Relaxed);
        self.small.fetch_add(cost.small, Relaxed);
        self.writes.fetch_add(cost.writes, Relaxed);
        self.deletes.fetch_add(cost.deletes, Relaxed);
    }

    /// The sum so far.
    pub fn total(&self) -> Cost {
        Cost {
            reads: self.reads.load(Relaxed),
            small: self.small.load(Relaxed),
            writes: self.writes.load(Relaxed),
            deletes: self.deletes.load(Relaxed),
        }
    }
}

tokio::task_local! {
    /// The meter of the running request, tick or command.
    static CURRENT: Arc<Meter>;
}

/// Runs `work` with its own meter and returns what it cost. The cost counts on the surrounding meter too.
pub async fn metered<F: Future>(work: F) -> (F::Output, Cost) {
    let meter = Arc::new(Meter::default());
    let output = CURRENT.scope(meter.clone(), work).await;
    let cost = meter.total();
    charge(cost);
    (output, cost)
}

/// What the current request, tick or command has cost so far; zero outside one.
pub fn current() -> Cost {
    CURRENT.try_with(|meter| meter.total()).unwrap_or_default()
}

/// Whether the current request hasn't waited for others' commits yet; from now on it has. False outside one.
pub(super) fn is_first_wait() -> bool {
    let waits = |meter: &Arc<Meter>| !meter.has_waited.swap(true, Relaxed);
    CURRENT.try_with(waits).unwrap_or_default()
}

/// Charges the current meter, if there is one.
pub(super) fn charge(cost: Cost) {
    // Outside a metered scope only the store's own total counts.
    let _ = CURRENT.try_with(|meter| meter.add(cost));
}
