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
use http::{StatusCode, header};

use super::problem::Problem;
use super::request_log::RequestUser;
use super::security::{self, Event};
use super::{Route, client_address, route};
use crate::app::AppState;
use crate::ids::UserId;
use crate::shelf::{Shelf, sleep};
use crate::users::token::{self, Owner};
use crate::users::{self, day_of};

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

/// Waking steps per request, since a program doesn't request them one by one as a page does.
const WAKING_STEPS: usize = 4;

/// The owner of the request's bearer token. One read; once a day, one more and two writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(pub UserId);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let owner = owner_of(parts, app).await?;
        let user = match owner {
            Some(owner) => seen(app, owner).await?,
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

/// Records once a day that a token was used, which keeps its owner active, or reactivates them: their feeds then come
/// first in the next tick. `None` if the account is gone. The day is recorded once all their feeds are awake.
async fn seen(app: &AppState, owner: Owner) -> Result<Option<UserId>, Problem> {
    let now = app.clock.now();
    let today = day_of(now);
    if owner.noted_day == today {
        return Ok(Some(owner.user));
    }
    let Some(user) = users::store::get(&app.store, owner.user).await? else {
        return Ok(None);
    };
    let Some(mut user) = users::store::seen(&app.store, user, today).await? else {
        return Ok(None);
    };
    for _ in 0..WAKING_STEPS {
        user = sleep::wake(&app.store, &user, now, sleep::FEEDS_A_STEP).await?;
    }
    if !user.is_waking() {
        token::note_day(&app.store, owner, today).await?;
    }
    Ok(Some(user.id))
}

/// Whether the token's owner is an administrator, who has separate quotas. No read if the account is cached.
async fn is_admin(app: &AppState, caller: Caller) -> Result<bool, Problem> {
    let user = users::cached::cached(&app.store, caller.0).await?;
    Ok(user.is_some_and(|user| user.profile.admin))
}

/// The shelf of the token's owner, for a response that shows it; see [`Shelf::arrive`].
async fn arrives(app: &AppState, caller: Caller) -> Result<Shelf, Problem> {
    let quotas = app.config.quotas;
    // The account is only read if the quotas differ.
    let unread = match quotas.readers.unread == quotas.admin.unread {
        true => quotas.readers.unread,
        false => quotas.of(is_admin(app, caller).await?).unread,
    };
    let now = app.clock.now();
    let unread = unread.min(app.config.fetch.keep.articles);
    let shelf = Shelf::arrive(&app.store, caller.0, now, unread).await?;
    for_programs(app, caller, shelf).await
}

/// A shelf as its owner wants programs to see it. No read unless something has passed by, and then none if the account is
/// cached.
async fn for_programs(app: &AppState, caller: Caller, shelf: Shelf) -> Result<Shelf, Problem> {
    if !shelf.has_passing() {
        return Ok(shelf);
    }
    let user = users::cached::cached(&app.store, caller.0).await?;
    let sees_all = user.is_some_and(|user| user.profile.preferences.programs_see_passed);
    Ok(match sees_all {
        true => shelf.without_passing(),
        false => shelf,
    })
}

/// The problem for a body that isn't the expected JSON.
fn bad_json(rejection: JsonRejection) -> Problem {
    Problem::bad_request("bad_json", "The body can’t be read", rejection.body_text())
}
