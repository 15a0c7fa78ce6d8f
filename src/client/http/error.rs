//! Why a request failed.

use url::Url;

use super::{FETCH_TIMEOUT, MAX_REDIRECTS};
use crate::client::guard::Block;
use crate::client::guarded_resolver::Refused;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one it redirects to, is blocked.
    #[error("{0}")]
    Blocked(#[from] Block),
    /// The name has no address.
    #[error("There is no server named {0}. Check the spelling, or try again later.")]
    NoSuchHost(String),
    /// The connection was refused or broke.
    #[error("The server at {0} can’t be reached. It may be down; try again later.")]
    Unreachable(String),
    /// The whole request took too long.
    #[error("The server at {0} took longer than {secs} seconds to respond.", secs = FETCH_TIMEOUT.as_secs())]
    TooSlow(String),
    /// The body exceeds the limit.
    #[error("The document at {0} is larger than 10 MB, too large for a feed.")]
    TooLarge(String),
    /// Not sent: the server asked us to wait.
    #[error("The server at {host} asked us to come back later.")]
    Paused {
        /// The server's host.
        host: String,
        /// The minute from which requests are allowed again.
        until: i64,
    },
    /// A page exceeds the limit.
    #[error("The page is larger than 3 MB, too large to extract its text.")]
    PageTooLarge,
    /// An icon exceeds the limit.
    #[error("The icon is larger than 100 kB.")]
    IconTooLarge,
    /// Too many redirects, or an invalid one.
    #[error("The address {0} redirects more than {MAX_REDIRECTS} times, or nowhere.")]
    Redirects(String),
}

/// A client error in plain words. The guard's or the resolver's error is somewhere in the chain of causes.
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
