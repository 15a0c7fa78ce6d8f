//! The cookie that stores an attempt to sign in with OpenID Connect. It is sealed: the browser can neither read nor
//! forge it.

use http::{HeaderMap, HeaderValue};

use crate::app::AppState;
use crate::oidc::Attempt;
use crate::oidc::flow::MINUTES;
use crate::web::cookies::Cookie;

/// `SameSite=Lax`, not `Strict`, because it must be sent when the provider redirects back.
const COOKIE: Cookie = Cookie {
    name: "dormouse-attempt",
    path: "/",
    max_age: MINUTES as u32 * 60,
};

/// The header that stores an attempt for ten minutes.
pub(super) fn remember(app: &AppState, attempt: &Attempt) -> Option<HeaderValue> {
    COOKIE.set(app, &COOKIE.seal(app, attempt)?)
}

/// The attempt in a request's cookie.
pub(super) fn recall(app: &AppState, headers: &HeaderMap) -> Option<Attempt> {
    COOKIE.unsealed(app, headers)
}

/// The header that deletes the cookie.
pub(super) fn forget(app: &AppState) -> Option<HeaderValue> {
    COOKIE.forget(app)
}
