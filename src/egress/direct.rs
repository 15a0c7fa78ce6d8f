//! Plain HTTP to the services that the settings name.

use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use url::Url;

use super::{Names, tls};

/// The most time for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of one answer: key sets, tokens and secrets are far smaller.
const BODY_BYTES: usize = 1_024 * 1_024;

/// Why a service didn't answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum DirectError {
    /// Nobody there, or it took too long.
    #[error("{host} can't be reached: {reason}")]
    Unreachable {
        /// Whom we asked.
        host: String,
        /// What went wrong, for the log.
        reason: String,
    },
    /// It answered with an error.
    #[error("{host} answered {status}: {body}")]
    Status {
        /// Whom we asked.
        host: String,
        /// The status.
        status: u16,
        /// The beginning of the answer.
        body: String,
    },
    /// It answered with something else than JSON of the right shape.
    #[error("{host} answered with something unexpected: {reason}")]
    Unexpected {
        /// Whom we asked.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// A client for one piece of work: no redirects, no idle connections, nothing left when it is dropped.
#[derive(Clone, Debug)]
pub struct Direct(reqwest::Client);

impl Direct {
    /// Makes a client. Cheap: nothing is opened before the first request.
    ///
    /// # Errors
    /// Only where TLS can't be set up, which is a fault of the build.
    pub fn new() -> Result<Self, DirectError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls().clone())
            .dns_resolver(Arc::new(Names::default()))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(0)
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .build();
        let unusable = |error: reqwest::Error| DirectError::Unreachable {
            host: "TLS".into(),
            reason: error.to_string(),
        };
        client.map(Self).map_err(unusable)
    }

    /// A `GET` request, to be completed and handed to [`json`](Self::json) or [`send`](Self::send).
    pub fn get(&self, url: &Url) -> reqwest::RequestBuilder {
        self.0.get(url.clone())
    }

    /// A `POST` request.
    pub fn post(&self, url: &Url) -> reqwest::RequestBuilder {
        self.0.post(url.clone())
    }

    /// Sends a request and answers with status, headers and body, whatever the status.
    ///
    /// # Errors
    /// [`DirectError::Unreachable`]; [`DirectError::Unexpected`] for a body beyond 1 MiB.
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

    /// Sends a request and reads the JSON of a successful answer.
    ///
    /// # Errors
    /// [`DirectError`].
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

/// The cause at the bottom says most: the ones above it only name the layers.
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
