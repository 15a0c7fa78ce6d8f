//! Credentials for Google: from the platform, a key file or a signed-in developer.

use std::sync::Arc;

use ring::signature::RsaKeyPair;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Deserializer};
use url::Url;

/// Credentials that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the credentials can’t be used: {0}")]
pub struct CredentialsError(String);

/// A way to get access tokens.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// None are needed, as for the emulator.
    Anonymous,
    /// The platform's own, from its metadata server: host and port, without a scheme.
    Metadata(String),
    /// A service account's key.
    ServiceAccount(Arc<ServiceAccount>),
    /// A developer's, as left by `gcloud auth application-default login`.
    User(Arc<AuthorizedUser>),
}

/// A service account's key, ready to sign.
pub struct ServiceAccount {
    /// The account's email address.
    pub(super) email: String,
    /// The key's id, for the header of what it signs.
    pub(super) key_id: String,
    pub(super) key: RsaKeyPair,
    /// Where a signed request is exchanged for a token.
    pub(super) token_uri: String,
}

impl std::fmt::Debug for ServiceAccount {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ServiceAccount({})", self.email)
    }
}

/// A developer's refresh token.
#[derive(Deserialize)]
pub struct AuthorizedUser {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) refresh_token: String,
    #[serde(default = "google_tokens", deserialize_with = "token_uri")]
    pub(super) token_uri: String,
}

impl std::fmt::Debug for AuthorizedUser {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "AuthorizedUser")
    }
}

/// Google's token endpoint, unless a key file names another.
const GOOGLE_TOKENS: &str = "https://oauth2.googleapis.com/token";

/// A key file's own token endpoint, checked; without one, Google's.
fn token_uri<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Url::deserialize(from).map(String::from)
}

fn google_tokens() -> String {
    GOOGLE_TOKENS.to_owned()
}

/// A key file, in the formats that we accept.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum File {
    ServiceAccount {
        client_email: String,
        private_key_id: String,
        private_key: String,
        #[serde(default = "google_tokens", deserialize_with = "token_uri")]
        token_uri: String,
    },
    AuthorizedUser(AuthorizedUser),
}

impl Credentials {
    /// Reads the JSON of a key file: a service account's, or a developer's.
    ///
    /// # Errors
    /// [`CredentialsError`] says what is wrong with it; it never contains the key.
    pub fn from_json(json: &str) -> Result<Self, CredentialsError> {
        let wrong = |what: &str| CredentialsError(what.to_owned());
        let file: File = serde_json::from_str(json).map_err(|error| {
            CredentialsError(format!(
                "neither a service account’s key nor a developer’s, line {}",
                error.line()
            ))
        })?;
        match file {
            File::AuthorizedUser(user) => Ok(Self::User(Arc::new(user))),
            File::ServiceAccount {
                client_email: email,
                private_key_id: key_id,
                private_key,
                token_uri,
            } => {
                let der = PrivatePkcs8KeyDer::from_pem_slice(private_key.as_bytes())
                    .map_err(|_| wrong("private_key is no PKCS #8 PEM"))?;
                let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
                    .map_err(|_| wrong("private_key is no RSA key"))?;
                Ok(Self::ServiceAccount(Arc::new(ServiceAccount {
                    email,
                    key_id,
                    key,
                    token_uri,
                })))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_developers_file_is_read() {
        let json = r#"{"type":"authorized_user","client_id":"c","client_secret":"hush","refresh_token":"r"}"#;
        let Ok(Credentials::User(user)) = Credentials::from_json(json) else {
            panic!("not read");
        };
        assert_eq!(user.token_uri, GOOGLE_TOKENS);
        assert!(!format!("{user:?}").contains("hush"));
    }

    #[test]
    fn what_isn_t_a_key_is_refused_without_showing_it() {
        let json = r#"{"type":"service_account","client_email":"a@b","private_key_id":"1","private_key":"SECRET"}"#;
        let error = Credentials::from_json(json).unwrap_err().to_string();
        assert!(
            error.contains("PKCS #8") && !error.contains("SECRET"),
            "{error}"
        );
        let error = Credentials::from_json("{}").unwrap_err().to_string();
        assert!(error.contains("service account"), "{error}");
    }
}
