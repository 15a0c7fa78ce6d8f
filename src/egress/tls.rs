//! TLS.

use std::sync::{Arc, OnceLock};

/// Mozilla's roots, compiled in: a bare container has no certificate files.
pub fn tls() -> &'static rustls::ClientConfig {
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
