//! Asking a publisher, politely and within bounds.
//!
//! One [`Web`] is made for each tick or request and dropped with it: no connection, task or name server outlives the work.
//! Every hop of a redirect is judged by the guard, by its text and by the address that is then dialled.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, StatusCode};
use url::Url;

use self::answer::{Wanted, add_validators, pause_of, read};
use self::error::explain;
use super::guard;
use super::guarded_resolver::GuardedResolver;
use super::host_limiter::{Turn, Turns};
use super::retry_after::Pauses;
use crate::egress::tls;
use crate::feeds::Validators;
use crate::timestamp::{Timestamp, minute_of};

mod answer;
mod dates;
mod error;

pub use answer::{Answer, BODY_BYTES, ICON_BYTES, PAGE_BYTES};
pub use error::FetchError;

/// The most redirects that are followed.
pub const REDIRECTS: usize = 5;
/// The most time for one address, redirects and body included.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The longest address that a redirect may lead to, in bytes. A document's relative links are written out with it.
const LONGEST_HOP: usize = 2_000;

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
        })
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
            let _turn = self.admitted(&url, now).await?;
            let mut headers = self.headers(wanted);
            let owner = validators.of.as_deref().unwrap_or(first.as_str());
            if owner == url.as_str() {
                add_validators(&mut headers, validators);
            }
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

    /// Waits for an address's turn, where it may be asked at all. Whoever was before us may have been told to stay away.
    async fn admitted(&self, url: &Url, now: Timestamp) -> Result<Turn, FetchError> {
        guard::check_text(url.as_str(), self.allow_private)?;
        self.may_ask(url, now)?;
        let waited = self.turns.wait(url, self.spacing).await;
        self.may_ask(url, now)?;
        Ok(waited.into())
    }

    fn may_ask(&self, url: &Url, now: Timestamp) -> Result<(), FetchError> {
        match self.pauses.until(url, minute_of(now)) {
            Some(until) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                Err(FetchError::Paused { host, until })
            }
            None => Ok(()),
        }
    }

    /// One request, and its answer or the way on.
    async fn step(
        &self,
        url: &Url,
        headers: HeaderMap,
        wanted: Wanted,
        way: (bool, Option<String>),
        now: Timestamp,
    ) -> Result<Step, FetchError> {
        let sent = self.client.get(url.clone()).headers(headers).send().await;
        let response = sent.map_err(|error| explain(&error, url))?;
        let status = response.status();
        if status.is_redirection()
            && status != StatusCode::NOT_MODIFIED
            && let Some(location) = response.headers().get(LOCATION)
        {
            return Ok(Step::On(status, next_hop(url, location)));
        }
        let answer = read(response, wanted, url.clone(), way, now).await?;
        Ok(Step::There(Box::new(answer)))
    }

    /// Sends a form and follows redirects that keep the method (307, 308), but never from https to http: a form may hold a
    /// secret. Answers with the last status; the body isn't read. Who is told to stay away does, here too.
    ///
    /// # Errors
    /// [`FetchError`], in words for the reader.
    pub async fn post_form(
        &self,
        to: &Url,
        form: &str,
        now: Timestamp,
    ) -> Result<StatusCode, FetchError> {
        let mut url = to.clone();
        for _ in 0..=REDIRECTS {
            let _turn = self.admitted(&url, now).await?;
            let mut headers = self.headers(Wanted::Feed { subscribers: 0 });
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

    fn headers(&self, wanted: Wanted) -> HeaderMap {
        let version = env!("CARGO_PKG_VERSION");
        let readers = match wanted {
            Wanted::Feed { subscribers: 1 } => "; 1 subscriber".to_owned(),
            Wanted::Feed { subscribers } if subscribers > 0 => {
                format!("; {subscribers} subscribers")
            }
            _ => String::new(),
        };
        let agent = format!("Dormouse/{version} (+{}{readers})", self.contact);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(wanted.accepts()));
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

fn next_hop(url: &Url, location: &HeaderValue) -> Option<Url> {
    let text = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let mut next = url.join(&text).ok()?;
    next.set_fragment(None);
    (next.as_str().len() <= LONGEST_HOP).then_some(next)
}
