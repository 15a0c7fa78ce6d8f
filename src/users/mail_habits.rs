//! What a user wants by email, and what they were sent last. Part of their profile.

use serde::{Deserialize, Serialize};

use super::preferences::Language;

/// What a user wants by email. What isn't stored is as the product comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailHabits {
    /// The edition, each day at its hour.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub edition: bool,
    /// The digest, each week.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub digest: bool,
    /// No notice of a sign-in in a new browser.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_notices: bool,
    /// The zone of the hour, as it was when this was chosen; empty for UTC.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// The language, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The minute at which something is to be sent; indexed as `mail_due`. `None` if nothing ever is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<i64>,
    /// The end of the last edition that was sent, in minutes since 1970.
    #[serde(skip_serializing_if = "is_zero")]
    pub edition_sent: i64,
    /// The Monday of the last week whose digest was sent, in days since 1970.
    #[serde(skip_serializing_if = "is_zero")]
    pub digest_sent: i64,
    /// What went wrong last, until something is sent again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<MailTrouble>,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// Why something wasn't sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailTrouble {
    /// When, in minutes since 1970.
    pub minute: i64,
    /// A sentence of ours, in English; see `told`.
    pub why: String,
    /// How often it has been tried.
    pub tries: u8,
}

impl MailHabits {
    /// Whether nothing is noted.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
