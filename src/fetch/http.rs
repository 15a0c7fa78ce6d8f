//! Asking a publisher, politely and within bounds.
//!
//! One [`Web`] is made for each tick or request and dropped with it: no connection, task or name server outlives the work.
//! Every hop of a redirect is judged by the guard, by its text and by the address that is then dialled.

use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
    RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use url::Url;

use super::guard::{self, Block};
use super::outbound::{GuardedResolver, Refused};
use crate::clock::Timestamp;
use crate::feeds::Validators;
use crate::outside::tls;

/// The most bytes of a body, unpacked.
pub const BODY_BYTES: usize = 10 * 1_024 * 1_024;
/// The most redirects that are followed.
pub const REDIRECTS: usize = 5;
/// The most time for one address, redirects and body included.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Feeds first, then what often is one, then anything.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1";

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one that it leads to, may not be asked.
    #[error("{0}")]
    Blocked(#[from] Block),
    /// The name has no address.
    #[error("There is no server named {0}. Check the spelling, or try again later.")]
    NoSuchHost(String),
    /// Nobody listens, or the connection broke.
    #[error("The server at {0} can't be reached. It may be down; try again later.")]
    Unreachable(String),
    /// The whole took too long.
    #[error("The server at {0} took longer than {secs} seconds to answer.", secs = PATIENCE.as_secs())]
    TooSlow(String),
    /// The body is beyond the limit.
    #[error("The document at {0} is larger than 10 MB, which no feed needs to be.")]
    TooLarge(String),
    /// Too many redirects, or one that leads nowhere.
    #[error("The address {0} redirects more than {REDIRECTS} times, or nowhere.")]
    Redirects(String),
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status of the last hop.
    pub status: StatusCode,
    /// The address of the last hop.
    pub url: Url,
    /// Whether there were redirects, and all of them permanent (301, 308).
    pub moved: bool,
    /// The last hop's `Content-Type`.
    pub content_type: Option<String>,
    /// The last hop's validators.
    pub validators: Validators,
    /// The minutes of the last hop's `Retry-After`.
    pub retry_after: Option<i64>,
    /// The body, unpacked; empty unless the status is a success.
    pub body: Vec<u8>,
}

/// A way out into the web for one piece of work.
#[derive(Clone, Debug)]
pub struct Web {
    client: reqwest::Client,
    allow_private: bool,
    /// The address that publishers can write to or read about us at.
    contact: String,
}

impl Web {
    /// Makes a client. Cheap: nothing is opened before the first request.
    ///
    /// # Errors
    /// Only where TLS can't be set up, which is a fault of the build.
    pub fn new(allow_private: bool, contact: &str) -> Result<Self, FetchError> {
        let resolver = GuardedResolver::new(allow_private);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls().clone())
            .dns_resolver(Arc::new(resolver))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // An idle connection is two tasks; a client that lives for one request has no use for it.
            .pool_max_idle_per_host(0)
            .connect_timeout(Duration::from_secs(10))
            .timeout(PATIENCE)
            .build()
            .map_err(|error| FetchError::Unreachable(error.to_string()))?;
        Ok(Self {
            client,
            allow_private,
            contact: contact.to_owned(),
        })
    }

    /// Whether private addresses may be asked.
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// Asks for a document, following redirects. Validators go to the address that gave them, and to no other.
    ///
    /// # Errors
    /// [`FetchError`], in words for the reader. A status such as 404 is an answer, not an error.
    pub async fn get(
        &self,
        url: &Url,
        validators: &Validators,
        subscribers: u32,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let work = self.follow(url.clone(), validators, subscribers, now);
        tokio::time::timeout(PATIENCE, work)
            .await
            .unwrap_or(Err(FetchError::TooSlow(host)))
    }

    async fn follow(
        &self,
        first: Url,
        validators: &Validators,
        subscribers: u32,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let mut url = first.clone();
        let mut permanent = true;
        for hop in 0..=REDIRECTS {
            guard::check_text(url.as_str(), self.allow_private)?;
            let mut headers = self.headers(subscribers);
            let owner = validators.of.as_deref().unwrap_or(first.as_str());
            if owner == url.as_str() {
                add_validators(&mut headers, validators);
            }
            let sent = self.client.get(url.clone()).headers(headers).send().await;
            let response = sent.map_err(|error| explain(&error, &url))?;
            let status = response.status();
            let location = response.headers().get(LOCATION).cloned();
            match location {
                Some(location) if status.is_redirection() && status != StatusCode::NOT_MODIFIED => {
                    permanent &= matches!(status.as_u16(), 301 | 308);
                    url = next_hop(&url, &location)
                        .ok_or_else(|| FetchError::Redirects(first.to_string()))?;
                }
                _ => {
                    let of = (url != first).then(|| url.to_string());
                    return read(response, url, permanent && hop > 0, of, now).await;
                }
            }
        }
        Err(FetchError::Redirects(first.to_string()))
    }

    fn headers(&self, subscribers: u32) -> HeaderMap {
        let version = env!("CARGO_PKG_VERSION");
        let readers = match subscribers {
            0 => String::new(),
            1 => "; 1 subscriber".to_owned(),
            many => format!("; {many} subscribers"),
        };
        let agent = format!("Dormouse/{version} (+{}{readers})", self.contact);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        if let Ok(agent) = HeaderValue::from_str(&agent) {
            headers.insert(USER_AGENT, agent);
        }
        headers
    }
}

fn add_validators(headers: &mut HeaderMap, validators: &Validators) {
    let mut add = |name: HeaderName, value: &Option<String>| {
        if let Some(value) = value.as_deref().and_then(from_text) {
            headers.insert(name, value);
        }
    };
    add(IF_NONE_MATCH, &validators.etag);
    add(IF_MODIFIED_SINCE, &validators.last_modified);
}

/// A header's bytes as text and back, byte for byte: each byte is one character.
fn to_text(value: &HeaderValue) -> String {
    value
        .as_bytes()
        .iter()
        .map(|&byte| char::from(byte))
        .collect()
}

fn from_text(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

fn next_hop(url: &Url, location: &HeaderValue) -> Option<Url> {
    let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let mut next = url.join(&text).ok()?;
    next.set_fragment(None);
    Some(next)
}

async fn read(
    mut response: reqwest::Response,
    url: Url,
    moved: bool,
    of: Option<String>,
    now: Timestamp,
) -> Result<Answer, FetchError> {
    let status = response.status();
    let header = |name: HeaderName| response.headers().get(name).map(to_text);
    let validators = Validators {
        etag: header(ETAG),
        last_modified: header(LAST_MODIFIED),
        of: None,
    };
    let validators = Validators {
        of: of.filter(|_| !validators.is_empty()),
        ..validators
    };
    let content_type = header(CONTENT_TYPE);
    let retry_after = header(RETRY_AFTER).and_then(|text| minutes(&text, now));
    let mut body = Vec::new();
    if status.is_success() {
        loop {
            let chunk = response
                .chunk()
                .await
                .map_err(|error| explain(&error, &url))?;
            let Some(chunk) = chunk else { break };
            if body.len() + chunk.len() > BODY_BYTES {
                return Err(FetchError::TooLarge(url.to_string()));
            }
            body.extend_from_slice(&chunk);
        }
    }
    Ok(Answer {
        status,
        url,
        moved,
        content_type,
        validators,
        retry_after,
        body,
    })
}

/// `Retry-After` in minutes, rounded up: seconds, or a date (RFC 9110, section 10.2.3).
fn minutes(text: &str, now: Timestamp) -> Option<i64> {
    let seconds = match text.trim().parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?;
            (date.to_utc() - now).num_seconds()
        }
    };
    (seconds > 0).then_some(seconds.saturating_add(59) / 60)
}

/// A failure of the client in plain words. What the guard or the resolver said lies somewhere down the chain of causes.
fn explain(error: &reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if let Some(refused) = at.downcast_ref::<Refused>() {
            return match refused {
                Refused::Blocked(block) => FetchError::Blocked(block.clone()),
                Refused::Unknown => FetchError::NoSuchHost(host),
            };
        }
        cause = at.source();
    }
    if error.is_timeout() {
        return FetchError::TooSlow(host);
    }
    FetchError::Unreachable(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = chrono::DateTime::parse_from_rfc2822("Sun, 22 Nov 2026 10:00:00 GMT")
            .unwrap()
            .to_utc();
        assert_eq!(minutes("120", now), Some(2));
        assert_eq!(minutes("61", now), Some(2));
        assert_eq!(minutes("Sun, 22 Nov 2026 12:00:00 GMT", now), Some(120));
        assert_eq!(minutes("Sun, 22 Nov 2026 09:00:00 GMT", now), None);
        assert_eq!(minutes("soon", now), None);
    }

    #[test]
    fn validators_survive_byte_for_byte() {
        let odd = HeaderValue::from_bytes(b"W/\"caf\xe9\"").unwrap();
        assert_eq!(from_text(&to_text(&odd)), Some(odd));
    }
}
