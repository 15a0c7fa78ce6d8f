//! Outgoing connections: TLS without files, names without threads.
//!
//! And plain HTTP to the few services that the settings name: Google's, an OpenID provider. Publishers are reached
//! through `client::http`, which checks every address.

mod direct;
mod names;
mod tls;

pub use direct::{Direct, DirectError};
pub use names::{Names, UnknownHost};
pub use tls::tls;
