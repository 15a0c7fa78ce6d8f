//! `GET /cron/refresh`: one tick.

use axum::Json;
use axum::extract::State;

use super::Scheduler;
use crate::app::AppState;
use crate::clock::minute_of;
use crate::fetch::tick::{Budget, Report, tick};
use crate::web::problem::Answer;

/// Sweeps until everybody due was asked or the time is over, and answers with what was done.
pub(super) async fn refresh(_: Scheduler, State(app): State<AppState>) -> Answer<Json<Report>> {
    let budget = Budget {
        time: app.config.fetch.tick_time,
    };
    let report = tick(&app.tools()?, budget).await?;
    app.news.note(app.clock.now(), &report.news);
    if report.finished {
        app.be_quiet_until(minute_of(app.clock.now()) + 5);
    }
    Ok(Json(report))
}
