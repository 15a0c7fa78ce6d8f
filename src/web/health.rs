//! `GET /healthz`: the process is running, and its store isn't known to fail.
//!
//! The check doesn't use a store that works, so it costs nothing. `GET /health` is the same, because Cloud Run reserves
//! some paths that end in z.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};

use super::{Route, route};
use crate::app::AppState;
use crate::datastore::{Datastore, StoreError};

/// The paths of the check.
pub(super) const PATHS: [&str; 2] = ["/healthz", "/health"];

pub(super) fn routes() -> Vec<Route> {
    let check = |State(app): State<AppState>| async move { healthz(&app.store).await };
    PATHS
        .iter()
        .map(|path| route("GET", path, get(check)))
        .collect()
}

/// `ok`; or 503 with a line that says why.
pub(super) async fn healthz(store: &Datastore) -> Response {
    let why = match store.health().await {
        Ok(()) => return "ok\n".into_response(),
        Err(StoreError::Full(_)) => "the disk is full: changes can’t be kept\n",
        Err(StoreError::Damaged(_)) => "the store’s file is damaged: see the log\n",
        Err(_) => "the store can’t be read or written: see the log\n",
    };
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, why).into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    response
}
