//! Resolves names to permitted addresses only.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{self, Block};
use crate::egress::{Names, UnknownHost};

/// Why a name wasn't resolved.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// None of its addresses is permitted.
    #[error(transparent)]
    Blocked(Block),
    /// It has no address, or nobody says it.
    #[error(transparent)]
    Unknown(UnknownHost),
}

/// Resolves names and keeps only permitted addresses, so that the checked address is the one dialed.
#[derive(Clone)]
pub(crate) struct GuardedResolver {
    names: Names,
    allow_private: bool,
}

impl GuardedResolver {
    /// A resolver that is set up when the first name is resolved.
    pub(crate) fn new(allow_private: bool, name_server: Option<SocketAddr>) -> Self {
        Self {
            names: Names::by(name_server),
            allow_private,
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let allowed = permitted(&this.names, name.as_str(), this.allow_private).await?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name that may be dialed: those that pass the guard.
///
/// # Errors
/// [`Refused`] if none passes, or the name has no address.
pub async fn permitted(
    names: &Names,
    name: &str,
    allow_private: bool,
) -> Result<Vec<SocketAddr>, Refused> {
    let found = names.addresses(name).await;
    let found = found.map_err(Refused::Unknown)?;
    let mut blocked = None;
    let mut allowed = Vec::new();
    for address in found {
        match guard::check_ip(address.ip(), allow_private) {
            Ok(()) => allowed.push(address),
            Err(block) => blocked = Some(block),
        }
    }
    match (allowed.is_empty(), blocked) {
        (false, _) => Ok(allowed),
        (true, Some(block)) => Err(Refused::Blocked(block)),
        (true, None) => Err(Refused::Unknown(UnknownHost::Unknown)),
    }
}

/// The addresses of a name, unchecked; empty if it has none, or no name server responds.
pub async fn resolve(name: &str, name_server: Option<SocketAddr>) -> Vec<std::net::IpAddr> {
    let names = Names::by(name_server);
    let found = names.addresses(name).await.unwrap_or_default();
    found.iter().map(SocketAddr::ip).collect()
}
