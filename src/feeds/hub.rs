//! The state of our subscription with a feed's WebSub hub.

use serde::{Deserialize, Serialize};

/// Longest lease accepted, in minutes, so that a dead hub is noticed: thirty days.
pub const MAX_LEASE: i64 = 30 * 24 * 60;
/// A lease that ends so many minutes from now or later isn't believed: the clock that wrote it was wrong.
pub const TOO_FAR: i64 = MAX_LEASE + 60;

/// A feed's WebSub hub, which pushes the publisher's updates to its subscribers.
///
/// Stored in the feed's body, since only subscribing, confirming and receiving pushes need it. All minutes are since
/// 1970; 0 means none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hub {
    /// The address for subscription requests.
    pub url: String,
    /// The topic: the document's own address, as the publisher declares it.
    pub topic: String,
    /// The minute of a request that the hub hasn't confirmed yet.
    pub asked: i64,
    /// The minute at which the confirmed lease ends.
    pub until: i64,
    /// The minute from which an action is due: subscribe, retry, or count its silence as a refusal.
    pub due: i64,
    /// Failed attempts in a row.
    #[serde(skip_serializing_if = "super::is_zero_u32")]
    pub failures: u32,
    /// How often polling found articles that should have been pushed, since the last push.
    #[serde(skip_serializing_if = "super::is_zero_u32")]
    pub missed: u32,
    /// The minute of the last push with new articles.
    #[serde(skip_serializing_if = "super::is_zero")]
    pub pushed: i64,
    /// Why the last attempt failed, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Hub {
    /// A hub that no request was sent to yet; it may be subscribed to from `due` on.
    pub fn new(url: String, topic: String, due: i64) -> Self {
        Self {
            url,
            topic,
            due,
            ..Self::default()
        }
    }

    /// Its host; its address if it has none.
    pub fn name(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
        if host.is_empty() { &self.url } else { host }
    }
}
