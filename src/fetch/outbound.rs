//! The way out: TLS that needs no files, and names that resolve only to addresses that may be asked.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use hickory_resolver::TokioResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{self, Block};

/// Mozilla's roots, compiled in: a bare container has no certificate files.
pub(super) fn tls() -> &'static rustls::ClientConfig {
    static TLS: OnceLock<rustls::ClientConfig> = OnceLock::new();
    TLS.get_or_init(|| {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.into(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
        // Ring's provider has suites for both protocol versions, so the versions are always accepted.
        builder.unwrap_or_else(|error| unreachable!("{error}"))
    })
}

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
    inner: Arc<OnceLock<Option<TokioResolver>>>,
    allow_private: bool,
}

impl GuardedResolver {
    /// A resolver that is made when the first name is asked for.
    pub(super) fn new(allow_private: bool) -> Self {
        Self {
            inner: Arc::default(),
            allow_private,
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let this = self.clone();
        Box::pin(async move {
            let found = this.addresses(name.as_str()).await?;
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
    let resolver = GuardedResolver::new(true);
    let found = resolver.addresses(name).await.unwrap_or_default();
    found.iter().map(SocketAddr::ip).collect()
}

impl GuardedResolver {
    async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, Refused> {
        if name.trim_end_matches('.') == "localhost" {
            return Ok(vec![([127, 0, 0, 1], 0).into()]);
        }
        let resolver = self.inner.get_or_init(|| {
            let builder = TokioResolver::builder_tokio().ok()?;
            builder.build().ok()
        });
        let resolver = resolver.as_ref().ok_or(Refused::Unknown)?;
        let found = resolver
            .lookup_ip(name)
            .await
            .map_err(|_| Refused::Unknown)?;
        Ok(found.iter().map(|ip| SocketAddr::new(ip, 0)).collect())
    }
}
