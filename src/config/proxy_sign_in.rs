//! A proxy in front that signs people in, and says in a header who they are.

use http::HeaderName;

use super::network::IpRange;
use super::{ConfigError, Env};

/// How a proxy says who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxySignIn {
    /// The header with their email address. `AUTH_HEADER`.
    pub header: HeaderName,
    /// Whether everybody whom the proxy lets in gets an account, whatever `SIGNUP` says. `AUTH_HEADER_SIGNUP`, default 0.
    pub creates: bool,
}

impl ProxySignIn {
    pub(super) fn from_env(env: &Env, trusted: &[IpRange]) -> Result<Option<Self>, ConfigError> {
        const NAME: &str = "AUTH_HEADER";
        let creates = env.boolean("AUTH_HEADER_SIGNUP", false)?;
        let Some(text) = env.get(NAME) else {
            return Ok(None);
        };
        let Ok(header) = HeaderName::from_bytes(text.as_bytes()) else {
            let takes = format!("is {text:?}; it takes the name of a header, such as Remote-User");
            return Err(ConfigError::new(NAME, takes));
        };
        if trusted.is_empty() {
            let needs = "needs TRUSTED_PROXIES: the header is believed from these proxies only";
            return Err(ConfigError::new(NAME, needs));
        }
        Ok(Some(Self { header, creates }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_believed_from_named_proxies_only() {
        let trusted = [IpRange::parse("10.0.0.0/8").unwrap()];
        let read = |text| ProxySignIn::from_env(&Env::of([("AUTH_HEADER", text)]), &trusted);
        let set = read("Remote-User").unwrap().unwrap();
        assert_eq!((set.header.as_str(), set.creates), ("remote-user", false));
        assert_eq!(read("").unwrap(), None);
        assert!(read("Remote User").is_err());
        let alone = ProxySignIn::from_env(&Env::of([("AUTH_HEADER", "Remote-User")]), &[]);
        assert!(alone.unwrap_err().to_string().contains("TRUSTED_PROXIES"));
    }
}
