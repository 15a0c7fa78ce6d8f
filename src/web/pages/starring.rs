//! Starring and unstarring, and the export of all stars.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::marks::Back;
use crate::app::AppState;
use crate::ids::ArticleId;
use crate::web::actions::star::set_star;
use crate::web::actions::star_export;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;
use crate::web::security;

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
        app.quota_of(&current.user),
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

/// The user's stars with their full content, as a JSON Feed (version 1.1); after 500, it continues at `next_url`. The first part is a line
/// of the audit log: one write.
pub(super) async fn export(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Query(onward): Query<Onward>,
) -> HandlerResult<Response> {
    let cursor = onward.cursor.as_deref();
    let feed = star_export::exported(&app, current.user.id, cursor, "/export/starred.json").await?;
    if cursor.is_none() {
        security::exported(&app, address.0, current.user.id, "starred.json").await?;
    }
    let mut response = feed.to_string().into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/feed+json; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"dormouse-starred.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
