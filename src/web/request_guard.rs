//! Request checks and security headers: only our own pages may write, and browsers are told what pages may do.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, header};

use super::problem::Problem;
use crate::app::AppState;

/// What a page may load and do. No inline scripts or styles; images and media come from publishers.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' https: http: data:; media-src https: http:; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// The headers of every response.
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

/// Adds the security headers, and forbids caching of responses without a `Cache-Control`.
pub(super) async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // Handlers may set stricter values, for responses that aren't pages.
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    let private = HeaderValue::from_static("private, no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(private);
    response
}

/// Rejects writes that another site's page sends with a user's cookies. Browsers send the origin of a request; a
/// program that sends none has no cookies to misuse, or got them from the user.
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

/// Whether one of our addresses is requested as an image, a frame or the like: an article may embed any address, and
/// the user's cookies would be sent. Only static files may be embedded, and icons as images.
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
    // Users may reach the server under another name than that in BASE_URL: localhost, an IP address.
    origin == known || (!host.is_empty() && bare == Some(host))
}

/// Whether the user really requested a page: it is neither a cross-site request nor a prefetch.
pub fn is_deliberate(headers: &http::HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign = text("sec-fetch-site") == Some("cross-site");
    let early = ["sec-purpose", "purpose", "x-moz"]
        .iter()
        .any(|name| text(name).is_some_and(|purpose| purpose.contains("prefetch")));
    !foreign && !early
}
