//! Starred articles.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::call::{Call, delete as remove, get, put as set_one};
use super::{Caller, quota_of};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::shelf::json_list::{Listed, ListedArticle};
use crate::shelf::kept::store as kepts;
use crate::shelf::stars::{self, StarredArticle};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::star::set_star;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let one = "/api/v1/stars/{id}";
    vec![
        get(
            "/api/v1/stars",
            list,
            "Starred articles, the last starred first",
        )
        .asks::<ListQuery>()
        .gives::<Listed>()
        .fails(400, &["bad_limit", "bad_cursor"]),
        set_one(one, put, "Star an article")
            .gives_nothing()
            .fails(422, &["too_many_stars"]),
        remove(one, delete, "Remove a star").gives_nothing(),
    ]
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ListQuery {
    /// Where to continue, as the page before said.
    cursor: Option<String>,
    /// 1 to 200, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of stars, most recently starred first.
pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(query) = query.map_err(super::articles::bad_query)?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        let advice = "Use the cursor to get more.";
        return Err(Problem::bad_request(
            "bad_limit",
            "The limit is 1 to 200",
            advice,
        ));
    }
    // At most 200.
    let page = stars::page(&app.store, caller.0, query.cursor.as_deref(), limit as u32).await;
    let (rows, next) = match page {
        Err(StoreError::BadCursor | StoreError::Invalid(_)) => {
            let title = "This cursor belongs to another query";
            let advice = "Start again without a cursor.";
            return Err(Problem::bad_request("bad_cursor", title, advice));
        }
        page => page?,
    };
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let next = next.filter(|_| rows.len() >= limit);
    let kept = match shelf.read.has_kept() {
        true => kepts::cached(&app.store, caller.0).await?,
        false => Default::default(),
    };
    let rows = rows.iter().map(|star| {
        let mut shown = shown(&shelf, star);
        let name = kepts::name_of(star.id);
        if let Some((_, card)) = kept.iter().find(|(known, _)| *known == name) {
            shown.tags.clone_from(&card.tags);
            shown.note.clone_from(&card.note);
        }
        shown
    });
    let articles = rows.collect();
    let page = Listed {
        articles,
        cursor: next,
    };
    Ok(Json(page).into_response())
}

fn shown(shelf: &Shelf, star: &StarredArticle) -> ListedArticle {
    let summary = &star.summary;
    let published = summary
        .published
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let title = shelf.title(star.id.feed);
    ListedArticle {
        id: star.id.to_string(),
        feed: star.id.feed.to_string(),
        feed_title: match title.is_empty() {
            true => star.feed_title.clone(),
            false => title,
        },
        title: summary.title.clone(),
        link: summary.link.clone(),
        author: summary.author.clone(),
        snippet: summary.snippet.clone(),
        image: summary.image.clone(),
        published: published.map(rfc3339),
        at: rfc3339(summary.at()),
        read: shelf.is_read(star.id),
        starred: true,
        tags: Vec::new(),
        note: String::new(),
    }
}

pub(super) async fn put(
    app: State<AppState>,
    caller: Caller,
    id: PathId<ArticleId>,
) -> HandlerResult<StatusCode> {
    set(app, caller, id, true).await
}

pub(super) async fn delete(
    app: State<AppState>,
    caller: Caller,
    id: PathId<ArticleId>,
) -> HandlerResult<StatusCode> {
    set(app, caller, id, false).await
}

async fn set(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
    starred: bool,
) -> HandlerResult<StatusCode> {
    let quota = quota_of(&app, caller).await?;
    set_star(&app, caller.0, quota, id, starred, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
