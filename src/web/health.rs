//! `GET /healthz`: the process is there. It touches nothing, so that asking costs nothing and wakes nobody.
//!
//! `GET /health` says the same: Cloud Run keeps some addresses that end in z to itself.

use axum::routing::get;

use super::{Route, route};

/// Where it is asked.
pub(super) const PATHS: [&str; 2] = ["/healthz", "/health"];

pub(super) fn routes() -> Vec<Route> {
    PATHS
        .iter()
        .map(|path| route("GET", path, get(healthz)))
        .collect()
}

pub(super) async fn healthz() -> &'static str {
    "ok\n"
}
