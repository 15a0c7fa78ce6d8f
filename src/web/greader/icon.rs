//! `GET /reader/icon/{name}`: a feed's icon for programs, which have no session. Its address is signed, so a made-up one costs nothing.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::app::{App, AppState};
use crate::feeds;
use crate::icons::fetch::{remembered, site_of};
use crate::ids::FeedId;
use crate::random::hex;
use crate::sealed::signature;
use crate::web::problem::{HandlerResult, Problem};

/// The purpose of the signature.
const PURPOSE: &str = "feed icon";
/// Characters of the signature in an address.
const PROOF_CHARS: usize = 32;

fn proof(app: &App, feed: FeedId) -> String {
    let signature = signature(&app.secret, PURPOSE, &feed.0.to_le_bytes());
    hex(&signature).chars().take(PROOF_CHARS).collect()
}

/// The address of a feed's icon.
pub(super) fn address(app: &App, feed: FeedId) -> String {
    let base = app.base_url.as_str().trim_end_matches('/');
    format!("{base}/reader/icon/{feed}-{}", proof(app, feed))
}

/// The icon of a feed's site, as its picture; 404 if it has none. A read for the feed and one for the icon, unless they are cached;
/// what isn't known yet is fetched.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    let (feed, sent) = name.split_once('-').ok_or_else(Problem::not_found)?;
    let feed: FeedId = feed.parse().map_err(|_| Problem::not_found())?;
    if sent != proof(&app, feed) {
        return Err(Problem::not_found());
    }
    let heads = feeds::store::cached_heads(&app.store, &[feed]).await?;
    let (_, summary) = heads.first().ok_or_else(Problem::not_found)?;
    let site = site_of(summary).ok_or_else(Problem::not_found)?;
    let shown = remembered(&app.refresh_context()?, &site).await?;
    let picture = shown.as_ref().as_ref().ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, picture.mime().to_owned()),
        (header::CACHE_CONTROL, "public, max-age=86400".to_owned()),
    ];
    Ok((StatusCode::OK, headers, picture.bytes().to_vec()).into_response())
}
