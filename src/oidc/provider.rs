//! A provider, from its own description (OpenID Connect Discovery 1.0).

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use moka::sync::Cache;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::keys::Keys;
use crate::clock::Clock;
use crate::egress::{Direct, DirectError};
use crate::timestamp::Timestamp;

/// Hours for which a description is used before it is fetched again.
const FRESH_HOURS: i64 = 1;
/// Seconds after a failure in which it isn't fetched again.
const TROUBLE_SECONDS: i64 = 5;
/// Used attempts that are remembered, so that memory is bounded.
const MAX_STATES: u64 = 10_000;

/// An OpenID provider, and who we are to it.
#[derive(Clone, Debug)]
pub struct Provider {
    pub(super) issuer: String,
    pub(super) client_id: String,
    /// Where the provider sends people back to.
    pub(super) redirect: Url,
    pub(super) clock: Clock,
    pub(super) keys: Keys,
    /// Attempts that came back to this instance. A hint that saves a request: the provider itself accepts a code once.
    pub(super) used: Cache<String, ()>,
    known: Arc<Mutex<CachedDescription>>,
}

#[derive(Debug, Default)]
struct CachedDescription {
    description: Option<(Timestamp, Description)>,
    /// When fetching last failed, and why.
    trouble: Option<(Timestamp, String)>,
}

/// A provider that can't be used now.
#[derive(Debug, thiserror::Error)]
#[error("the provider can’t be used: {0}")]
pub struct Unavailable(pub(super) String);

impl From<DirectError> for Unavailable {
    fn from(error: DirectError) -> Self {
        Self(error.to_string())
    }
}

/// The provider's endpoints.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Description {
    issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    /// How it wants us to authenticate; the default is that of Discovery, section 3.
    #[serde(default = "basic")]
    pub(super) token_endpoint_auth_methods_supported: Vec<String>,
}

impl Description {
    fn addresses(&self) -> impl Iterator<Item = &Url> {
        let needed = [
            &self.authorization_endpoint,
            &self.token_endpoint,
            &self.jwks_uri,
        ];
        needed.into_iter().chain(&self.userinfo_endpoint)
    }
}

fn basic() -> Vec<String> {
    vec!["client_secret_basic".into()]
}

impl Provider {
    /// A provider by its issuer, to which we are `client_id`. Nothing is fetched yet.
    pub fn new(issuer: &str, client_id: &str, redirect: Url, clock: Clock) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            redirect,
            keys: Keys::new(clock.clone()),
            clock,
            used: Cache::builder()
                .max_capacity(MAX_STATES)
                .time_to_live(Duration::from_secs(15 * 60))
                .build(),
            known: Arc::default(),
        }
    }

    /// The issuers that its tokens may name. Google's may come without https.
    pub(super) fn issuers(&self) -> Vec<String> {
        let mut names = vec![self.issuer.clone()];
        if self.issuer == "https://accounts.google.com" {
            names.push("accounts.google.com".into());
        }
        names
    }

    /// Its description. One request unless it is cached; of many concurrent callers, one fetches it.
    pub(super) async fn description(&self) -> Result<Description, Unavailable> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((came, description)) = &known.description
            && now - *came < TimeDelta::hours(FRESH_HOURS)
        {
            return Ok(description.clone());
        }
        if let Some((at, reason)) = &known.trouble
            && now - *at < TimeDelta::seconds(TROUBLE_SECONDS)
        {
            return Err(Unavailable(reason.clone()));
        }
        match self.ask().await {
            Ok(description) => {
                known.description = Some((now, description.clone()));
                known.trouble = None;
                Ok(description)
            }
            Err(error) => {
                known.trouble = Some((now, error.0.clone()));
                Err(error)
            }
        }
    }

    async fn ask(&self) -> Result<Description, Unavailable> {
        let base = self.issuer.trim_end_matches('/');
        let address = format!("{base}/.well-known/openid-configuration");
        let address = Url::parse(&address).map_err(|error| Unavailable(error.to_string()))?;
        let direct = Direct::new()?;
        let description: Description = direct.json(direct.get(&address)).await?;
        // Discovery, section 4.3: with another provider's description we would trust the wrong one.
        if description.issuer != self.issuer {
            let reason = format!("it calls itself {:?}", description.issuer);
            return Err(Unavailable(reason));
        }
        // A provider on this machine may do without TLS; any other needs it for every endpoint.
        let unsafe_one = |url: &Url| url.scheme() != "https" && url.scheme() != address.scheme();
        if description.addresses().any(unsafe_one) {
            return Err(Unavailable("it names an address without TLS".into()));
        }
        Ok(description)
    }
}

#[cfg(test)]
mod tests {
    use crate::oidc::provider::*;

    #[test]
    fn google_alone_may_leave_its_scheme_out() {
        let names = |issuer: &str| {
            let redirect = Url::parse("https://reader.example/auth/openid/callback").unwrap();
            Provider::new(issuer, "us", redirect, Clock::System).issuers()
        };
        let google = ["https://accounts.google.com", "accounts.google.com"];
        assert_eq!(names(google[0]), google);
        let other = "https://id.example.org";
        assert_eq!(names(other), [other]);
    }
}
