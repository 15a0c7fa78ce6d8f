//! Articles: lists, contents, full text and marks.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, arrives, bad_json, for_programs, is_admin};
use crate::app::AppState;
use crate::articles::{Article, MediaKinds, store as articles};
use crate::full_text::{self, FullTextError, fetch_or_cached};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::json_list::{self, ListRequest};
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::ListOrder;
use crate::web::actions::article::kept_article;
use crate::web::actions::asking::for_a_text;
use crate::web::actions::marks::{Batch, Counts, apply_batch, as_program};
use crate::web::actions::stored_text::{clean, clean_full_text};
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    /// `unread` (default) or `all`.
    state: Option<Wanted>,
    feed: Option<String>,
    /// Path segments, percent-encoded, with slashes between.
    folder: Option<String>,
    cursor: Option<String>,
    /// 1 to 200, 50 by default.
    limit: Option<usize>,
    /// `newest` (default) or `oldest`.
    order: Option<ListOrder>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Unread,
    All,
}

/// What is said about parameters that can't be read.
pub(super) fn bad_query(rejection: QueryRejection) -> Problem {
    Problem::bad_request(
        "bad_query",
        "The query can’t be read",
        rejection.body_text(),
    )
}

pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(query) = query.map_err(bad_query)?;
    let scope = match (&query.feed, &query.folder) {
        (Some(_), Some(_)) => {
            let title = "Ask for a feed or for a folder, not both";
            return Err(Problem::bad_request(
                "bad_query",
                title,
                "Leave one of them out.",
            ));
        }
        (Some(feed), None) => {
            let id: FeedId = feed.parse().map_err(|_| Problem::not_found())?;
            Scope::Feed(id)
        }
        (None, Some(folder)) => Scope::Folder(crate::web::words::decode_path(folder)),
        (None, None) => Scope::Everything,
    };
    if let Scope::Feed(feed) = scope {
        Shelf::load_with(&app.store, caller.0, &[feed]).await?;
    }
    let shelf = arrives(&app, caller).await?;
    if scope != Scope::Everything && shelf.feeds(&scope).is_empty() {
        return Err(Problem::not_found());
    }
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        let title = "The limit is 1 to 200";
        return Err(Problem::bad_request(
            "bad_limit",
            title,
            "Use the cursor to get more.",
        ));
    }
    let listing = ListRequest {
        scope,
        filter: match query.state {
            Some(Wanted::All) => Filter::All,
            _ => Filter::Unread,
        },
        order: query.order.unwrap_or_default(),
        cursor: query.cursor,
        limit,
    };
    let found = json_list::page(&app.store, &app.secret, &shelf, &listing).await?;
    let found = found.ok_or_else(|| {
        let advice = "Start again without a cursor.";
        Problem::bad_request("bad_cursor", "This cursor belongs to another query", advice)
    })?;
    Ok(Json(found).into_response())
}

pub(super) async fn one(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load_around(&app.store, caller.0, &[id.feed]).await?;
    let shelf = for_programs(&app, caller, shelf).await?;
    let kept = kept_article(&app, &shelf, id).await?;
    Ok(Json(shown(&shelf, &kept.article)).into_response())
}

/// Fetches an article's full text, and returns the article. One fetch, one read and two writes, unless it is stored already.
pub(super) async fn full_text(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load_around(&app.store, caller.0, &[id.feed]).await?;
    let shelf = for_programs(&app, caller, shelf).await?;
    if shelf.subscription(id.feed).is_none() {
        return Err(Problem::not_found());
    }
    let known = articles::get_version(&app.store, id).await?;
    let known = known.ok_or_else(Problem::not_found)?;
    for_a_text(&app, caller.0, is_admin(&app, caller).await?).await?;
    match fetch_or_cached(&app.refresh_context()?, known, full_text::FetchMode::Asked).await {
        Ok(article) => Ok(Json(shown(&shelf, &article)).into_response()),
        Err(FullTextError::Store(error)) => Err(error.into()),
        Err(FullTextError::Gone) => Err(Problem::not_found()),
        Err(error) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let advice = error.advice().to_owned();
            Err(Problem::new(
                status,
                "no_full_text",
                error.to_string(),
                advice,
            ))
        }
    }
}

/// An article as JSON.
fn shown(shelf: &Shelf, article: &Article) -> Value {
    let id = article.id;
    let date = |seconds: Option<i64>| {
        let at = seconds.and_then(|at| Timestamp::from_timestamp(at, 0));
        at.map(rfc3339)
    };
    let body = &article.body;
    let enclosures: Vec<_> = body
        .attachments
        .iter()
        .map(|file| json!({ "url": file.url, "type": file.mime, "length": file.length }))
        .collect();
    json!({
        "id": id.to_string(),
        "feed": id.feed.to_string(),
        "feed_title": shelf.title(id.feed),
        "title": body.title,
        "link": body.link,
        "author": body.author,
        "published": date(body.published),
        "updated": date(body.updated),
        "at": rfc3339(article.summary.at()),
        "read": shelf.is_read(id),
        "starred": shelf.is_starred(id),
        "content": clean(&body.html, body.sanitizer).into_string(),
        "full_text": clean_full_text(body),
        "enclosures": enclosures,
        "categories": body.categories,
        "podcast": body.podcast,
        "lang": article.summary.lang.as_ref().or(body.lang.as_ref()),
        "words": article.summary.words,
        "media": article.summary.media.map(MediaKinds::names),
        "arrived": article.summary.arrived_at().map(rfc3339),
    })
}

pub(super) async fn marks(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Batch>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(batch) = body.map_err(bad_json)?;
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let mut shelf = for_programs(&app, caller, shelf).await?;
    let batch = as_program(batch);
    let ignored = apply_batch(&app, &mut shelf, &batch).await?;
    Ok(Json(Counts::of(&shelf).ignoring(&ignored)).into_response())
}

/// Marks an article as read, because it was opened: so the journal notes it. Opening again what is read changes nothing. One
/// write; a read if what the journal keeps of it isn't cached.
pub(super) async fn open(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load_with(&app.store, caller.0, &[id.feed]).await?;
    let mut shelf = for_programs(&app, caller, shelf).await?;
    let numbers = shelf.numbers(id.feed);
    if shelf.subscription(id.feed).is_none() || id.seq == 0 || id.seq > numbers.last {
        return Err(Problem::not_found());
    }
    if !shelf.is_read(id) {
        apply_batch(&app, &mut shelf, &Batch::opening(id)).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
