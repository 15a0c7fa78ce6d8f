//! Sign-in with OpenID Connect, and ID tokens.
//!
//! [`token`] verifies an ID token with the keys that [`keys`] fetches when they are needed. [`provider`] holds a
//! provider's description, and [`flow`] sends people there and takes them back. What must be remembered meanwhile is
//! sealed into a cookie: nothing is stored before the person is known. Nothing here knows about accounts.

mod crypto;
pub mod flow;
pub mod keys;
pub mod provider;
pub mod token;

pub use flow::{Attempt, Person};
pub use keys::Keys;
pub use provider::Provider;
