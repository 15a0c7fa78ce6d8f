//! What is kept besides stars: tags and notes on articles, and pages.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete as remove, get, put as set};
use super::{Caller, bad_json};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::tagging::{checked_tags, tag};
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let one = "/api/v1/kept/{id}";
    vec![
        get(
            "/api/v1/kept",
            list,
            "Articles with tags or a note, and kept pages, the newest first",
        )
        .gives::<All>(),
        set(one, put, "Set an article’s tags and note")
            .says("With neither it is kept no longer.")
            .takes::<Said>()
            .gives_nothing()
            .fails(422, &["too_many_tags", "note_too_long", "too_many_kept"]),
        remove(one, delete, "Keep an article no longer").gives_nothing(),
    ]
}

/// What is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Kept)]
struct All {
    kept: Vec<Line>,
}

/// An article with tags or a note, or a page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptLine)]
struct Line {
    id: String,
    /// The article’s id; null for a page.
    article: Option<String>,
    title: String,
    link: Option<String>,
    /// The feed’s title, or the site’s name.
    source: String,
    /// The beginning of the text, plain.
    snippet: String,
    tags: Vec<String>,
    note: String,
    /// Since when, RFC 3339.
    kept: Option<String>,
}

/// Everything that is kept, the newest first, without texts.
pub(super) async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let all = kepts::cached(&app.store, caller.0).await?;
    let kept = all.iter().map(|(name, card)| {
        let at = Timestamp::from_timestamp(card.kept, 0);
        Line {
            id: name.clone(),
            article: kepts::article_of(name).map(|id| id.to_string()),
            title: card.title.clone(),
            link: card.link.clone(),
            source: card.source.clone(),
            snippet: card.snippet.clone(),
            tags: card.tags.clone(),
            note: card.note.clone(),
            kept: at.map(rfc3339),
        }
    });
    let kept = kept.collect();
    Ok(Json(All { kept }).into_response())
}

/// What is said of an article.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = TagsAndNote)]
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
