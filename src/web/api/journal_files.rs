//! The journal as a file, and bringing one.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::call::{Call, get, post};
use super::{Caller, UPLOAD_BYTES, quota_of};
use crate::app::AppState;
use crate::shelf::history::export::Format;
use crate::web::actions::asking::for_a_text;
use crate::web::actions::history::{self, Done};
use crate::web::actions::journal_file::{self, File, Span};
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/journal/export", export, "The journal as a file")
            .says("At most 30 MB; where there is more, the header `Link` names the next part.")
            .asks::<Asked>()
            .gives_kind("application/jsonl")
            .gives_kind("application/sql")
            .gives_kind("text/csv")
            .fails(400, &["bad_month", "bad_format"]),
        post("/api/v1/journal/import", import, "Bring a history")
            .says("The body is a journal as JSON Lines, or what another reader exports of starred and read articles, as JSON. What is known stays as it is.")
            .takes_kind("application/octet-stream")
            .up_to(UPLOAD_BYTES)
            .gives::<Brought>()
            .fails(400, &["bad_file"])
            .fails(429, &["too_many_searches"])
            .fails(503, &["store_full"]),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Asked {
    /// `jsonl` (default), `csv` or `sql`.
    format: Option<String>,
    /// The first month, such as `2026-03`; without one, from the beginning.
    from: Option<String>,
    /// The last month; without one, up to now.
    to: Option<String>,
}

async fn export(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(asked) = query.map_err(bad_query)?;
    let end = asked.format.as_deref().unwrap_or("jsonl");
    let format = Format::of(end).ok_or_else(|| {
        let title = format!("{:?} isn’t a format", crate::codec::cut(end, 40));
        Problem::bad_request("bad_format", title, "Ask for jsonl, csv or sql.")
    })?;
    let file = File {
        format,
        name: format!("journal.{end}"),
        next: format!("/api/v1/journal/export?format={end}&"),
    };
    let (from, to) = (asked.from, asked.to);
    journal_file::file(&app, caller.0, file, &Span { from, to }).await
}

/// What came of a file: it was a journal, or it had the state of articles.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JournalBrought)]
struct Brought {
    journal: Option<BroughtLines>,
    states: Option<BroughtStates>,
    /// How many lines or articles there were beyond the most that is taken.
    cut: usize,
}

/// What became of a journal’s lines.
#[derive(Debug, Serialize, ToSchema)]
struct BroughtLines {
    added: usize,
    /// Those that were there.
    known: usize,
    /// Those from before what is kept.
    too_old: usize,
    unreadable: usize,
}

/// What became of articles.
#[derive(Debug, Serialize, ToSchema)]
struct BroughtStates {
    /// Those on the shelf that are read now.
    read: usize,
    /// Those on the shelf that are starred now.
    starred: usize,
    /// Stars of articles that aren’t on the shelf.
    own: usize,
    /// Stars that were there.
    known: usize,
    /// Read articles that aren’t on the shelf.
    missing: usize,
    /// Stars without room.
    without_room: usize,
    /// Articles without an address, or neither read nor starred.
    left_out: usize,
}

/// Costs by what it brings; see [`history::bring`].
async fn import(
    State(app): State<AppState>,
    caller: Caller,
    body: Bytes,
) -> HandlerResult<Response> {
    for_a_text(&app, caller.0, quota_of(&app, caller).await?).await?;
    if body.is_empty() {
        let advice = "Send the file as the request’s body.";
        return Err(Problem::bad_request("bad_file", "No file arrived", advice));
    }
    let brought = match history::bring(&app, caller.0, body).await? {
        Done::Lines(lines, unreadable, cut) => Brought {
            journal: Some(BroughtLines {
                added: lines.added,
                known: lines.known,
                too_old: lines.too_old,
                unreadable,
            }),
            states: None,
            cut,
        },
        Done::States(states, left_out, cut) => Brought {
            journal: None,
            states: Some(BroughtStates {
                read: states.read,
                starred: states.starred,
                own: states.own,
                known: states.known,
                missing: states.missing,
                without_room: states.without_room,
                left_out,
            }),
            cut,
        },
    };
    Ok(Json(brought).into_response())
}
