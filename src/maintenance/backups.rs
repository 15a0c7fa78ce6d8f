//! Backups of the embedded store: one a day, in steps, of which the newest stay.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde::Serialize;

use super::Budget;
use crate::datastore::{Datastore, StoreError};
use crate::timestamp::Timestamp;

/// What comes before the day in a backup's name, and after it.
const NAME: (&str, &str) = ("dormouse-", ".redb");
/// What a backup is called until it is whole.
const UNFINISHED: &str = "dormouse.redb.unfinished";

/// Bytes of one step: some tenths of a second, in which readers go on.
const STEP_BYTES: u64 = 8 * 1_024 * 1_024;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// The file that is whole now; `None` if there is one of today already, more steps are needed, or it failed.
    pub taken: Option<String>,
    /// Whether nothing is left to do. If not, the next call goes on, also that of another day.
    pub finished: bool,
    /// Bytes that were written.
    pub bytes: u64,
    /// Older ones that were removed.
    pub removed: Vec<String>,
    /// Why it failed, for the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Goes on with the backup that is unfinished in a folder, or begins one unless there is one of today, within a budget; with
/// the last step, removes all but the newest `keep`.
///
/// A backup has its name only when it is whole and on the disk. It is what the store was at the last step, and named after that
/// step's day.
pub async fn take(
    store: &Datastore,
    folder: &Path,
    keep: usize,
    now: Timestamp,
    budget: &mut Budget,
) -> Backup {
    let mut done = Backup::default();
    if let Err(error) = write(store, folder, keep, now, budget, &mut done).await {
        tracing::error!(%error, folder = %folder.display(), "the backup failed");
        done.error = Some(error.to_string());
    }
    done
}

/// Whether a backup was begun in a folder, and isn't whole yet.
pub fn is_begun(folder: &Path) -> bool {
    folder.join(UNFINISHED).exists()
}

async fn write(
    store: &Datastore,
    folder: &Path,
    keep: usize,
    now: Timestamp,
    budget: &mut Budget,
    done: &mut Backup,
) -> Result<(), StoreError> {
    let failed =
        |error: io::Error| StoreError::Unavailable(format!("{}: {error}", folder.display()));
    let mut maker = fs::DirBuilder::new();
    maker.recursive(true).mode(0o700);
    maker.create(folder).map_err(failed)?;
    let name = format!("{}{}{}", NAME.0, now.format("%Y-%m-%d"), NAME.1);
    let mut all = found(folder).map_err(failed)?;
    if all.contains(&name) {
        // One that was whole, and of which the store didn't hear.
        if !is_begun(folder) {
            store.end_backup().await?;
        }
    } else {
        let (unfinished, whole) = (folder.join(UNFINISHED), folder.join(&name));
        // One step at least, so that every call gets further.
        loop {
            let step = store.backup_step(&unfinished, &whole, STEP_BYTES).await?;
            done.bytes += step.bytes;
            if step.finished {
                break;
            }
            // Where nothing was written, another call is at it.
            if step.bytes == 0 || !budget.step() {
                return Ok(());
            }
        }
        all.push(name.clone());
        done.taken = Some(name);
    }
    done.finished = true;
    // By name is by day.
    all.sort_unstable();
    let extra = all.len().saturating_sub(keep);
    for name in all.drain(..extra) {
        fs::remove_file(folder.join(&name)).map_err(failed)?;
        done.removed.push(name);
    }
    Ok(())
}

/// The names of a folder's backups.
fn found(folder: &Path) -> io::Result<Vec<String>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else { continue };
        let day = name.strip_prefix(NAME.0);
        let day = day.and_then(|rest| rest.strip_suffix(NAME.1));
        let is_day = |day: &str| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok();
        if day.is_some_and(is_day) {
            all.push(name.to_owned());
        }
    }
    Ok(all)
}
