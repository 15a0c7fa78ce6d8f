//! A sentence about the last action, carried in a cookie to the next page: it costs no read and no write.

use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};

use super::view::Flash;

const COOKIE: &str = "dormouse-flash";
/// Seconds until a sentence that no page showed is forgotten.
const LIFE: u32 = 60;
/// A longer cookie isn't ours.
const LONGEST: usize = 2_000;

#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    text: String,
    undo: Option<String>,
    return_to: String,
}

/// A redirect after a write, with a sentence about it.
pub fn redirect(to: &str, text: impl Into<String>, undo: Option<String>) -> Response {
    let carried = Carried {
        text: text.into(),
        undo,
        return_to: to.to_owned(),
    };
    let json = serde_json::to_vec(&carried).unwrap_or_default();
    let value = URL_SAFE_NO_PAD.encode(json);
    let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={LIFE}");
    let mut response = Redirect::to(to).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The sentence that a request carries, if any.
pub fn take(headers: &HeaderMap) -> Option<Flash> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let pairs = cookies
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split("; "));
    let value = pairs
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, value)| *name == COOKIE && value.len() <= LONGEST)?
        .1;
    let json = URL_SAFE_NO_PAD.decode(value).ok()?;
    let carried: Carried = serde_json::from_slice(&json).ok()?;
    Some(Flash {
        text: carried.text,
        undo: carried.undo,
        return_to: local(&carried.return_to),
    })
}

/// Makes the browser forget the sentence that its page has just shown.
pub fn clear(response: &mut Response) {
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    if let Ok(gone) = HeaderValue::from_str(&gone) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
}

/// An address on our own site, whatever a form says; `/unread` for any other.
pub fn local(address: &str) -> String {
    let fits = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && address.len() <= 2_000
        && address.chars().all(|c| !c.is_control() && c.is_ascii());
    let address = if fits { address } else { "/unread" };
    address.to_owned()
}
