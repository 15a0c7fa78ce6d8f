//! The Google Reader API, as its clients use it today: `/accounts/ClientLogin` and `/reader/…`, and both below `/api/greader.php`.
//!
//! Liberal in what it takes, exact in what it gives; `docs/apps.md` has what each client needs. The password is an API token, and the
//! token of the protocol (`T`) is given out but not asked for: no form of another site can send an `Authorization` header.

mod atom;
mod caller;
mod contents;
mod edit;
mod icon;
mod ids;
pub(super) mod item;
mod lists;
mod names;
mod question;
mod subscriptions;

use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub(super) use edit::clear;

use super::{Route, route};
use crate::random::hex;
use crate::web::edge::Tag;
use crate::web::problem::{HandlerResult, Problem};

/// Where the API is found by programs that expect FreshRSS.
pub(super) const ALIAS: &str = "/api/greader.php";

/// What stands before the stream in a path.
const STREAMS: [&str; 2] = ["/reader/api/0/stream/contents/", "/reader/atom/"];
/// The stream that is meant where none is named in a path.
const EVERYTHING: &str = "/reader/atom/user/-/state/com.google/reading-list";

/// A path of the protocol, without a slash at its end; that of a stream stays, as addresses of feeds may end so.
pub(super) fn without_slash(path: &str) -> &str {
    if !path.starts_with("/reader/") && !path.starts_with("/accounts/") {
        return path;
    }
    let bare = path.trim_end_matches('/');
    match bare {
        "/reader/atom" => EVERYTHING,
        _ if STREAMS.iter().any(|start| bare.starts_with(start)) => path,
        _ => bare,
    }
}

/// Maximum bytes of an OPML file.
const UPLOAD_BYTES: usize = 10 * 1_024 * 1_024 + 1;

pub(super) fn routes() -> Vec<Route> {
    let upload = DefaultBodyLimit::max(UPLOAD_BYTES);
    let both = "GET, POST";
    vec![
        route(
            both,
            "/accounts/ClientLogin",
            get(caller::login).post(caller::login),
        ),
        route(
            both,
            "/reader/api/0/token",
            get(caller::token).post(caller::token),
        ),
        route(
            both,
            "/reader/api/0/user-info",
            get(lists::user_info).post(lists::user_info),
        ),
        route(
            both,
            "/reader/api/0/tag/list",
            get(lists::tags).post(lists::tags),
        ),
        route(
            both,
            "/reader/api/0/subscription/list",
            get(lists::subscriptions).post(lists::subscriptions),
        ),
        route(
            both,
            "/reader/api/0/unread-count",
            get(lists::unread_count).post(lists::unread_count),
        ),
        route(
            both,
            "/reader/api/0/preference/list",
            get(lists::preferences).post(lists::preferences),
        ),
        route(
            both,
            "/reader/api/0/preference/stream/list",
            get(lists::stream_preferences).post(lists::stream_preferences),
        ),
        route(
            both,
            "/reader/api/0/friend/list",
            get(lists::friends).post(lists::friends),
        ),
        route(
            both,
            "/reader/api/0/stream/items/ids",
            get(ids::list).post(ids::list),
        ),
        route(
            both,
            "/reader/api/0/stream/items/count",
            get(ids::count).post(ids::count),
        ),
        route(
            both,
            "/reader/api/0/stream/items/contents",
            get(contents::by_id).post(contents::by_id),
        ),
        route(
            both,
            "/reader/api/0/stream/contents",
            get(contents::all).post(contents::all),
        ),
        route(
            both,
            "/reader/api/0/stream/contents/{*stream}",
            get(contents::of_stream).post(contents::of_stream),
        ),
        route(
            both,
            "/reader/atom/{*stream}",
            get(contents::atom).post(contents::atom),
        ),
        route("POST", "/reader/api/0/edit-tag", post(edit::edit_tag)),
        route(
            "POST",
            "/reader/api/0/mark-all-as-read",
            post(edit::mark_all),
        ),
        route("POST", "/reader/api/0/rename-tag", post(edit::rename_tag)),
        route("POST", "/reader/api/0/disable-tag", post(edit::disable_tag)),
        route(
            both,
            "/reader/api/0/subscribed",
            get(subscriptions::subscribed).post(subscriptions::subscribed),
        ),
        route(
            "POST",
            "/reader/api/0/subscription/edit",
            post(subscriptions::edit),
        ),
        route(
            both,
            "/reader/api/0/subscription/quickadd",
            get(subscriptions::quickadd).post(subscriptions::quickadd),
        ),
        route(
            both,
            "/reader/api/0/subscription/export",
            get(subscriptions::export).post(subscriptions::export),
        ),
        route(
            "POST",
            "/reader/api/0/subscription/import",
            post(subscriptions::import).layer(upload),
        ),
        route("GET", "/reader/icon/{name}", get(icon::show)),
    ]
}

/// A text, as clients compare it: byte for byte.
fn plain(text: impl Into<String>) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text.into()).into_response()
}

/// The answer to every change.
fn ok() -> Response {
    plain("OK")
}

/// An answer as JSON.
fn json(answer: &impl Serialize) -> HandlerResult<Response> {
    let text = serde_json::to_string(answer).map_err(|error| Problem::internal(&error))?;
    Ok(text_json(text))
}

fn text_json(text: String) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// The same for an answer that clients keep: nothing but its tag if they have it.
fn tagged_json(request: &http::HeaderMap, answer: &impl Serialize) -> HandlerResult<Response> {
    let text = serde_json::to_string(answer).map_err(|error| Problem::internal(&error))?;
    let print = hex(&Sha256::digest(&text)[..12]);
    let tag = Tag::weak(&print);
    if tag.is_known(request) {
        return Ok((StatusCode::NOT_MODIFIED, tag.header()).into_response());
    }
    Ok((tag.header(), text_json(text)).into_response())
}
