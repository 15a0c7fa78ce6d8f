//! A link that was sent to somebody, as it is stored with their account.

use serde::{Deserialize, Serialize};

use crate::timestamp::{Timestamp, minute_of};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A new password, by email.
    Reset,
    /// The same, by a link that an administrator made: it proves no address.
    HandedReset,
    /// The account's address is its owner's.
    Confirm,
    /// The owner of the present address agrees to another one.
    Leave,
    /// The owner of the new address agrees, too.
    Arrive,
}

/// A link that was made, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailedLink {
    /// What it is for.
    pub purpose: Purpose,
    /// SHA-256 of its secret, in hexadecimal.
    pub hash: String,
    /// The minute from which it opens nothing.
    pub until: i64,
    /// The address that it proves: where it was sent. For both links of a change, the new one.
    pub address: String,
    /// Whether it was followed; only one half of a change stays here then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_followed: bool,
}

impl MailedLink {
    /// Whether it still opens something.
    pub(super) fn lasts(&self, now: Timestamp) -> bool {
        self.until > minute_of(now)
    }
}
