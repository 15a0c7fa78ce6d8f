//! Articles: lists, contents, full text and marks.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, get, post};
use super::{Caller, arrives, bad_json, for_programs, is_there, quota_of};
use crate::app::AppState;
use crate::articles::{Article, MediaKinds, store as articles};
use crate::feeds::podcast::Podcast;
use crate::full_text::{self, FullTextError, fetch_or_cached};
use crate::ids::{ArticleId, FeedId};
use crate::shelf::json_list::{self, ListRequest, Listed};
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::ListOrder;
use crate::web::actions::article::kept_article;
use crate::web::actions::asking::for_a_text;
use crate::web::actions::marks::{Batch, Counts, apply_batch, as_program};
use crate::web::actions::stored_text::{clean, clean_full_text};
use crate::web::by_token;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/articles", list, "Articles, without their texts")
            .says("Give `feed` or `folder`, not both.")
            .asks::<ListQuery>()
            .gives::<Listed>()
            .fails(400, &["bad_limit", "bad_cursor"])
            .fails(404, &["not_found"]),
        get("/api/v1/articles/{id}", one, "An article with its text").gives::<Shown>(),
        post(
            "/api/v1/articles/{id}/full-text",
            full_text,
            "Fetch an article’s text from its page",
        )
        .says("It is fetched once, for everybody.")
        .gives::<Shown>()
        .fails(422, &["no_full_text"])
        .fails(429, &["too_many_searches"])
        .fails(503, &["store_full"]),
        post(
            "/api/v1/articles/{id}/open",
            open,
            "Mark an article as read, because it was opened",
        )
        .says("The journal notes it. Opening again what is read changes nothing.")
        .gives_nothing(),
        post("/api/v1/marks", marks, "Mark articles")
            .says("Up to 300 in one commit. The same `batch` sent twice counts once. Up to three articles that become read in one call count as opened.")
            .takes::<Batch>()
            .gives::<Counts>()
            .fails(400, &["too_many_marks", "bad_batch", "bad_id", "bad_place"]),
    ]
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ListQuery {
    /// `unread` (default), `all`, or `passed`: those that passed by unread, as articles of their feeds do after a while.
    #[param(inline)]
    state: Option<Wanted>,
    /// A feed's id.
    feed: Option<String>,
    /// Path segments, percent-encoded, with slashes between.
    folder: Option<String>,
    /// Where to continue, as the page before said.
    cursor: Option<String>,
    /// 1 to 200, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// `newest` (default) or `oldest`.
    #[param(inline)]
    order: Option<ListOrder>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Unread,
    All,
    Passed,
}

/// What is said about parameters that can't be read.
pub(super) fn bad_query(rejection: QueryRejection) -> Problem {
    Problem::bad_request(
        "bad_query",
        "The query can’t be read",
        rejection.body_text(),
    )
}

/// A part of the shelf, as it is asked for.
pub(super) fn scope_of(feed: Option<&str>, folder: Option<&str>) -> HandlerResult<Scope> {
    match (feed, folder) {
        (Some(_), Some(_)) => {
            let title = "Ask for a feed or for a folder, not both";
            let advice = "Leave one of them out.";
            Err(Problem::bad_request("bad_query", title, advice))
        }
        (Some(feed), None) => {
            let id: FeedId = feed.parse().map_err(|_| Problem::not_found())?;
            Ok(Scope::Feed(id))
        }
        (None, Some(folder)) => Ok(Scope::Folder(crate::web::words::decode_path(folder))),
        (None, None) => Ok(Scope::Everything),
    }
}

pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(query) = query.map_err(bad_query)?;
    let scope = scope_of(query.feed.as_deref(), query.folder.as_deref())?;
    if let Scope::Feed(feed) = scope {
        Shelf::load_with(&app.store, caller.0, &[feed]).await?;
    }
    let shelf = arrives(&app, caller).await?;
    if !is_there(&shelf, &scope) {
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
            Some(Wanted::Passed) => Filter::Passed,
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
    for_a_text(&app, caller.0, quota_of(&app, caller).await?).await?;
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

/// An article with its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Article)]
pub(super) struct Shown {
    /// For example `52341234-17`.
    id: String,
    /// The feed’s id.
    feed: String,
    /// The feed’s title on this shelf.
    feed_title: String,
    /// Plain text.
    title: String,
    /// The publisher’s page.
    link: Option<String>,
    author: Option<String>,
    /// The publisher’s date, RFC 3339.
    published: Option<String>,
    /// When its publisher changed it last, as they say.
    updated: Option<String>,
    /// The time by which lists are ordered.
    at: String,
    read: bool,
    starred: bool,
    /// Clean HTML.
    content: String,
    /// The text of its page as clean HTML, if anybody has fetched it.
    full_text: Option<String>,
    enclosures: Vec<Enclosure>,
    categories: Vec<String>,
    /// Of an episode.
    podcast: Option<Podcast>,
    /// The language of its text (ISO 639).
    lang: Option<String>,
    /// How many words its text has.
    words: Option<u32>,
    /// `audio`, `video`, `image`.
    media: Option<Vec<&'static str>>,
    /// When it came.
    arrived: Option<String>,
}

/// What is attached to an article.
#[derive(Debug, Serialize, ToSchema)]
struct Enclosure {
    url: String,
    /// Its content type.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// In bytes.
    length: Option<u64>,
}

fn shown(shelf: &Shelf, article: &Article) -> Shown {
    let id = article.id;
    let date = |seconds: Option<i64>| {
        let at = seconds.and_then(|at| Timestamp::from_timestamp(at, 0));
        at.map(rfc3339)
    };
    let body = &article.body;
    let enclosures: Vec<_> = body
        .attachments
        .iter()
        .map(|file| Enclosure {
            url: file.url.clone(),
            kind: file.mime.clone(),
            length: file.length,
        })
        .collect();
    let summary = &article.summary;
    Shown {
        id: id.to_string(),
        feed: id.feed.to_string(),
        feed_title: shelf.title(id.feed),
        title: body.title.clone(),
        link: body.link.clone(),
        author: body.author.clone(),
        published: date(body.published),
        updated: date(body.updated),
        at: rfc3339(summary.at()),
        read: shelf.is_read(id),
        starred: shelf.is_starred(id),
        content: clean(&body.html, body.sanitizer).into_string(),
        full_text: clean_full_text(body),
        enclosures,
        categories: body.categories.clone(),
        podcast: body.podcast.clone(),
        lang: summary.lang.clone().or_else(|| body.lang.clone()),
        words: summary.words,
        media: summary.media.map(MediaKinds::names),
        arrived: summary.arrived_at().map(rfc3339),
    }
}

pub(super) async fn marks(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Batch>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(batch) = body.map_err(bad_json)?;
    let shelf = by_token::counted(&app, caller.0).await?;
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
