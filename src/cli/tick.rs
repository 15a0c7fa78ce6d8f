//! `dormouse tick`

use super::{Context, done, print};
use crate::client::http::Web;
use crate::refresh::context::RefreshContext;
use crate::refresh::in_flight::Courtesy;
use crate::refresh::sweep::{Budget, tick};

/// One tick. Where the lease declines it, that is no failure: the report says from when a tick is of use.
pub(super) async fn run(context: &Context) -> anyhow::Result<std::process::ExitCode> {
    let store = context.store("GET /cron/refresh of that server")?;
    let config = &context.config;
    let contact = config.fetch.contact(config.server.base_url.as_ref());
    let courtesy = Courtesy::default();
    let tools = RefreshContext {
        tally: crate::usage_log::Tally::default(),
        store,
        web: Web::new(config.fetch.allow_private, &contact)?
            .named_by(config.fetch.name_server)?
            .in_turn(courtesy.turns(), config.fetch.host_spacing),
        clock: context.clock.clone(),
        courtesy,
    };
    let budget = Budget {
        time: config.fetch.tick_time,
    };
    let report = tick(&tools, budget).await?;
    if let Some(until) = &report.declined_until {
        eprintln!("declined: the last tick is too recent, or still at work; try again at {until}");
    }
    print(&serde_json::to_string(&report)?);
    done()
}
