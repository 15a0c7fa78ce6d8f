//! What is kept besides stars: tags and notes on articles, and pages.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete as remove, get, post, put as set};
use super::{Caller, bad_json, quota_of};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::keeping;
use crate::web::actions::tagging::{checked_note, checked_tags, tag};
use crate::web::problem::{HandlerResult, Problem};

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
        post("/api/v1/kept", add, "Keep a page")
            .says("Its text is fetched, and stays.")
            .takes::<Wanted>()
            .gives_when::<Name>(201, "It is kept")
            .fails(
                422,
                &[
                    "not_kept",
                    "too_many_tags",
                    "note_too_long",
                    "too_many_kept",
                ],
            )
            .fails(429, &["too_many_searches"]),
        set(
            one,
            put,
            "Set the tags and the note of an article or a page",
        )
        .says("An article with neither is kept no longer.")
        .takes::<Said>()
        .gives_nothing()
        .fails(422, &["too_many_tags", "note_too_long", "too_many_kept"]),
        remove(one, delete, "Keep an article or a page no longer").gives_nothing(),
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

/// Sets the tags and the note of an article or a page. An article without both is kept no longer.
pub(super) async fn put(
    State(app): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    body: Result<Json<Said>, JsonRejection>,
) -> HandlerResult<StatusCode> {
    let Json(said) = body.map_err(bad_json)?;
    let tags = checked_tags(&said.tags.join(","))?;
    if let Ok(id) = name.parse::<ArticleId>() {
        tag(&app, caller.0, id, tags, &said.note).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let mut kept = keeping::known(&app, caller.0, &name).await?;
    kept.card.note = checked_note(&said.note)?;
    kept.card.tags = tags;
    kepts::put(&app.store, caller.0, &name, &kept, app.clock.now(), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps an article or a page no longer.
pub(super) async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> HandlerResult<StatusCode> {
    let name = match name.parse::<ArticleId>() {
        Ok(id) => kepts::name_of(id),
        Err(_) => {
            keeping::known(&app, caller.0, &name).await?;
            name
        }
    };
    kepts::remove(&app.store, caller.0, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page to keep.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = WantedPage)]
pub(super) struct Wanted {
    url: String,
    tags: Vec<String>,
    note: String,
}

/// What was kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptPage)]
struct Name {
    id: String,
}

/// Fetches a page and keeps its text.
pub(super) async fn add(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let quota = quota_of(&app, caller).await?;
    let typed = keeping::Typed {
        url: &wanted.url,
        tags: &wanted.tags.join(","),
        note: &wanted.note,
    };
    let id = keeping::keep_page(&app, caller.0, quota, typed).await;
    let id = id.map_err(Problem::from)?;
    Ok((StatusCode::CREATED, Json(Name { id })).into_response())
}
