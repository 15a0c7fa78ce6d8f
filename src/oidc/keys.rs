//! The keys that a provider signs with, fetched when a token needs them.

use std::sync::Arc;

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::crypto;
use crate::clock::Clock;
use crate::egress::{Direct, DirectError};
use crate::timestamp::Timestamp;

/// Minutes for which a key set is used before it is fetched again: providers rotate keys over days.
const FRESH_MINUTES: i64 = 10;
/// Seconds between two requests, whatever unknown keys tokens name: anyone can name one.
const PAUSE_SECONDS: i64 = 30;
/// The same after a failure: people are waiting for it.
const TROUBLE_SECONDS: i64 = 5;
/// Keys of one set that are read; providers have two to four.
const MAX_KEYS: usize = 50;

/// Why there is no key for a token.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The set has no key of this name, or several that match.
    #[error("the provider has no such key")]
    Unknown,
    /// The set couldn't be fetched, now or a few seconds ago.
    #[error("the provider’s keys can’t be fetched: {0}")]
    Unavailable(String),
}

impl From<DirectError> for KeyError {
    fn from(error: DirectError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// One provider's keys, cached for a few minutes. Of many concurrent callers, one fetches them.
#[derive(Clone, Debug)]
pub struct Keys {
    clock: Clock,
    set: Arc<Mutex<Set>>,
}

#[derive(Debug, Default)]
struct Set {
    keys: Vec<CachedKeys>,
    /// When it was last requested, and last received.
    asked: Option<Timestamp>,
    came: Option<Timestamp>,
    /// Why the last request failed.
    trouble: Option<String>,
}

/// A key, and the one algorithm that it is for: a token doesn't choose.
#[derive(Clone, Debug)]
pub(super) struct CachedKeys {
    id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl Keys {
    /// An empty cache.
    pub fn new(clock: Clock) -> Self {
        crypto::install();
        let set = Arc::default();
        Self { clock, set }
    }

    /// The key that a token names, if it names one; `algorithm` is the token's own claim.
    pub(super) async fn find(
        &self,
        address: &Url,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<CachedKeys, KeyError> {
        let mut set = self.set.lock().await;
        let now = self.clock.now();
        let within = |at: Option<Timestamp>, time| at.is_some_and(|at| now - at < time);
        let fresh = within(set.came, TimeDelta::minutes(FRESH_MINUTES));
        if fresh && let Some(known) = set.choose(id, algorithm) {
            return Ok(known);
        }
        let (pause, known) = match &set.trouble {
            Some(reason) => (TROUBLE_SECONDS, KeyError::Unavailable(reason.clone())),
            None => (PAUSE_SECONDS, KeyError::Unknown),
        };
        if within(set.asked, TimeDelta::seconds(pause)) {
            return Err(known);
        }
        set.asked = Some(now);
        // If the caller goes away while we wait, the next one finds this.
        set.trouble = Some("asked for a moment ago".into());
        match fetch(address).await {
            Ok(keys) => {
                set.keys = keys;
                set.came = Some(now);
                set.trouble = None;
            }
            Err(error) => {
                set.trouble = Some(error.to_string());
                return Err(error.into());
            }
        }
        set.choose(id, algorithm).ok_or(KeyError::Unknown)
    }
}

impl Set {
    /// The key of this name. For a token without a name, the only key that fits, if there is exactly one.
    fn choose(&self, id: Option<&str>, algorithm: Algorithm) -> Option<CachedKeys> {
        let mut fitting = self.keys.iter().filter(|known| {
            known.algorithm == algorithm && (id.is_none() || known.id.as_deref() == id)
        });
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.clone())
    }
}

async fn fetch(address: &Url) -> Result<Vec<CachedKeys>, DirectError> {
    /// Each key is parsed by itself: one that we don't understand doesn't spoil the others.
    #[derive(Deserialize)]
    struct Published {
        keys: Vec<Value>,
    }
    let direct = Direct::new()?;
    let set: Published = direct.json(direct.get(address)).await?;
    let keys = set.keys.into_iter().take(MAX_KEYS);
    Ok(keys.filter_map(CachedKeys::read).collect())
}

/// A key as in RFC 7517, with the members that we read.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl CachedKeys {
    /// `None` for a key that isn't for signing, or of a type that we don't accept.
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.purpose.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let (name, algorithm, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let key = DecodingKey::from_rsa_components(&jwk.n?, &jwk.e?);
                (["RS256", "RS256"], Algorithm::RS256, key)
            }
            ("EC", Some("P-256")) => {
                let key = DecodingKey::from_ec_components(&jwk.x?, &jwk.y?);
                (["ES256", "ES256"], Algorithm::ES256, key)
            }
            ("OKP", Some("Ed25519")) => {
                let key = DecodingKey::from_ed_components(&jwk.x?);
                (["EdDSA", "Ed25519"], Algorithm::EdDSA, key)
            }
            _ => return None,
        };
        if jwk.alg.is_some_and(|alg| !name.contains(&alg.as_str())) {
            return None;
        }
        let key = key.ok()?;
        let id = jwk.kid;
        Some(Self { id, algorithm, key })
    }
}
