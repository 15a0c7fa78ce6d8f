//! The TLS configuration.

use std::sync::{Arc, OnceLock};

/// Mozilla's roots, compiled in: a bare container has no certificate files.
///
/// # Errors
/// [`rustls::Error`] if the crypto provider lacks the default protocol versions, which ring's doesn't.
pub fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    static TLS: OnceLock<Result<rustls::ClientConfig, rustls::Error>> = OnceLock::new();
    let made = TLS.get_or_init(|| {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.into(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    });
    made.clone()
}
