//! The stars as a file.

use serde_json::{Value, json};

use super::stored_text::clean;
use crate::app::AppState;
use crate::articles::Article;
use crate::datastore::StoreError;
use crate::ids::{ArticleId, UserId};
use crate::shelf::kept::store as kepts;
use crate::shelf::{Shelf, stars};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::problem::{HandlerResult, Problem};

/// Maximum stars in one exported file: each is a read.
const EXPORTED: u32 = 500;

/// A user's stars with their full content, as a JSON Feed (version 1.1); after 500, it continues at `next_url`, which is this path.
///
/// # Errors
/// 400 for a cursor of nothing.
pub(crate) async fn exported(
    app: &AppState,
    user: UserId,
    cursor: Option<&str>,
    path: &str,
) -> HandlerResult<Value> {
    let page = stars::page(&app.store, user, cursor, EXPORTED).await;
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
    let found = stars::get_many(&app.store, user, &ids).await?;
    let shelf = Shelf::load_around(&app.store, user, &[]).await?;
    let kept = match shelf.read.has_kept() {
        true => kepts::cached(&app.store, user).await?,
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
        url.set_path(&app.path_of(path));
        url.query_pairs_mut().append_pair("cursor", &next);
        feed["next_url"] = url.as_str().into();
    }
    Ok(feed)
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
