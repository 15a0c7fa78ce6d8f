//! The routes that a scheduler calls. The work is finished before the response is sent.

mod clean;
mod noted;
mod refresh;
mod scheduler;

use axum::routing::get;
use scheduler::Scheduler;

use super::{Route, route};

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("GET", "/cron/refresh", get(refresh::refresh)),
        route("GET", "/cron/daily", get(clean::daily)),
        route("GET", "/cron/sessions", get(clean::sessions)),
        route("GET", "/cron/sleepers", get(clean::sleepers)),
        route("GET", "/cron/orphans", get(clean::orphans)),
        route("GET", "/cron/accounts", get(clean::accounts)),
        route("GET", "/cron/audit", get(clean::audit)),
        route("GET", "/cron/hubs", get(clean::hubs)),
    ]
}
