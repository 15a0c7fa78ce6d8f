//! The text of an article's own page, kept beside what its feed says.
//!
//! It belongs to the article, and so to everybody who reads the feed: one fetch for all. The feed's own text stays where it
//! is, and so does the card: lists don't change.

use serde::{Deserialize, Serialize};

/// What an article's page says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FullText {
    /// HTML, sanitised before it was stored.
    pub html: String,
    /// The sanitiser's version that made `html`.
    pub sanitizer: u32,
    /// The minute when it was fetched.
    pub fetched: i64,
    /// Whether the publisher has changed the article in his feed since.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_older: bool,
}

/// Why the last attempt brought nothing, so that the page isn't asked again with every reader.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Refusal {
    /// The minute of the attempt.
    pub at: i64,
    /// What was found, in plain words.
    pub found: String,
    /// What a reader can do, in plain words.
    pub advice: String,
}
