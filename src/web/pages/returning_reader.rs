//! Waking: a reader is back, and his feeds are woken and fetched in steps that his page asks for.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use http::{HeaderMap, header};
use serde_json::json;

use super::import::{STEP, STEP_FEEDS};
use super::marks::Back;
use crate::app::AppState;
use crate::ids::FeedId;
use crate::refresh::feed::Refreshed;
use crate::shelf::sleep::{FEEDS_A_STEP, wake};
use crate::shelf::{Shelf, import, store};
use crate::users::User;
use crate::web::flash;
use crate::web::problem::Answer;
use crate::web::reader::Reader;
use crate::web::view::Waking;

/// What a list says above its lines while feeds wake; `None` where all are awake.
pub(super) fn waking(user: &User, shelf: &Shelf, return_to: String) -> Option<Waking> {
    let cards = || {
        let feeds = shelf.subscriptions.iter();
        feeds.filter_map(|one| shelf.card(one.feed))
    };
    let woken = cards().any(|card| card.is_waiting() && card.last > 0);
    if !user.is_waking() && !woken {
        return None;
    }
    let waiting = cards().filter(|card| card.is_waiting()).count();
    let total = shelf.subscriptions.len();
    Some(Waking {
        is_back: user.is_waking(),
        done: total.saturating_sub(waiting + user.profile.resting.len()),
        total,
        return_to,
    })
}

/// One step: some feeds are woken, and some of those that wait are fetched. Answers how far it is.
pub(super) async fn step(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Form(back): Form<Back>,
) -> Answer<Response> {
    let user = wake(&app.store, &reader.user, reader.now, FEEDS_A_STEP).await?;
    let feeds = store::list(&app.store, user.id).await?;
    let feeds: Vec<FeedId> = feeds.iter().map(|one| one.feed).collect();
    let mut waiting = import::waiting(&app.store, &feeds).await?;
    let (mut left, total) = (waiting.len() + user.profile.resting.len(), feeds.len());
    waiting.truncate(STEP_FEEDS);
    if !waiting.is_empty() {
        let deadline = tokio::time::Instant::now() + STEP;
        let results = import::fetch_some(&app.tools()?, waiting, deadline).await?;
        let news = results.iter().filter_map(|(feed, result)| match result {
            Refreshed::News(count) => Some((*feed, *count)),
            Refreshed::Unchanged | Refreshed::Failed(_) | Refreshed::Paused => None,
        });
        app.news.note(app.clock.now(), &news.collect::<Vec<_>>());
        left = import::waiting(&app.store, &feeds).await?.len() + user.profile.resting.len();
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
