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
use crate::shelf::house::{self, HouseError};
use crate::timestamp::minute_of;
use crate::users::audit::By;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};

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
    /// The file of the house list; `null` where it has none, or was read within the day.
    house: Option<HouseRead>,
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
        let house = read_house(&app).await?;
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
            house,
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

/// What reading the file of the house list did.
#[derive(Debug, Serialize)]
struct HouseRead {
    added: usize,
    removed: usize,
    /// Why it couldn't be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Minutes after which the file of the house list is read again: less than a day, so that each day's call does.
const HOUSE_MINUTES: i64 = 20 * 60;

/// Reads the file of the house list, if it has one: one read if not, otherwise one conditional request, two reads and two writes at
/// most. That it can't be read fails nothing: the administrator's page says it.
async fn read_house(app: &App) -> HandlerResult<Option<HouseRead>> {
    let house = house::store::cached(&app.store).await?;
    let minute = minute_of(app.clock.now());
    let is_due = |source: &&house::Source| {
        source
            .read
            .is_none_or(|read| !(0..HOUSE_MINUTES).contains(&(minute - read)))
    };
    let Some(source) = house.source.as_ref().filter(is_due) else {
        return Ok(None);
    };
    let by = (By::CleanUp, None, source.address.as_str());
    let line = security::line(app, Event::HouseRead, None, by);
    let context = app.refresh_context()?;
    match Box::pin(house::source::read(&context, |_| Some(line.clone()))).await {
        Ok(changed) => Ok(changed.map(|changed| HouseRead {
            added: changed.added,
            removed: changed.removed,
            error: None,
        })),
        Err(HouseError::Store(error)) => Err(error.into()),
        Err(error) => Ok(Some(HouseRead {
            added: 0,
            removed: 0,
            error: Some(error.to_string()),
        })),
    }
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
