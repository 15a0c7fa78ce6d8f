//! The administration at a glance.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Administrator;
use super::audit::newest;
use super::costs;
use super::feeds::{Reach, Seen, look, row};
use super::jobs::row as job_row;
use crate::app::AppState;
use crate::pricing::Prices;
use crate::refresh::record;
use crate::timestamp::Timestamp;
use crate::usage_log::jobs::{Run, runs};
use crate::users::{day_of, listing};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{AdminPage, AdminTab};
use crate::web::words::{self, msg, t, thousands};

/// The jobs that are shown.
const SHOWN: [&str; 3] = ["refresh", "daily", "hubs"];
/// Seconds after which a job that should have run is late.
const LATE: [(&str, i64); 2] = [("refresh", 3 * 60 * 60), ("daily", 26 * 60 * 60)];
/// Feeds in trouble that are shown.
const TROUBLED: usize = 5;
/// Lines of the audit log that are shown.
const LINES: u32 = 6;
/// How far it looks for feeds.
const REACH: Reach = Reach {
    feeds: 1_000,
    looks: 5,
    enough: usize::MAX,
};

/// Four reads for the jobs, two for costs, one for accounts, up to six for the audit log with as many for the accounts in it, and one
/// for each thousand feeds up to five, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
) -> HandlerResult<Response> {
    let frame = admin.frame(&app, t("admin-title")).await?;
    let now = admin.0.now;
    let all = runs(&app.store, &SHOWN).await?;
    // Open pages refresh, too: then the scheduler's call comes too early, and is no run.
    let swept = record::last_sweep(&app.store).await?;
    let (jobs_said, is_well) = verdict(app.config.cron.has_scheduler(), &all, swept, now);
    let days = costs::days(&app).await?;
    let prices = Prices::ours().map_err(|error| Problem::internal(&error))?;
    let today = now.timestamp().div_euclid(24 * 60 * 60);
    let people = listing::search(&app.store, None, |_| true).await?;
    let seen = look(&app, None, REACH, |_, _| true).await?;
    let readers = words::count(people.cards.len() as u64, "count-reader");
    let page = AdminPage {
        frame,
        tab: AdminTab::Overview,
        jobs_said,
        is_well,
        sentence: sentence(&seen, readers),
        forecast: costs::forecast(&days, today, &prices, "us-central1"),
        jobs: SHOWN
            .iter()
            .zip(&all)
            .map(|(job, runs)| job_row(job, runs.first(), now))
            .collect(),
        trouble: seen
            .found
            .iter()
            .filter(|head| head.summary.is_troubled())
            .take(TROUBLED)
            .map(row)
            .collect(),
        quotas: costs::quota_rows(costs::this_day(&days, today).total(), prices.free_quota()),
        readers: people_said(&people, day_of(now)),
        lines: newest(&app, LINES, now).await?,
    };
    Ok(Html(page).into_response())
}

/// Whether the jobs run as they should, in words. `swept` is the minute at which the last sweep began, whoever asked for it.
fn verdict(
    has_scheduler: bool,
    all: &[Vec<Run>],
    swept: Option<i64>,
    now: Timestamp,
) -> (String, bool) {
    let last = |job: &str| {
        let place = SHOWN.iter().position(|shown| *shown == job)?;
        all.get(place)?.first()
    };
    for job in SHOWN {
        if let Some(run) = last(job).filter(|run| run.error.is_some()) {
            let name = job_row(job, Some(run), now).name;
            return (msg("admin-job-failed").text("job", name).into(), false);
        }
    }
    if !has_scheduler {
        return (t("admin-no-scheduler").to_owned(), true);
    }
    for (job, late) in LATE {
        let at = last(job).map(|run| run.at);
        let at = match job {
            "refresh" => at.max(swept.map(|minute| minute * 60)),
            _ => at,
        };
        let age = at.map(|at| now.timestamp() - at);
        if age.is_none_or(|age| age > late) {
            let name = job_row(job, None, now).name;
            let said = match at {
                Some(_) => msg("admin-job-late").text("job", name),
                None => msg("admin-job-never").text("job", name),
            };
            return (said.into(), false);
        }
    }
    (t("admin-jobs-well").to_owned(), true)
}

/// "38 readers follow 1,204 feeds; 7 are in trouble."
fn sentence(seen: &Seen, readers: String) -> String {
    let followed = seen
        .found
        .iter()
        .filter(|head| head.summary.subscribers > 0);
    let troubled = seen.found.iter().filter(|head| head.summary.is_troubled());
    let mut feeds = words::count(followed.count() as u64, "count-feed");
    if seen.next.is_some() {
        feeds.push('+');
    }
    let name = match troubled.clone().count() {
        0 => "admin-sentence-well",
        _ => "admin-sentence",
    };
    msg(name)
        .text("readers", readers)
        .text("feeds", feeds)
        .number("n", troubled.count() as u64)
        .into()
}

/// How many accounts there are, and in which state.
fn people_said(people: &listing::Page, today: i64) -> Vec<String> {
    let count = |fits: fn(&crate::users::card::Facts, i64) -> bool| {
        let those = people.cards.iter().filter(|card| fits(&card.facts, today));
        those.count() as u64
    };
    let active = count(|facts, today| today - facts.last_seen_day < 7);
    let admins = count(|facts, _| facts.admin);
    let disabled = count(|facts, _| facts.disabled.is_some());
    let leaving = count(|facts, _| facts.leaving.is_some());
    let mut all = vec![
        msg("admin-accounts")
            .number("n", people.cards.len() as u64)
            .text("active", thousands(active))
            .to_string(),
        words::count(admins, "admin-count-admins"),
    ];
    if disabled > 0 {
        all.push(words::count(disabled, "admin-count-disabled"));
    }
    if leaving > 0 {
        all.push(words::count(leaving, "admin-count-leaving"));
    }
    all
}
