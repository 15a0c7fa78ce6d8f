//! `dormouse tick`

use super::{Context, done, print};
use crate::app::{secret_key, secrets};
use crate::datastore::Datastore;
use crate::random::Random;
use crate::refresh::context::RefreshContext;
use crate::refresh::in_flight::InFlight;
use crate::refresh::sweep::{Budget, tick};
use crate::usage_log::Tally;

/// Runs one tick. One that the lease declines isn't a failure: the report says when to try again.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /cron/refresh of that server")?;
    let config = &context.config;
    let context = fetching(context, &store).await?;
    let budget = Budget {
        time: config.fetch.tick_time,
    };
    let report = tick(&context, budget).await?;
    if let Some(until) = &report.declined_until {
        eprintln!("declined: the last tick is too recent, or still running; try again at {until}");
    }
    print(&serde_json::to_string(&report)?);
    done()
}

/// What a command fetches with.
pub(super) async fn fetching(
    context: &Context,
    store: &Datastore,
) -> anyhow::Result<RefreshContext> {
    let config = &context.config;
    let secrets = secrets(config, &context.clock);
    let secret = secret_key(config, &secrets, store, &Random::System).await?;
    Ok(RefreshContext::new(
        store.clone(),
        context.clock.clone(),
        &config.fetch,
        config.server.base_url.as_ref(),
        Some(&secret),
        InFlight::default(),
        Tally::default(),
    )?)
}
