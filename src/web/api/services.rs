//! The services that articles are sent to.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete, get, post};
use super::{Caller, bad_json, owner};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::users::User;
use crate::users::preferences::{Service, Target};
use crate::web::actions::targets;
use crate::web::client_address::ClientAddress;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = "/api/v1/services";
    vec![
        get(all, list, "The services that articles are sent to")
            .says("Their keys are shown to nobody.")
            .gives::<Services>(),
        post(all, add, "Add a service")
            .says("A `link` is opened by the owner and needs no key; its address has `{url}`, and `{title}` if it likes. A rule may send to any other.")
            .takes::<Wanted>()
            .gives_when::<Services>(201, "It is there; the answer has all")
            .fails(422, &["bad_target"]),
        delete("/api/v1/services/{name}", remove, "Remove a service").gives_nothing(),
        post("/api/v1/articles/{id}/send", send, "Send an article to a service")
            .says("Within the request, which takes up to 15 seconds.")
            .takes::<Sending>()
            .gives::<Sent>()
            .fails(429, &["too_many_searches"])
            .fails(503, &["store_full"]),
    ]
}

/// The services.
#[derive(Debug, Serialize, ToSchema)]
struct Services {
    services: Vec<Shown>,
}

/// A service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceOfOwner)]
struct Shown {
    /// What it is called, also in rules.
    name: String,
    service: Service,
    address: String,
}

fn shown(user: &User) -> Services {
    let all = user.profile.preferences.targets.iter();
    let services = all.map(|one| Shown {
        name: one.name.clone(),
        service: one.service,
        address: one.address.clone(),
    });
    Services {
        services: services.collect(),
    }
}

async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let user = owner(&app, caller).await?;
    Ok(Json(shown(&user)).into_response())
}

/// A service to add.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedService)]
struct Wanted {
    name: String,
    service: Service,
    address: String,
    /// Its token or key; of wallabag client id, client secret, user name and password, with spaces between them.
    #[serde(default)]
    secret: String,
}

async fn add(
    State(app): State<AppState>,
    caller: Caller,
    from: ClientAddress,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let user = owner(&app, caller).await?;
    let all = &user.profile.preferences.targets;
    if all.iter().any(|one| one.name == wanted.name.trim()) {
        let title = "There is a service of this name";
        let advice = "Nothing was changed. Choose another name, or remove that one first.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "bad_target", title, advice));
    }
    let typed = targets::Wanted {
        name: &wanted.name,
        service: wanted.service,
        address: &wanted.address,
        secret: &wanted.secret,
    };
    targets::add(&app, caller.0, from, typed).await?;
    let user = owner(&app, caller).await?;
    Ok((StatusCode::CREATED, Json(shown(&user))).into_response())
}

async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    from: ClientAddress,
    Path(name): Path<String>,
) -> HandlerResult<StatusCode> {
    let which = |all: &[Target]| all.iter().position(|one| one.name == name);
    match targets::remove(&app, caller.0, from, which).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found()),
    }
}

/// Where an article is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SendArticle)]
struct Sending {
    /// The service’s name.
    to: String,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SentArticle)]
struct Sent {
    /// Whether the service took it.
    sent: bool,
    /// Why not, in words; null if it did.
    why: Option<String>,
}

async fn send(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
    body: Result<Json<Sending>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(Sending { to }) = body.map_err(bad_json)?;
    let user = owner(&app, caller).await?;
    let mut all = user.profile.preferences.targets.iter();
    // A link is opened, and nothing is sent to it.
    let target = all.find(|one| one.name == to && one.service != Service::Link);
    let target = target.ok_or_else(Problem::not_found)?;
    let why = targets::send(&app, &user, target, id).await?.err();
    let sent = Sent {
        sent: why.is_none(),
        why,
    };
    Ok(Json(sent).into_response())
}
