//! What a month would cost: the real service over a store in memory, on a clock of its own, with publishers and readers that
//! are made up; a day of them is played, and reckoned out with the price list.
//!
//! | part | what it is |
//! |---|---|
//! | `town` | publishers: documents, validators, icons |
//! | `readers` | readers: when they come, what they open and mark |
//! | `storage` | what Google counts as stored, index entries included |
//! | `stage` | the service, feeds and readers as they are in the morning |
//! | `day` | the day: ticks, clean-ups and readers' requests in their order |
//! | `report` | from what was used to invoices, and how each term grows |

mod actor;
mod day;
mod readers;
mod report;
mod stage;
mod storage;
mod town;

pub use day::{Day, play};
pub use report::{BOUNDS, Curve, Report, curve, report, sample};
pub use stage::PlayError;

use dormouse::tooling::pricing::Platform;

use crate::simulate::Mixture;

/// Above so many readers a sample of them is played, with its share of the feeds.
pub const MOST_READERS: u32 = 10_000;
/// Readers of such a sample.
pub const SAMPLE: u32 = 1_000;

/// What to reckon.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Settings {
    /// Readers.
    pub users: u32,
    /// Feeds of each.
    pub feeds_per_user: u32,
    /// Different feeds among all readers.
    pub distinct_feeds: u32,
    /// Where the database is.
    pub region: String,
    /// Where the service runs.
    pub platform: Platform,
    /// Which feeds.
    pub mixture: Mixture,
    /// How often each reader comes in a day.
    pub visits: u32,
    /// Articles that he opens each time.
    pub opened: u32,
    /// MiB that the instance remembers; 0 to see what remembering saves.
    pub cache_mb: u64,
    /// Where chance begins.
    pub seed: u64,
}
