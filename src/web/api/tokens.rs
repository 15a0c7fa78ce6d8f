//! The owner's tokens: listed and revoked. Making one needs the person.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Caller;
use super::call::{Call, delete, get};
use crate::app::AppState;
use crate::timestamp::rfc3339;
use crate::users::day_of;
use crate::users::token::{self, Token};
use crate::web::client_address::ClientAddress;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/tokens", list, "The owner’s tokens")
            .says("What they open with is shown once, when they are made. That is done on the page “Apps”, after a proof of who asks.")
            .gives::<Tokens>(),
        delete("/api/v1/tokens/{id}", revoke, "Revoke a token")
            .says("Also the one that asks.")
            .gives_nothing(),
    ]
}

/// The tokens.
#[derive(Debug, Serialize, ToSchema)]
struct Tokens {
    tokens: Vec<Shown>,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
struct Shown {
    /// It opens nothing.
    id: String,
    name: String,
    /// `read`, `mark` or `manage`.
    scope: &'static str,
    created: String,
    /// The last day on which it was used; null if never.
    used: Option<String>,
    /// When it ends; null if it doesn’t.
    expires: Option<String>,
    /// How many articles’ texts it was given today by the APIs for apps.
    texts_today: u32,
}

fn shown(app: &AppState, token: Token) -> Shown {
    let today = day_of(app.clock.now());
    let day = |day: i64| chrono::DateTime::from_timestamp(day * 24 * 60 * 60, 0);
    let used = token.used_day.and_then(day);
    Shown {
        scope: token.scope.name(),
        created: rfc3339(token.created),
        expires: token.expires.map(rfc3339),
        used: used.map(|at| at.date_naive().to_string()),
        texts_today: app.bodies.given(token.memo(), today, token.bodies),
        id: token.id,
        name: token.name,
    }
}

/// One read for each token.
async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let all = token::list(&app.store, caller.0).await?.into_iter();
    let tokens = all.map(|token| shown(&app, token)).collect();
    Ok(Json(Tokens { tokens }).into_response())
}

async fn revoke(
    State(app): State<AppState>,
    caller: Caller,
    address: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<StatusCode> {
    let line = security::own_line(&app, Event::TokenRevoked, address.0, (caller.0, ""));
    if !token::revoke(&app.store, caller.0, &id, line).await? {
        return Err(Problem::not_found());
    }
    security::note(Event::TokenRevoked, address.0, Some(caller.0));
    Ok(StatusCode::NO_CONTENT)
}
