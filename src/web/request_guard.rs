//! Request checks and security headers: only our own pages may write, and browsers are told what pages may do.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Method, header};

use super::problem::Problem;
use super::program_paths::is_by_token;
use crate::app::AppState;

/// What a page may load and do. No inline scripts or styles; media come from publishers, and so do images unless readers
/// are hidden from them. Frames are the players of five sites, which a reader's press puts into the page. Scripts turn text
/// into HTML by one policy of ours alone.
const POLICY: [&str; 2] = [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src ",
    "; media-src https: http:; frame-src https://www.youtube-nocookie.com https://player.vimeo.com \
     https://w.soundcloud.com https://open.spotify.com https://bandcamp.com; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'; \
     require-trusted-types-for 'script'; trusted-types dormouse",
];

/// The other headers of every response.
const HEADERS: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    // Not "no-referrer": browsers would then send our own forms with "Origin: null".
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];
/// Once browsers know us over TLS, they never ask without (RFC 6797): for a year. Not for other hosts of the domain,
/// which aren't ours to decide about.
const TRANSPORT: &str = "max-age=31536000";

/// The headers that an installation sends.
#[derive(Clone, Debug)]
pub(super) struct Headers {
    policy: HeaderValue,
    is_secure: bool,
}

impl Headers {
    /// The headers where cookies are secure or not, and images come by our proxy or not.
    pub(super) fn of(is_secure: bool, by_proxy: bool) -> Self {
        let images = match by_proxy {
            true => "'self' data:",
            false => "'self' https: http: data:",
        };
        let text = POLICY.join(images);
        Self {
            // ASCII, by the constants above.
            policy: HeaderValue::from_str(&text)
                .unwrap_or(HeaderValue::from_static("default-src 'none'")),
            is_secure,
        }
    }
}

/// Adds the security headers, and forbids caching of responses without a `Cache-Control`.
pub(super) async fn security_headers(
    State(ours): State<Headers>,
    request: Request,
    next: Next,
) -> Response {
    let by_token = is_by_token(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if by_token {
        // A page of any origin may ask: what it doesn't know is the token, and no cookie counts.
        let any = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    }
    // Handlers may set stricter values, for responses that aren't pages.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(ours.policy);
    if ours.is_secure {
        let value = HeaderValue::from_static(TRANSPORT);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_static(value);
        headers.entry(name).or_insert(value);
    }
    // Kept by the browser for going back, and asked for anew otherwise. What a page shows is its script's to check.
    let private = HeaderValue::from_static("private, no-cache");
    headers.entry(header::CACHE_CONTROL).or_insert(private);
    response
}

/// Paths that do something when they are asked for.
const DEEDS: [&str; 3] = ["/cron/", "/auth/", "/admin/backup"];

/// HEAD changes nothing: nothing is written, and what would do something isn't done.
pub(super) async fn head(request: Request, next: Next) -> Response {
    if *request.method() != Method::HEAD {
        return next.run(request).await;
    }
    let path = request.uri().path();
    if DEEDS.iter().any(|deed| path.starts_with(deed)) {
        let status = http::StatusCode::METHOD_NOT_ALLOWED;
        let title = "This page doesn’t accept that request";
        let problem = Problem::new(status, "method_not_allowed", title, "Ask with GET.");
        return problem.into_response();
    }
    crate::datastore::frozen(next.run(request)).await
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
    let by_token = is_by_token(request.uri().path());
    if by_token && *request.method() == Method::OPTIONS {
        return preflight();
    }
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || by_token || is_ours(&app, &request) {
        return next.run(request).await;
    }
    let advice = "This change was sent from another site. Open Dormouse itself and try again.";
    Problem::forbidden("other_origin", advice).into_response()
}

/// What a browser asks before a page of another origin may call.
fn preflight() -> Response {
    let headers = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, POST, PUT, PATCH, DELETE",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, if-none-match",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (http::StatusCode::NO_CONTENT, headers).into_response()
}

/// Whether one of our addresses is requested as an image, a frame or the like: an article may embed any address, and
/// the user's cookies would be sent. Only static files may be embedded, and icons and a year in review as images.
fn is_embedded(request: &Request) -> bool {
    let path = request.uri().path();
    let purpose = request.headers().get("sec-fetch-dest");
    let as_page = purpose.is_none_or(|purpose| purpose == "document" || purpose == "empty");
    let as_picture = purpose.is_some_and(|purpose| purpose == "image");
    let is_icon = ["/icon/", "/image/", "/reader/icon/"]
        .iter()
        .any(|prefix| path.starts_with(prefix));
    let is_a_feeds = path.starts_with("/feed/") && path.ends_with("/icon");
    // A year in review is a picture, on its page too.
    let is_year = path.starts_with("/insights/") && path.ends_with(".svg");
    if as_picture && (is_icon || is_a_feeds || is_year) {
        return false;
    }
    let is_static = path.starts_with("/static/") || path.starts_with("/s/static/");
    let is_at_root = ["/favicon.ico", "/manifest.webmanifest", "/sw.js"].contains(&path);
    !as_page && !is_static && !is_at_root
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
    // Users may reach the server under another name of ours than that in BASE_URL: localhost, an IP address.
    let same = format!("{}://{host}", app.base_url.scheme());
    origin == known || (!host.is_empty() && origin == same)
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
