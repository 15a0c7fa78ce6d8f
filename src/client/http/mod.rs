//! Requests to publishers, polite and bounded.
//!
//! One [`Web`] is created for each sweep or request and dropped with it: no connection, task or name server outlives
//! the work. Every hop of a redirect is checked by the guard, by its text and by the address that is then dialed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use url::Url;

use self::answer::{RedirectPath, Wanted, add_validators, pause_of, read};
use self::error::explain;
use super::guard;
use super::guarded_resolver::GuardedResolver;
use super::host_limiter::{HostLimiter, HostPermit};
use super::retry_after::HostPauses;
use crate::egress::tls;
use crate::feeds::Validators;
use crate::feeds::door::Pass;
use crate::timestamp::{Timestamp, minute_of};

mod answer;
mod dates;
mod error;
pub mod introduction;
mod pass;
mod unpack;
mod wall;

pub use answer::{Answer, BODY_BYTES, ICON_BYTES, PAGE_BYTES};
pub use error::FetchError;
pub use introduction::Introduction;

/// Most redirects followed.
pub const MAX_REDIRECTS: usize = 5;
/// Time limit for one address, redirects and body included.
pub const FETCH_TIMEOUT: Duration = Duration::from_secs(20);
/// Time limit for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Most headers of an answer. Most libraries allow 100, and some servers send more cookies.
const MAX_HEADERS: usize = 256;
/// Longest address that a redirect may lead to, in bytes. A document's relative links are written out with it.
const MAX_REDIRECT_BYTES: usize = 2_000;

/// The HTTP client for one piece of work.
#[derive(Clone, Debug)]
pub struct Web {
    client: reqwest::Client,
    allow_private: bool,
    introduction: Introduction,
    pauses: HostPauses,
    limiter: HostLimiter,
    /// Between two requests to one host.
    spacing: Duration,
}

/// The result of one request.
enum Step {
    Response(Box<Answer>),
    /// A redirect and its target; `None` if that isn't an address.
    Redirect(StatusCode, Option<Url>),
}

impl Web {
    /// Creates a client. Cheap: nothing is opened before the first request.
    ///
    /// # Errors
    /// Only if TLS can't be set up, which is a fault of the build.
    pub fn new(allow_private: bool, introduction: Introduction) -> Result<Self, FetchError> {
        Ok(Self {
            client: client(GuardedResolver::new(allow_private, None))?,
            allow_private,
            introduction,
            pauses: HostPauses::default(),
            limiter: HostLimiter::default(),
            spacing: Duration::ZERO,
        })
    }

    /// The same, using the given name server; without one, the system's.
    ///
    /// # Errors
    /// The same as [`new`](Self::new).
    pub fn with_name_server(self, name_server: Option<SocketAddr>) -> Result<Self, FetchError> {
        if name_server.is_none() {
            return Ok(self);
        }
        let client = client(GuardedResolver::new(self.allow_private, name_server))?;
        Ok(Self { client, ..self })
    }

    /// The same, respecting and recording the pauses that hosts ask for.
    #[must_use]
    pub fn with_host_pauses(self, pauses: HostPauses) -> Self {
        Self { pauses, ..self }
    }

    /// The same, sharing the limiter `limiter`, with a pause between two requests to one host.
    #[must_use]
    pub fn with_host_limiter(self, limiter: HostLimiter, spacing: Duration) -> Self {
        Self {
            limiter,
            spacing,
            ..self
        }
    }

    /// Waits until a request to the address's host is allowed.
    pub async fn wait_for_host(&self, url: &Url) {
        drop(self.limiter.wait(url, self.spacing).await);
    }

    /// The pauses that hosts asked for.
    pub fn pauses(&self) -> &HostPauses {
        &self.pauses
    }

    /// Whether private addresses are permitted.
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// Fetches a document, following redirects. Validators are sent only to the address that issued them.
    ///
    /// # Errors
    /// [`FetchError`], in words for the user, if there is no complete response. A status such as 404 is not an error.
    pub async fn get(
        &self,
        url: &Url,
        validators: &Validators,
        subscribers: u32,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let wanted = Wanted::Feed { subscribers };
        self.ask(url, validators, wanted, None, now).await
    }

    /// The same of a feed behind a door. The pass is sent to the address's own origin (scheme, host and port), and no longer
    /// once a redirect has left it: neither to another host, nor over http after https, nor on the way back.
    ///
    /// # Errors
    /// The same as [`get`](Self::get).
    pub async fn get_with(
        &self,
        url: &Url,
        validators: &Validators,
        pass: &Pass,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let wanted = Wanted::Feed { subscribers: 1 };
        self.ask(url, validators, wanted, Some(pass), now).await
    }

    /// Fetches a web page, following redirects.
    ///
    /// # Errors
    /// The same as [`get`](Self::get).
    pub async fn page(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Page, None, now).await
    }

    /// Fetches the first 512 KiB of a page, following redirects.
    ///
    /// # Errors
    /// The same as [`get`](Self::get).
    pub async fn head_of(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Head, None, now).await
    }

    /// Fetches an icon of at most 100 kB, following redirects.
    ///
    /// # Errors
    /// The same as [`get`](Self::get).
    pub async fn icon(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Icon, None, now).await
    }

    /// Fetches an episode's chapters, of at most 256 KiB, following redirects.
    ///
    /// # Errors
    /// The same as [`get`](Self::get).
    pub async fn chapters(&self, url: &Url, now: Timestamp) -> Result<Answer, FetchError> {
        let none = Validators::default();
        self.ask(url, &none, Wanted::Chapters, None, now).await
    }

    /// Asks for a picture, following redirects, and returns the response with its body unread.
    ///
    /// It goes by the same guard as every request. Hosts get no pause between two: a page asks for many pictures at once,
    /// as browsers would.
    ///
    /// # Errors
    /// The same as [`get`](Self::get), and [`FetchError::BadAnswer`] for any status but a success.
    pub async fn image(
        &self,
        first: &Url,
        now: Timestamp,
    ) -> Result<reqwest::Response, FetchError> {
        let mut url = first.clone();
        for _ in 0..=MAX_REDIRECTS {
            guard::check_text(url.as_str(), self.allow_private)?;
            self.may_ask(&url, now)?;
            let headers = self.headers(&url, Wanted::Icon);
            let sent = self.client.get(url.clone()).headers(headers).send().await;
            let response = sent.map_err(|error| explain(&error, &url))?;
            let place = response.headers().get(LOCATION);
            let place = place.filter(|_| response.status().is_redirection());
            match place.map(|place| next_hop(&url, place)) {
                Some(next) => url = next.ok_or_else(|| FetchError::Redirects(first.to_string()))?,
                None if response.status().is_success() => return Ok(response),
                None => {
                    let host = url.host_str().unwrap_or_default().to_owned();
                    return Err(FetchError::BadAnswer(host));
                }
            }
        }
        Err(FetchError::Redirects(first.to_string()))
    }

    /// Waits for each hop's host permit. The publisher has 20 s for all hops; waiting for permits doesn't count.
    async fn ask(
        &self,
        first: &Url,
        validators: &Validators,
        wanted: Wanted,
        pass: Option<&Pass>,
        now: Timestamp,
    ) -> Result<Answer, FetchError> {
        let mut url = first.clone();
        let (mut permanent, mut at_home) = (true, true);
        let mut left = FETCH_TIMEOUT;
        for hop in 0..=MAX_REDIRECTS {
            let _permit = self.admitted(&url, now).await?;
            let mut headers = self.headers(&url, wanted);
            let owner = validators.of.as_deref().unwrap_or(first.as_str());
            if owner == url.as_str() {
                add_validators(&mut headers, validators);
            }
            at_home &= url.origin() == first.origin();
            if let Some(pass) = pass.filter(|_| at_home) {
                pass::add(&mut headers, pass);
            }
            let began = tokio::time::Instant::now();
            let path = RedirectPath {
                is_permanent: permanent && hop > 0,
                validated: (&url != first).then(|| url.to_string()),
            };
            let step = self.step(&url, headers, wanted, path, now);
            let step = tokio::time::timeout(left, step).await;
            left = left.saturating_sub(began.elapsed());
            let host = url.host_str().unwrap_or_default();
            let step = step.unwrap_or_else(|_| Err(FetchError::TooSlow(host.to_owned())));
            // Where a redirect leads is somebody else's choice than the reader's.
            let step = step.map_err(|error| match hop {
                0 => error,
                _ => error.for_a_stranger(&url),
            });
            match step? {
                Step::Response(answer) => {
                    if let (429 | 503, Some(minutes)) = (answer.status.as_u16(), answer.pause()) {
                        self.pauses.note(&answer.url, minute_of(now) + minutes);
                    }
                    return Ok(*answer);
                }
                Step::Redirect(status, next) => {
                    permanent &= matches!(status.as_u16(), 301 | 308);
                    url = next.ok_or_else(|| FetchError::Redirects(first.to_string()))?;
                }
            }
        }
        Err(FetchError::Redirects(first.to_string()))
    }

    /// Waits for the host permit, if requests are allowed at all. Another request may have triggered a pause meanwhile.
    async fn admitted(&self, url: &Url, now: Timestamp) -> Result<HostPermit, FetchError> {
        guard::check_text(url.as_str(), self.allow_private)?;
        self.may_ask(url, now)?;
        let waited = self.limiter.wait(url, self.spacing).await;
        self.may_ask(url, now)?;
        Ok(waited.into())
    }

    fn may_ask(&self, url: &Url, now: Timestamp) -> Result<(), FetchError> {
        if self.pauses.is_blocked(url) {
            let host = url.host_str().unwrap_or_default();
            return Err(FetchError::BlockedHost(host.to_owned()));
        }
        match self.pauses.until(url, minute_of(now)) {
            Some(until) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                Err(FetchError::Paused { host, until })
            }
            None => Ok(()),
        }
    }

    /// Sends one request; returns the response or the redirect.
    async fn step(
        &self,
        url: &Url,
        headers: HeaderMap,
        wanted: Wanted,
        path: RedirectPath,
        now: Timestamp,
    ) -> Result<Step, FetchError> {
        let sent = self.client.get(url.clone()).headers(headers).send().await;
        let response = sent.map_err(|error| explain(&error, url))?;
        let status = response.status();
        if status.is_redirection()
            && status != StatusCode::NOT_MODIFIED
            && let Some(location) = response.headers().get(LOCATION)
        {
            return Ok(Step::Redirect(status, next_hop(url, location)));
        }
        let answer = read(response, wanted, url.clone(), path, now).await?;
        Ok(Step::Response(Box::new(answer)))
    }

    /// Posts a form and returns the last status; the body isn't read.
    ///
    /// Redirects that keep the method (307, 308) are followed, but never from https to http: a form may hold a secret.
    /// A pause the host asks for is recorded.
    ///
    /// # Errors
    /// [`FetchError`], in words for the user, if there is no response.
    pub async fn post_form(
        &self,
        to: &Url,
        form: &str,
        now: Timestamp,
    ) -> Result<StatusCode, FetchError> {
        let mut url = to.clone();
        for _ in 0..=MAX_REDIRECTS {
            let _permit = self.admitted(&url, now).await?;
            let mut headers = self.headers(&url, Wanted::Feed { subscribers: 0 });
            headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, kind);
            let post = self.client.post(url.clone()).headers(headers);
            let sent = post.body(form.to_owned()).send().await;
            let response = sent.map_err(|error| explain(&error, &url))?;
            let status = response.status();
            let pause = pause_of(status, response.headers(), now);
            if let (429 | 503, Some(minutes)) = (status.as_u16(), pause) {
                self.pauses.note(&url, minute_of(now) + minutes);
            }
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

    /// Posts something for a reader to a service of theirs, and returns the status with the beginning of the answer: at most
    /// 64 KiB. Redirects aren't followed, since a secret goes along.
    ///
    /// # Errors
    /// [`FetchError`], in words for the user, if there is no response.
    pub async fn post(
        &self,
        url: &Url,
        more: HeaderMap,
        body: Vec<u8>,
        now: Timestamp,
    ) -> Result<(StatusCode, Vec<u8>), FetchError> {
        /// Most of an answer that is read, in bytes.
        const MOST: usize = 64 * 1_024;
        let _permit = self.admitted(url, now).await?;
        let mut headers = self.headers(url, Wanted::Feed { subscribers: 0 });
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/json, */*;q=0.1"),
        );
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.extend(more);
        let post = self.client.post(url.clone()).headers(headers);
        let sent = post.body(body).send().await;
        let mut response = sent.map_err(|error| explain(&error, url))?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Ok(Some(part)) = response.chunk().await {
            answer.extend_from_slice(&part[..part.len().min(MOST - answer.len())]);
            if answer.len() >= MOST {
                break;
            }
        }
        Ok((status, answer))
    }

    /// The user agent without the key to any publisher's desk: what readers may see.
    pub fn public_agent(&self) -> String {
        self.introduction.agent(None, 0)
    }

    fn headers(&self, url: &Url, wanted: Wanted) -> HeaderMap {
        let subscribers = match wanted {
            Wanted::Feed { subscribers } => subscribers,
            _ => 0,
        };
        let agent = self.introduction.agent(url.host_str(), subscribers);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(wanted.accepts()));
        headers.insert(
            ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, br, zstd, deflate"),
        );
        if let Ok(agent) = HeaderValue::from_str(&agent) {
            headers.insert(USER_AGENT, agent);
        }
        headers
    }
}

fn client(resolver: GuardedResolver) -> Result<reqwest::Client, FetchError> {
    let tls = tls().map_err(|error| FetchError::Unreachable(error.to_string()))?;
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(resolver))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // An idle connection is two tasks, and useless to a client that lives for one request.
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(FETCH_TIMEOUT)
        // Bodies are unpacked here, since servers mislabel them.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        // What browsers put up with.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_max_headers(MAX_HEADERS)
        .build()
        .map_err(|error| FetchError::Unreachable(error.to_string()))
}

fn next_hop(url: &Url, location: &HeaderValue) -> Option<Url> {
    let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let mut next = url.join(&text).ok()?;
    next.set_fragment(None);
    (next.as_str().len() <= MAX_REDIRECT_BYTES).then_some(next)
}
