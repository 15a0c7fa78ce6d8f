//! The parameters of a request, wherever a program puts them: in the address, in a form of either kind, or in both.

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use http::header;

use super::problem::Problem;
use crate::app::AppState;

/// Bytes of a parameter's name and value, above which a part of a multipart form is no parameter.
const PART_BYTES: usize = 1_024 * 1_024;

/// A request's parameters in order, the address's first, and its body where that is no form.
#[derive(Debug, Default)]
pub(super) struct Params {
    pairs: Vec<(String, String)>,
    /// The body, where it is no form.
    pub body: Bytes,
}

impl Params {
    /// The first value of a parameter that isn't empty; `None` without one.
    pub(super) fn one<'p>(&'p self, name: &str) -> Option<&'p str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// All values of a parameter.
    pub(super) fn all<'p, 'n>(
        &'p self,
        name: &'n str,
    ) -> impl Iterator<Item = &'p str> + use<'p, 'n> {
        let named = self.pairs.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Whether a parameter is there, with a value or without.
    pub(super) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name)
    }

    fn take(&mut self, encoded: &[u8]) {
        let pairs = url::form_urlencoded::parse(encoded);
        self.pairs
            .extend(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())));
    }
}

impl FromRequest<AppState> for Params {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let mut params = Self::default();
        params.take(request.uri().query().unwrap_or_default().as_bytes());
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            let form = Multipart::from_request(request, app).await;
            let form = form.map_err(|error| unreadable(&error.body_text()))?;
            params.take_parts(form).await?;
            return Ok(params);
        }
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|error| Problem {
            status: error.status(),
            ..unreadable(&error.body_text())
        })?;
        // Some send a form without saying so, and some say so of a file; XML is none.
        let may_be = kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded");
        let is_form = may_be && !body.trim_ascii_start().starts_with(b"<");
        match is_form {
            true => params.take(&body),
            false => params.body = body,
        }
        Ok(params)
    }
}

impl Params {
    async fn take_parts(&mut self, mut form: Multipart) -> Result<(), Problem> {
        let bad = |error: axum::extract::multipart::MultipartError| Problem {
            status: error.status(),
            ..unreadable(&error.body_text())
        };
        while let Some(part) = form.next_field().await.map_err(bad)? {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let value = part.bytes().await.map_err(bad)?;
            if is_file || value.len() > PART_BYTES {
                self.body = value;
            } else {
                let value = String::from_utf8_lossy(&value).into_owned();
                self.pairs.push((name, value));
            }
        }
        Ok(())
    }
}

fn unreadable(why: &str) -> Problem {
    Problem::bad_request("bad_form", "The parameters can’t be read", why)
}
