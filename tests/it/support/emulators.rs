//! Google's emulators, as started by `tests/emulators.sh`.

use dormouse::clock::Clock;
use dormouse::datastore::cloud::{Address, Cloud};
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::google::{Credentials, Tokens};
use dormouse::random::Random;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emulator {
    /// The Firestore emulator in Datastore mode.
    Firestore,
    /// The older Datastore emulator, which requires indexes.
    Legacy,
}

impl Emulator {
    /// Its address; `None` if it wasn't started, which fails under CI.
    pub(crate) fn host(self) -> Option<String> {
        let name = match self {
            Self::Firestore => "TEST_DATASTORE_EMULATOR",
            Self::Legacy => "TEST_LEGACY_EMULATOR",
        };
        let host = variable(name);
        assert!(
            host.is_some() || variable("CI").is_none(),
            "{name} isn't set: run the tests with `make unit`, which starts the emulators"
        );
        host
    }

    /// An empty database of its own.
    pub(crate) fn store(self, indexes: IndexSet, clock: Clock) -> Datastore {
        let host = self.host().expect("an emulator");
        self.database(&host, &fresh_project(), indexes, clock)
    }

    /// The database of a project, through `host`: the emulator itself, or a proxy in front of it.
    pub(crate) fn database(
        self,
        host: &str,
        project: &str,
        indexes: IndexSet,
        clock: Clock,
    ) -> Datastore {
        let address = Address {
            project: project.to_owned(),
            database: String::new(),
            emulator: Some(host.to_owned()),
        };
        let tokens = Tokens::new(Credentials::Anonymous, clock.clone());
        let cloud = Cloud::new(address, tokens, Random::System).expect("an address");
        Datastore::in_cloud(cloud, indexes, clock)
    }
}

/// A unique project name: the emulator isolates projects.
pub(crate) fn fresh_project() -> String {
    format!("t{}", Random::System.hex::<8>())
}

/// The emulator's address from the environment.
#[expect(
    clippy::disallowed_methods,
    reason = "a test may ask where it runs; the product asks its settings"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
