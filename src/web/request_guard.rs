//! The door: writes come from our own pages, and browsers are told what pages may do.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, header};

use super::problem::Problem;
use crate::app::AppState;

/// What a page may load and do. No inline script or style anywhere; pictures and sound come from publishers.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' https: http: data:; media-src https: http:; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Headers of every answer.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    // Not "no-referrer": browsers would then send our own forms with "Origin: null".
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// Adds the headers that protect a page, and forbids storing what nobody said may be stored.
pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // What is no page may be stricter about itself.
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    let private = HeaderValue::from_static("private, no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(private);
    response
}

/// Refuses writes that another site's page makes in a reader's name. Browsers say where a request comes from; a program
/// that says nothing has no cookies to misuse, or had them from the reader.
pub(super) async fn same_origin(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if is_embedded(&request) {
        let advice = "Open it as a page of its own.";
        return Problem::forbidden("embedded", advice).into_response();
    }
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let by_token = request.uri().path().starts_with("/api/");
    if safe || by_token || is_ours(&app, &request) {
        return next.run(request).await;
    }
    let advice = "This change was sent from another site. Open Dormouse itself and try again.";
    Problem::forbidden("other_origin", advice).into_response()
}

/// Whether an address of ours is asked for as a picture, a frame or the like: an article's text may name any address, and the
/// reader's cookies would go along. Only the files that pages are made of are meant for that, and icons as pictures.
fn is_embedded(request: &Request) -> bool {
    let path = request.uri().path();
    let purpose = request.headers().get("sec-fetch-dest");
    let as_page = purpose.is_none_or(|purpose| purpose == "document" || purpose == "empty");
    let as_picture = purpose.is_some_and(|purpose| purpose == "image");
    if as_picture && path.starts_with("/icon/") {
        return false;
    }
    !as_page && !path.starts_with("/static/") && path != "/favicon.ico"
}

fn is_ours(app: &AppState, request: &Request) -> bool {
    let text = |name: HeaderName| {
        let value = request.headers().get(name)?;
        value.to_str().ok().or(Some("unreadable"))
    };
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else {
        return true;
    };
    let known = app.base_url.origin().ascii_serialization();
    let host = text(header::HOST).unwrap_or_default();
    let bare = origin.split_once("://").map(|(_, host)| host);
    // A reader may come by another name for the same server than BASE_URL: localhost, an address.
    origin == known || (!host.is_empty() && bare == Some(host))
}

/// Whether a page was really asked for by its reader: not by another site, and not ahead of time.
pub fn is_deliberate(headers: &http::HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = text("sec-fetch-site") == Some("cross-site");
    let early = ["sec-purpose", "purpose", "x-moz"]
        .iter()
        .any(|name| text(name).is_some_and(|purpose| purpose.contains("prefetch")));
    !foreign && !early
}
