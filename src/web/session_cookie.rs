//! The session cookie.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, header};
use sha2::{Digest, Sha512};
use tower_sessions::cookie::{Cookie, CookieJar, Key, SameSite};
use tower_sessions::{Expiry, SessionManagerLayer};

use super::cookies;
use crate::app::AppState;
use crate::users::session::{self, Sessions};

/// The cookie's name.
pub const COOKIE: &str = "dormouse";

/// The key that signs the cookie, derived from the secret key.
pub fn key(app: &AppState) -> Key {
    derived(app.secret.newest())
}

fn derived(secret: &[u8]) -> Key {
    let mut hash = Sha512::new();
    hash.update(b"session cookie");
    hash.update(secret);
    Key::from(&hash.finalize())
}

fn name(app: &AppState) -> String {
    format!("{}{COOKIE}", cookies::prefix(app))
}

/// Has a cookie that the older secret key signed count as one that the newest signed. The session's next change, within a
/// day, sets the cookie anew.
pub(super) async fn with_older_key(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(older) = app.secret.older()
        && let Some(lines) = signed_anew(&app, older, &request)
    {
        request.headers_mut().insert(header::COOKIE, lines);
    }
    next.run(request).await
}

/// The request's cookies with the session's signed anew; `None` if the older key didn't sign that.
fn signed_anew(app: &AppState, older: &[u8], request: &Request) -> Option<HeaderValue> {
    let name = name(app);
    let lines = request.headers().get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| Cookie::split_parse(line).flatten());
    let mut jar = CookieJar::new();
    let mut others = Vec::new();
    for cookie in pairs {
        match cookie.name() == name {
            true => jar.add_original(cookie.into_owned()),
            false => others.push(cookie.to_string()),
        }
    }
    let session = jar.signed(&derived(older)).get(&name)?;
    jar.signed_mut(&key(app)).add(session);
    others.push(jar.get(&name)?.stripped().to_string());
    HeaderValue::from_str(&others.join("; ")).ok()
}

/// Sessions in the store, identified by a signed cookie: a forged one is rejected without a read.
pub(super) fn layer(
    app: &AppState,
) -> SessionManagerLayer<Sessions, tower_sessions::service::SignedCookie> {
    let sessions = Sessions::new(app.store.clone(), app.clock.clone());
    SessionManagerLayer::new(sessions)
        .with_name(name(app))
        .with_path(app.path_of("/"))
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(app.is_secure())
        .with_expiry(Expiry::OnInactivity(time::Duration::days(
            session::SESSION_DAYS,
        )))
        .with_signed(key(app))
}
