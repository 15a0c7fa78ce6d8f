//! `dormouse clean`

use super::{Context, done, print};
use crate::config::Backups;
use crate::maintenance::{Budget, backups, daily};

/// Runs the clean-ups of `/cron/daily`, for machines without a scheduler that calls it.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /cron/daily of that server")?;
    let budget = Budget::of(context.config.fetch.tick_time);
    let report = daily(&store, &context.clock, budget).await?;
    if !report.finished {
        eprintln!("the time was over before everything was done; run it again to go on");
    }
    print(&serde_json::to_string(&report)?);
    let Some(Backups { folder, keep }) = &context.config.store.backups else {
        return done();
    };
    let backup = backups::take(&store, folder, *keep, context.clock.now()).await;
    print(&serde_json::to_string(&backup)?);
    match &backup.error {
        Some(error) => anyhow::bail!("the backup failed: {error}"),
        None => done(),
    }
}
