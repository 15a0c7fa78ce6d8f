//! What the scheduled jobs did at their last runs, and what that cost.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Administrator;
use crate::app::AppState;
use crate::timestamp::{Timestamp, from_second};
use crate::usage_log::jobs::{JOBS, Run, runs};
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{AdminTab, JobRow, JobRuns, JobsPage};
use crate::web::words::{self, msg, t, told};

/// One read for each job, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
) -> HandlerResult<Response> {
    let frame = admin.frame(&app, t("admin-jobs")).await?;
    let all = runs(&app.store, &JOBS).await?;
    let now = admin.0.now;
    let jobs = JOBS.into_iter().zip(all).map(|(job, runs)| {
        let (name, about) = said(job);
        JobRuns {
            name,
            about,
            path: format!("/cron/{job}"),
            runs: runs.iter().map(|run| row(job, Some(run), now)).collect(),
        }
    });
    let page = JobsPage {
        frame,
        tab: AdminTab::Jobs,
        has_scheduler: app.config.cron.has_scheduler(),
        jobs: jobs.collect(),
    };
    Ok(Html(page).into_response())
}

/// A job's name, and what it does.
fn said(job: &str) -> (&'static str, &'static str) {
    match job {
        "refresh" => (t("job-refresh"), t("job-refresh-about")),
        "daily" => (t("job-daily"), t("job-daily-about")),
        "sessions" => (t("job-sessions"), t("job-sessions-about")),
        "sleepers" => (t("job-sleepers"), t("job-sleepers-about")),
        "orphans" => (t("job-orphans"), t("job-orphans-about")),
        "hubs" => (t("job-hubs"), t("job-hubs-about")),
        "accounts" => (t("job-accounts"), t("job-accounts-about")),
        _ => (t("job-audit"), t("job-audit-about")),
    }
}

/// A run in words; of a job that never ran, its name.
pub(super) fn row(job: &str, run: Option<&Run>, now: Timestamp) -> JobRow {
    let (name, _) = said(job);
    let Some(run) = run else {
        return JobRow {
            name,
            result: t("jobs-never").to_owned(),
            ..JobRow::default()
        };
    };
    let at = from_second(run.at);
    let result = match &run.error {
        Some(error) => told(error).into_owned(),
        None => did(run),
    };
    JobRow {
        name,
        when: words::age(at, now),
        exact: words::day_and_time(at),
        result,
        has_failed: run.error.is_some(),
        took: took(run.millis),
        reads: words::thousands(run.reads),
        writes: words::thousands(run.writes),
        deletes: words::thousands(run.deletes),
    }
}

/// "6.2 s".
fn took(millis: u64) -> String {
    let tenths = (millis + 50) / 100;
    let text = format!("{}.{}", tenths / 10, tenths % 10);
    msg("jobs-seconds").text("n", text).into()
}

/// What a run did, the most telling figures first.
fn did(run: &Run) -> String {
    let figure = |name: &str| {
        // A job alone, or as part of the daily one.
        let alone = run.did.get(name.rsplit('.').next().unwrap_or(name));
        run.did.get(name).or(alone).copied().filter(|n| *n > 0)
    };
    let said = [
        ("fetched", "did-fetched"),
        ("articles", "did-articles"),
        ("failed", "did-failed"),
        ("orphans.feeds", "did-feeds"),
        ("leavers.accounts", "did-accounts"),
        ("leavers.removed", "did-removed"),
        ("sessions.deleted", "did-sessions"),
        ("sleepers.fell_asleep", "did-slept"),
        ("hubs.asked", "did-hubs"),
        ("audit.lines", "did-lines"),
        ("icons.icons", "did-icons"),
        ("words.articles", "did-words"),
    ];
    let parts = said.into_iter().filter_map(|(name, message)| {
        let text: String = msg(message).number("n", figure(name)?).into();
        Some(text)
    });
    let mut parts: Vec<String> = parts.take(3).collect();
    if parts.is_empty() {
        parts.push(t("did-nothing").to_owned());
    }
    if !run.finished {
        parts.push(t("did-goes-on").to_owned());
    }
    parts.join(", ")
}
