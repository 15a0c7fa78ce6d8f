//! The cookie that remembers an attempt to sign in elsewhere. Sealed: the browser keeps it, and can neither read nor make
//! one.

use http::{HeaderMap, HeaderValue, header};

use crate::app::AppState;
use crate::oidc::Attempt;
use crate::oidc::flow::MINUTES;
use crate::oidc::seal::Seal;

const COOKIE: &str = "dormouse-attempt";
/// A longer cookie isn't ours: an address to return to has at most 2,000 bytes.
const LONGEST: usize = 4_000;

/// Where it is sent, and what may read it. It goes along when the provider sends its reader back, which is why it isn't
/// `SameSite=Strict`.
fn cookie(app: &AppState, value: &str, seconds: i64) -> Option<HeaderValue> {
    let secure = app.base_url.scheme() == "https" || app.config.server.behind_proxy;
    let secure = if secure { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={value}; Path=/auth; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&cookie).ok()
}

fn seal(app: &AppState) -> Option<Seal> {
    Seal::new(&app.secret, COOKIE)
}

/// The cookie that remembers an attempt for ten minutes.
pub(super) fn remember(app: &AppState, attempt: &Attempt) -> Option<HeaderValue> {
    let sealed = seal(app)?.close(attempt, &app.chance)?;
    cookie(app, &sealed, MINUTES * 60)
}

/// The attempt that a request comes back from.
pub(super) fn recall(app: &AppState, headers: &HeaderMap) -> Option<Attempt> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, sealed) = pairs.find(|(name, value)| *name == COOKIE && value.len() <= LONGEST)?;
    seal(app)?.open(sealed)
}

/// The cookie that makes the browser forget.
pub(super) fn forget(app: &AppState) -> Option<HeaderValue> {
    cookie(app, "", 0)
}
