//! Plain HTTP to the services that the settings name.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use url::Url;

use super::{Names, tls};

/// The time limit for one response.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of one response: key sets, tokens and secrets are far smaller.
const BODY_BYTES: usize = 1_024 * 1_024;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum DirectError {
    /// No connection, or it took too long.
    #[error("{host} can’t be reached: {reason}")]
    Unreachable {
        /// The name that the request went to, without port or path.
        host: String,
        /// What went wrong, for the log.
        reason: String,
    },
    /// It returned an error status.
    #[error("{host} answered {status}: {body}")]
    Status {
        /// The name that the request went to, without port or path.
        host: String,
        /// The HTTP status code.
        status: u16,
        /// The beginning of the response.
        body: String,
    },
    /// It returned something other than JSON of the right shape.
    #[error("{host} answered with something unexpected: {reason}")]
    Unexpected {
        /// The name that the request went to, without port or path.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A client for one task: no redirects, no idle connections, nothing left when it is dropped.
#[derive(Clone, Debug)]
pub struct Direct(reqwest::Client);

impl Direct {
    /// Creates a client. Cheap: nothing is opened before the first request.
    ///
    /// # Errors
    /// Only if TLS can't be set up, which is a fault of the build.
    pub fn new() -> Result<Self, DirectError> {
        let unusable = |reason: String| DirectError::Unreachable {
            host: "TLS".into(),
            reason,
        };
        let tls = tls().map_err(|error| unusable(error.to_string()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(Names::default()))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(0)
            .connect_timeout(Duration::from_secs(5))
            .timeout(REQUEST_TIMEOUT)
            .build();
        client
            .map(Self)
            .map_err(|error| unusable(error.to_string()))
    }

    /// A `GET` request, to be completed and handed to [`json`](Self::json) or [`send`](Self::send).
    pub fn get(&self, url: &Url) -> reqwest::RequestBuilder {
        self.0.get(url.clone())
    }

    /// A `POST` request, to which the caller adds a body or a form.
    pub fn post(&self, url: &str) -> reqwest::RequestBuilder {
        self.0.post(url)
    }

    /// Sends a request and returns status, headers and body, whatever the status.
    ///
    /// # Errors
    /// [`DirectError::Unreachable`] if there is no response; [`DirectError::Unexpected`] for a body over 1 MiB.
    pub async fn send(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<http::Response<Vec<u8>>, DirectError> {
        let request = request
            .build()
            .map_err(|error| unreachable_at("", &error))?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let sent = self.0.execute(request).await;
        let mut answer = sent.map_err(|error| unreachable_at(&host, &error))?;
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        let body = response.body_mut();
        loop {
            let chunk = answer.chunk().await;
            let Some(chunk) = chunk.map_err(|error| unreachable_at(&host, &error))? else {
                return Ok(response);
            };
            if body.len() + chunk.len() > BODY_BYTES {
                let reason = "more than 1 MiB".into();
                return Err(DirectError::Unexpected { host, reason });
            }
            body.extend_from_slice(&chunk);
        }
    }

    /// Sends a request and parses the JSON of a successful response.
    ///
    /// # Errors
    /// [`DirectError`] if there is no response, or not a successful one with the right JSON.
    pub async fn json<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, DirectError> {
        let (client, request) = request.build_split();
        let request = request.map_err(|error| unreachable_at("", &error))?;
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let request = reqwest::RequestBuilder::from_parts(client, request);
        let answer = self.send(request).await?;
        if !answer.status().is_success() {
            let body = String::from_utf8_lossy(answer.body());
            return Err(DirectError::Status {
                host,
                status: answer.status().as_u16(),
                body: body.chars().take(300).collect(),
            });
        }
        serde_json::from_slice(answer.body()).map_err(|error| DirectError::Unexpected {
            host,
            reason: error.to_string(),
        })
    }
}

/// The innermost cause says most: the ones above it only name layers.
fn unreachable_at(host: &str, error: &reqwest::Error) -> DirectError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    DirectError::Unreachable {
        host: host.to_owned(),
        reason: cause.to_string(),
    }
}
