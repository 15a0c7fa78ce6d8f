//! Readers: accounts, passwords, sessions, tokens.

pub mod openid;
pub mod password;
pub mod remembered;
pub mod session;
pub mod setting;
pub mod store;
pub mod token;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::datastore::{StoreError, Version};
use crate::ids::{FeedId, UserId};
use crate::timestamp::Timestamp;

/// Which way lists go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ListOrder {
    /// The newest on top.
    #[default]
    Newest,
    /// The oldest on top.
    Oldest,
}

/// What is kept about a reader in one unindexed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// As it was typed, in lower case.
    pub email: String,
    /// Whether this is an administrator: the first account is.
    #[serde(default)]
    pub admin: bool,
    /// Seconds since 1970.
    pub created: i64,
    /// The order of lists.
    #[serde(default)]
    pub order: ListOrder,
    /// Grows when the password changes: sessions of an older one are over.
    #[serde(default)]
    pub epoch: u32,
    /// The feeds on the shelf that count this reader as asleep: all while he sleeps, none while he is awake, and some
    /// while he falls asleep or wakes, which happens in steps.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resting: BTreeSet<FeedId>,
    /// Whether there is one: whoever came by OpenID needs none.
    #[serde(default = "yes")]
    pub has_password: bool,
    /// Accounts elsewhere that open this one.
    #[serde(default)]
    pub connected: Vec<Connected>,
}

/// What profiles from before OpenID mean by saying nothing.
fn yes() -> bool {
    true
}

/// An account that somebody has with an OpenID provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// Who, to the provider: never somebody else later, as an address may be.
    pub subject: String,
}

/// A reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// The profile.
    pub profile: Profile,
    /// False once he wasn't seen for 30 days and all his feeds know: nobody is asked for feeds of sleepers.
    pub awake: bool,
    /// The last day with a visit, in days since 1970.
    pub last_seen_day: i64,
    /// The version that was read.
    pub version: Version,
}

impl User {
    /// Whether he is back, and some of his feeds don't know yet.
    pub fn is_waking(&self) -> bool {
        self.awake && !self.profile.resting.is_empty()
    }
}

/// Days since 1970.
pub fn day_of(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(24 * 60 * 60)
}

/// Why an account wasn't made or opened.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Not something that mail could be sent to.
    #[error("That isn't an e-mail address. It looks like name@example.org.")]
    BadEmail,
    /// Below the least length.
    #[error(
        "The password is too short: take at least {} characters.",
        crate::users::MIN_PASSWORD_CHARS
    )]
    ShortPassword,
    /// Above the greatest length.
    #[error(
        "The password is too long: take at most {} bytes.",
        crate::users::MAX_PASSWORD_BYTES
    )]
    LongPassword,
    /// The address has an account.
    #[error("There is an account for this address already. Sign in instead.")]
    Taken,
    /// The settings don't let this address make one.
    #[error("Sign-up is closed here. Ask the administrator for an account.")]
    Closed,
    /// The account elsewhere opens another one here, or this one has one with the same provider.
    #[error("That account is connected already.")]
    Connected,
    /// Without a password there would be no way in any more.
    #[error("Set a password first: without one you couldn’t sign in any more.")]
    NoOtherWay,
    /// No such account, or not its password: which of both stays unsaid.
    #[error("The address or the password is wrong.")]
    WrongPassword,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An address in the form that accounts are found by.
///
/// # Errors
/// [`UserError::BadEmail`] for what can't be one.
pub fn normal_email(text: &str) -> Result<String, UserError> {
    let email = text.trim().to_lowercase();
    let fits = match email.split_once('@') {
        Some((name, host)) => {
            !name.is_empty() && !host.is_empty() && !host.contains('@') && email.len() <= 254
        }
        None => false,
    };
    if fits && !email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        Ok(email)
    } else {
        Err(UserError::BadEmail)
    }
}

/// The fewest characters.
pub const MIN_PASSWORD_CHARS: usize = 8;

/// The most bytes: hashing takes time that grows with the length.
pub const MAX_PASSWORD_BYTES: usize = 1_024;
