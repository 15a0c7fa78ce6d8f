//! Asking a publisher, politely and within bounds.
//!
//! One [`Web`] is made for each tick or request and dropped with it: no connection, task or name server outlives the work.
//! Every hop of a redirect is judged by the guard, by its text and by the address that is then dialled.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, AGE, CACHE_CONTROL, CONTENT_TYPE, DATE, ETAG, EXPIRES, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LINK, LOCATION, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use super::guard::{self, Block};
use super::outbound::{GuardedResolver, Refused};
use super::pauses::Pauses;
use super::schedule::granted;
use super::turns::Turns;
use crate::clock::{Timestamp, minute_of};
use crate::feeds::Validators;
use crate::outside::tls;

/// The most bytes of a body, unpacked.
pub const BODY_BYTES: usize = 10 * 1_024 * 1_024;
/// A body beyond this waits until there is room for it, in bytes. Nearly no feed does.
const LARGE_BYTES: usize = 1_024 * 1_024;
/// Large bodies that are held at the same time: 64 hosts may answer at once, and an instance has half a gigabyte. Who waits
/// isn't read on, and gives up with everybody else when his time is over.
static LARGE: Semaphore = Semaphore::const_new(6);
/// The most redirects that are followed.
pub const REDIRECTS: usize = 5;
/// The most time for one address, redirects and body included.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Minutes for which a server that has had too many requests is left alone where it doesn't say.
const TOO_MANY: i64 = 4 * 60;
/// The longest address that a redirect may lead to, in bytes. A document's relative links are written out with it.
const LONGEST_HOP: usize = 2_000;
/// Feeds first, then what often is one, then anything.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1";

/// The most bytes of a page that an article is looked for in, unpacked.
pub const PAGE_BYTES: usize = 3 * 1_024 * 1_024;
/// Pages for people, and whatever else a server has.
const ACCEPTED_PAGES: &str = "text/html, application/xhtml+xml, */*;q=0.1";

/// The bytes of a page within which its icon is named: the rest isn't read.
const HEAD_BYTES: usize = 512 * 1_024;
/// The most bytes of an icon.
pub const ICON_BYTES: usize = 100 * 1_000;
/// Pictures, and whatever a server calls them.
const ACCEPTED_ICONS: &str = "image/*, */*;q=0.1";

/// What is asked for.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    /// A feed, for so many readers.
    Feed { subscribers: u32 },
    /// A page that somebody wants to read.
    Page,
    /// The beginning of a page that names its icon.
    Head,
    /// An icon.
    Icon,
}

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
    /// Its server asked to be left alone, and wasn't asked.
    #[error("The server at {host} asked us to come back later.")]
    Paused {
        /// Whose.
        host: String,
        /// The minute from when it may be asked.
        until: i64,
    },
    /// A page is beyond the limit.
    #[error("The page is larger than 3 MB, which is more than is taken apart for its text.")]
    PageTooLarge,
    /// An icon is beyond the limit.
    #[error("The icon is larger than 100 kB.")]
    IconTooLarge,
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
    /// The last hop's `Link` headers, as they stand there.
    pub links: Vec<String>,
    /// The minutes of the last hop's `Retry-After`.
    pub retry_after: Option<i64>,
    /// For how many minutes the last hop's answer is fresh; `None` where it doesn't say.
    pub fresh: Option<i64>,
    /// The body, unpacked; empty unless the status is a success.
    pub body: Vec<u8>,
    /// Held by a large body for as long as it is somewhere.
    pub(super) _room: Option<SemaphorePermit<'static>>,
}

impl Answer {
    /// For how many minutes the server wants to be left alone, as far as that is reasonable: what it says, and four hours
    /// where it says 429 (RFC 6585) and no more.
    pub(super) fn pause(&self) -> Option<i64> {
        match (self.retry_after, self.status.as_u16()) {
            (Some(minutes), _) => Some(granted(minutes)),
            (None, 429) => Some(TOO_MANY),
            _ => None,
        }
    }
}

/// A way out into the web for one piece of work.
#[derive(Clone, Debug)]
pub struct Web {
    client: reqwest::Client,
    allow_private: bool,
    /// The address that publishers can write to or read about us at.
    contact: String,
    pauses: Pauses,
    turns: Turns,
    /// Between two requests to one host.
    spacing: Duration,
    /// Who answers instead of the network, where nobody is to be asked.
    made: Option<Arc<dyn Publisher>>,
}

/// Publishers that are made up, for reckoning with many of them: no request leaves the process.
pub trait Publisher: std::fmt::Debug + Send + Sync {
    /// The answer to a request.
    fn answer(&self, url: &Url, headers: &HeaderMap) -> http::Response<Vec<u8>>;
}

/// What one request came to.
enum Step {
    There(Box<Answer>),
    /// A redirect, and where to; `None` where that isn't an address.
    On(StatusCode, Option<Url>),
}

impl Web {
    /// Makes a client. Cheap: nothing is opened before the first request.
    ///
    /// # Errors
    /// Only where TLS can't be set up, which is a fault of the build.
    pub fn new(allow_private: bool, contact: &str) -> Result<Self, FetchError> {
        Ok(Self {
            client: client(GuardedResolver::new(allow_private, None))?,
            allow_private,
            contact: contact.to_owned(),
            pauses: Pauses::default(),
            turns: Turns::default(),
            spacing: Duration::ZERO,
            made: None,
        })
    }

    /// The same, answered by publishers that are made up, where there are some.
    #[must_use]
    pub fn answered_by(self, made: Option<Arc<dyn Publisher>>) -> Self {
        Self { made, ..self }
    }

    async fn send(&self, url: &Url, headers: HeaderMap) -> reqwest::Result<reqwest::Response> {
        match &self.made {
            Some(made) => Ok(made.answer(url, &headers).into()),
            None => self.client.get(url.clone()).headers(headers).send().await,
        }
    }

    /// The same, asking a name server of its own for names; the system's where there is none.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn named_by(self, name_server: Option<SocketAddr>) -> Result<Self, FetchError> {
        if name_server.is_none() {
            return Ok(self);
        }
        let client = client(GuardedResolver::new(self.allow_private, name_server))?;
        Ok(Self { client, ..self })
    }

    /// The same, knowing who asked to be left alone, and telling others of whoever does.
    #[must_use]
    pub fn heeding(self, pauses: Pauses) -> Self {
        Self { pauses, ..self }
    }

    /// The same, asking each host in turn with the others who share `turns`, with a pause between two requests.
    #[must_use]
    pub fn in_turn(self, turns: Turns, spacing: Duration) -> Self {
        Self {
            turns,
            spacing,
            ..self
        }
    }

    /// Waits until an address's host may be asked.
    pub async fn is_free(&self, url: &str) {
        if let Ok(url) = Url::parse(url) {
            drop(self.turns.wait(&url, self.spacing).await);
        }
    }

    /// Who asked to be left alone.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
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
        let wanted = Wanted::Feed { subscribers };
        self.ask(url, validators, wanted, now).await
    }

    /// Asks for a page for people, following redirects.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn page(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Page, now).await
    }

    /// Asks for a page, following redirects, and reads its first 512 KiB.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn head_of(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Head, now).await
    }

    /// Asks for an icon of at most 100 kB, following redirects.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn icon(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Icon, now).await
    }

    /// Asks each host on the way in its turn. The publisher has 20 s for all of it; waiting for turns isn't his time.
    async fn ask(
        &self,
        first: &Url,
        validators: &Validators,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let mut url = first.clone();
        let mut permanent = true;
        let mut left = PATIENCE;
        for hop in 0..=REDIRECTS {
            guard::check_text(url.as_str(), self.allow_private)?;
            if let Some(until) = self.pauses.until(&url, minute_of(now)) {
                let host = url.host_str().unwrap_or_default().to_owned();
                return Err(FetchError::Paused { host, until });
            }
            let mut headers = self.headers(wanted);
            let owner = validators.of.as_deref().unwrap_or(first.as_str());
            if owner == url.as_str() {
                add_validators(&mut headers, validators);
            }
            let _turn = self.turns.take(&url, self.spacing).await;
            let began = tokio::time::Instant::now();
            let of = (&url != first).then(|| url.to_string());
            let step = self.step(&url, headers, wanted, (permanent && hop > 0, of), now);
            let step = tokio::time::timeout(left, step).await;
            left = left.saturating_sub(began.elapsed());
            let host = url.host_str().unwrap_or_default();
            match step.unwrap_or_else(|_| Err(FetchError::TooSlow(host.to_owned())))? {
                Step::There(answer) => {
                    if let (429 | 503, Some(minutes)) = (answer.status.as_u16(), answer.pause()) {
                        self.pauses.note(&answer.url, minute_of(now) + minutes);
                    }
                    return Ok(*answer);
                }
                Step::On(status, next) => {
                    permanent &= matches!(status.as_u16(), 301 | 308);
                    url = next.ok_or_else(|| FetchError::Redirects(first.to_string()))?;
                }
            }
        }
        Err(FetchError::Redirects(first.to_string()))
    }

    /// One request, and its answer or the way on.
    async fn step(
        &self,
        url: &Url,
        headers: HeaderMap,
        wanted: Wanted,
        (moved, of): (bool, Option<String>),
        now: Timestamp,
    ) -> Result<Step, FetchError> {
        let sent = self.send(url, headers).await;
        let response = sent.map_err(|error| explain(&error, url))?;
        let status = response.status();
        if status.is_redirection()
            && status != StatusCode::NOT_MODIFIED
            && let Some(location) = response.headers().get(LOCATION)
        {
            return Ok(Step::On(status, next_hop(url, location)));
        }
        let answer = read(response, wanted, url.clone(), moved, of, now).await?;
        Ok(Step::There(Box::new(answer)))
    }

    /// Sends a form and follows redirects that keep the method (307, 308), but never from https to http: a form may hold a
    /// secret. Answers with the last status; the body isn't read.
    ///
    /// # Errors
    /// [`FetchError`], in words for the reader.
    pub async fn post_form(&self, to: &Url, form: &str) -> Result<StatusCode, FetchError> {
        let mut url = to.clone();
        for _ in 0..=REDIRECTS {
            guard::check_text(url.as_str(), self.allow_private)?;
            let mut headers = self.headers(Wanted::Feed { subscribers: 0 });
            headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, kind);
            let _turn = self.turns.take(&url, self.spacing).await;
            let post = self.client.post(url.clone()).headers(headers);
            let sent = post.body(form.to_owned()).send().await;
            let response = sent.map_err(|error| explain(&error, &url))?;
            let status = response.status();
            let next = response.headers().get(LOCATION);
            let next = next.filter(|_| matches!(status.as_u16(), 307 | 308));
            let Some(next) = next.and_then(|location| next_hop(&url, location)) else {
                return Ok(status);
            };
            if url.scheme() == "https" && next.scheme() != "https" {
                break;
            }
            url = next;
        }
        Err(FetchError::Redirects(to.to_string()))
    }

    fn headers(&self, wanted: Wanted) -> HeaderMap {
        let version = env!("CARGO_PKG_VERSION");
        let (subscribers, accepted) = match wanted {
            Wanted::Feed { subscribers } => (subscribers, ACCEPTED),
            Wanted::Page | Wanted::Head => (0, ACCEPTED_PAGES),
            Wanted::Icon => (0, ACCEPTED_ICONS),
        };
        let readers = match subscribers {
            0 => String::new(),
            1 => "; 1 subscriber".to_owned(),
            many => format!("; {many} subscribers"),
        };
        let agent = format!("Dormouse/{version} (+{}{readers})", self.contact);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accepted));
        if let Ok(agent) = HeaderValue::from_str(&agent) {
            headers.insert(USER_AGENT, agent);
        }
        headers
    }
}

fn client(resolver: GuardedResolver) -> Result<reqwest::Client, FetchError> {
    reqwest::Client::builder()
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
        .map_err(|error| FetchError::Unreachable(error.to_string()))
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
    (next.as_str().len() <= LONGEST_HOP).then_some(next)
}

async fn read(
    mut response: reqwest::Response,
    wanted: Wanted,
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
    let links = response.headers().get_all(LINK).iter().map(to_text);
    let links = links.collect();
    let retry_after = header(RETRY_AFTER).and_then(|text| minutes(&text, now));
    let fresh = freshness(response.headers(), now);
    let mut body = Vec::new();
    let mut room = None;
    if status.is_success() {
        loop {
            let chunk = response
                .chunk()
                .await
                .map_err(|error| explain(&error, &url))?;
            let Some(chunk) = chunk else { break };
            match wanted {
                Wanted::Feed { .. } if body.len() + chunk.len() > BODY_BYTES => {
                    return Err(FetchError::TooLarge(url.to_string()));
                }
                Wanted::Page if body.len() + chunk.len() > PAGE_BYTES => {
                    return Err(FetchError::PageTooLarge);
                }
                Wanted::Icon if body.len() + chunk.len() > ICON_BYTES => {
                    return Err(FetchError::IconTooLarge);
                }
                Wanted::Head if body.len() + chunk.len() > HEAD_BYTES => {
                    body.extend_from_slice(&chunk[..HEAD_BYTES - body.len()]);
                    break;
                }
                _ => {}
            }
            if room.is_none() && body.len() + chunk.len() > LARGE_BYTES {
                room = LARGE.acquire().await.ok();
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
        links,
        retry_after,
        fresh,
        body,
        _room: room,
    })
}

/// For how many minutes an answer is fresh, rounded up; `None` where it doesn't say. `max-age` counts, less the `Age`; else
/// `Expires`, measured from the server's own `Date` (RFC 9111, sections 4.2 and 5.3). What is not to be stored or to be
/// asked for again each time has no freshness.
fn freshness(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let directives = headers.get_all(CACHE_CONTROL).iter();
    let directives: Vec<String> = directives
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    let is = |name: &str| directives.iter().any(|directive| directive == name);
    if is("no-store") || is("no-cache") {
        return Some(0);
    }
    let max_age = directives.iter().find_map(|directive| {
        let seconds = directive.strip_prefix("max-age=")?;
        seconds.trim_matches('"').parse::<i64>().ok()
    });
    let seconds = match max_age {
        Some(seconds) => {
            let age = text(AGE).and_then(|age| age.trim().parse::<i64>().ok());
            seconds.saturating_sub(age.unwrap_or(0).max(0))
        }
        None => {
            let expires = text(EXPIRES)?;
            let sent = text(DATE).and_then(http_date).unwrap_or(now);
            // Such as 0, which is over by definition.
            http_date(expires).map_or(0, |expires| (expires - sent).num_seconds())
        }
    };
    Some(seconds.max(0).saturating_add(59) / 60)
}

/// A date in a header: the usual form, or either of the obsolete two, which recipients take too (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(date) = chrono::DateTime::parse_from_rfc2822(text) {
        return Some(date.to_utc());
    }
    // `Sunday, 06-Nov-94 08:49:37 GMT`, and `Sun Nov  6 08:49:37 1994`.
    let forms = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let mut dates = forms
        .iter()
        .filter_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok());
    dates.next().map(|date| date.and_utc())
}

/// `Retry-After` in minutes, rounded up: seconds, or a date (RFC 9110, section 10.2.3).
fn minutes(text: &str, now: Timestamp) -> Option<i64> {
    let seconds = match text.trim().parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let date = http_date(text)?;
            (date - now).num_seconds()
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
        assert_eq!(minutes("Sunday, 22-Nov-26 12:00:00 GMT", now), Some(120));
        assert_eq!(minutes("Sun Nov 22 12:00:00 2026", now), Some(120));
    }

    #[test]
    fn freshness_is_max_age_less_age_or_what_expires_says() {
        let now = chrono::DateTime::parse_from_rfc2822("Sun, 22 Nov 2026 10:00:00 GMT")
            .unwrap()
            .to_utc();
        for (headers, expected) in [
            (vec![], None),
            (vec![("cache-control", "max-age=3600")], Some(60)),
            (vec![("cache-control", "public, Max-Age=3601")], Some(61)),
            (
                vec![("cache-control", "max-age=3600"), ("age", "600")],
                Some(50),
            ),
            (
                vec![("cache-control", "max-age=60"), ("age", "600")],
                Some(0),
            ),
            (vec![("cache-control", "no-cache, max-age=3600")], Some(0)),
            (vec![("cache-control", "public")], None),
            (
                vec![("expires", "Sun, 22 Nov 2026 12:00:00 GMT")],
                Some(120),
            ),
            (
                // A server whose clock is an hour late.
                vec![
                    ("date", "Sun, 22 Nov 2026 09:00:00 GMT"),
                    ("expires", "Sun, 22 Nov 2026 12:00:00 GMT"),
                ],
                Some(180),
            ),
            (vec![("expires", "0")], Some(0)),
            (
                vec![
                    ("cache-control", "max-age=60"),
                    ("expires", "Sun, 22 Nov 2026 12:00:00 GMT"),
                ],
                Some(1),
            ),
        ] {
            let pairs = headers.iter().map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            });
            let map: HeaderMap = pairs.collect();
            assert_eq!(freshness(&map, now), expected, "{headers:?}");
        }
    }

    #[test]
    fn validators_survive_byte_for_byte() {
        let odd = HeaderValue::from_bytes(b"W/\"caf\xe9\"").unwrap();
        assert_eq!(from_text(&to_text(&odd)), Some(odd));
    }
}
