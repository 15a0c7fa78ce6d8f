//! Why nothing came back.

use url::Url;

use super::{PATIENCE, REDIRECTS};
use crate::client::guard::Block;
use crate::client::guarded_resolver::Refused;

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one that it leads to, may not be asked.
    #[error("{0}")]
    Blocked(#[from] Block),
    /// The name has no address.
    #[error("There is no server named {0}. Check the spelling, or try again later.")]
    NoSuchHost(String),
    /// Nobody listens, or the connection broke.
    #[error("The server at {0} can't be reached. It may be down; try again later.")]
    Unreachable(String),
    /// The whole took too long.
    #[error("The server at {0} took longer than {secs} seconds to answer.", secs = PATIENCE.as_secs())]
    TooSlow(String),
    /// The body is beyond the limit.
    #[error("The document at {0} is larger than 10 MB, which no feed needs to be.")]
    TooLarge(String),
    /// Its server asked to be left alone, and wasn't asked.
    #[error("The server at {host} asked us to come back later.")]
    Paused {
        /// Whose.
        host: String,
        /// The minute from when it may be asked.
        until: i64,
    },
    /// A page is beyond the limit.
    #[error("The page is larger than 3 MB, which is more than is taken apart for its text.")]
    PageTooLarge,
    /// An icon is beyond the limit.
    #[error("The icon is larger than 100 kB.")]
    IconTooLarge,
    /// Too many redirects, or one that leads nowhere.
    #[error("The address {0} redirects more than {REDIRECTS} times, or nowhere.")]
    Redirects(String),
}

/// A failure of the client in plain words. What the guard or the resolver said lies somewhere down the chain of causes.
pub(crate) fn explain(error: &reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if let Some(refused) = at.downcast_ref::<Refused>() {
            return match refused {
                Refused::Blocked(block) => FetchError::Blocked(block.clone()),
                Refused::Unknown => FetchError::NoSuchHost(host),
            };
        }
        cause = at.source();
    }
    if error.is_timeout() {
        return FetchError::TooSlow(host);
    }
    FetchError::Unreachable(host)
}
