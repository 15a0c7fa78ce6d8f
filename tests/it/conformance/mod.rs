//! The contract of every store backend, one case per guarantee.
//!
//! A case states what Google does, as measured on its emulator, and runs on every backend. It is a plain `async fn` whose
//! name is the guarantee; it gets an empty store and may change it freely.
//!
//! **To add a case**, write `pub(super) async fn promise(store: &Datastore)` in the file of its topic and list it in
//! `cases.rs`; an unlisted one is dead code, and dead code fails the build. One that needs a store with indexes or a clock
//! of its own takes a [`Backend`] instead and is listed under `backends`. If it queries, see that `index.yaml` beside this
//! file has the index.
//!
//! **To add a backend**, add a variant to [`Backend`], say in [`Backend::open`] how to get an empty store, and add a line
//! `name => Backend::Variant` to the lists in `cases.rs`. The `optimistic` list is only for backends whose transactions
//! never block; tests of the embedded store's files (`durability`, `backups`, `soundness`) aren't generated per
//! backend.
//!
//! Two guarantees are our own and stricter than the emulator: composite indexes are required (it has none), and a few
//! query forms that it accepts are rejected (each case says so).

mod absence;
mod arrays;
mod backups;
mod commits;
mod cursors;
mod durability;
mod expiry;
mod filters;
mod indexes;
mod judges;
mod keys;
mod limits;
mod lookups;
mod metering;
mod model;
mod orders;
mod projections;
mod random_commits;
mod random_queries;
mod snapshots;
mod soundness;
mod support;
mod transactions;
mod values;

use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet};

use crate::support::Emulator;

/// The backends under test.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Backend {
    Embedded,
    /// Our cloud backend against Google's Firestore emulator.
    Firestore,
    /// Our cloud backend against Google's older emulator, which requires indexes.
    Legacy,
}

impl Backend {
    /// An empty store with these indexes, going by this clock.
    async fn open(self, indexes: IndexSet, clock: Clock) -> Datastore {
        match self {
            Self::Embedded => Datastore::new(Embedded::in_memory(indexes).expect("memory"), clock),
            Self::Firestore => Emulator::Firestore.store(indexes, clock),
            Self::Legacy => Emulator::Legacy.store(indexes, clock),
        }
    }

    /// Whether a case can run: the emulator is available, and the case isn't on its skip list.
    fn judges(self, topic: &str, case: &str) -> bool {
        let (emulator, exempt) = match self {
            Self::Embedded => return true,
            Self::Firestore => (Emulator::Firestore, judges::NOT_FIRESTORE),
            Self::Legacy => (Emulator::Legacy, judges::NOT_LEGACY),
        };
        let name = format!("{topic}::{case}");
        !exempt.iter().any(|(exempt, _)| *exempt == name) && emulator.host().is_some()
    }

    /// An empty store with the suite's own indexes.
    async fn fresh(self) -> Datastore {
        self.open(support::indexes(), Clock::System).await
    }
}

/// Generates each case for each backend: `conformance::<backend>::<topic>::<case>`.
macro_rules! conformance {
    ($($name:ident => $backend:expr),+; $kind:ident $topics:tt) => {
        $(mod $name {
            use super::Backend;
            stamp! { $backend; $kind $topics }
        })+
    };
}

macro_rules! stamp {
    ($backend:expr; stores { $($topic:ident [$($case:ident),+ $(,)?])+ }) => {
        $(mod $topic {
            use super::Backend;
            $(#[tokio::test]
            async fn $case() {
                if $backend.judges(stringify!($topic), stringify!($case)) {
                    let store = $backend.fresh().await;
                    crate::conformance::$topic::$case(&store).await;
                }
            })+
        })+
    };
    ($backend:expr; backends { $($topic:ident [$($case:ident),+ $(,)?])+ }) => {
        $(mod $topic {
            use super::Backend;
            $(#[tokio::test]
            async fn $case() {
                if $backend.judges(stringify!($topic), stringify!($case)) {
                    crate::conformance::$topic::$case($backend).await;
                }
            })+
        })+
    };
}

mod cases;
