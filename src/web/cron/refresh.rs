//! `GET /cron/refresh`: one tick.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Scheduler;
use crate::app::AppState;
use crate::maintenance::{self, hubs};
use crate::refresh::sweep::{Budget, Report, tick};
use crate::web::problem::Answer;

/// Steps that hubs may take of a tick's time: what one question brings.
const HUB_STEPS: u32 = 21;

/// What a call did.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    #[serde(flatten)]
    report: Report,
    /// Hubs that were asked to push.
    #[serde(skip_serializing_if = "Option::is_none")]
    hubs: Option<maintenance::Report<hubs::Done>>,
}

/// Sweeps until everybody due was asked or the time is over, and answers with what was done.
///
/// What is new may name a hub, which is then asked at once, in what is left of the time: one read more where there was news.
pub(super) async fn refresh(_: Scheduler, State(app): State<AppState>) -> Answer<Json<Done>> {
    let budget = Budget {
        time: app.config.fetch.tick_time,
    };
    let mut for_hubs = maintenance::Budget::of(budget.time).with_steps(HUB_STEPS);
    let tools = app.tools()?;
    let report = tick(&tools, budget).await?;
    app.news.note(app.clock.now(), &report.news);
    app.latch.close_until(report.quiet_until);
    let hubs = match &app.callbacks {
        Some(callbacks) if report.articles > 0 => {
            Some(hubs::clean(&tools, callbacks, &mut for_hubs).await?)
        }
        _ => None,
    };
    Ok(Json(Done { report, hubs }))
}
