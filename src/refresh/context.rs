//! What refreshing works with.

use super::in_flight::Courtesy;
use crate::client::http::Web;
use crate::clock::Clock;
use crate::datastore::Datastore;
use crate::usage_log::Tally;

/// What a batch works with.
#[derive(Clone, Debug)]
pub struct RefreshContext {
    /// The store.
    pub store: Datastore,
    /// The way out.
    pub web: Web,
    /// The time.
    pub clock: Clock,
    /// Who is being asked by other callers of this instance.
    pub courtesy: Courtesy,
    /// What this instance's requests have cost since the last tick.
    pub tally: Tally,
}
