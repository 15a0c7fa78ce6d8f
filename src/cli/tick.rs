//! `dormouse tick`

use super::{Context, done, print};
use crate::refresh::sweep::{Budget, tick};

/// Runs one tick. One that the lease declines isn't a failure: the report says when to try again.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /cron/refresh of that server")?;
    let budget = Budget {
        time: context.config.fetch.tick_time,
    };
    let report = tick(&context.fetching(store).await?, budget).await?;
    if let Some(until) = &report.declined_until {
        eprintln!("declined: the last tick is too recent, or still running; try again at {until}");
    }
    print(&serde_json::to_string(&report)?);
    done()
}
