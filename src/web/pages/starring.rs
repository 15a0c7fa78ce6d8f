//! Stars: setting and taking them, and taking them all along as a file.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::article::kept;
use super::full_text::clean;
use super::marks::Back;
use crate::app::{App, AppState};
use crate::articles::Article;
use crate::clock::{Timestamp, rfc3339};
use crate::datastore::StoreError;
use crate::ids::{ArticleId, UserId};
use crate::shelf::{Shelf, stars};
use crate::web::flash;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;

/// Stars in one exported file: each is a read.
const EXPORTED: u32 = 500;

/// Stars an article, or takes its star. The page's script gets 204; a browser without scripts goes back.
pub(super) async fn set<const STARRED: bool>(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Path(id): Path<String>,
    Form(back): Form<Back>,
) -> Answer<Response> {
    let id: ArticleId = id.parse().map_err(|_| Problem::not_found())?;
    change(&app, reader.user.id, reader.user.profile.admin, id, STARRED).await?;
    let accept = headers.get(header::ACCEPT);
    if accept.is_some_and(|accept| accept.as_bytes().starts_with(b"application/json")) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&flash::local(&back.return_to)).into_response())
}

/// Stars an article, or takes its star. A star is at most a read and a write (the first of all, two); taking it is a delete.
pub(crate) async fn change(
    app: &App,
    user: UserId,
    admin: bool,
    id: ArticleId,
    starred: bool,
) -> Answer<()> {
    let shelf = Shelf::load(&app.store, user).await?;
    if starred == shelf.is_starred(id) {
        return Ok(());
    }
    if !starred {
        return Ok(stars::unstar(&app.store, user, id).await?);
    }
    let most = app.config.quotas.of(admin).stars;
    if shelf.starred() as u64 >= most {
        let title = format!("You have {most} stars, which is the limit here");
        let advice = "Take some away, or export them first.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "too_many_stars", title, advice));
    }
    let article = kept(app, &shelf, id).await?.article;
    let title = shelf.title(id.feed);
    stars::star(&app.store, user, &article, &title, app.clock.now()).await?;
    Ok(())
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
