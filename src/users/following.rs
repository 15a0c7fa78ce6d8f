//! A reader who follows the list of the house: what it has given them, and what they did with that.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::FeedId;

/// What is kept with the account of a reader who follows the list of the house.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// The version of the list that their shelf has met; 0 for none yet.
    #[serde(rename = "m", default)]
    pub met: u64,
    /// The folder that its feeds come into, outermost first.
    #[serde(rename = "f", default)]
    pub folder: Vec<String>,
    /// The feeds that it put on their shelf, with the name of each in the list.
    #[serde(rename = "g", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<FeedId, String>,
    /// The names of those that they removed: they don't come back.
    #[serde(rename = "d", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub declined: BTreeSet<String>,
    /// How many feeds of the list there was no room for.
    #[serde(rename = "u", default)]
    pub unfit: u32,
    /// What has changed since they were last told.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// What has changed on a shelf because the list has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How many feeds were added.
    #[serde(rename = "a", default)]
    pub added: u32,
    /// How many were removed.
    #[serde(rename = "r", default)]
    pub removed: u32,
    /// How many there was no room for.
    #[serde(rename = "u", default)]
    pub unfit: u32,
    /// The titles of the first of them, the added before the removed.
    #[serde(rename = "t", default)]
    pub titles: Vec<String>,
}

/// Titles that a note has.
const TITLES: usize = 6;
/// Longest title in a note, in bytes.
const TITLE_BYTES: usize = 80;

/// Most names that are kept of what was removed; beyond that, those that left the list are forgotten.
const DECLINED: usize = 400;

impl Following {
    /// Notes that the reader removed a feed; `is_listed` says of a name whether it is in the list.
    pub fn decline(&mut self, name: String, is_listed: impl Fn(&String) -> bool) {
        if self.declined.len() >= DECLINED {
            self.declined.retain(is_listed);
        }
        self.declined.insert(name);
    }
}

impl Note {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.added == 0 && self.removed == 0 && self.unfit == 0
    }

    /// Tells of one more feed.
    pub fn name(&mut self, title: &str) {
        if self.titles.len() < TITLES {
            self.titles.push(crate::codec::cut(title, TITLE_BYTES));
        }
    }
}
