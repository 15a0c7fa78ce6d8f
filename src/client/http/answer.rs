//! What is requested, the response, and how much of it is read.

use http::header::{
    CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LINK,
    RETRY_AFTER,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use super::dates::{freshness, minutes};
use super::error::{FetchError, explain};
use super::unpack;
use super::wall;
use crate::feeds::{Validators, Wall};
use crate::timestamp::Timestamp;
use crate::update::schedule::granted;

/// Largest body, in bytes, decompressed.
pub const BODY_BYTES: usize = 10 * 1_024 * 1_024;
/// A body larger than this waits for a free slot, in bytes. Almost no feed does.
const LARGE_BYTES: usize = 1_024 * 1_024;
/// Large bodies held at the same time: 64 hosts may respond at once, and an instance has half a gigabyte. A waiting
/// response isn't read further, and times out like any other.
static LARGE: Semaphore = Semaphore::const_new(6);
/// Minutes to wait after a 429 without `Retry-After`.
const TOO_MANY: i64 = 4 * 60;

/// Feeds first, then types often used for them, then anything.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1";

/// Largest article page, in bytes, decompressed.
pub const PAGE_BYTES: usize = 3 * 1_024 * 1_024;
/// Web pages, and anything else.
const ACCEPTED_PAGES: &str = "text/html, application/xhtml+xml, */*;q=0.1";

/// How many bytes of a page are searched for its icon: the rest isn't read.
const HEAD_BYTES: usize = 512 * 1_024;
/// Largest icon, in bytes.
pub const ICON_BYTES: usize = 100 * 1_000;
/// Images, and anything else, since servers mislabel them.
const ACCEPTED_ICONS: &str = "image/*, */*;q=0.1";

/// Largest document of an episode's chapters, in bytes, decompressed.
const CHAPTERS_BYTES: usize = 256 * 1_024;
/// Chapters, and anything else, since servers mislabel them.
const ACCEPTED_CHAPTERS: &str = "application/json+chapters, application/json;q=0.9, */*;q=0.1";

/// What is requested.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// A feed, for this many subscribers.
    Feed {
        subscribers: u32,
    },
    /// A page that a user wants to read.
    Page,
    /// The beginning of a page, which names its icon.
    Head,
    Icon,
    /// An episode's chapters.
    Chapters,
}

impl Wanted {
    /// The value of `Accept`.
    pub(crate) fn accepts(self) -> &'static str {
        match self {
            Self::Feed { .. } => ACCEPTED,
            Self::Page | Self::Head => ACCEPTED_PAGES,
            Self::Icon => ACCEPTED_ICONS,
            Self::Chapters => ACCEPTED_CHAPTERS,
        }
    }
}

/// The response.
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
    /// The last hop's `Link` headers, as sent.
    pub links: Vec<String>,
    /// The minutes of the last hop's `Retry-After`.
    pub retry_after: Option<i64>,
    /// How many minutes the last hop's response is fresh; `None` if it doesn't say.
    pub fresh: Option<i64>,
    /// The body, decompressed; empty unless the status is a success.
    pub body: Vec<u8>,
    /// Whether the body broke off: what there is of it is in `body`.
    pub is_cut: bool,
    /// Whether the body was compressed, or wasn't, against what the headers say.
    pub is_mislabelled: bool,
    /// The name of the wall that answered in the publisher's place, if one did.
    pub wall: Option<Wall>,
    /// Held by a large body as long as it exists.
    pub(crate) _room: Option<SemaphorePermit<'static>>,
}

impl Answer {
    /// How many minutes to wait before the next request, within reason: as in `Retry-After`, and four hours after a 429
    /// (RFC 6585) without it.
    pub(crate) fn pause(&self) -> Option<i64> {
        pause_after(self.status, self.retry_after)
    }
}

fn pause_after(status: StatusCode, retry_after: Option<i64>) -> Option<i64> {
    match (retry_after, status.as_u16()) {
        (Some(minutes), _) => Some(granted(minutes)),
        (None, 429) => Some(TOO_MANY),
        _ => None,
    }
}

/// The same, for a response whose body isn't needed.
pub(crate) fn pause_of(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let text = headers.get(RETRY_AFTER).map(to_text);
    pause_after(status, text.and_then(|text| minutes(&text, now)))
}

pub(crate) fn add_validators(headers: &mut HeaderMap, validators: &Validators) {
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

/// How a response was reached.
#[derive(Clone, Debug)]
pub(super) struct RedirectPath {
    /// Whether there were redirects, all of them permanent.
    pub(super) is_permanent: bool,
    /// The address that the validators belong to, if not the requested one.
    pub(super) validated: Option<String>,
}

/// Reads the last hop's response.
pub(super) async fn read(
    response: reqwest::Response,
    wanted: Wanted,
    url: Url,
    path: RedirectPath,
    now: Timestamp,
) -> Result<Answer, FetchError> {
    let headers = response.headers();
    let header = |name: HeaderName| headers.get(name).map(to_text);
    let (etag, last_modified) = (header(ETAG), header(LAST_MODIFIED));
    let has_some = etag.is_some() || last_modified.is_some();
    let mut answer = Answer {
        status: response.status(),
        url,
        moved: path.is_permanent,
        content_type: header(CONTENT_TYPE),
        validators: Validators {
            etag,
            last_modified,
            of: path.validated.filter(|_| has_some),
        },
        links: headers.get_all(LINK).iter().map(to_text).collect(),
        retry_after: header(RETRY_AFTER).and_then(|text| minutes(&text, now)),
        fresh: freshness(headers, now),
        body: Vec::new(),
        is_cut: false,
        is_mislabelled: false,
        wall: wall::in_headers(headers),
        _room: None,
    };
    let encoding = header(CONTENT_ENCODING).unwrap_or_default();
    if answer.status.is_success() {
        answer.take_in(response, wanted).await?;
        answer.unpack(&encoding, wanted).await?;
    } else if answer.wall.is_none() && wall::may_stand_behind(answer.status) {
        answer.wall = wall::in_refusal(response, &encoding).await;
    }
    if answer.wall.is_none() && answer.is_page() {
        answer.wall = wall::in_page(&answer.body);
    }
    Ok(answer)
}

/// The most bytes of a body, as sent and as unpacked.
fn limit(wanted: Wanted) -> usize {
    match wanted {
        Wanted::Feed { .. } => BODY_BYTES,
        Wanted::Page => PAGE_BYTES,
        Wanted::Icon => ICON_BYTES,
        Wanted::Head => HEAD_BYTES,
        Wanted::Chapters => CHAPTERS_BYTES,
    }
}

impl Answer {
    /// Reads the body, up to the limit. A body that breaks off is kept as far as it goes: the document may be whole, since
    /// some servers never send the last chunk.
    async fn take_in(
        &mut self,
        mut response: reqwest::Response,
        wanted: Wanted,
    ) -> Result<(), FetchError> {
        let limit = limit(wanted);
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Ok(()),
                Err(error) if error.is_timeout() || self.body.is_empty() => {
                    return Err(explain(&error, &self.url));
                }
                Err(_) => {
                    self.is_cut = true;
                    return Ok(());
                }
            };
            let length = self.body.len() + chunk.len();
            if length > limit {
                let rest = limit - self.body.len();
                self.body.extend_from_slice(&chunk[..rest]);
                return self.exceeded(wanted);
            }
            if self._room.is_none() && length > LARGE_BYTES {
                self._room = LARGE.acquire().await.ok();
            }
            self.body.extend_from_slice(&chunk);
        }
    }

    /// Unpacks the body; more than a little only with a free slot.
    async fn unpack(&mut self, encoding: &str, wanted: Wanted) -> Result<(), FetchError> {
        if !unpack::is_packed(encoding, &self.body) {
            return Ok(());
        }
        let limit = limit(wanted);
        let mut out = unpack::unpack(encoding, self.body.clone(), limit.min(LARGE_BYTES));
        if out.is_too_large && limit > LARGE_BYTES {
            drop(out);
            if self._room.is_none() {
                self._room = LARGE.acquire().await.ok();
            }
            out = unpack::unpack(encoding, std::mem::take(&mut self.body), limit);
        }
        self.body = out.bytes;
        // What was cut because it was enough hasn't broken off.
        self.is_cut |= out.is_cut && !matches!(wanted, Wanted::Head);
        self.is_mislabelled = out.is_mislabelled;
        if out.is_too_large {
            self.exceeded(wanted)
        } else {
            Ok(())
        }
    }

    /// What becomes of a body beyond its limit.
    fn exceeded(&self, wanted: Wanted) -> Result<(), FetchError> {
        match wanted {
            Wanted::Feed { .. } => Err(FetchError::TooLarge(self.url.to_string())),
            Wanted::Page | Wanted::Chapters => Err(FetchError::PageTooLarge),
            Wanted::Icon => Err(FetchError::IconTooLarge),
            Wanted::Head => Ok(()),
        }
    }

    /// Whether the body may be a web page rather than a feed.
    fn is_page(&self) -> bool {
        let is_html = self
            .content_type
            .as_deref()
            .is_some_and(|kind| kind.contains("html"));
        is_html && self.status.is_success()
    }
}

#[cfg(test)]
mod tests {
    use crate::client::http::answer::*;

    #[test]
    fn validators_survive_byte_for_byte() {
        let odd = HeaderValue::from_bytes(b"W/\"caf\xe9\"").unwrap();
        assert_eq!(from_text(&to_text(&odd)), Some(odd));
    }
}
