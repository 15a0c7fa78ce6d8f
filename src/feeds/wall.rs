//! Walls that keep programs away from a publisher's feed.

use serde::{Deserialize, Serialize};

/// A protection service that answered instead of the publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wall {
    /// Cloudflare's challenge.
    Cloudflare,
    /// Anubis, a proof of work.
    Anubis,
    /// DataDome.
    DataDome,
    /// Akamai's Bot Manager.
    Akamai,
}

impl Wall {
    /// The name of the service.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cloudflare => "Cloudflare",
            Self::Anubis => "Anubis",
            Self::DataDome => "DataDome",
            Self::Akamai => "Akamai",
        }
    }

    /// What the reader is told.
    pub fn words(self) -> String {
        format!(
            "{} stands in front of this site and keeps feed readers out: it wants to see a browser, and we don’t pretend to be one.",
            self.name()
        )
    }
}
