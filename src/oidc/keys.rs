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

/// Minutes for which a set of keys is used without asking again: providers change theirs over days.
const FRESH_MINUTES: i64 = 10;
/// Seconds between two requests, whatever unknown keys tokens name: anybody can name one.
const PAUSE_SECONDS: i64 = 30;
/// The same after a failure: people wait for this one.
const TROUBLE_SECONDS: i64 = 5;
/// Keys of one set that are looked at; providers have two to four.
const MOST: usize = 50;

/// Why there is no key for a token.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The set has none of this name, or several that could be meant.
    #[error("the provider has no such key")]
    Unknown,
    /// The set couldn't be had, now or a few seconds ago.
    #[error("the provider's keys can't be had: {0}")]
    Unavailable(String),
}

impl From<DirectError> for KeyError {
    fn from(error: DirectError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// One provider's keys, kept for a few minutes. Of many who need them at the same time, one asks.
#[derive(Clone, Debug)]
pub struct Keys {
    clock: Clock,
    set: Arc<Mutex<Set>>,
}

#[derive(Debug, Default)]
struct Set {
    keys: Vec<Known>,
    /// When it was last asked for, and last came.
    asked: Option<Timestamp>,
    came: Option<Timestamp>,
    /// What went wrong the last time.
    trouble: Option<String>,
}

/// A key, and the one algorithm that it is good for: a token doesn't choose.
#[derive(Clone, Debug)]
pub(super) struct Known {
    id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl Keys {
    /// No keys yet.
    pub fn new(clock: Clock) -> Self {
        crypto::install();
        let set = Arc::default();
        Self { clock, set }
    }

    /// The key for a token that names this one, or none; `algorithm` is what the token says of itself.
    pub(super) async fn find(
        &self,
        address: &Url,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Known, KeyError> {
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
        // If the caller leaves while we wait, this is what the next one finds.
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
    /// The key of this name. A token without a name gets the only key that fits, if there is but one.
    fn choose(&self, id: Option<&str>, algorithm: Algorithm) -> Option<Known> {
        let mut fitting = self.keys.iter().filter(|known| {
            known.algorithm == algorithm && (id.is_none() || known.id.as_deref() == id)
        });
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.clone())
    }
}

async fn fetch(address: &Url) -> Result<Vec<Known>, DirectError> {
    /// Each key by itself: one that we don't understand doesn't spoil the others.
    #[derive(Deserialize)]
    struct Published {
        keys: Vec<Value>,
    }
    let direct = Direct::new()?;
    let set: Published = direct.json(direct.get(address)).await?;
    let keys = set.keys.into_iter().take(MOST);
    Ok(keys.filter_map(Known::read).collect())
}

/// A key as RFC 7517 writes it, as far as we look.
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

impl Known {
    /// `None` for a key that isn't for signing, or of a kind that we don't take.
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
