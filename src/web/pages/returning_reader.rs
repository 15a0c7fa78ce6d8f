//! Waking: when a user returns, their feeds are woken and fetched in steps that their page requests.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use http::{HeaderMap, header};
use serde_json::json;

use super::import::{STEP_FEEDS, STEP_TIME};
use super::marks::Back;
use crate::app::AppState;
use crate::ids::FeedId;
use crate::refresh::feed::Refreshed;
use crate::shelf::sleep::{FEEDS_A_STEP, wake};
use crate::shelf::{Shelf, import, store};
use crate::users::User;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::HandlerResult;
use crate::web::view::Waking;

/// The notice above a list while feeds are woken; `None` if all are awake.
pub(super) fn waking(user: &User, shelf: &Shelf, return_to: String) -> Option<Waking> {
    let rows = || {
        let feeds = shelf.subscriptions.iter();
        feeds.filter_map(|one| shelf.summary(one.feed))
    };
    let woken = rows().any(|summary| summary.is_waiting() && summary.last > 0);
    if !user.is_waking() && !woken {
        return None;
    }
    let waiting = rows().filter(|summary| summary.is_waiting()).count();
    let total = shelf.subscriptions.len();
    Some(Waking {
        is_back: user.is_waking(),
        done: total.saturating_sub(waiting + user.to_wake().count()),
        total,
        return_to,
    })
}

/// One step: wakes some feeds, and fetches some of those that are waiting. Returns the progress.
pub(super) async fn step(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Form(back): Form<Back>,
) -> HandlerResult<Response> {
    let user = wake(&app.store, &current.user, current.now, FEEDS_A_STEP).await?;
    let feeds = store::list(&app.store, user.id).await?;
    let feeds: Vec<FeedId> = feeds.iter().map(|one| one.feed).collect();
    let mut waiting = import::waiting(&app.store, &feeds).await?;
    let (mut left, total) = (waiting.len() + user.to_wake().count(), feeds.len());
    waiting.truncate(STEP_FEEDS);
    if !waiting.is_empty() {
        let deadline = tokio::time::Instant::now() + STEP_TIME;
        let results = import::fetch_some(&app.refresh_context()?, waiting, deadline).await?;
        let arrivals = results.iter().filter_map(|(feed, result)| match result {
            Refreshed::NewArticles(count) => Some((*feed, *count)),
            _ => None,
        });
        app.recent_arrivals
            .note(app.clock.now(), &arrivals.collect::<Vec<_>>());
        left = import::waiting(&app.store, &feeds).await?.len() + user.to_wake().count();
    }
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    if !wants_json {
        return Ok(Redirect::to(&flash::local(&back.return_to)).into_response());
    }
    let done = total.saturating_sub(left);
    Ok(Json(json!({ "done": done, "total": total, "lines": [] })).into_response())
}
