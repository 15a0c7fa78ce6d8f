//! The pulse of an open page: reading is what refreshes.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::app::AppState;
use crate::refresh::sweep::{Budget, tick};
use crate::shelf::Shelf;
use crate::timestamp::{from_micros, minute_of};
use crate::web::actions::marks::Counts;
use crate::web::problem::Answer;
use crate::web::reader::Reader;

/// How long one pulse works: its page may leave at any moment, and is waiting.
const TIME: Duration = Duration::from_secs(10);

/// What the page knows.
#[derive(Debug, Deserialize)]
pub(super) struct Known {
    /// The `at` of the last answer, or of the page itself: microseconds since 1970, by our clock.
    since: Option<i64>,
}

/// Works on a sweep for a moment, if there is anything to do. Answers with what has arrived for this reader since the page
/// knew, whoever fetched it, and whether to come again at once. Where nothing arrived and nothing is to do, no read.
pub(super) async fn pulse(
    State(app): State<AppState>,
    reader: Reader,
    Query(known): Query<Known>,
) -> Answer<Response> {
    // Without a word about what it knows, a page hears of what its own call brings.
    let since = known
        .since
        .unwrap_or_else(|| app.clock.now().timestamp_micros() - 1);
    let since = from_micros(since);
    let more = work(&app).await?;
    let at = app.clock.now().timestamp_micros();
    let news = app.news.since(since);
    if news.is_empty() {
        return Ok(Json(json!({ "new": 0, "more": more, "at": at })).into_response());
    }
    let shelf = Shelf::load(&app.store, reader.user.id).await?;
    let mine = news
        .iter()
        .filter(|(feed, _)| shelf.subscription(*feed).is_some());
    let new: usize = mine.map(|(_, articles)| articles).sum();
    let counts = serde_json::to_value(Counts::of(&shelf)).unwrap_or_default();
    let answer = json!({ "new": new, "more": more, "at": at, "unread": counts["unread"] });
    Ok(Json(answer).into_response())
}

/// One tick's worth, unless nothing is to do or another pulse of this instance is at it. Answers whether there is more to
/// do at once.
async fn work(app: &AppState) -> Answer<bool> {
    let Some(_turn) = app.latch.open(minute_of(app.clock.now())) else {
        return Ok(false);
    };
    let report = tick(&app.tools()?, Budget { time: TIME }).await?;
    app.news.note(app.clock.now(), &report.news);
    app.latch.close_until(report.quiet_until);
    Ok(report.declined_until.is_none() && !report.finished)
}
