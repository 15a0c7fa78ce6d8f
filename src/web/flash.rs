//! A message about the last action, carried to the next page in a sealed cookie, which costs no read and no write.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, Method, header};
use serde::{Deserialize, Serialize};

use super::cookies::Cookie;
use super::view::Flash;
use super::words::told;
use crate::app::{App, AppState};
use crate::codec::cut;

/// Expires after a minute if no page shows it.
const COOKIE: Cookie = Cookie {
    name: "dormouse-flash",
    path: "/",
    max_age: 60,
};
/// Maximum bytes of a message. Longer ones are cut, so that the cookie always fits: JSON at most doubles them, and
/// sealing adds a third to the whole.
const MAX_TEXT_BYTES: usize = 600;
/// Maximum bytes of the address to which undoing returns.
const MAX_ADDRESS_BYTES: usize = 1_000;

/// The message of a response, for the next page. [`layer`], which has the keys, writes it to the cookie.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Carried {
    text: String,
    undo: Option<String>,
    return_to: String,
    /// What is shown once, and not said: a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// The response shows the message, so the cookie is to be deleted.
#[derive(Clone, Copy, Debug)]
struct Shown;

/// A redirect after a write, with a message about it. `undo` is the act that the message offers to undo.
pub fn redirect(to: &str, text: impl Into<String>, undo: Option<String>) -> Response {
    carry(to, text.into(), undo, None)
}

/// A redirect to a page that shows a secret once, with a message about it.
pub fn redirect_with_secret(to: &str, text: impl Into<String>, secret: String) -> Response {
    carry(to, text.into(), None, Some(secret))
}

fn carry(to: &str, text: String, undo: Option<String>, secret: Option<String>) -> Response {
    let return_to = if to.len() <= MAX_ADDRESS_BYTES {
        to
    } else {
        "/unread"
    };
    let carried = Carried {
        text: cut(&text.replace(char::is_control, " "), MAX_TEXT_BYTES),
        undo,
        secret,
        return_to: return_to.to_owned(),
    };
    let mut response = Redirect::to(to).into_response();
    response.extensions_mut().insert(carried);
    response
}

/// The message in a request's cookie, if any.
pub fn take(app: &App, headers: &HeaderMap) -> Option<Flash> {
    let carried: Carried = COOKIE.unsealed(app, headers)?;
    Some(Flash {
        text: told(&carried.text).into_owned(),
        secret: carried.secret,
        undo: carried.undo,
        return_to: local(&carried.return_to),
    })
}

/// Whether a request has the cookie; its seal isn't checked.
pub fn is_carried(headers: &HeaderMap) -> bool {
    COOKIE.is_in(headers)
}

/// Deletes the cookie, because this response shows the message.
pub fn clear(response: &mut Response) {
    response.extensions_mut().insert(Shown);
}

/// Adds the `Set-Cookie` headers that handlers have requested.
pub(super) async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let is_head = *request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let extensions = response.extensions_mut();
    let cookie = match (extensions.remove::<Carried>(), extensions.remove::<Shown>()) {
        (Some(carried), _) => COOKIE
            .seal(&app, &carried)
            .and_then(|sealed| COOKIE.set(&app, &sealed)),
        (None, Some(Shown)) if is_head => None,
        (None, Some(Shown)) => COOKIE.forget(&app),
        (None, None) => None,
    };
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The given address if it is on our own site; otherwise `/unread`.
pub fn local(address: &str) -> String {
    let fits = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && address.len() <= 2_000
        && address.chars().all(|c| !c.is_control() && c.is_ascii());
    let address = if fits { address } else { "/unread" };
    address.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::random::Random;
    use crate::sealed::Seal;
    use crate::web::cookies::MAX_VALUE_BYTES;
    use crate::web::flash::*;

    /// JSON doubles a quote, and drops nothing.
    #[test]
    fn the_longest_sentence_fits_and_a_longer_one_is_cut() {
        let address = format!("/unread?{}", "x".repeat(MAX_ADDRESS_BYTES - 8));
        let long = "\"\u{1}".repeat(5_000);
        let response = redirect(&address, long, Some("a".repeat(64)));
        let carried = response.extensions().get::<Carried>().unwrap();
        assert!(carried.text.len() > MAX_TEXT_BYTES / 2);
        assert_eq!(carried.return_to, address);
        let seal = Seal::new(&crate::sealed::SecretKeys::one(b"secret"), COOKIE.name).unwrap();
        let sealed = seal.close(carried, &Random::seeded(1)).unwrap();
        assert!(sealed.len() <= MAX_VALUE_BYTES, "{} bytes", sealed.len());
        let opened: Carried = seal.open(&sealed).unwrap();
        assert_eq!(opened.text, carried.text);
    }
}
