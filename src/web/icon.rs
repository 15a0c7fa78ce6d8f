//! `GET /icon/{feed}`: the icon of a feed's site, over the letter that pages draw.
//!
//! A picture of its own for each, asked for by the browser when it comes into view, and kept by it for a week: pages neither
//! wait for icons nor pay for them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};

use super::path_id::PathId;
use super::problem::{Answer, Problem};
use super::reader::{NotSignedIn, Reader};
use super::{Route, route};
use crate::app::AppState;
use crate::feeds;
use crate::icons::Picture;
use crate::icons::fetch::{AGAIN_AFTER, Shown, bring, site_of};
use crate::ids::FeedId;

/// What the picture may do, should somebody open it as a page: show itself.
const POLICY: &str = "default-src 'none'; img-src data:; sandbox";
/// A picture that leaves the letter to be seen. Not a 404, for which some browsers draw a broken frame.
const NOTHING: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;
/// Minutes for which a browser asks no more where there is nothing: at least this long.
const DAY: i64 = 24 * 60;
/// Minutes for which it keeps an answer that may soon be another.
const SOON: i64 = 10;

pub(super) fn routes() -> Vec<Route> {
    vec![route("GET", "/icon/{feed}", get(show))]
}

/// The icon, or nothing to be seen. Four reads: who asks (two), the feed's card, the icon.
async fn show(
    reader: Result<Reader, NotSignedIn>,
    State(app): State<AppState>,
    PathId(feed): PathId<FeedId>,
) -> Answer<Response> {
    match reader {
        Ok(_) => {}
        Err(NotSignedIn::Problem(problem)) => return Err(problem),
        // Nobody reads a page in the place of a picture.
        Err(NotSignedIn::Page(_)) => return Ok(StatusCode::UNAUTHORIZED.into_response()),
    }
    let heads = feeds::store::known_heads(&app.store, &[feed]).await?;
    let (_, card) = heads.first().ok_or_else(Problem::not_found)?;
    // Known in a moment: the next page asks anew.
    let Some(site) = site_of(card) else {
        return Ok(draw(None, "private, no-store".into()));
    };
    let shown = bring(&app.tools()?, &site).await?;
    Ok(draw(shown.picture.as_ref(), keeping(&shown)))
}

/// For how long a browser need not ask again.
fn keeping(shown: &Shown) -> String {
    let lasting = |minutes: i64| format!("private, max-age={}, immutable", minutes * 60);
    match (&shown.picture, shown.settled) {
        (_, None) => format!("private, max-age={}", SOON * 60),
        (Some(_), Some(_)) => lasting(AGAIN_AFTER),
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

/// The site's picture on a white plate, which hides the letter where the picture doesn't, and makes dark ones visible on dark
/// pages. The plate comes with the picture, so that nothing hides the letter before.
fn on_a_plate(picture: &Picture) -> String {
    let data = STANDARD.encode(picture.bytes());
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 20 20"><rect width="20" height="20" fill="#fff"/><image x="1.5" y="1.5" width="17" height="17" href="data:{};base64,{data}"/></svg>"##,
        picture.mime()
    )
}
