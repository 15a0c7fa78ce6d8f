//! Starring and unstarring, and the export of all stars.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::marks::Back;
use crate::app::AppState;
use crate::articles::Article;
use crate::datastore::StoreError;
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::shelf::{Shelf, stars};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::star::set_star;
use crate::web::actions::stored_text::clean;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};

/// Maximum stars in one exported file: each is a read.
const EXPORTED: u32 = 500;

/// Stars or unstars an article. The page's script gets a 204; a browser without scripts is redirected back.
pub(super) async fn set<const STARRED: bool>(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    PathId(id): PathId<ArticleId>,
    Form(back): Form<Back>,
) -> HandlerResult<Response> {
    set_star(
        &app,
        current.user.id,
        current.user.profile.admin,
        id,
        STARRED,
        true,
    )
    .await?;
    let accept = headers.get(header::ACCEPT);
    if accept.is_some_and(|accept| accept.as_bytes().starts_with(b"application/json")) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&flash::local(&back.return_to)).into_response())
}

/// Where an export continues.
#[derive(Debug, Deserialize)]
pub(super) struct Onward {
    cursor: Option<String>,
}

/// The user's stars with their full content, as a JSON Feed (version 1.1); after 500, it continues at `next_url`.
pub(super) async fn export(
    State(app): State<AppState>,
    current: CurrentUser,
    Query(onward): Query<Onward>,
) -> HandlerResult<Response> {
    let page = stars::page(
        &app.store,
        current.user.id,
        onward.cursor.as_deref(),
        EXPORTED,
    )
    .await;
    let (rows, next) = match page {
        Err(StoreError::BadCursor | StoreError::Invalid(_)) => {
            let title = "This part of the export isn’t there any more";
            return Err(Problem::bad_request(
                "bad_cursor",
                title,
                "Start the export again.",
            ));
        }
        page => page?,
    };
    let ids: Vec<ArticleId> = rows.iter().map(|summary| summary.id).collect();
    let found = stars::get_many(&app.store, current.user.id, &ids).await?;
    let shelf = Shelf::load_around(&app.store, current.user.id, &[]).await?;
    let kept = match shelf.read.has_kept() {
        true => kepts::cached(&app.store, current.user.id).await?,
        false => Default::default(),
    };
    let items: Vec<Value> = found
        .iter()
        .map(|(article, feed)| {
            let mut item = item(article, feed);
            let name = kepts::name_of(article.id);
            if let Some((_, card)) = kept.iter().find(|(known, _)| *known == name) {
                // The publisher's own are `tags`.
                item["_dormouse"]["tags"] = json!(card.tags);
                item["_dormouse"]["note"] = json!(card.note);
            }
            item
        })
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Starred in Dormouse",
        "items": items,
    });
    if let Some(next) = next.filter(|_| rows.len() >= EXPORTED as usize) {
        let mut url = app.base_url.clone();
        url.set_path("/export/starred.json");
        url.query_pairs_mut().append_pair("cursor", &next);
        feed["next_url"] = url.as_str().into();
    }
    let mut response = feed.to_string().into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/feed+json; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"dormouse-starred.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

fn item(article: &Article, feed: &str) -> Value {
    let body = &article.body;
    let date = |seconds: Option<i64>| {
        let at = seconds.and_then(|at| Timestamp::from_timestamp(at, 0));
        at.map(rfc3339)
    };
    let html = match &body.full {
        Some(full) => clean(&full.html, full.sanitizer),
        None => clean(&body.html, body.sanitizer),
    };
    let html = html.into_string();
    let mut item = json!({
        "id": body.link.clone().unwrap_or_else(|| article.id.to_string()),
        "title": body.title,
        "content_html": html,
        "tags": body.categories,
        "_dormouse": { "id": article.id.to_string(), "feed_title": feed },
    });
    let known = [
        ("url", body.link.clone()),
        ("date_published", date(body.published)),
        ("date_modified", date(body.updated)),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            item[name] = value.into();
        }
    }
    if let Some(author) = &body.author {
        item["authors"] = json!([{ "name": author }]);
    }
    item
}
