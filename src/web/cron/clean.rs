//! `GET /cron/daily`, and four of its jobs alone: `/cron/sessions`, `/cron/sleepers`, `/cron/orphans`, `/cron/hubs`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Scheduler;
use crate::app::{App, AppState};
use crate::maintenance::{Budget, Daily, Report, daily as all, hubs, orphans, sessions, sleepers};
use crate::web::problem::Answer;

/// As long as a tick may work: the same scheduler waits for both.
fn budget(app: &App) -> Budget {
    Budget::of(app.config.fetch.tick_time)
}

/// What the daily call did.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    #[serde(flatten)]
    cleaned: Daily,
    hubs: Report<hubs::Done>,
}

pub(super) async fn daily(_: Scheduler, State(app): State<AppState>) -> Answer<Json<Day>> {
    let mut budget = budget(&app);
    let cleaned = all(&app.store, &app.clock, budget).await;
    // Each has its turn, whatever became of the ones before.
    let hubs = renew(&app, &mut budget).await?;
    let mut cleaned = cleaned?;
    cleaned.finished &= hubs.finished;
    cleaned.cost = cleaned.cost + hubs.cost;
    Ok(Json(Day { cleaned, hubs }))
}

/// Asks hubs, if any is to be asked by this installation; else nothing is left to do.
async fn renew(app: &App, budget: &mut Budget) -> Answer<Report<hubs::Done>> {
    match &app.callbacks {
        Some(callbacks) => Ok(hubs::clean(&app.tools()?, callbacks, budget).await?),
        None => Ok(Report {
            finished: true,
            ..Report::default()
        }),
    }
}

pub(super) async fn hubs(
    _: Scheduler,
    State(app): State<AppState>,
) -> Answer<Json<Report<hubs::Done>>> {
    Ok(Json(renew(&app, &mut budget(&app)).await?))
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
