//! OPML import and export.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;

use super::Caller;
use crate::app::AppState;
use crate::shelf::import_report::LineResult;
use crate::shelf::{Shelf, export};
use crate::web::actions::import_opml::import_opml;
use crate::web::problem::HandlerResult;

pub(super) async fn export(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let text = export::export(&app.store, &shelf, app.clock.now()).await?;
    Ok(([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], text).into_response())
}

/// Imports the OPML file in the body. Feeds are added at once and fetched by the next ticks; every line gets a result.
pub(super) async fn import(
    State(app): State<AppState>,
    caller: Caller,
    body: Bytes,
) -> HandlerResult<Response> {
    let report = import_opml(&app, caller.0, body).await?;
    let (added, already, refused) = report.counts();
    let lines = report.lines.iter().map(|line| {
        let (result, feed, why) = match &line.result {
            LineResult::Added(id) => ("added", Some(id.to_string()), None),
            LineResult::Already(id) => ("already", Some(id.to_string()), None),
            LineResult::Refused(why) => ("refused", None, Some(why)),
        };
        json!({ "url": line.address, "title": line.title, "folder": line.folder,
            "result": result, "feed": feed, "why": why })
    });
    let lines: Vec<_> = lines.collect();
    let answer = json!({ "added": added, "already": already, "refused": refused, "lines": lines,
        "notes": report.notes });
    Ok(Json(answer).into_response())
}
