//! Google Cloud besides the store: access tokens, fetched when a request needs one, and Secret Manager.

mod credentials;
mod secrets;
mod token;

pub use credentials::{Credentials, CredentialsError};
pub use secrets::{SecretError, SecretManager};
pub use token::{TokenError, Tokens};
