//! What is kept besides stars: tags and notes on articles, and pages.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, bad_json};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::tagging::{checked_tags, tag};
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;

/// Everything that is kept, the newest first, without texts.
pub(super) async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let all = kepts::cached(&app.store, caller.0).await?;
    let kept = all.iter().map(|(name, card)| {
        let at = Timestamp::from_timestamp(card.kept, 0);
        json!({
            "id": name,
            "article": kepts::article_of(name).map(|id| id.to_string()),
            "title": card.title,
            "link": card.link,
            "source": card.source,
            "snippet": card.snippet,
            "tags": card.tags,
            "note": card.note,
            "kept": at.map(rfc3339),
        })
    });
    let kept: Vec<Value> = kept.collect();
    Ok(Json(json!({ "kept": kept })).into_response())
}

/// What is said of an article.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    tags: Vec<String>,
    note: String,
}

/// Sets an article's tags and note; without both it is kept no longer.
pub(super) async fn put(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
    body: Result<Json<Said>, JsonRejection>,
) -> HandlerResult<StatusCode> {
    let Json(said) = body.map_err(bad_json)?;
    let tags = checked_tags(&said.tags.join(","))?;
    tag(&app, caller.0, id, tags, &said.note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps an article no longer.
pub(super) async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<StatusCode> {
    kepts::remove(&app.store, caller.0, &kepts::name_of(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
