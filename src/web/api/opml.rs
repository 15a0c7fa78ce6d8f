//! OPML import and export.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;

use super::{Caller, is_admin};
use crate::app::AppState;
use crate::shelf::import_report::LineResult;
use crate::shelf::{Shelf, export, import, opml, store};
use crate::timestamp::minute_of;
use crate::web::actions::asking::room_for_feeds;
use crate::web::actions::import::too_many_imports;
use crate::web::problem::{HandlerResult, Problem};

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
    let parsed = tokio::task::spawn_blocking(move || opml::read(&body)).await;
    let parsed = parsed.map_err(|error| Problem::internal(&error))?;
    let opml = parsed.map_err(|error| {
        let advice = "Send an OPML file as the request’s body.";
        Problem::bad_request("bad_opml", error.to_string(), advice)
    })?;
    let private = app.config.fetch.allow_private;
    let admin = is_admin(&app, caller).await?;
    let minute = minute_of(app.clock.now());
    let last = store::last_import(&app.store, caller.0)
        .await?
        .unwrap_or_default();
    let quota = app.config.quotas.of(admin);
    let most = quota.imports;
    last.allows(most, minute)
        .map_err(|until| too_many_imports(most, until - minute))?;
    room_for_feeds(&app, caller.0, admin).await?;
    let mut report = import::import(
        &app.store,
        &app.clock,
        &app.random,
        caller.0,
        &opml,
        private,
        quota.feeds,
    )
    .await?;
    report.follow(&last, minute);
    store::put_import(&app.store, caller.0, &report).await?;
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
