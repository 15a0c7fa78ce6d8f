//! Accounts as the administrator's list has them: one indexed text each, which begins with the address. A page of the list is one read,
//! and so is a search through a thousand.

use serde::{Deserialize, Serialize};

use super::User;
use crate::datastore::{Entity, Key, Kind, Mutation, Stored};
use crate::ids::UserId;

/// An account in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its number.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// What else is known.
    pub facts: Facts,
}

/// What the list says of an account. Names are short because they are stored with each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Whether it is an administrator's.
    #[serde(rename = "a", skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
    /// When it was created, in seconds since 1970.
    #[serde(rename = "c")]
    pub created: i64,
    /// The last day with a visit, in days since 1970.
    #[serde(rename = "s")]
    pub last_seen_day: i64,
    /// The minute since which it is disabled.
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub disabled: Option<i64>,
    /// The minute at which its deletion began.
    #[serde(rename = "l", skip_serializing_if = "Option::is_none")]
    pub leaving: Option<i64>,
}

/// The text of an account's card. No address has a space, so that cards are sorted as addresses are.
pub(super) fn text_of(user: &User) -> String {
    let facts = Facts {
        admin: user.profile.admin,
        created: user.profile.created,
        last_seen_day: user.last_seen_day,
        disabled: user.profile.disabled,
        leaving: user.profile.leaving,
    };
    // Numbers always serialize.
    let facts = serde_json::to_string(&facts).unwrap_or_default();
    format!("{} {facts}", user.profile.email)
}

pub(super) fn from_row(row: &Stored) -> Option<Card> {
    let (email, facts) = row.entity.text("card")?.split_once(' ')?;
    Some(Card {
        id: UserId(row.entity.key.id()?),
        email: email.to_owned(),
        facts: serde_json::from_str(facts).ok()?,
    })
}

/// Where it stands whether all accounts have a card.
pub(super) fn mark() -> Key {
    Key::name(Kind::Setting, "accounts-listed")
}

/// The write that says that all accounts have a card.
pub(super) fn is_whole() -> Mutation {
    Mutation::Upsert(Entity::new(mark()).unindexed("whole", true), None)
}
