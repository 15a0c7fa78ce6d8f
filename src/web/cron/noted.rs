//! Notes what a job did, and what it cost, for the administrator.

use axum::Json;
use serde::Serialize;

use crate::app::App;
use crate::datastore::metered;
use crate::usage_log::jobs::{self, Run};
use crate::web::problem::HandlerResult;

/// Runs a job, and notes its run: one read and one write more. That this fails doesn't fail the job.
pub(super) async fn noted<T: Serialize>(
    app: &App,
    job: &str,
    work: impl Future<Output = HandlerResult<T>>,
) -> HandlerResult<Json<T>> {
    noted_if(app, job, work, |_| true).await
}

/// The same, where a run that did nothing isn't worth a write.
pub(super) async fn noted_if<T: Serialize>(
    app: &App,
    job: &str,
    work: impl Future<Output = HandlerResult<T>>,
    is_worth_it: impl FnOnce(&T) -> bool,
) -> HandlerResult<Json<T>> {
    let began = tokio::time::Instant::now();
    let at = app.clock.now().timestamp();
    let (answer, cost) = metered(work).await;
    // Jobs take minutes at most.
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or_default();
    let run = match &answer {
        Ok(done) if !is_worth_it(done) => None,
        Ok(done) => {
            let figures = serde_json::to_value(done).unwrap_or_default();
            Some(Run::of(at, millis, cost, &figures))
        }
        Err(problem) => {
            let run = Run::of(at, millis, cost, &serde_json::Value::Null);
            Some(run.failed(&problem.title))
        }
    };
    if let Some(run) = run
        && let Err(error) = jobs::note(&app.store, job, &run).await
    {
        tracing::warn!(%error, job, "a run isn’t noted");
    }
    answer.map(Json)
}
