//! Google Cloud's side doors: access tokens, made when a request needs one.

mod credentials;
mod token;

pub use credentials::{Credentials, CredentialsError};
pub use token::{TokenError, Tokens};
