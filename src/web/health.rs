//! `GET /healthz`: the process is running. The check doesn't use the store, so it costs nothing.
//!
//! `GET /health` is the same, because Cloud Run reserves some paths that end in z.

use axum::routing::get;

use super::{Route, route};

/// The paths of the check.
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
