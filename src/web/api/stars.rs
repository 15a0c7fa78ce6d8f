//! What a reader has starred.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, is_admin};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::shelf::stars::{self, StarCard};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::actions::star::set_star;
use crate::web::path_id::PathId;
use crate::web::problem::{Answer, Problem};

/// Which page.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    cursor: Option<String>,
    /// 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// A page of stars, the last starred first.
pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Query(wish): Query<Wish>,
) -> Answer<Response> {
    let limit = wish.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        let advice = "Go on with the cursor for more.";
        return Err(Problem::bad_request(
            "bad_limit",
            "The limit is 1 to 200",
            advice,
        ));
    }
    let page = stars::page(&app.store, caller.0, wish.cursor.as_deref(), limit).await;
    let (cards, next) = match page {
        Err(StoreError::BadCursor | StoreError::Invalid(_)) => {
            let title = "This cursor belongs to another question";
            let advice = "Begin again without one.";
            return Err(Problem::bad_request("bad_cursor", title, advice));
        }
        page => page?,
    };
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let next = next.filter(|_| cards.len() >= limit as usize);
    let cards: Vec<Value> = cards.iter().map(|card| shown(&shelf, card)).collect();
    Ok(Json(json!({ "articles": cards, "cursor": next })).into_response())
}

fn shown(shelf: &Shelf, star: &StarCard) -> Value {
    let face = &star.face;
    let published = face
        .published
        .and_then(|at| Timestamp::from_timestamp(at, 0));
    let title = shelf.title(star.id.feed);
    json!({
        "id": star.id.to_string(),
        "feed": star.id.feed.to_string(),
        "feed_title": if title.is_empty() { &star.feed_title } else { &title },
        "title": face.title,
        "link": face.link,
        "author": face.author,
        "snippet": face.snippet,
        "image": face.image,
        "published": published.map(rfc3339),
        "at": rfc3339(face.at()),
        "read": shelf.is_read(star.id),
        "starred": true,
    })
}

pub(super) async fn put(
    app: State<AppState>,
    caller: Caller,
    id: PathId<ArticleId>,
) -> Answer<StatusCode> {
    set(app, caller, id, true).await
}

pub(super) async fn delete(
    app: State<AppState>,
    caller: Caller,
    id: PathId<ArticleId>,
) -> Answer<StatusCode> {
    set(app, caller, id, false).await
}

async fn set(
    State(app): State<AppState>,
    caller: Caller,
    PathId(id): PathId<ArticleId>,
    starred: bool,
) -> Answer<StatusCode> {
    let admin = is_admin(&app, caller).await?;
    set_star(&app, caller.0, admin, id, starred).await?;
    Ok(StatusCode::NO_CONTENT)
}
