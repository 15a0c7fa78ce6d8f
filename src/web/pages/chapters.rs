//! `GET /article/{id}/chapters`: an episode's chapters, which we fetch when they are asked for, so that the publisher sees
//! this server and not who listens. Nothing is stored.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use tokio::time::timeout;
use url::Url;

use crate::app::{App, AppState};
use crate::ids::ArticleId;
use crate::parse::chapters::{Chapter, chapters};
use crate::shelf::Shelf;
use crate::web::actions::article::kept_article;
use crate::web::actions::asking::for_chapters;
use crate::web::current_user::CurrentUser;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::t;

/// How long the publisher has, waiting for its other requests included.
const PATIENCE: Duration = Duration::from_secs(10);
/// The browser asks once an hour at most.
const FRESH: HeaderValue = HeaderValue::from_static("private, max-age=3600");

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load_around(&app.store, current.user.id, &[id.feed]).await?;
    let known = kept_article(&app, &shelf, id).await?;
    let podcast = known.article.body.podcast.as_ref();
    let address = podcast.and_then(|podcast| podcast.chapters.as_deref());
    let address = address.ok_or_else(Problem::not_found)?;
    for_chapters(&app, current.user.id, current.user.profile.admin)?;
    let found = fetched(&app, address).await.ok_or_else(none)?;
    let fresh = [(header::CACHE_CONTROL, FRESH)];
    Ok((fresh, Json(json!({ "chapters": found }))).into_response())
}

/// The publisher's chapters; `None` if it has none, or they can't be had.
async fn fetched(app: &App, address: &str) -> Option<Vec<Chapter>> {
    let url = Url::parse(address).ok()?;
    let web = app.refresh_context().ok()?.web;
    let asked = timeout(PATIENCE, web.chapters(&url, app.clock.now())).await;
    let answer = asked.ok()?.ok()?;
    match answer.status.is_success() && !answer.is_cut {
        true => chapters(&answer.body),
        false => None,
    }
}

fn none() -> Problem {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(
        status,
        "no_chapters",
        t("js-no-chapters"),
        t("media-chapters-advice"),
    )
}
