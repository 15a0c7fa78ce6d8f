//! The cookie that names a session.

use sha2::{Digest, Sha512};
use tower_sessions::cookie::{Key, SameSite};
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::app::AppState;
use crate::users::session::{self, Sessions};

/// Its name in browsers.
pub const COOKIE: &str = "dormouse";

/// What it is signed with.
pub fn key(app: &AppState) -> Key {
    let mut hash = Sha512::new();
    hash.update(b"session cookie");
    hash.update(&app.secret);
    Key::from(&hash.finalize())
}

/// Sessions in the store, named by a signed cookie: a made-up one is refused before it costs a read.
pub(super) fn layer(
    app: &AppState,
) -> SessionManagerLayer<Sessions, tower_sessions::service::SignedCookie> {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    SessionManagerLayer::new(sessions)
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.is_secure())
        .with_expiry(Expiry::OnInactivity(time::Duration::days(session::DAYS)))
        .with_signed(key(app))
}
