//! What is kept, with its texts: one, and all as files; bringing a list, and letting go of what is old.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::bulk::Act;
use super::call::{Call, get, post};
use super::{Caller, UPLOAD_BYTES, bad_json, quota_of};
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::asking::for_a_text;
use crate::web::actions::stored_text::clean;
use crate::web::actions::{keeping, kept_list, star_export};
use crate::web::problem::{HandlerResult, Problem};

/// The content type of exports.
const FEED: &str = "application/feed+json";

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/kept/{id}", one, "Something kept, with its text").gives::<Shown>(),
        get("/api/v1/kept/export", export, "All that is kept, with its texts")
            .says("A JSON Feed; after 500 it continues at `next_url`.")
            .asks::<From>()
            .gives_kind(FEED),
        post("/api/v1/kept/import", import, "Bring another service’s list")
            .says("The body is the file that it exports: CSV, HTML or JSON. Addresses, titles and tags are taken; no page is fetched. What is kept already stays as it is.")
            .takes_kind("application/octet-stream")
            .up_to(UPLOAD_BYTES)
            .gives::<Imported>()
            .fails(400, &["bad_file"])
            .fails(422, &["too_many_kept"])
            .fails(429, &["too_many_searches"])
            .fails(503, &["store_full"]),
        post("/api/v1/kept/let-go", let_go, "Keep what is old no longer")
            .says("At most 500 at once. What has a tag or a note stays. It can be undone for ten minutes.")
            .takes::<Older>()
            .gives::<Gone>()
            .fails(422, &["bad_days"]),
        post("/api/v1/kept/let-go/undo", undo, "Undo that")
            .takes::<Act>()
            .gives::<Back>(),
        get("/api/v1/stars/export", stars, "All stars, with their texts")
            .says("A JSON Feed; after 500 it continues at `next_url`.")
            .asks::<Onward>()
            .gives_kind(FEED)
            .fails(400, &["bad_cursor"]),
    ]
}

/// Something kept, with its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptText)]
struct Shown {
    id: String,
    /// The article’s id; null for a page.
    article: Option<String>,
    title: String,
    link: Option<String>,
    /// The feed’s title, or the site’s name.
    source: String,
    tags: Vec<String>,
    note: String,
    /// Since when.
    kept: Option<String>,
    /// Clean HTML.
    content: String,
}

/// One read.
async fn one(
    State(app): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let name = name.parse::<ArticleId>().map_or(name, kepts::name_of);
    let kept = keeping::known(&app, caller.0, &name).await?;
    let (card, body) = (kept.card, kept.body);
    let content = match &body.full {
        Some(full) => clean(&full.html, full.sanitizer),
        None => clean(&body.html, body.sanitizer),
    };
    let shown = Shown {
        article: kepts::article_of(&name).map(|id| id.to_string()),
        id: name,
        title: card.title,
        link: card.link,
        source: card.source,
        tags: card.tags,
        note: card.note,
        kept: Timestamp::from_timestamp(card.kept, 0).map(rfc3339),
        content: content.into_string(),
    };
    Ok(Json(shown).into_response())
}

fn as_feed(feed: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/feed+json; charset=utf-8")];
    (kind, feed.to_string()).into_response()
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct From {
    /// How many are left out at the beginning.
    from: usize,
}

/// One read each.
async fn export(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<From>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(From { from }) = query.map_err(bad_query)?;
    let feed = kept_list::exported(&app, caller.0, from, "/api/v1/kept/export").await?;
    Ok(as_feed(&feed))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Onward {
    /// Where to continue, as `next_url` says.
    cursor: Option<String>,
}

/// One read each.
async fn stars(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Onward>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(Onward { cursor }) = query.map_err(bad_query)?;
    let path = "/api/v1/stars/export";
    let feed = star_export::exported(&app, caller.0, cursor.as_deref(), path).await?;
    Ok(as_feed(&feed))
}

/// What came of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptImported)]
struct Imported {
    /// How many pages are kept now and weren’t before.
    added: usize,
    /// Lines without an address.
    without_address: usize,
    /// Whether there were more lines than are taken.
    cut: bool,
}

/// A write for each page.
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
    let done = kept_list::import(&app, caller.0, body).await?;
    let imported = Imported {
        added: done.added,
        without_address: done.without,
        cut: done.is_full,
    };
    Ok(Json(imported).into_response())
}

/// What is old.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = KeptOlder)]
struct Older {
    /// 1 to 36,500: what is kept for longer goes.
    days: i64,
}

/// What was let go of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptGone)]
struct Gone {
    gone: usize,
    /// How many more are as old; ask again.
    left: usize,
    /// What brings it back; null if nothing is so old.
    act: Option<String>,
}

async fn let_go(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Older>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(older) = body.map_err(bad_json)?;
    if !(1..=36_500).contains(&older.days) {
        let title = format!("“{}” isn’t a number of days that can be chosen", older.days);
        let advice = "Nothing was changed. Choose 1 to 36,500.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "bad_days", title, advice));
    }
    let gone = kept_list::let_go(&app, caller.0, older.days, app.clock.now()).await?;
    let gone = Gone {
        gone: gone.count,
        left: gone.left,
        act: gone.act,
    };
    Ok(Json(gone).into_response())
}

/// What came back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptBack)]
struct Back {
    /// How many are kept again; null if it is too late.
    undone: Option<usize>,
}

async fn undo(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Act>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(Act { act }) = body.map_err(bad_json)?;
    let undone = kept_list::bring_back(&app, caller.0, &act).await?;
    Ok(Json(Back { undone }).into_response())
}
