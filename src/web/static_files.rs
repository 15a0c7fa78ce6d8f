//! Serves the static files.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::Datelike;
use http::header;

use super::assets::{self, assets};
use super::problem::Problem;
use super::{Route, route};
use crate::app::AppState;

/// One file. The address of another version returns the current file, which isn't cached.
pub(crate) async fn file(Path((asked, path)): Path<(String, String)>) -> Result<Response, Problem> {
    let found = assets::FILES.iter().find(|(name, _)| *name == path);
    let (_, bytes) = found.ok_or_else(Problem::not_found)?;
    let kind = match path.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let keep = if asked == assets::version() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)],
        *bytes,
    )
        .into_response())
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("GET", "/static/{version}/{*path}", get(file)),
        route("GET", "/favicon.ico", get(favicon)),
        route("GET", "/robots.txt", get(robots)),
        route("GET", "/.well-known/security.txt", get(security)),
    ]
}

async fn favicon() -> axum::response::Redirect {
    axum::response::Redirect::temporary(&assets().favicon)
}

/// All pages are private.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// Whom to tell of a hole (RFC 9116): the contact that publishers get. It ends with the next year, as the RFC wants an end.
async fn security(State(app): State<AppState>) -> String {
    let contact = app.config.fetch.contact(Some(&app.base_url));
    let next_year = app.clock.now().year() + 1;
    format!("Contact: {contact}\nExpires: {next_year}-12-31T23:59:59Z\nPreferred-Languages: en\n")
}
