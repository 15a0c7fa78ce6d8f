//! Google's emulators, where `tests/emulators.sh` has started them.

use dormouse::clock::Clock;
use dormouse::datastore::cloud::{Address, Cloud};
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::google::{Credentials, Tokens};
use dormouse::random::Chance;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emulator {
    /// The Firestore emulator in Datastore mode.
    Firestore,
    /// The older Datastore emulator, which insists on indexes.
    Legacy,
}

impl Emulator {
    /// Where it listens; `None` where it wasn't started, which under CI is a failure.
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

    /// The database of a project, by way of `host`: the emulator itself, or a proxy before it.
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
        let cloud = Cloud::new(address, tokens, Chance::System).expect("an address");
        Datastore::in_cloud(cloud, indexes, clock)
    }
}

/// A name that no other test has: the emulator keeps projects apart.
pub(crate) fn fresh_project() -> String {
    format!("t{}", Chance::System.hex::<8>())
}

/// What the environment says.
#[expect(
    clippy::disallowed_methods,
    reason = "a test may ask where it runs; the product asks its settings"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
