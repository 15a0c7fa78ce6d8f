//! Stars: setting and taking them, and taking them all along as a file.

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
use crate::shelf::stars;
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::star::set_star;
use crate::web::actions::stored_text::clean;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;

/// Stars in one exported file: each is a read.
const EXPORTED: u32 = 500;

/// Stars an article, or takes its star. The page's script gets 204; a browser without scripts goes back.
pub(super) async fn set<const STARRED: bool>(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    PathId(id): PathId<ArticleId>,
    Form(back): Form<Back>,
) -> Answer<Response> {
    set_star(&app, reader.user.id, reader.user.profile.admin, id, STARRED).await?;
    let accept = headers.get(header::ACCEPT);
    if accept.is_some_and(|accept| accept.as_bytes().starts_with(b"application/json")) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&flash::local(&back.return_to)).into_response())
}

/// Where an export goes on.
#[derive(Debug, Deserialize)]
pub(super) struct Onward {
    cursor: Option<String>,
}

/// A reader's stars as a JSON Feed (version 1.1), whole; more than 500 go on at `next_url`.
pub(super) async fn export(
    State(app): State<AppState>,
    reader: Reader,
    Query(onward): Query<Onward>,
) -> Answer<Response> {
    let page = stars::page(
        &app.store,
        reader.user.id,
        onward.cursor.as_deref(),
        EXPORTED,
    )
    .await;
    let (cards, next) = match page {
        Err(StoreError::BadCursor | StoreError::Invalid(_)) => {
            let title = "This part of the export isn't there any more";
            return Err(Problem::bad_request("bad_cursor", title, "Begin again."));
        }
        page => page?,
    };
    let ids: Vec<ArticleId> = cards.iter().map(|card| card.id).collect();
    let found = stars::get_many(&app.store, reader.user.id, &ids).await?;
    let items: Vec<Value> = found
        .iter()
        .map(|(article, feed)| item(article, feed))
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Starred in Dormouse",
        "items": items,
    });
    if let Some(next) = next.filter(|_| cards.len() >= EXPORTED as usize) {
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
