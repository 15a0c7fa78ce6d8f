//! `GET /cron/daily`, and the three jobs that it is made of: `/cron/sessions`, `/cron/sleepers`, `/cron/orphans`.

use axum::Json;
use axum::extract::State;

use super::Scheduler;
use crate::app::{App, AppState};
use crate::cleaning::{Budget, Daily, Report, daily as all, orphans, sessions, sleepers};
use crate::web::problem::Answer;

/// As long as a tick may work: the same scheduler waits for both.
fn budget(app: &App) -> Budget {
    Budget::of(app.config.fetch.tick_time)
}

pub(super) async fn daily(_: Scheduler, State(app): State<AppState>) -> Answer<Json<Daily>> {
    Ok(Json(all(&app.store, &app.clock, budget(&app)).await?))
}

pub(super) async fn sessions(
    _: Scheduler,
    State(app): State<AppState>,
) -> Answer<Json<Report<sessions::Done>>> {
    let report = sessions::clean(&app.store, &app.clock, &mut budget(&app)).await?;
    Ok(Json(report))
}

pub(super) async fn sleepers(
    _: Scheduler,
    State(app): State<AppState>,
) -> Answer<Json<Report<sleepers::Done>>> {
    let report = sleepers::clean(&app.store, &app.clock, &mut budget(&app)).await?;
    Ok(Json(report))
}

pub(super) async fn orphans(
    _: Scheduler,
    State(app): State<AppState>,
) -> Answer<Json<Report<orphans::Done>>> {
    let report = orphans::clean(&app.store, &app.clock, &mut budget(&app)).await?;
    Ok(Json(report))
}
