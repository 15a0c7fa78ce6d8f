//! An act on many subscriptions, as it is kept so that it can be undone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rulebook::follow::Followed;
use super::subscription::{Extra, Subscription};
use crate::ids::FeedId;
use crate::users::preferences::FolderHabits;

/// What an act changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Act {
    /// Its name, for undoing it.
    pub id: String,
    /// The minute at which it was done.
    pub minute: i64,
    /// Subscriptions as they were, and whether each was left.
    pub before: Vec<(Subscription, Extra, bool)>,
    /// Feeds that were paused.
    #[serde(default)]
    pub paused: Vec<FeedId>,
    /// The folder that was renamed, and to what.
    #[serde(default)]
    pub renamed: Option<(Vec<String>, Vec<String>)>,
    /// The folders' own habits as they were, where the act changed folders.
    pub folders: Option<BTreeMap<String, FolderHabits>>,
    /// The rules and saved searches that followed a folder.
    #[serde(default)]
    pub followed: Followed,
}
