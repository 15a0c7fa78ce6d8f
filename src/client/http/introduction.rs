//! How we introduce ourselves to publishers: who asks, where to learn more, and for how many readers.

use crate::random::hex;
use crate::sealed::{self, SecretKeys};

/// Longest name of an operator, in bytes.
pub const OPERATOR_BYTES: usize = 100;

/// What the user agent says.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The address at which publishers can read about us or write to us.
    contact: String,
    /// Who runs this installation.
    operator: Option<String>,
    /// The secret that the desk's keys are made of, if the contact is our own page.
    desk: Option<SecretKeys>,
}

impl Introduction {
    /// With a contact only.
    pub fn new(contact: &str) -> Self {
        Self {
            contact: contact.to_owned(),
            operator: None,
            desk: None,
        }
    }

    /// The same, naming the operator.
    #[must_use]
    pub fn by(self, operator: Option<&str>) -> Self {
        Self {
            operator: operator.map(str::to_owned),
            ..self
        }
    }

    /// The same, with a key to the publisher's desk in the contact.
    #[must_use]
    pub fn with_desk(self, secret: Option<&SecretKeys>) -> Self {
        Self {
            desk: secret.cloned(),
            ..self
        }
    }

    /// The user agent for a host.
    pub fn agent(&self, host: Option<&str>, subscribers: u32) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let key = self.desk.as_ref().zip(host);
        let key = key.map(|(secret, host)| format!("?site={host}&key={}", desk_key(secret, host)));
        let operator = self
            .operator
            .as_ref()
            .map(|name| format!("; run by {name}"));
        let readers = match subscribers {
            0 => String::new(),
            1 => "; 1 subscriber".to_owned(),
            many => format!("; {many} subscribers"),
        };
        format!(
            "Dormouse/{version} (+{}{}{}{readers})",
            self.contact,
            key.unwrap_or_default(),
            operator.unwrap_or_default()
        )
    }
}

/// The key to the desk of one host's publisher. It is sent to that host only, in our user agent, so that only who reads its
/// logs has it.
pub fn desk_key(secret: &SecretKeys, host: &str) -> String {
    hex(&sealed::signature(secret, DESK, host.as_bytes()))
}

/// Whether this is the key to the desk of a host's publisher; compared in constant time.
pub fn opens_desk(secret: &SecretKeys, host: &str, key: &str) -> bool {
    let bytes: Option<Vec<u8>> = (0..key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(key.get(at..at + 2)?, 16).ok())
        .collect();
    bytes.is_some_and(|bytes| sealed::is_signed(secret, DESK, host.as_bytes(), &bytes))
}

const DESK: &str = "publisher's desk";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_says_who_asks_for_whom() {
        let version = env!("CARGO_PKG_VERSION");
        let us = Introduction::new("https://its.example/about/fetcher");
        assert_eq!(
            us.agent(None, 0),
            format!("Dormouse/{version} (+https://its.example/about/fetcher)")
        );
        let named = us
            .by(Some("Ann's Library"))
            .with_desk(Some(&SecretKeys::one(b"a secret of ours")));
        let agent = named.agent(Some("news.example"), 3);
        let (start, rest) = agent.split_once("&key=").expect("a key");
        assert_eq!(
            start,
            format!("Dormouse/{version} (+https://its.example/about/fetcher?site=news.example")
        );
        let (key, rest) = rest.split_once(';').expect("an operator");
        assert_eq!(rest, " run by Ann's Library; 3 subscribers)");
        assert!(opens_desk(
            &SecretKeys::one(b"a secret of ours"),
            "news.example",
            key
        ));
        for (host, key) in [
            ("other.example", key),
            ("news.example", ""),
            ("news.example", "zz"),
            ("news.example", "é"),
        ] {
            assert!(
                !opens_desk(&SecretKeys::one(b"a secret of ours"), host, key),
                "{host} {key}"
            );
        }
    }
}
