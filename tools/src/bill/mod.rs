//! Estimates the monthly cost: simulates one day of the real service with an in-memory store, a test clock, and
//! generated publishers and readers, then applies the price list to the measured usage.
//!
//! | module | contents |
//! |---|---|
//! | `town` | publishers: documents, validators, icons |
//! | `actor` | a reader's browser: its state and requests |
//! | `phone` | a reader's phone: what its app knows and asks for |
//! | `readers` | readers: when they visit, what they open and mark |
//! | `storage` | what Google counts as stored, index entries included |
//! | `stage` | the service, feeds and readers at the start of the day |
//! | `day` | the day: ticks, clean-ups and readers' requests in chronological order |
//! | `report` | from usage to invoices, and how each term grows |

mod actor;
mod day;
mod phone;
mod readers;
mod report;
mod stage;
mod storage;
mod town;

pub use day::{Day, play};
pub use report::{BOUNDS, Curve, Report, Sample, curve, report, sample};
pub use stage::PlayError;

use dormouse::tooling::pricing::Platform;

use crate::simulate::Mixture;

/// With more readers than this, a sample of [`SAMPLE`] readers and their share of the feeds is simulated.
pub const MOST_READERS: u32 = 10_000;
/// Number of readers in a sample.
pub const SAMPLE: u32 = 1_000;

/// What to estimate.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Settings {
    /// Number of readers.
    pub users: u32,
    /// Feeds per reader.
    pub feeds_per_user: u32,
    /// Distinct feeds across all readers.
    pub distinct_feeds: u32,
    /// Region of the database.
    pub region: String,
    /// Platform that the service runs on.
    pub platform: Platform,
    /// Mixture of feeds.
    pub mixture: Mixture,
    /// Visits per reader and day.
    pub visits: u32,
    /// Articles opened per visit.
    pub opened: u32,
    /// How many of a hundred readers have a phone, too, whose app syncs every half hour by day.
    pub programs: u32,
    /// How many of a hundred readers have a device that takes the newest 50 unread along.
    pub packs: u32,
    /// How many of a hundred visits have a search.
    pub searches: u32,
    /// Cache size in MiB; 0 turns the cache off.
    pub cache_mb: u64,
    /// Random seed.
    pub seed: u64,
}
