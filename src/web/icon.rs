//! `GET /icon/{name}`: the icon of a site, shown over the letter that pages draw; and `GET /feed/{feed}/icon`, which
//! leads there.
//!
//! An icon is addressed by its content, so it never changes, and says nothing of who reads which feed. Which one a feed's
//! site has is for those to know who have the feed on their shelf. Both are images that the browser requests when they
//! scroll into view: pages don't wait for icons, and icons don't add to their cost.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};

use super::current_user::{CurrentUser, NotSignedIn};
use super::edge::Tag;
use super::path_id::PathId;
use super::problem::{HandlerResult, Problem};
use super::{Route, route};
use crate::app::{App, AppState};
use crate::feeds;
use crate::icons::fetch::{ICON_REFETCH_AFTER, Shown, fetch_or_cached, site_of};
use crate::icons::{self, Picture};
use crate::ids::FeedId;
use crate::random::hex;
use crate::sealed::{is_signed, signature};
use crate::shelf::store as shelves;

/// The policy for an icon that is opened as a page: it may only show itself.
const POLICY: &str = "default-src 'none'; img-src data:; sandbox";
/// A transparent image, which leaves the letter visible. Not a 404, for which some browsers draw a broken frame.
const NOTHING: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;
/// Minimum minutes for which a browser caches that there is no icon.
const DAY: i64 = 24 * 60;
/// Minutes for which it caches a response that may change soon.
const SOON: i64 = 10;
/// Characters of a picture's name; the rest of an address is its signature.
const NAME_CHARS: usize = 32;
/// The purpose of the signature.
const PURPOSE: &str = "icon";

pub(super) fn routes() -> Vec<Route> {
    vec![
        route("GET", "/icon/{name}", get(show)),
        route("GET", "/feed/{feed}/icon", get(of_feed)),
    ]
}

/// The address of a picture. Signed, so that made-up names cost no read.
fn address(app: &App, picture: &Picture) -> String {
    let name = picture.name();
    let signature = signature(&app.secret, PURPOSE, name.as_bytes());
    format!("/icon/{name}{}", hex(&signature))
}

/// Leads to the icon of a feed's site, or shows a transparent image. Five reads: the session, the account, the
/// subscriptions, the feed's summary, the icon.
async fn of_feed(
    current: Result<CurrentUser, NotSignedIn>,
    State(app): State<AppState>,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let current = match current {
        Ok(current) => current,
        Err(NotSignedIn::Problem(problem)) => return Err(problem),
        // The sign-in page would be useless as an image.
        Err(NotSignedIn::Page(_)) => return Ok(StatusCode::UNAUTHORIZED.into_response()),
    };
    let listed = shelves::cached_list(&app.store, current.user.id).await?;
    if !listed.places.contains_key(&feed) {
        return Err(Problem::not_found());
    }
    let heads = feeds::store::cached_heads(&app.store, &[feed]).await?;
    let (_, summary) = heads.first().ok_or_else(Problem::not_found)?;
    // Not known before the feed's first fetch: the next page requests it again.
    let Some(site) = site_of(summary) else {
        return Ok(draw(None, "private, no-store".into()));
    };
    let shown = fetch_or_cached(&app.refresh_context()?, &site).await?;
    let keep = keeping(&shown);
    let Some(picture) = &shown.picture else {
        return Ok(draw(None, keep));
    };
    let headers = [
        (header::LOCATION, address(&app, picture)),
        (header::CACHE_CONTROL, keep),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// A picture by its name: the same for everybody and for ever. From the cache, or one read; none for a browser that has it.
async fn show(
    State(app): State<AppState>,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let parts = address.split_at_checked(NAME_CHARS);
    let (name, proof) = parts.ok_or_else(Problem::not_found)?;
    let proof = unhex(proof).ok_or_else(Problem::not_found)?;
    if !is_signed(&app.secret, PURPOSE, name.as_bytes(), &proof) {
        return Err(Problem::not_found());
    }
    const EVER: &str = "public, max-age=31536000, immutable";
    // Weak: it is packed as it is sent.
    let tag = Tag::weak(name);
    if tag.is_known(&headers) {
        let keep = [
            (header::CACHE_CONTROL, EVER),
            (header::VARY, "accept-encoding"),
        ];
        return Ok((StatusCode::NOT_MODIFIED, keep, tag.header()).into_response());
    }
    let picture = icons::store::cached_by_content(&app.store, name).await?;
    Ok(match &*picture {
        Some(picture) => (tag.header(), draw(Some(picture), EVER.into())).into_response(),
        // It was cleaned up, or its site has another one by now.
        None => draw(None, "no-store".into()),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect()
}

/// The `Cache-Control` header of what a feed's icon is.
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
