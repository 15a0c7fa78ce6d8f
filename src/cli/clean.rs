//! `dormouse clean`

use serde::Serialize;

use super::{Context, done, print};
use crate::config::Backups;
use crate::maintenance::backups::{self, Backup};
use crate::maintenance::{Budget, Daily, daily};

/// What is printed.
#[derive(Debug, Serialize)]
struct Day {
    #[serde(flatten)]
    cleaned: Daily,
    /// `null` where none is wanted.
    backup: Option<Backup>,
}

/// Runs the clean-ups of `/cron/daily`, for machines without a scheduler that calls it. A backup is taken to its end: nobody
/// else would go on with it.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /cron/daily of that server")?;
    let budget = Budget::of(context.config.fetch.tick_time);
    let cleaned = daily(&store, &context.clock, budget).await?;
    context.line.wipe();
    if !cleaned.finished {
        eprintln!("the time was over before everything was done; run it again to go on");
    }
    let backup = match &context.config.store.backups {
        Some(Backups { folder, keep }) => {
            let now = context.clock.now();
            Some(backups::take(&store, folder, *keep, now, &mut Budget::endless()).await)
        }
        None => {
            store.end_backup().await?;
            None
        }
    };
    context.line.wipe();
    let day = Day { cleaned, backup };
    print(&serde_json::to_string(&day)?);
    match day.backup.and_then(|backup| backup.error) {
        Some(error) => anyhow::bail!("the backup failed: {error}"),
        None => done(),
    }
}
