//! The session cookie.

use sha2::{Digest, Sha512};
use tower_sessions::cookie::{Key, SameSite};
use tower_sessions::{Expiry, SessionManagerLayer};

use super::cookies;
use crate::app::AppState;
use crate::users::session::{self, Sessions};

/// The cookie's name.
pub const COOKIE: &str = "dormouse";

/// The key that signs the cookie, derived from the secret key.
pub fn key(app: &AppState) -> Key {
    let mut hash = Sha512::new();
    hash.update(b"session cookie");
    hash.update(&app.secret);
    Key::from(&hash.finalize())
}

/// Sessions in the store, identified by a signed cookie: a forged one is rejected without a read.
pub(super) fn layer(
    app: &AppState,
) -> SessionManagerLayer<Sessions, tower_sessions::service::SignedCookie> {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    SessionManagerLayer::new(sessions)
        .with_name(format!("{}{COOKIE}", cookies::prefix(app)))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.is_secure())
        .with_expiry(Expiry::OnInactivity(time::Duration::days(
            session::SESSION_DAYS,
        )))
        .with_signed(key(app))
}
