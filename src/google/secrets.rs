//! Secret Manager: secrets by name, read when first needed.

use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::Tokens;
use crate::config::Secret;
use crate::egress::{Direct, DirectError};

/// Google's own. Tests use another.
const ADDRESS: &str = "https://secretmanager.googleapis.com/";

/// Why a secret can't be read. Never contains the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// There are no credentials for Google.
    #[error("there are no credentials for {name}: {reason}")]
    Credentials {
        /// The secret's name.
        name: String,
        /// What went wrong.
        reason: String,
    },
    /// Secret Manager refused: no such version, or the service account may not read it.
    #[error("{name} can’t be read: {source}")]
    Unreadable {
        /// The secret's name.
        name: String,
        /// What it returned.
        source: DirectError,
    },
    /// It isn't UTF-8 text.
    #[error("{0} isn’t UTF-8 text")]
    NotText(String),
}

/// Reads secrets, each once per process: a new version is seen by the next instance. Of many concurrent callers, one
/// sends the request; a failure isn't cached.
#[derive(Clone, Debug)]
pub struct SecretManager {
    tokens: Result<Tokens, String>,
    /// A parsed address, or Google's own.
    address: String,
    known: CachedSecret,
}

/// A cell for each name. Their values stay out of logs.
#[derive(Clone, Default)]
struct CachedSecret(Arc<Mutex<HashMap<String, Arc<OnceCell<String>>>>>);

impl Debug for CachedSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Known")
    }
}

/// The response to `:access`.
#[derive(Deserialize)]
struct Accessed {
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    data: String,
}

impl SecretManager {
    /// Google's Secret Manager with these tokens, or why there are none. Nothing is sent yet.
    pub fn new(tokens: Result<Tokens, String>) -> Self {
        Self {
            tokens,
            address: ADDRESS.to_owned(),
            known: CachedSecret::default(),
        }
    }

    /// The same at another address.
    pub fn at(address: Url, tokens: Result<Tokens, String>) -> Self {
        Self {
            tokens,
            address: address.into(),
            known: CachedSecret::default(),
        }
    }

    /// The secret itself. Free if it was set as a value or read before; otherwise one request.
    ///
    /// # Errors
    /// [`SecretError`] if it can't be read.
    pub async fn resolve(&self, secret: &Secret) -> Result<String, SecretError> {
        let name = match secret {
            Secret::Plain(value) => return Ok(value.clone()),
            Secret::Resource(name) => name,
        };
        let cell = {
            let mut known = self.known.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(name.clone()).or_default().clone()
        };
        cell.get_or_try_init(|| self.read(name)).await.cloned()
    }

    /// The name's parts were checked when the settings were read, so it is a valid path as it is. Its ":" makes it
    /// unfit for `Url::join`.
    async fn read(&self, name: &str) -> Result<String, SecretError> {
        let unreadable = |source| SecretError::Unreadable {
            name: name.to_owned(),
            source,
        };
        let unknown = |reason| SecretError::Credentials {
            name: name.to_owned(),
            reason,
        };
        let tokens = self.tokens.as_ref().map_err(|why| unknown(why.clone()))?;
        let bearer = tokens.bearer().await;
        let bearer = bearer.map_err(|error| unknown(error.to_string()))?;
        let mut url = Url::parse(&self.address).map_err(|error| unknown(error.to_string()))?;
        url.set_path(&format!("/v1/{name}:access"));
        let direct = Direct::new().map_err(unreadable)?;
        let mut request = direct.get(&url);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let accessed: Accessed = direct.json(request).await.map_err(unreadable)?;
        let bytes = STANDARD.decode(accessed.payload.data).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| SecretError::NotText(name.to_owned()))?;
        // Secrets that were piped from a file or from echo end with a line break.
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}
