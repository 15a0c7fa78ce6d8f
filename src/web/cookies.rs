//! Setting, reading, signing and sealing our cookies, except for the session's: that is
//! [`session_cookie`](super::session_cookie).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::sealed::{Seal, SecretKeys, is_signed, signature};

/// Maximum bytes of a value: browsers keep 4,096 bytes of name, value and attributes (RFC 6265, section 6.1).
pub(crate) const MAX_VALUE_BYTES: usize = 3_800;

/// A kind of cookie: hidden from scripts, and not sent with other sites' requests, except when a link leads here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookie {
    pub name: &'static str,
    /// The path below which it is sent.
    pub path: &'static str,
    /// Its lifetime in seconds.
    pub max_age: u32,
}

impl Cookie {
    /// The `Set-Cookie` header with this value. `None` if the value is too long, or not allowed in a header.
    pub(crate) fn set(&self, app: &App, value: &str) -> Option<HeaderValue> {
        self.set_as(app, self.name, value)
    }

    /// The same under another name, which starts with the cookie's.
    pub(crate) fn set_as(&self, app: &App, name: &str, value: &str) -> Option<HeaderValue> {
        let fits = value.len() <= MAX_VALUE_BYTES;
        fits.then(|| self.header(app, name, value, self.max_age))?
    }

    /// The `Set-Cookie` header that deletes it.
    pub(crate) fn forget(&self, app: &App) -> Option<HeaderValue> {
        self.header(app, self.name, "", 0)
    }

    fn header(&self, app: &App, name: &str, value: &str, max_age: u32) -> Option<HeaderValue> {
        let path = app.path_of(self.path);
        let secure = if app.is_secure() { "; Secure" } else { "" };
        let prefix = prefix(app);
        let cookie = format!(
            "{prefix}{name}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}"
        );
        HeaderValue::from_str(&cookie).ok()
    }

    /// Its value in a request; `None` if it is absent or too long.
    pub(crate) fn get<'h>(&self, app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
        let mut all = ours(app, headers);
        let (_, value) = all.find(|(name, _)| *name == self.name)?;
        (value.len() <= MAX_VALUE_BYTES).then_some(value)
    }

    /// Whether a request has it, wherever it is from.
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        let bare = |name: &'_ str| {
            let name = name.trim_start_matches(HOST_PREFIX);
            name.trim_start_matches(SECURE_PREFIX).to_owned()
        };
        pairs(headers).any(|(name, _)| bare(name) == self.name)
    }

    /// A value that only we can read and write.
    pub(crate) fn seal<T: Serialize>(&self, app: &App, record: &T) -> Option<String> {
        Seal::new(&app.secret, self.name)?.close(record, &app.random)
    }

    /// The record that [`seal`](Self::seal) sealed, from a request; `None` if it is absent or not ours.
    pub(crate) fn unsealed<T: DeserializeOwned>(
        &self,
        app: &App,
        headers: &HeaderMap,
    ) -> Option<T> {
        Seal::new(&app.secret, self.name)?.open(self.get(app, headers)?)
    }
}

/// What begins the name of a cookie that only this very host can set, and only over TLS (RFC 6265bis, section 4.1.3.2).
const HOST_PREFIX: &str = "__Host-";

/// What begins the name of a cookie that was set over TLS, also for a path alone.
const SECURE_PREFIX: &str = "__Secure-";

/// What our cookies' names begin with. One that only the host can set is for all of its paths, so those for a path have the other.
pub(crate) fn prefix(app: &App) -> &'static str {
    match (app.is_secure(), app.root()) {
        (true, "") => HOST_PREFIX,
        (true, _) => SECURE_PREFIX,
        (false, _) => "",
    }
}

/// Our cookies of a request, without the names' prefix.
pub(crate) fn ours<'h>(
    app: &App,
    headers: &'h HeaderMap,
) -> impl Iterator<Item = (&'h str, &'h str)> {
    let prefix = prefix(app);
    pairs(headers).filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
}

/// All cookies of a request, as names and values.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// A text with its signature: `text.signature`.
pub(crate) fn signed(secret: &SecretKeys, purpose: &str, text: &str) -> String {
    let signature = signature(secret, purpose, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The text that [`signed`] signed; `None` for any other.
pub(crate) fn verified<'v>(secret: &SecretKeys, purpose: &str, value: &'v str) -> Option<&'v str> {
    let (text, signature) = value.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    is_signed(secret, purpose, text.as_bytes(), &signature).then_some(text)
}
