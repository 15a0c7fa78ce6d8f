//! `GET /cron/daily`, and six of its jobs alone: `/cron/sessions`, `/cron/sleepers`, `/cron/orphans`, `/cron/accounts`, `/cron/audit`,
//! `/cron/hubs`.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;

use super::Scheduler;
use super::noted::noted;
use crate::app::{App, AppState};
use crate::config::Backups;
use crate::maintenance::backups::{self, Backup};
use crate::maintenance::{
    Budget, Daily, Report, audit, daily as all, hubs, leavers, orphans, sessions, sleepers,
};
use crate::web::problem::HandlerResult;

/// The time of a tick, since the same scheduler waits for both.
fn budget(app: &App) -> Budget {
    Budget::of(app.config.fetch.tick_time)
}

/// What the daily call did.
#[derive(Debug, Serialize)]
pub(super) struct Day {
    #[serde(flatten)]
    cleaned: Daily,
    hubs: Report<hubs::Done>,
    /// `null` where none is wanted. One that isn't finished is gone on with by the next calls of the scheduler, whichever.
    backup: Option<Backup>,
}

/// All of it. 500 if the backup failed, with the same answer: whoever calls is told, and nothing else was left undone.
pub(super) async fn daily(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<(StatusCode, Json<Day>)> {
    let work = async {
        let mut budget = budget(&app);
        let cleaned = all(&app.store, &app.clock, budget).await;
        // The hubs' subscriptions are renewed even if the clean-up failed.
        let hubs = renew(&app, &mut budget).await?;
        let mut cleaned = cleaned?;
        cleaned.finished &= hubs.finished;
        cleaned.cost = cleaned.cost + hubs.cost;
        // Last, so that it has what the clean-up left.
        let backup = match &app.config.store.backups {
            Some(Backups { folder, keep }) => {
                let now = app.clock.now();
                Some(backups::take(&app.store, folder, *keep, now, &mut budget).await)
            }
            None => {
                app.store.end_backup().await?;
                None
            }
        };
        cleaned.finished &= backup.as_ref().is_none_or(|done| done.finished);
        Ok(Day {
            cleaned,
            hubs,
            backup,
        })
    };
    let Json(day) = noted(&app, "daily", Box::pin(work)).await?;
    let status = match day.backup.as_ref().is_some_and(|done| done.error.is_some()) {
        true => StatusCode::INTERNAL_SERVER_ERROR,
        false => StatusCode::OK,
    };
    Ok((status, Json(day)))
}

/// Requests subscriptions from hubs. Finished at once if this installation has no callbacks.
async fn renew(app: &App, budget: &mut Budget) -> HandlerResult<Report<hubs::Done>> {
    match &app.callbacks {
        Some(callbacks) => Ok(hubs::clean(&app.refresh_context()?, callbacks, budget).await?),
        None => Ok(Report {
            finished: true,
            ..Report::default()
        }),
    }
}

pub(super) async fn hubs(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Report<hubs::Done>>> {
    let work = async { renew(&app, &mut budget(&app)).await };
    noted(&app, "hubs", Box::pin(work)).await
}

pub(super) async fn sessions(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Report<sessions::Done>>> {
    let work = async { Ok(sessions::clean(&app.store, &app.clock, &mut budget(&app)).await?) };
    noted(&app, "sessions", Box::pin(work)).await
}

pub(super) async fn sleepers(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Report<sleepers::Done>>> {
    let work = async { Ok(sleepers::clean(&app.store, &app.clock, &mut budget(&app)).await?) };
    noted(&app, "sleepers", Box::pin(work)).await
}

pub(super) async fn orphans(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Report<orphans::Done>>> {
    let work = async { Ok(orphans::clean(&app.store, &app.clock, &mut budget(&app)).await?) };
    noted(&app, "orphans", Box::pin(work)).await
}

pub(super) async fn accounts(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Report<leavers::Done>>> {
    let work = async { Ok(leavers::clean(&app.store, &app.clock, &mut budget(&app)).await?) };
    noted(&app, "accounts", Box::pin(work)).await
}

pub(super) async fn audit(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Report<audit::Done>>> {
    let work = async { Ok(audit::clean(&app.store, &app.clock, &mut budget(&app)).await?) };
    noted(&app, "audit", Box::pin(work)).await
}
