//! `GET /article/{id}/chapters`: an episode's chapters, which we fetch when they are asked for, so that the publisher sees
//! this server and not who listens. Nothing is stored.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::json;

use crate::app::AppState;
use crate::ids::ArticleId;
use crate::web::actions::chapters;
use crate::web::current_user::CurrentUser;
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;

/// The browser asks once an hour at most.
const FRESH: HeaderValue = HeaderValue::from_static("private, max-age=3600");

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<Response> {
    let found = chapters::of(&app, current.user.id, app.quota_of(&current.user), id).await?;
    let fresh = [(header::CACHE_CONTROL, FRESH)];
    Ok((fresh, Json(json!({ "chapters": found }))).into_response())
}
