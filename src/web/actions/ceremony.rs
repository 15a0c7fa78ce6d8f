//! What is kept between the two halves of a passkey's ceremony: sealed, in the browser.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};

use crate::app::AppState;
use crate::users::passkey::Ceremony;
use crate::web::cookies::Cookie;
use crate::web::problem::{HandlerResult, Problem};

/// As long as the library lets a ceremony last.
const COOKIE: Cookie = Cookie {
    name: "dormouse-passkey",
    path: "/",
    max_age: 5 * 60,
};

/// The answer to a browser that begins one.
///
/// # Errors
/// A problem if it can't be sealed, which doesn't happen.
pub(crate) fn begun(app: &AppState, ceremony: Ceremony) -> HandlerResult<Response> {
    let sealed = COOKIE.seal(app, &ceremony.state);
    let cookie = sealed.and_then(|value| COOKIE.set(app, &value));
    let fault = || Problem::internal(&std::io::Error::other("a ceremony can’t be sealed"));
    let headers = [
        (header::SET_COOKIE, cookie.ok_or_else(fault)?),
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, ceremony.options).into_response())
}

/// What was kept; `None` if it is too old, or not ours.
pub(crate) fn state(app: &AppState, headers: &HeaderMap) -> Option<String> {
    COOKIE.unsealed(app, headers)
}

/// The header that ends one.
pub(crate) fn over(app: &AppState) -> Option<HeaderValue> {
    COOKIE.forget(app)
}
