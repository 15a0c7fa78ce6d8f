//! The text of an article's own page, stored beside the feed's text.
//!
//! It belongs to the article, and so to all subscribers: one fetch for all. The feed's own text and the summary stay as
//! they are, so lists don't change.

use serde::{Deserialize, Serialize};

/// The text extracted from an article's page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FullText {
    /// HTML, sanitized before it was stored.
    pub html: String,
    /// The sanitizer version that made `html`.
    pub sanitizer: u32,
    /// The minute when it was fetched.
    pub fetched: i64,
    /// Whether the publisher has changed the article in its feed since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_older: bool,
}

/// Why the last attempt failed; stored so that the page isn't fetched again for every reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// The minute of the attempt.
    pub at: i64,
    /// What was found, in plain words.
    pub found: String,
    /// What the user can do, in plain words.
    pub advice: String,
}
