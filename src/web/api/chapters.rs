//! An episode's chapters.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, get};
use super::{Caller, quota_of};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::parse::chapters::Chapter;
use crate::web::actions::chapters;
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/articles/{id}/chapters", show, "An episode’s chapters")
            .says("They are fetched from the publisher, which sees this server and not who listens. Nothing is stored.")
            .gives::<Chapters>()
            .fails(422, &["no_chapters"])
            .fails(429, &["too_many_searches"]),
    ]
}

/// An episode’s chapters.
#[derive(Debug, Serialize, ToSchema)]
struct Chapters {
    /// By their starts.
    chapters: Vec<Chapter>,
}

async fn show(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<Response> {
    let quota = quota_of(&app, caller).await?;
    let chapters = chapters::of(&app, caller.0, quota, id).await?;
    Ok(Json(Chapters { chapters }).into_response())
}
