//! The files that pages are made of, compiled in, under an address that changes when any of them does.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::view::Assets;
use super::{Route, route};
use crate::chance::hex;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_bytes!(concat!("../../static/", $path)).as_slice())),*]
    };
}

/// Path below `/static/HASH/`, and contents.
static FILES: &[(&str, &[u8])] = &files!(
    "app.css",
    "favicon.svg",
    "icons.svg",
    "js/counts.js",
    "js/fulltext.js",
    "js/help.js",
    "js/import.js",
    "js/keys.js",
    "js/lines.js",
    "js/main.js",
    "js/marks.js",
    "js/notices.js",
    "js/open.js",
    "js/pulse.js",
    "js/rail.js",
    "js/stars.js",
    "js/steps.js",
    "js/waking.js",
);

fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut hash = Sha256::new();
        for (path, bytes) in FILES {
            hash.update(path);
            hash.update(bytes);
        }
        hex(&hash.finalize()[..6])
    })
}

/// The addresses that pages print.
pub fn assets() -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let at = |path: &str| format!("/static/{}/{path}", version());
        Assets {
            css: at("app.css"),
            js: at("js/main.js"),
            icons: at("icons.svg"),
            favicon: at("favicon.svg"),
        }
    })
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("GET", "/static/{version}/{*path}", get(file)),
        route("GET", "/favicon.ico", get(favicon)),
        route("GET", "/robots.txt", get(robots)),
    ]
}

/// One file. An address of another version is answered with what there is now, and isn't kept.
pub(super) async fn file(Path((asked, path)): Path<(String, String)>) -> Result<Response, Problem> {
    let found = FILES.iter().find(|(name, _)| *name == path);
    let (_, bytes) = found.ok_or_else(Problem::not_found)?;
    let kind = match path.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let keep = if asked == version() {
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

async fn favicon() -> axum::response::Redirect {
    axum::response::Redirect::temporary(&assets().favicon)
}

/// Everything here is somebody's own.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
