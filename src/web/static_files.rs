//! Serves the static files.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::Datelike;
use http::{HeaderMap, StatusCode, header};

use super::assets::{self, assets};
use super::edge::{Tag, takes};
use super::problem::Problem;
use super::{Route, route};
use crate::app::AppState;

/// One file, packed as the browser likes it. The address of another version returns the current file, which isn't cached.
pub(crate) async fn file(
    Path((asked, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = assets::FILES.iter().find(|file| file.path == path);
    let file = found.ok_or_else(Problem::not_found)?;
    let kind = match path.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        Some((_, "png")) => "image/png",
        _ => "application/octet-stream",
    };
    let keep = if asked == assets::version() {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let (packing, bytes) = match () {
        // Packed by itself.
        () if kind == "image/png" => (None, file.bytes),
        () if takes(&headers, "zstd") => (Some("zstd"), file.zstd),
        () if takes(&headers, "br") => (Some("br"), file.brotli),
        () => (None, file.bytes),
    };
    // What one address has changes with all files' version.
    let print = assets::version();
    let tag = match packing {
        Some(packing) => Tag::of_packed(print, packing),
        // Those who take neither have it packed as it is sent.
        None => Tag::weak(print),
    };
    let known = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, keep),
        (header::VARY, "accept-encoding"),
    ];
    if tag.is_known(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, known, tag.header()).into_response());
    }
    let packing = packing.map(|name| [(header::CONTENT_ENCODING, name)]);
    Ok((known, tag.header(), packing, bytes).into_response())
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("GET", "/static/{version}/{*path}", get(file)),
        // The same for pages that an edge serves, below the one path that it is told of.
        route("GET", "/s/static/{version}/{*path}", get(file)),
        route("GET", "/favicon.ico", get(favicon)),
        route("GET", "/manifest.webmanifest", get(async || manifest())),
        route("GET", "/sw.js", get(async || worker())),
        route("GET", "/robots.txt", get(robots)),
        route("GET", "/.well-known/security.txt", get(security)),
    ]
}

/// What a device needs to put Dormouse among its apps, and to share pages with it.
fn manifest() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    let text = include_str!("../../static/manifest.webmanifest");
    (headers, text).into_response()
}

/// What answers pages on the device. At the root, as a worker answers only what is below it; and for a day, so that a page
/// wakes nobody to ask whether it has changed.
fn worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; connect-src 'self'",
        ),
    ];
    (headers, include_str!("../../static/sw.js")).into_response()
}

/// The files at the root that need no store: they are answered while it isn't open yet. `None` for every other path.
pub(super) fn at_root(path: &str) -> Option<Response> {
    match path {
        "/manifest.webmanifest" => Some(manifest()),
        "/sw.js" => Some(worker()),
        _ => None,
    }
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
