//! `/api/v1`: the shelf for programs, authenticated by bearer token. Errors are JSON with a stable `code`.

mod articles;
mod counts;
mod kept;
mod opml;
mod search;
mod stars;
mod subscriptions;

use axum::extract::FromRequestParts;
use axum::extract::rejection::JsonRejection;
use axum::routing::{get, post, put};
use http::request::Parts;
use http::{Method, StatusCode, header};

use super::problem::Problem;
use super::request_log::RequestUser;
use super::security::{self, Event};
use super::{Route, by_token, client_address, route};
use crate::app::AppState;
use crate::ids::UserId;
use crate::shelf::Shelf;
use crate::users::token::{self, Owner, Scope};

/// Maximum bytes of an OPML file in a request's body, plus one.
const UPLOAD_BYTES: usize = 10 * 1_024 * 1_024 + 1;

pub(super) fn routes() -> Vec<Route> {
    let upload = axum::extract::DefaultBodyLimit::max(UPLOAD_BYTES);
    vec![
        route(
            "GET, POST",
            "/api/v1/subscriptions",
            get(subscriptions::list).post(subscriptions::add),
        ),
        route(
            "GET, PATCH, DELETE",
            "/api/v1/subscriptions/{feed}",
            get(subscriptions::one)
                .patch(subscriptions::change)
                .delete(subscriptions::remove),
        ),
        route(
            "POST",
            "/api/v1/subscriptions/{feed}/refresh",
            post(subscriptions::refresh),
        ),
        route("GET", "/api/v1/counts", get(counts::show)),
        route("GET", "/api/v1/articles", get(articles::list)),
        route("GET", "/api/v1/articles/{id}", get(articles::one)),
        route(
            "POST",
            "/api/v1/articles/{id}/full-text",
            post(articles::full_text),
        ),
        route("POST", "/api/v1/articles/{id}/open", post(articles::open)),
        route("GET", "/api/v1/search", get(search::find)),
        route("POST", "/api/v1/marks", post(articles::marks)),
        route("GET", "/api/v1/kept", get(kept::list)),
        route(
            "PUT, DELETE",
            "/api/v1/kept/{id}",
            put(kept::put).delete(kept::delete),
        ),
        route("GET", "/api/v1/stars", get(stars::list)),
        route(
            "PUT, DELETE",
            "/api/v1/stars/{id}",
            put(stars::put).delete(stars::delete),
        ),
        route(
            "GET, POST",
            "/api/v1/opml",
            get(opml::export).post(opml::import).layer(upload),
        ),
    ]
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
                by_token::reaches(&owner, needed(parts))?;
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
        let owner = owner_of(parts, app).await?.map(|owner| owner.user);
        if let (Some(user), Some(who)) = (owner, parts.extensions.get::<RequestUser>()) {
            who.is(user);
        }
        owner.map(Self).ok_or_else(|| refused(parts, app))
    }
}

/// The owner of the token that a request carries; `None` without one that is known.
async fn owner_of(parts: &Parts, app: &AppState) -> Result<Option<Owner>, Problem> {
    let sent = parts.headers.get(header::AUTHORIZATION);
    let sent = sent.and_then(|value| value.to_str().ok());
    match sent.and_then(|value| value.strip_prefix("Bearer ")) {
        Some(token) => Ok(token::owner(&app.store, token.trim()).await?),
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

/// Whether the token's owner is an administrator; see [`by_token::is_admin`].
async fn is_admin(app: &AppState, caller: Caller) -> Result<bool, Problem> {
    by_token::is_admin(app, caller.0).await
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
fn needed(parts: &Parts) -> Scope {
    /// Calls that change no more than what was read and kept.
    const MARKING: [&str; 4] = ["/marks", "/stars", "/kept", "/open"];
    let path = parts.uri.path();
    let marks = MARKING.iter().any(|part| path.contains(part));
    match parts.method {
        Method::GET | Method::HEAD => Scope::Read,
        _ if marks => Scope::Mark,
        _ => Scope::Manage,
    }
}

/// The problem for a body that isn't the expected JSON.
fn bad_json(rejection: JsonRejection) -> Problem {
    Problem::bad_request("bad_json", "The body can’t be read", rejection.body_text())
}
