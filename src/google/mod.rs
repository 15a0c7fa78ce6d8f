//! Google Cloud's side doors: access tokens, made when a request needs one, and the secrets that they open.

mod credentials;
mod secrets;
mod token;

pub use credentials::{Credentials, CredentialsError};
pub use secrets::{SecretError, SecretManager};
pub use token::{TokenError, Tokens};
