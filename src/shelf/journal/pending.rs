//! What waits in the read state until it is moved into its month.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::event::{Act, Event, Name};
use super::zone::{self, Month};
use crate::ids::{ArticleId, FeedId};
use crate::timestamp::{Timestamp, minute_of};

/// Most events that wait.
const MOST_EVENTS: usize = 256;
/// Most bytes that wait: each batch of marks writes them again.
const MOST_BYTES: usize = 16 * 1_024;
/// Longest feed's title and address, in bytes.
const NAME_BYTES: usize = 200;

/// For how long a journal is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keep {
    /// This month and the three before.
    #[serde(rename = "3-months")]
    Quarter,
    /// This month and the twelve before.
    #[serde(rename = "year")]
    Year,
    /// Until it is deleted.
    #[default]
    #[serde(rename = "ever")]
    Ever,
}

impl Keep {
    /// All of them, as they are shown.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Year, Self::Ever];

    /// Its word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Quarter => "3-months",
            Self::Year => "year",
            Self::Ever => "ever",
        }
    }

    /// The first month that is kept.
    pub fn first(self, this: Month) -> Month {
        match self {
            Self::Quarter => this - 3,
            Self::Year => this - 12,
            Self::Ever => Month::MIN,
        }
    }
}

/// How a reader's journal is kept; every shard has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Habits {
    /// Whether nothing is noted for now.
    #[serde(rename = "p", skip_serializing_if = "std::ops::Not::not")]
    pub is_paused: bool,
    /// For how long it is kept.
    #[serde(rename = "k", skip_serializing_if = "is_ever")]
    pub keep: Keep,
    /// The reader's zone, by its name in the IANA database; empty for UTC.
    #[serde(rename = "z", skip_serializing_if = "String::is_empty")]
    pub zone: String,
    /// Whether they chose it; otherwise it is their browser's, as it last told.
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub is_chosen: bool,
}

fn is_ever(keep: &Keep) -> bool {
    *keep == Keep::Ever
}

impl Habits {
    /// The zone.
    pub fn zone(&self) -> Tz {
        zone::named(&self.zone)
    }
}

/// What waits in one shard of a read state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::shelf) struct Pending {
    #[serde(rename = "e", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// What the events' feeds are called.
    #[serde(rename = "n", skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<FeedId, Name>,
    #[serde(rename = "h")]
    pub habits: Habits,
    /// The month into which this shard's events were last moved; 0 for none yet.
    #[serde(rename = "m", skip_serializing_if = "is_no_month")]
    pub month: Month,
}

fn is_no_month(month: &Month) -> bool {
    *month == 0
}

impl Pending {
    /// Whether there is nothing to store.
    pub(in crate::shelf) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds an event, and what its feed is called.
    pub(super) fn add(&mut self, event: Event, name: Option<&Name>) {
        if let Some(name) = name {
            self.names.entry(event.feed).or_insert_with(|| Name {
                title: crate::codec::cut(&name.title, NAME_BYTES),
                url: Some(&name.url)
                    .filter(|url| url.len() <= NAME_BYTES)
                    .cloned()
                    .unwrap_or_default(),
            });
        }
        self.events.push(event);
    }

    /// Whether it waits already that an article was opened, followed, …
    pub(super) fn has(&self, id: ArticleId, act: Act) -> bool {
        self.events
            .iter()
            .any(|event| event.act == act && event.article() == Some(id))
    }

    /// Forgets that an article was marked: it is unread again. That it was opened stays true.
    pub(super) fn unmark(&mut self, id: ArticleId) {
        self.events
            .retain(|event| event.act != Act::Marked || event.article() != Some(id));
    }

    /// Forgets a bulk act that was undone; false if none of it waits here any more.
    pub(super) fn unclear(&mut self, bulk: &str) -> bool {
        let before = self.events.len();
        self.events.retain(|event| event.bulk != bulk);
        self.events.len() < before
    }

    /// Approximate bytes.
    pub(in crate::shelf) fn weight(&self) -> usize {
        let events: usize = self.events.iter().map(Event::weight).sum();
        let names = self
            .names
            .values()
            .map(|name| 8 + name.title.len() + name.url.len());
        events + names.sum::<usize>()
    }

    /// Whether it is time to move the events: the list is full, or the first is of another day.
    pub(in crate::shelf) fn is_due(&self, now: Timestamp) -> bool {
        let Some(first) = self.events.first() else {
            return false;
        };
        let zone = self.habits.zone();
        let is_full = self.events.len() > MOST_EVENTS || self.weight() > MOST_BYTES;
        is_full || zone::day_of(first.minute, zone) != zone::day_of(minute_of(now), zone)
    }

    /// What waits of the feeds that `belongs` selects, when a shard is split.
    pub(in crate::shelf) fn part(&self, belongs: impl Fn(FeedId) -> bool) -> Self {
        let events = self.events.iter().filter(|event| belongs(event.feed));
        let names = self.names.iter().filter(|(feed, _)| belongs(**feed));
        Self {
            events: events.cloned().collect(),
            names: names.map(|(feed, name)| (*feed, name.clone())).collect(),
            habits: self.habits.clone(),
            month: self.month,
        }
    }
}
