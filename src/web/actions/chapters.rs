//! An episode's chapters, which are fetched when they are asked for. Nothing of them is stored.

use std::time::Duration;

use http::StatusCode;
use tokio::time::timeout;
use url::Url;

use super::article::kept_article;
use super::asking::for_chapters;
use crate::app::App;
use crate::config::Quota;
use crate::ids::{ArticleId, UserId};
use crate::parse::chapters::{Chapter, chapters};
use crate::shelf::Shelf;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::t;

/// How long the publisher has, waiting for its other requests included.
const PATIENCE: Duration = Duration::from_secs(10);

/// The chapters of an article of the user's. One request.
///
/// # Errors
/// 404 if it has none; 422 if they can't be had; 429 if too many were asked for within an hour.
pub(crate) async fn of(
    app: &App,
    user: UserId,
    quota: Quota,
    id: ArticleId,
) -> HandlerResult<Vec<Chapter>> {
    let shelf = Shelf::load_around(&app.store, user, &[id.feed]).await?;
    let known = kept_article(app, &shelf, id).await?;
    let podcast = known.article.body.podcast.as_ref();
    let address = podcast.and_then(|podcast| podcast.chapters.as_deref());
    let address = address.ok_or_else(Problem::not_found)?;
    for_chapters(app, user, quota)?;
    fetched(app, address).await.ok_or_else(none)
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
