//! OPML import and export.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, get, post};
use super::{Caller, UPLOAD_BYTES};
use crate::app::AppState;
use crate::shelf::import_report::{ImportReport, LineResult};
use crate::shelf::{Shelf, export, store};
use crate::web::actions::import_opml::import_opml;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let path = "/api/v1/opml";
    vec![
        get(path, export, "The subscriptions as OPML").gives_kind("text/x-opml"),
        get("/api/v1/import", last, "What came of the last import")
            .gives::<Imported>()
            .fails(404, &["not_found"]),
        post(path, import, "Import an OPML file")
            .says("Feeds are added at once, and fetched by the next ticks.")
            .takes_kind("text/x-opml")
            .up_to(UPLOAD_BYTES)
            .gives::<Imported>()
            .fails(400, &["bad_opml"])
            .fails(422, &["shelf_full"])
            .fails(429, &["too_many_imports"]),
    ]
}

/// What came of an import.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Imported {
    added: usize,
    already: usize,
    refused: usize,
    lines: Vec<ImportedLine>,
    /// What else was noticed in the file.
    notes: Vec<String>,
}

/// What came of one line.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedLine {
    url: String,
    title: String,
    folder: Vec<String>,
    /// `added`, `already` or `refused`.
    result: &'static str,
    /// The feed's id; null if it was refused.
    feed: Option<String>,
    /// Why it was refused.
    why: Option<String>,
}

impl Imported {
    /// A report as it is sent.
    pub(super) fn of(report: &ImportReport) -> Self {
        let (added, already, refused) = report.counts();
        let lines = report.lines.iter().map(|line| {
            let (result, feed, why) = match &line.result {
                LineResult::Added(id) => ("added", Some(id.to_string()), None),
                LineResult::Already(id) => ("already", Some(id.to_string()), None),
                LineResult::Refused(why) => ("refused", None, Some(why.clone())),
            };
            ImportedLine {
                url: line.address.clone(),
                title: line.title.clone(),
                folder: line.folder.clone(),
                result,
                feed,
                why,
            }
        });
        Self {
            added,
            already,
            refused,
            lines: lines.collect(),
            notes: report.notes.clone(),
        }
    }
}

pub(super) async fn export(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let text = export::export(&app.store, &shelf, None, app.clock.now()).await?;
    Ok(([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], text).into_response())
}

/// One read.
pub(super) async fn last(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let report = store::last_import(&app.store, caller.0).await?;
    let report = report.ok_or_else(Problem::not_found)?;
    Ok(Json(Imported::of(&report)).into_response())
}

/// Imports the OPML file in the body. Feeds are added at once and fetched by the next ticks; every line gets a result.
pub(super) async fn import(
    State(app): State<AppState>,
    caller: Caller,
    body: Bytes,
) -> HandlerResult<Response> {
    let report = import_opml(&app, caller.0, body).await?;
    Ok(Json(Imported::of(&report)).into_response())
}
