//! Users: accounts, passwords, sessions, tokens.

pub mod administrators;
pub mod audit;
pub mod cached;
pub mod card;
pub mod common_passwords;
pub mod device;
pub mod email;
pub mod following;
pub mod invitation;
pub mod listing;
pub mod mail_habits;
pub mod mailed;
pub mod mailed_link;
pub mod one_time_code;
pub mod openid;
pub mod own_quota;
pub mod own_sessions;
pub mod passkey;
pub mod password;
pub mod preferences;
pub mod session;
pub mod setting;
pub mod share;
pub mod sign_in;
pub mod sign_up;
pub mod store;
pub mod token;

use std::collections::{BTreeMap, BTreeSet};

pub use email::{is_same_email, normal_email};
use serde::{Deserialize, Serialize};

use crate::datastore::{StoreError, Version};
use crate::ids::{FeedId, UserId};
use crate::timestamp::Timestamp;
use crate::users::following::Following;
use crate::users::mail_habits::MailHabits;
use crate::users::mailed_link::MailedLink;
use crate::users::one_time_code::OneTimeCodes;
use crate::users::own_quota::OwnQuota;
use crate::users::passkey::Passkey;
use crate::users::preferences::Preferences;

/// Which articles a list shows first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ListOrder {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
}

/// What is stored about a user, in one unindexed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The email address, as [`normal_email`] has it. One from before that knew of other scripts is as it was typed, in
    /// lower case.
    pub email: String,
    /// Whether this is an administrator: the first account is.
    #[serde(default)]
    pub admin: bool,
    /// Seconds since 1970.
    pub created: i64,
    /// The order in which the user's lists are shown by default.
    #[serde(default)]
    pub order: ListOrder,
    /// Incremented when the password changes: sessions of an older epoch are over.
    #[serde(default)]
    pub epoch: u32,
    /// The feeds on the shelf that count this user as asleep: all while they sleep, none while they are awake, and some
    /// during a change between the two, which happens in steps.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resting: BTreeSet<FeedId>,
    /// Those of `resting` that stay so while they are awake: the feeds that they have paused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub paused: BTreeSet<FeedId>,
    /// While all their feeds are paused at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holiday: Option<Holiday>,
    /// Feeds that go on after a pause, with their newest article when it began: once they are fetched, the newest ten of what
    /// came meanwhile stay unread.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returning: BTreeMap<FeedId, u32>,
    /// Whether there is one: a user who signed up with OpenID needs none.
    #[serde(default = "yes")]
    pub has_password: bool,
    /// The OpenID accounts that open this one.
    #[serde(default)]
    pub connected: Vec<Connected>,
    /// Their passkeys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<Passkey>,
    /// Whether a passkey is asked for after the password.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passkey_after_password: bool,
    /// One-time codes, if they are asked for after the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<OneTimeCodes>,
    /// Whether the address is known to be theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_verified: bool,
    /// Links that were sent to them, or that an administrator made, and still open something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<MailedLink>,
    /// What they want by email.
    #[serde(default, skip_serializing_if = "MailHabits::is_default")]
    pub mail: MailHabits,
    /// How the user wants to read.
    #[serde(default, skip_serializing_if = "Preferences::is_default")]
    pub preferences: Preferences,
    /// The minute since which an administrator keeps them out; `None` if nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<i64>,
    /// The minute at which the deletion of the account began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving: Option<i64>,
    /// What of their quota is their own.
    #[serde(default, skip_serializing_if = "OwnQuota::is_usual")]
    pub quota: OwnQuota,
    /// How they follow the list of the house, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub house: Option<Following>,
}

/// Why somebody with an account may not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// An administrator has disabled the account, at this minute.
    Disabled(i64),
    /// The account is being deleted.
    Leaving,
}

impl Profile {
    /// Why they may not come in; `None` if they may.
    pub fn barred(&self) -> Option<Barred> {
        match (self.leaving, self.disabled) {
            (Some(_), _) => Some(Barred::Leaving),
            (None, Some(minute)) => Some(Barred::Disabled(minute)),
            (None, None) => None,
        }
    }

    /// Whether this is an administrator who may come in.
    pub fn administers(&self) -> bool {
        self.admin && self.barred().is_none()
    }

    /// Whether the password alone doesn't open the account.
    pub fn has_second_step(&self) -> bool {
        self.codes.is_some() || (self.passkey_after_password && !self.passkeys.is_empty())
    }
}

/// The default for profiles from before OpenID.
fn yes() -> bool {
    true
}

/// A pause of a whole shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The minute at which it began.
    pub since: i64,
    /// The minute at which it ends; `None` if the user ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// The feeds' newest articles when it began.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub last: BTreeMap<FeedId, u32>,
}

/// An account at an OpenID provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The provider's issuer, as its tokens name it.
    pub issuer: String,
    /// The subject at the provider: never reassigned, as an address may be.
    pub subject: String,
}

/// A user account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The number in the key of the record, which never changes.
    pub id: UserId,
    /// The user's address, settings and connections, stored as one JSON value.
    pub profile: Profile,
    /// False after 30 days without a visit, once all their feeds know: feeds aren't checked for users who sleep.
    pub awake: bool,
    /// The last day with a visit, in days since 1970.
    pub last_seen_day: i64,
    /// The version that was read.
    pub version: Version,
}

impl User {
    /// Whether they are back, and some of their feeds still count them as asleep.
    pub fn is_waking(&self) -> bool {
        self.awake && self.to_wake().next().is_some()
    }

    /// Whether a feed that counts them as asleep is to count them as awake.
    pub fn wakes(&self, feed: FeedId) -> bool {
        self.profile.holiday.is_none() && !self.profile.paused.contains(&feed)
    }

    /// The feeds that are still to be woken.
    pub fn to_wake(&self) -> impl Iterator<Item = FeedId> {
        let asleep = self.profile.resting.iter().copied();
        asleep.filter(|feed| self.wakes(*feed))
    }
}

/// Days since 1970.
pub fn day_of(at: Timestamp) -> i64 {
    at.timestamp().div_euclid(24 * 60 * 60)
}

/// Why an account wasn't created or opened.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Not a possible email address.
    #[error("That isn’t an email address. It should look like name@example.org.")]
    BadEmail,
    /// Below the minimum length.
    #[error(
        "The password is too short: use at least {} characters.",
        crate::users::MIN_PASSWORD_CHARS
    )]
    ShortPassword,
    /// Above the maximum length.
    #[error(
        "The password is too long: use at most {} bytes.",
        crate::users::MAX_PASSWORD_BYTES
    )]
    LongPassword,
    /// One of those that everybody tries first.
    #[error(
        "That password is one of the most common: it would be guessed. Use a few words that you don’t use elsewhere."
    )]
    CommonPassword,
    /// The address already has an account.
    #[error("There is an account for this address already. Sign in instead.")]
    Taken,
    /// The settings don't let this address create one.
    #[error("Sign-up is closed here. Ask the administrator for an account.")]
    Closed,
    /// The invitation is used up, revoked, or too old.
    #[error("This invitation is over. Ask whoever sent it for a new one.")]
    NotInvited,
    /// The OpenID account already opens another account here, or this one has another at the same provider.
    #[error("That account is connected already.")]
    Connected,
    /// Without a password there would be no way left to sign in.
    #[error("Set a password first, or you couldn’t sign in any more.")]
    NoOtherWay,
    /// No such account, or the wrong password: which one isn't disclosed.
    #[error("The address or the password is wrong.")]
    WrongPassword,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The minimum length of a password in characters.
pub const MIN_PASSWORD_CHARS: usize = 10;

/// The maximum length of a password in bytes: hashing time grows with the length.
pub const MAX_PASSWORD_BYTES: usize = 1_024;
