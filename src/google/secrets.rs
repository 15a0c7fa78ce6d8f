//! Secret Manager: secrets by name, read when they are first needed.

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

/// Google's own. Tests have another.
const ADDRESS: &str = "https://secretmanager.googleapis.com/";

/// Why a secret can't be had. Never with the secret in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Google doesn't know who we are.
    #[error("there are no credentials for {name}: {reason}")]
    Credentials {
        /// Which secret.
        name: String,
        /// What went wrong.
        reason: String,
    },
    /// Secret Manager didn't give it: no such version, or the service account may not read it.
    #[error("{name} can't be read: {source}")]
    Unreadable {
        /// Which secret.
        name: String,
        /// What it said.
        source: DirectError,
    },
    /// It isn't text.
    #[error("{0} isn't UTF-8 text")]
    NotText(String),
}

/// Reads secrets, each once in the process's life: a new version is seen by the next instance. Of many who need the same
/// one at the same time, one asks; a failure isn't remembered.
#[derive(Clone, Debug)]
pub struct SecretManager {
    tokens: Result<Tokens, String>,
    address: Url,
    known: Known,
}

/// A cell for each name. Its values stay out of logs.
#[derive(Clone, Default)]
struct Known(Arc<Mutex<HashMap<String, Arc<OnceCell<String>>>>>);

impl Debug for Known {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Known")
    }
}

/// What `:access` answers with.
#[derive(Deserialize)]
struct Accessed {
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    data: String,
}

impl SecretManager {
    /// Google's Secret Manager, asked with these tokens; or why there are none. Nothing is asked yet.
    pub fn new(tokens: Result<Tokens, String>) -> Self {
        // A constant that parses, as the tests show by making one.
        let address = Url::parse(ADDRESS).unwrap_or_else(|_| unreachable!());
        Self::at(address, tokens)
    }

    /// The same at another address.
    pub fn at(address: Url, tokens: Result<Tokens, String>) -> Self {
        Self {
            tokens,
            address,
            known: Known::default(),
        }
    }

    /// The secret itself. Free for one that was set as a value or read before; else one request.
    ///
    /// # Errors
    /// [`SecretError`].
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

    /// The name's pieces were checked when the settings were read, so that it is a path as it stands. Its ":" is what makes it
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
        let mut url = self.address.clone();
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
        // Whoever pipes a secret from a file or from echo leaves a line's end at it.
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}
