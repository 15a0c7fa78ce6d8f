//! The unread counts alone, for tiles on dashboards.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::Watcher;
use super::call::{Call, get};
use crate::app::AppState;
use crate::shelf::Scope;
use crate::web::by_token;
use crate::web::problem::HandlerResult;

/// How long a tile may show the same counts, in seconds: so it doesn't keep an instance awake.
const MAX_AGE: &str = "private, max-age=900";

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/counts", show, "The counts for a tile")
            .says("They may be shown for a quarter of an hour. A tile that asks is no visit: nothing is woken, and nothing is settled but what the reader’s rules do with news.")
            .gives::<Shown>(),
    ]
}

/// The counts of a shelf.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TileCounts)]
struct Shown {
    /// How many articles are unread.
    unread: u32,
    /// Of the feeds that post less than once a week.
    seldom: u32,
    starred: usize,
    /// Feeds on the shelf.
    feeds: usize,
    /// Those of them that can't be fetched.
    failing: usize,
    /// By the folders' paths, those below included.
    folders: Vec<Folder>,
}

/// A folder's count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FolderCount)]
struct Folder {
    path: Vec<String>,
    unread: u32,
}

/// The counts: a tile that asks for them is no visit, so nothing is woken, and nothing is settled but what rules do with news. They may be
/// shown for a quarter of an hour.
pub(super) async fn show(State(app): State<AppState>, caller: Watcher) -> HandlerResult<Response> {
    let shelf = by_token::counted(&app, caller.0).await?;
    let tally = shelf.tally();
    let folders = tally.folders().map(|(path, unread)| Folder {
        path: path.to_vec(),
        unread,
    });
    let summaries = shelf.subscriptions.iter();
    let summaries = summaries.filter_map(|one| shelf.summary(one.feed));
    let shown = Shown {
        unread: tally.total(),
        seldom: shelf.unread_in(&Scope::Seldom),
        starred: shelf.starred(),
        feeds: shelf.subscriptions.len(),
        failing: summaries.filter(|summary| summary.error.is_some()).count(),
        folders: folders.collect(),
    };
    let mut response = Json(shown).into_response();
    let value = HeaderValue::from_static(MAX_AGE);
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    Ok(response)
}
