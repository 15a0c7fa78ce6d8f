//! `/api/v1`: the shelf for programs, authenticated by bearer token. Errors are JSON with a stable `code`.

mod articles;
mod bulk;
mod call;
mod chapters;
mod costs;
mod counts;
mod digest;
mod document;
mod edition;
mod footprint;
mod garden;
mod insights;
mod journal;
mod journal_files;
mod kept;
mod kept_list;
mod looking;
mod opml;
mod packs;
mod plan;
mod preferences;
mod rule;
mod rules;
mod search;
mod searches;
mod services;
mod shares;
mod stars;
mod subscriptions;
mod sync;
mod tagged;
mod tokens;
mod webhooks;

use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use call::{Call, group};
use http::request::Parts;
use http::{Method, StatusCode, header};
use serde_json::Value;

use super::problem::Problem;
use super::request_log::RequestUser;
use super::security::{self, Event};
use super::{Route, by_token, client_address};
use crate::app::AppState;
use crate::config::Quota;
use crate::ids::UserId;
use crate::shelf::{self, Shelf};
use crate::users::token::{self, Owner, Scope};
use crate::users::{self, User};

/// Maximum bytes of an OPML file in a request's body, plus one.
const UPLOAD_BYTES: usize = 10 * 1_024 * 1_024 + 1;

pub(super) fn routes() -> Vec<Route> {
    let route = |call: Call| {
        let is_read = call.method == Method::GET;
        Route {
            methods: match call.method.as_str() {
                "POST" => "POST",
                "PUT" => "PUT",
                "PATCH" => "PATCH",
                "DELETE" => "DELETE",
                _ => "GET",
            },
            path: call.path,
            handler: match is_read {
                true => call.handler.layer(axum::middleware::from_fn(tagged::layer)),
                false => call.handler,
            },
        }
    };
    calls().into_iter().map(route).collect()
}

/// All calls, as the document has them.
fn calls() -> Vec<Call> {
    let own = call::get("/api/v1/openapi.json", show_document, "This document")
        .openly()
        .gives_kind("application/json");
    let parts = [
        ("Subscriptions", subscriptions::calls()),
        ("Subscriptions", looking::calls()),
        ("Subscriptions", plan::calls()),
        ("Sync", sync::calls()),
        ("Articles", articles::calls()),
        ("Articles", chapters::calls()),
        ("Search", search::calls()),
        ("Search", searches::calls()),
        ("Rules", rules::calls()),
        ("Marks", bulk::calls()),
        ("Stars", stars::calls()),
        ("Kept", kept::calls()),
        ("Kept", kept_list::calls()),
        ("Edition and digest", edition::calls()),
        ("Edition and digest", digest::calls()),
        ("The journal", journal::calls()),
        ("The journal", journal_files::calls()),
        ("The journal", insights::calls()),
        ("The journal", footprint::calls()),
        ("Feeds and folders", garden::calls()),
        ("Feeds and folders", packs::calls()),
        ("Preferences", preferences::calls()),
        ("Services", services::calls()),
        ("Shared pages", shares::calls()),
        ("Webhooks", webhooks::calls()),
        ("Tokens", tokens::calls()),
        ("Counts", counts::calls()),
        ("OPML", opml::calls()),
        ("The document", vec![own]),
    ];
    let parts = parts.into_iter();
    parts.flat_map(|(name, calls)| group(name, calls)).collect()
}

static DOCUMENT: LazyLock<(Value, Bytes)> = LazyLock::new(|| {
    let document = document::of(&calls());
    let text = document.to_string();
    (document, text.into())
});

/// The document of the API (`OpenAPI` 3.1).
pub(super) fn document() -> &'static Value {
    &DOCUMENT.0
}

/// The document, for everybody.
async fn show_document() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, DOCUMENT.1.clone()).into_response()
}

/// The owner of the request's bearer token. One read; once a day, one more and two writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(pub UserId);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let owner = owner_of(parts, app).await?;
        let user = match owner {
            Some(owner) => {
                by_token::reaches(&owner, needed(&parts.method, parts.uri.path()))?;
                by_token::seen(app, owner).await?
            }
            None => None,
        };
        if let (Some(user), Some(who)) = (user, parts.extensions.get::<RequestUser>()) {
            who.is(user);
        }
        user.map(Self).ok_or_else(|| refused(parts, app))
    }
}

/// The owner of the request's bearer token, of whom nothing is noted: a tile that looks is no visit. One read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watcher(pub UserId);

impl FromRequestParts<AppState> for Watcher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let owner = owner_of(parts, app).await?;
        owner.as_ref().map(by_token::admits).transpose()?;
        let owner = owner.map(|owner| owner.user);
        if let (Some(user), Some(who)) = (owner, parts.extensions.get::<RequestUser>()) {
            who.is(user);
        }
        owner.map(Self).ok_or_else(|| refused(parts, app))
    }
}

/// The owner of the token that a request carries; `None` without one that is known. An expired one is refused.
async fn owner_of(parts: &Parts, app: &AppState) -> Result<Option<Owner>, Problem> {
    let sent = parts.headers.get(header::AUTHORIZATION);
    let sent = sent.and_then(|value| value.to_str().ok());
    match sent.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) => {
            let owner = token::owner(&app.store, token.trim()).await?;
            if let Some(owner) = &owner {
                by_token::lasts(app, owner, "token_expired")?;
            }
            Ok(owner)
        }
        None => Ok(None),
    }
}

/// Notes that a request had no good token, and says so.
fn refused(parts: &Parts, app: &AppState) -> Problem {
    let address = client_address::of(app, &parts.extensions, &parts.headers);
    security::note(Event::TokenRefused, address, None);
    let advice = "Create a token in the settings, and send it as “Authorization: Bearer …”.";
    let status = StatusCode::UNAUTHORIZED;
    Problem::new(
        status,
        "bad_token",
        "The token is missing or unknown",
        advice,
    )
}

/// The quota of the token's owner; see [`by_token::quota_of`].
async fn quota_of(app: &AppState, caller: Caller) -> Result<Quota, Problem> {
    by_token::quota_of(app, caller.0).await
}

/// The token's owner, from the cache if possible.
async fn owner(app: &AppState, caller: Caller) -> Result<Arc<User>, Problem> {
    let user = users::cached::cached(&app.store, caller.0).await?;
    user.ok_or_else(Problem::not_found)
}

/// Whether a shelf has anything in a scope.
fn is_there(shelf: &Shelf, scope: &shelf::Scope) -> bool {
    *scope == shelf::Scope::Everything || !shelf.feeds(scope).is_empty()
}

/// A field that was given, if only as null; with `default`, `None` is one that wasn't.
fn given<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

/// The shelf of the token's owner, for a response that shows it; see [`Shelf::arrive`].
async fn arrives(app: &AppState, caller: Caller) -> Result<Shelf, Problem> {
    by_token::arrives(app, caller.0).await
}

/// A shelf as its owner wants programs to see it; see [`by_token::as_wanted`].
async fn for_programs(app: &AppState, caller: Caller, shelf: Shelf) -> Result<Shelf, Problem> {
    by_token::as_wanted(app, caller.0, shelf).await
}

/// What a call needs of its token: seeing, marking, or everything.
fn needed(method: &Method, path: &str) -> Scope {
    /// Calls that change no more than what was read and kept.
    const MARKING: [&str; 4] = ["/marks", "/stars", "/kept", "/open"];
    let marks = MARKING.iter().any(|part| path.contains(part));
    match *method {
        Method::GET | Method::HEAD => Scope::Read,
        // It asks, with a body.
        _ if path.ends_with("/sync") => Scope::Read,
        _ if marks => Scope::Mark,
        _ => Scope::Manage,
    }
}

/// The problem for a body that isn't the expected JSON.
fn bad_json(rejection: JsonRejection) -> Problem {
    Problem::bad_request("bad_json", "The body can’t be read", rejection.body_text())
}
