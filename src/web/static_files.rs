//! Serves the static files.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;

use super::assets::{self, assets};
use super::problem::Problem;
use super::{Route, route};

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
    ]
}

async fn favicon() -> axum::response::Redirect {
    axum::response::Redirect::temporary(&assets().favicon)
}

/// All pages are private.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
