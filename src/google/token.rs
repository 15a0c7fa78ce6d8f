//! Access tokens, on demand.
//!
//! The client libraries run a loop that refreshes a token before it expires. Nothing may run here outside a request, so
//! the request that needs a token fetches it; it is kept until shortly before it expires. Of many that need one at
//! once, one fetches and the others wait.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use chrono::TimeDelta;
use ring::rand::SystemRandom;
use ring::signature::RSA_PKCS1_SHA256;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::Credentials;
use super::credentials::{AuthorizedUser, ServiceAccount};
use crate::clock::Clock;
use crate::egress::{Direct, DirectError};
use crate::timestamp::Timestamp;

/// The scope of a token: everything that the account may do.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// How long before its expiry a token is no longer used. The metadata server gives a new one four minutes before.
const MARGIN: TimeDelta = TimeDelta::minutes(4);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The metadata or token server failed.
    #[error("no access token: {0}")]
    Service(#[from] DirectError),
    /// The key can't sign.
    #[error("no access token: the service account’s key can’t sign")]
    Signing,
}

/// A token and its expiry.
#[derive(Clone)]
struct CachedToken {
    token: Arc<str>,
    expires: Timestamp,
}

impl std::fmt::Debug for CachedToken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Held until {}", self.expires)
    }
}

/// Provides access tokens. Cheap to clone; all clones share one token.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    credentials: Credentials,
    clock: Clock,
    held: Mutex<Option<CachedToken>>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// Seconds.
    expires_in: i64,
}

impl Tokens {
    /// Tokens for these credentials. Nothing is fetched yet.
    pub fn new(credentials: Credentials, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            credentials,
            clock,
            held: Mutex::new(None),
        }))
    }

    /// A token to send as `Authorization: Bearer`; `None` if none is needed.
    ///
    /// # Errors
    /// [`TokenError`] if there is none; the next call tries again.
    pub async fn bearer(&self) -> Result<Option<Arc<str>>, TokenError> {
        let inner = &*self.0;
        if matches!(inner.credentials, Credentials::Anonymous) {
            return Ok(None);
        }
        // Held while fetching: of many concurrent callers, one fetches.
        let mut held = inner.held.lock().await;
        let now = inner.clock.now();
        if let Some(held) = &*held
            && now + MARGIN < held.expires
        {
            return Ok(Some(held.token.clone()));
        }
        match (self.fetch(now).await, &*held) {
            (Ok(answer), _) => {
                let token: Arc<str> = answer.access_token.into();
                *held = Some(CachedToken {
                    token: token.clone(),
                    expires: now + TimeDelta::seconds(answer.expires_in.clamp(0, 86_400)),
                });
                Ok(Some(token))
            }
            // The old one is valid for a few more minutes.
            (Err(_), Some(held)) if now < held.expires => Ok(Some(held.token.clone())),
            (Err(error), _) => Err(error),
        }
    }

    async fn fetch(&self, now: Timestamp) -> Result<Answer, TokenError> {
        let direct = Direct::new()?;
        let request = match &self.0.credentials {
            Credentials::Anonymous => return Err(TokenError::Signing),
            Credentials::Metadata(host) => metadata_request(&direct, host)?,
            Credentials::ServiceAccount(account) => {
                let signed = assertion(account, now)?;
                direct.post(&account.token_uri).form(&[
                    ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    ("assertion", &signed),
                ])
            }
            Credentials::User(user) => refresh_request(&direct, user),
        };
        Ok(direct.json(request).await?)
    }
}

fn metadata_request(direct: &Direct, host: &str) -> Result<reqwest::RequestBuilder, TokenError> {
    let text = format!("http://{host}/computeMetadata/v1/instance/service-accounts/default/token");
    let url = Url::parse(&text).map_err(|error| DirectError::Unexpected {
        host: host.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(direct.get(&url).header("Metadata-Flavor", "Google"))
}

fn refresh_request(direct: &Direct, user: &AuthorizedUser) -> reqwest::RequestBuilder {
    direct.post(&user.token_uri).form(&[
        ("grant_type", "refresh_token"),
        ("client_id", &user.client_id),
        ("client_secret", &user.client_secret),
        ("refresh_token", &user.refresh_token),
    ])
}

/// A service account's signed request (RFC 7523), valid for an hour.
fn assertion(account: &ServiceAccount, now: Timestamp) -> Result<String, TokenError> {
    let header = serde_json::json!({ "alg": "RS256", "typ": "JWT", "kid": account.key_id });
    let claims = serde_json::json!({
        "iss": account.email,
        "scope": SCOPE,
        "aud": account.token_uri,
        "iat": now.timestamp(),
        "exp": now.timestamp() + 3_600,
    });
    let part = |json: serde_json::Value| BASE64URL.encode(json.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; account.key.public().modulus_len()];
    account
        .key
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            text.as_bytes(),
            &mut signature,
        )
        .map_err(|_| TokenError::Signing)?;
    Ok(format!("{text}.{}", BASE64URL.encode(signature)))
}
