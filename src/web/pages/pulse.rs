//! The pulse of an open page: reading is what refreshes.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::marks::Counts;
use crate::app::AppState;
use crate::clock::minute_of;
use crate::fetch::tick::{Budget, tick};
use crate::shelf::Shelf;
use crate::web::problem::Answer;
use crate::web::reader::Reader;

/// How long one pulse works: its page may leave at any moment, and is waiting.
const TIME: Duration = Duration::from_secs(10);

/// Works on a sweep for a moment, if there is anything to do. Answers with what is new for this reader, and whether to
/// come again at once.
pub(super) async fn pulse(State(app): State<AppState>, reader: Reader) -> Answer<Response> {
    let idle = || Json(json!({ "new": 0, "more": false })).into_response();
    if app.is_quiet() {
        return Ok(idle());
    }
    let report = tick(&app.tools()?, Budget { time: TIME }).await?;
    if report.declined_until.is_some() {
        app.be_quiet_until(minute_of(app.clock.now()) + 1);
        return Ok(idle());
    }
    if report.finished {
        app.be_quiet_until(minute_of(app.clock.now()) + 5);
    }
    if report.articles == 0 {
        return Ok(Json(json!({ "new": 0, "more": !report.finished })).into_response());
    }
    let shelf = Shelf::load(&app.store, reader.user.id).await?;
    let mine = report
        .news
        .iter()
        .filter(|(feed, _)| shelf.subscription(*feed).is_some());
    let new: usize = mine.map(|(_, articles)| articles).sum();
    let counts = serde_json::to_value(Counts::of(&shelf)).unwrap_or_default();
    let answer = json!({ "new": new, "more": !report.finished, "unread": counts["unread"] });
    Ok(Json(answer).into_response())
}
