//! What a scheduler calls. Work is finished when the answer goes out.

mod clean;
mod refresh;

use axum::extract::FromRequestParts;
use axum::routing::get;
use http::request::Parts;
use http::{StatusCode, header};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::{Route, route};
use crate::app::AppState;

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("GET", "/cron/refresh", get(refresh::refresh)),
        route("GET", "/cron/daily", get(clean::daily)),
        route("GET", "/cron/sessions", get(clean::sessions)),
        route("GET", "/cron/sleepers", get(clean::sleepers)),
        route("GET", "/cron/orphans", get(clean::orphans)),
    ]
}

/// A caller who knows `CRON_SECRET`. Everybody else gets 403, and no work is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scheduler;

impl FromRequestParts<AppState> for Scheduler {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let sent = parts.headers.get(header::AUTHORIZATION);
        let sent = sent.and_then(|value| value.to_str().ok());
        let sent = sent.and_then(|value| value.strip_prefix("Bearer "));
        match (&app.config.server.cron_secret, sent) {
            // Digests are compared, so that time says nothing about the secret.
            (Some(secret), Some(sent)) if Sha256::digest(secret) == Sha256::digest(sent) => {
                Ok(Self)
            }
            (None, _) => Err(refused(
                "Set CRON_SECRET, and send it as “Authorization: Bearer …”.",
            )),
            _ => Err(refused(
                "Send the right CRON_SECRET as “Authorization: Bearer …”.",
            )),
        }
    }
}

fn refused(advice: &str) -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "not_the_scheduler",
        "Only the scheduler may call this",
        advice,
    )
}
