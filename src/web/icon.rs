//! `GET /icon/{feed}`: the icon of a feed's site, shown over the letter that pages draw.
//!
//! Each icon is an image that the browser requests when it scrolls into view, and caches for a week: pages don't wait
//! for icons, and icons don't add to their cost.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};

use super::current_user::{CurrentUser, NotSignedIn};
use super::path_id::PathId;
use super::problem::{HandlerResult, Problem};
use super::{Route, route};
use crate::app::AppState;
use crate::feeds;
use crate::icons::Picture;
use crate::icons::fetch::{ICON_REFETCH_AFTER, Shown, fetch_or_cached, site_of};
use crate::ids::FeedId;

/// The policy for an icon that is opened as a page: it may only show itself.
const POLICY: &str = "default-src 'none'; img-src data:; sandbox";
/// A transparent image, which leaves the letter visible. Not a 404, for which some browsers draw a broken frame.
const NOTHING: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;
/// Minimum minutes for which a browser caches that there is no icon.
const DAY: i64 = 24 * 60;
/// Minutes for which it caches a response that may change soon.
const SOON: i64 = 10;

pub(super) fn routes() -> Vec<Route> {
    vec![route("GET", "/icon/{feed}", get(show))]
}

/// The icon, or a transparent image. Four reads: the session, the account, the feed's summary, the icon.
async fn show(
    current: Result<CurrentUser, NotSignedIn>,
    State(app): State<AppState>,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    match current {
        Ok(_) => {}
        Err(NotSignedIn::Problem(problem)) => return Err(problem),
        // The sign-in page would be useless as an image.
        Err(NotSignedIn::Page(_)) => return Ok(StatusCode::UNAUTHORIZED.into_response()),
    }
    let heads = feeds::store::cached_heads(&app.store, &[feed]).await?;
    let (_, summary) = heads.first().ok_or_else(Problem::not_found)?;
    // Not known before the feed's first fetch: the next page requests it again.
    let Some(site) = site_of(summary) else {
        return Ok(draw(None, "private, no-store".into()));
    };
    let shown = fetch_or_cached(&app.refresh_context()?, &site).await?;
    Ok(draw(shown.picture.as_ref(), keeping(&shown)))
}

/// The `Cache-Control` header of the response.
fn keeping(shown: &Shown) -> String {
    let lasting = |minutes: i64| format!("private, max-age={}, immutable", minutes * 60);
    match (&shown.picture, shown.settled) {
        (_, None) => format!("private, max-age={}", SOON * 60),
        (Some(_), Some(_)) => lasting(ICON_REFETCH_AFTER),
        (None, Some(left)) => lasting(left.max(DAY)),
    }
}

fn draw(picture: Option<&Picture>, keep: String) -> Response {
    let body = picture.map_or(NOTHING.into(), on_a_plate);
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
        (header::CACHE_CONTROL, keep),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, body).into_response()
}

/// The icon on a white square, which hides the letter behind transparent parts, and makes dark icons visible on dark
/// pages. The square is part of the image, so that the letter is visible until the icon has loaded.
fn on_a_plate(picture: &Picture) -> String {
    let data = STANDARD.encode(picture.bytes());
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 20 20"><rect width="20" height="20" fill="#fff"/><image x="1.5" y="1.5" width="17" height="17" href="data:{};base64,{data}"/></svg>"##,
        picture.mime()
    )
}
