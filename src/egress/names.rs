//! Name resolution without the system's resolver, which would leave a thread behind.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// How long one attempt at asking a name server may take; there are two.
const NAME_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownHost {
    /// There is no such name, or it has no address (NXDOMAIN).
    #[error("no such host")]
    Unknown,
    /// Its name servers have a fault (SERVFAIL, and the like).
    #[error("the name server failed")]
    Failed,
    /// A name server refuses to answer (REFUSED).
    #[error("the name server refused")]
    Refused,
    /// No name server responded in time.
    #[error("no name server responded")]
    Silent,
}

impl From<NetError> for UnknownHost {
    fn from(error: NetError) -> Self {
        let of_code = |code: ResponseCode| match code {
            ResponseCode::Refused => Self::Refused,
            ResponseCode::NXDomain | ResponseCode::NoError => Self::Unknown,
            _ => Self::Failed,
        };
        match error {
            NetError::Dns(DnsError::NoRecordsFound(none)) => of_code(none.response_code),
            NetError::Dns(DnsError::ResponseCode(code)) => of_code(code),
            NetError::Dns(_) => Self::Failed,
            _ => Self::Silent,
        }
    }
}

/// Resolves names with the system's name servers, or with a given one. Set up at the first lookup; nothing outlives it.
#[derive(Clone, Default)]
pub struct Names {
    resolver: Arc<OnceLock<Option<TokioResolver>>>,
    server: Option<SocketAddr>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Names")
    }
}

impl Names {
    /// Uses one name server, by UDP and, for long responses, TCP; without one, the system's.
    pub fn by(server: Option<SocketAddr>) -> Self {
        Self {
            server,
            ..Self::default()
        }
    }

    /// The addresses of a name, unchecked; the port is 0. `localhost` needs no name server.
    ///
    /// # Errors
    /// [`UnknownHost`] if it can't be resolved.
    pub async fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, UnknownHost> {
        if name.trim_end_matches('.') == "localhost" {
            return Ok(vec![([127, 0, 0, 1], 0).into()]);
        }
        let resolver = self.resolver.get_or_init(|| {
            let mut builder = match self.server {
                Some(server) => {
                    let provider = TokioRuntimeProvider::default();
                    TokioResolver::builder_with_config(asking(server), provider)
                }
                None => TokioResolver::builder_tokio().ok()?,
            };
            // Over before a connection is given up, so that a name server's silence isn't taken for the host's.
            let options = builder.options_mut();
            (options.timeout, options.attempts) = (NAME_TIMEOUT, 2);
            builder.build().ok()
        });
        let resolver = resolver.as_ref().ok_or(UnknownHost::Silent)?;
        let found = resolver.lookup_ip(name).await?;
        Ok(found.iter().map(|ip| SocketAddr::new(ip, 0)).collect())
    }
}

fn asking(server: SocketAddr) -> ResolverConfig {
    let mut named = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut named.connections {
        connection.port = server.port();
    }
    ResolverConfig::from_name_servers(vec![named])
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let found = names.addresses(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
