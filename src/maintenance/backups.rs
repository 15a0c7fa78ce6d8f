//! Backups of the embedded store: one a day, of which the newest stay.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use serde::Serialize;

use crate::datastore::{Datastore, StoreError};
use crate::timestamp::Timestamp;

/// What comes before the day in a backup's name, and after it.
const NAME: (&str, &str) = ("dormouse-", ".redb");
/// What a backup is called until it is whole.
const UNFINISHED: &str = "dormouse.redb.unfinished";

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// The file that was written; `None` if there is one of today already, or it failed.
    pub taken: Option<String>,
    /// Its length in bytes.
    pub bytes: u64,
    /// Older ones that were removed.
    pub removed: Vec<String>,
    /// Why it failed, for the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Writes a backup into a folder unless there is one of today, and then removes all but the newest `keep`.
///
/// A backup has its name only when it is whole and on the disk; what an earlier call left unfinished is written anew.
pub async fn take(store: &Datastore, folder: &Path, keep: usize, now: Timestamp) -> Backup {
    let mut done = Backup::default();
    if let Err(error) = write(store, folder, keep, now, &mut done).await {
        tracing::error!(%error, folder = %folder.display(), "the backup failed");
        done.error = Some(error.to_string());
    }
    done
}

async fn write(
    store: &Datastore,
    folder: &Path,
    keep: usize,
    now: Timestamp,
    done: &mut Backup,
) -> Result<(), StoreError> {
    let failed =
        |error: io::Error| StoreError::Unavailable(format!("{}: {error}", folder.display()));
    let mut maker = fs::DirBuilder::new();
    maker.recursive(true).mode(0o700);
    maker.create(folder).map_err(failed)?;
    let name = format!("{}{}{}", NAME.0, now.format("%Y-%m-%d"), NAME.1);
    let mut all = found(folder).map_err(failed)?;
    if !all.contains(&name) {
        let unfinished = folder.join(UNFINISHED);
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        done.bytes = store.backup_into(&unfinished).await?;
        fs::rename(&unfinished, folder.join(&name)).map_err(failed)?;
        let folder = fs::File::open(folder).map_err(failed)?;
        folder.sync_all().map_err(failed)?;
        all.push(name.clone());
        done.taken = Some(name);
    }
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
