//! How much everything that is stored takes, for `STORE_MAX_MB`.
//!
//! The sweep's record has the sum of all feeds' texts, counted once a day from their summaries; what instances store
//! meanwhile is added when they save the record. What an instance that never sweeps has stored is missing until the next
//! count. Nothing of this happens without the setting.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

use serde::{Deserialize, Serialize};
use tokio::time::{Duration, Instant};

use crate::datastore::{Datastore, StoreError};
use crate::feeds;

/// Feeds on a page of a count: one read.
const FEEDS_A_PAGE: u32 = 1_000;
/// How long a count may take; what takes longer is counted at the next call, and the old number holds until then.
const COUNT_TIME: Duration = Duration::from_secs(10);

/// The bytes of all articles' texts, about, as the record has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredBytes {
    /// Bytes.
    pub(super) bytes: i64,
    /// The day on which they were counted, in days since 1970.
    pub(super) day: i64,
}

/// What this instance knows of it. Cheap to clone; clones share their state.
#[derive(Clone, Debug, Default)]
pub struct Stored(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// As read from the record; 0 before that.
    recorded: AtomicI64,
    /// Whether it was read, 0 or 1.
    is_read: AtomicI64,
    /// Stored by this instance since it last saved the record.
    added: AtomicI64,
}

impl Stored {
    /// Notes that texts of so many bytes were stored; less than 0 for removed.
    pub(super) fn grew(&self, bytes: i64) {
        self.0.added.fetch_add(bytes, Relaxed);
    }

    /// The bytes that are stored; `None` if the record wasn't read yet.
    pub(super) fn bytes(&self) -> Option<u64> {
        let sum = self.0.recorded.load(Relaxed) + self.0.added.load(Relaxed);
        (self.0.is_read.load(Relaxed) == 1).then(|| u64::try_from(sum).unwrap_or_default())
    }

    /// Notes what the record says.
    pub(super) fn learn(&self, recorded: StoredBytes) {
        self.0.recorded.store(recorded.bytes, Relaxed);
        self.0.is_read.store(1, Relaxed);
    }

    /// What the record doesn't have yet.
    pub(super) fn take_added(&self) -> i64 {
        self.0.added.swap(0, Relaxed)
    }
}

/// Counts all feeds' texts; `None` if that takes too long. One read per 1,000 feeds.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub(super) async fn count(store: &Datastore) -> Result<Option<i64>, StoreError> {
    let deadline = Instant::now() + COUNT_TIME;
    let mut bytes: i64 = 0;
    let mut cursor = None;
    loop {
        let (heads, next) = feeds::store::all_heads(store, cursor, FEEDS_A_PAGE).await?;
        for head in heads {
            bytes = bytes.saturating_add_unsigned(head.summary.bytes);
        }
        match next {
            None => return Ok(Some(bytes)),
            Some(_) if Instant::now() >= deadline => return Ok(None),
            next => cursor = next,
        }
    }
}
