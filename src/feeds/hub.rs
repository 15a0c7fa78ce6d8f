//! What is known of the hub that a feed's publisher names: where we stand with it.

use serde::{Deserialize, Serialize};

/// A feed's hub, as WebSub calls who pushes a publisher's news to its subscribers. In the feed's body, since only asking,
/// confirming and taking pushes need it; all minutes are since 1970, and 0 is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hub {
    /// Where it is asked.
    pub url: String,
    /// What it is asked for: the address that the publisher's document calls its own.
    pub topic: String,
    /// The minute of a request that it hasn't confirmed yet.
    pub asked: i64,
    /// The minute at which the lease that it confirmed ends.
    pub until: i64,
    /// From which minute on something is to be done about it: ask, ask again, or count its silence as a refusal.
    pub due: i64,
    /// How often in a row it came to nothing.
    #[serde(skip_serializing_if = "super::is_zero_u32")]
    pub failures: u32,
    /// How often polling found news that should have been pushed, since it pushed last.
    #[serde(skip_serializing_if = "super::is_zero_u32")]
    pub missed: u32,
    /// The minute of the last push that brought something.
    #[serde(skip_serializing_if = "super::is_zero")]
    pub pushed: i64,
    /// Why it last came to nothing, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Hub {
    /// A hub that nobody has asked yet, and that may be asked from `due` on.
    pub fn new(url: String, topic: String, due: i64) -> Self {
        Self {
            url,
            topic,
            due,
            ..Self::default()
        }
    }

    /// Its host, as people know it by; its address where it has none.
    pub fn name(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
        if host.is_empty() { &self.url } else { host }
    }
}
