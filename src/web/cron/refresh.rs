//! `GET /cron/refresh`: one tick.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Scheduler;
use super::noted::noted_if;
use crate::app::AppState;
use crate::config::Backups;
use crate::maintenance::backups::{self, Backup};
use crate::maintenance::{self, hubs};
use crate::refresh::sweep::{Budget, Report, tick};
use crate::web::due_letters as due;
use crate::web::problem::HandlerResult;

/// Maximum maintenance steps for hubs within a tick: one query, and a step for each of the 20 feeds that it returns.
const HUB_STEPS: u32 = 21;

/// What a call did.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    #[serde(flatten)]
    report: Report,
    /// The subscriptions requested from hubs.
    #[serde(skip_serializing_if = "Option::is_none")]
    hubs: Option<maintenance::Report<hubs::Done>>,
    /// The editions and digests that were sent; only with a mail relay.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<due::Report>,
    /// A step of the backup that a daily call has begun; only while that isn't whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<Backup>,
}

/// Sweeps until all due feeds are checked or the time is over, and reports what was done.
///
/// New articles may come with a new hub, from which a subscription is requested at once, in the time left: one more
/// read if there are new articles. What it did is noted: one read and one write.
pub(super) async fn refresh(
    _: Scheduler,
    State(app): State<AppState>,
) -> HandlerResult<Json<Done>> {
    let work = async {
        let budget = Budget {
            time: app.config.fetch.tick_time,
        };
        let mut for_hubs = maintenance::Budget::of(budget.time).with_steps(HUB_STEPS);
        let mut for_backup = maintenance::Budget::of(budget.time);
        let context = app.refresh_context()?;
        let report = tick(&context, budget).await?;
        app.recent_arrivals.note(app.clock.now(), &report.arrivals);
        app.gate.close_until(report.quiet_until);
        let hubs = match &app.callbacks {
            Some(callbacks) if report.articles > 0 => {
                Some(hubs::clean(&context, callbacks, &mut for_hubs).await?)
            }
            _ => None,
        };
        // The feeds are fresh by now, and editions of those who wait are whole.
        let mail = match &app.mailer {
            Some(_) => Some(Box::pin(due::serve(&app)).await?),
            None => None,
        };
        let backup = match &app.config.store.backups {
            Some(Backups { folder, keep }) if backups::is_begun(folder) => {
                let now = app.clock.now();
                Some(backups::take(&app.store, folder, *keep, now, &mut for_backup).await)
            }
            _ => None,
        };
        Ok(Done {
            report,
            hubs,
            mail,
            backup,
        })
    };
    // A call that came too early did nothing.
    let did = |done: &Done| done.report.declined_until.is_none() || done.backup.is_some();
    noted_if(&app, "refresh", Box::pin(work), did).await
}
