//! Names that resolve only to addresses that may be asked.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{self, Block};
use crate::outside::{Names, UnknownHost};

/// Why a name wasn't resolved.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error(transparent)]
    Blocked(Block),
    #[error("no such host")]
    Unknown,
}

/// Resolves names, and leaves only addresses that may be asked: what was judged is what is dialled.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    names: Names,
    allow_private: bool,
}

impl GuardedResolver {
    /// A resolver that is made when the first name is asked for.
    pub(super) fn new(allow_private: bool) -> Self {
        Self {
            names: Names::default(),
            allow_private,
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.names.addresses(name.as_str()).await;
            let found = found.map_err(|UnknownHost| Refused::Unknown)?;
            let mut blocked = None;
            let mut allowed = Vec::new();
            for address in found {
                match guard::check_ip(address.ip(), this.allow_private) {
                    Ok(()) => allowed.push(address),
                    Err(block) => blocked = Some(block),
                }
            }
            match (allowed.is_empty(), blocked) {
                (false, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
                (true, Some(block)) => Err(Refused::Blocked(block).into()),
                (true, None) => Err(Refused::Unknown.into()),
            }
        })
    }
}

/// The addresses of a name, unjudged; none where there is none, or no name server answers.
pub async fn resolve(name: &str) -> Vec<std::net::IpAddr> {
    let found = Names::default().addresses(name).await.unwrap_or_default();
    found.iter().map(SocketAddr::ip).collect()
}
