//! Marking all of a part of the shelf, and taking that back.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::articles::scope_of;
use super::call::{Call, post};
use super::{Caller, arrives, bad_json, is_there};
use crate::app::AppState;
use crate::articles::store::ListDirection;
use crate::shelf::bulk_marks::{self, Selection};
use crate::shelf::sync::Place;
use crate::web::actions::marks::Counts;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        post("/api/v1/marks/all", mark_all, "Mark all of a part of the shelf as read")
            .says("Give `feed` or `folder`, or neither for everything. With `since`, what came after that sync stays unread.")
            .takes::<Wanted>()
            .gives::<Marked>()
            .fails(400, &["bad_query", "bad_cursor", "bad_days"])
            .fails(404, &["not_found"]),
        post("/api/v1/marks/undo", undo, "Take that back")
            .says("For a day, and while no more than a few such acts followed.")
            .takes::<Act>()
            .gives::<Undone>(),
    ]
}

/// What to mark.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = MarkAll)]
struct Wanted {
    /// A feed’s id.
    feed: Option<String>,
    /// A folder’s path: percent-encoded names with slashes between them.
    folder: Option<String>,
    /// Only articles older than so many days: 1 to 3,650.
    older_days: Option<i64>,
    /// The `cursor` of the last sync.
    since: Option<String>,
}

/// What was marked.
#[derive(Debug, Serialize, ToSchema)]
struct Marked {
    marked: u64,
    /// What takes it back; null if nothing was marked.
    act: Option<String>,
    counts: Counts,
}

/// What is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Act {
    pub(super) act: String,
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarksUndone)]
struct Undone {
    /// How many articles are unread again; null if it is too late.
    undone: Option<u64>,
    counts: Counts,
}

/// One write; one read for 30 feeds where an age decides.
async fn mark_all(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let scope = scope_of(wanted.feed.as_deref(), wanted.folder.as_deref())?;
    let mut shelf = arrives(&app, caller).await?;
    if !is_there(&shelf, &scope) {
        return Err(Problem::not_found());
    }
    let now = app.clock.now();
    let which = match wanted.older_days {
        None => Selection::All,
        Some(days) if (1..=3_650).contains(&days) => Selection::Older(now - TimeDelta::days(days)),
        Some(_) => {
            let advice = "Nothing was marked. Choose 1 to 3,650.";
            let title = "That isn’t a number of days";
            return Err(Problem::bad_request("bad_days", title, advice));
        }
    };
    let seen = shelf.seen(&scope);
    let seen = match wanted.since.as_deref() {
        None => seen,
        Some(text) => Place::from_text(text, &app.secret, caller.0)
            .map(|place| place.within(&seen))
            .ok_or_else(|| {
                let title = "This cursor isn’t one that was given here";
                Problem::bad_request("bad_cursor", title, "Sync again, and send its cursor.")
            })?,
    };
    let flow = ListDirection::NewestFirst;
    let shown = bulk_marks::shown(&app.store, &shelf, &seen, &which, flow, now).await?;
    let act = app.random.hex::<8>();
    let marked = shelf.mark_all(&app.store, &act, now, &shown).await?;
    let marked = Marked {
        marked,
        act: (marked > 0).then_some(act),
        counts: Counts::of(&shelf),
    };
    Ok(Json(marked).into_response())
}

async fn undo(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Act>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(Act { act }) = body.map_err(bad_json)?;
    let mut shelf = arrives(&app, caller).await?;
    let undone = shelf.undo(&app.store, &act, app.clock.now()).await?;
    let counts = Counts::of(&shelf);
    Ok(Json(Undone { undone, counts }).into_response())
}
