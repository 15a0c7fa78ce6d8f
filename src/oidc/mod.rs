//! Who somebody is, on another's word: ID tokens, and signing in with OpenID Connect.
//!
//! [`token`] judges a token, with the keys that [`keys`] fetches when they are needed. [`provider`] knows a provider by
//! its description, and [`flow`] sends somebody there and takes him back. What has to be remembered meanwhile is sealed
//! into a cookie by [`seal`]: nothing is stored before it is known who he is. Nothing here knows accounts.

mod crypto;
pub mod flow;
pub mod keys;
pub mod provider;
pub mod seal;
pub mod token;

pub use flow::{Attempt, Person};
pub use keys::Keys;
pub use provider::Provider;
