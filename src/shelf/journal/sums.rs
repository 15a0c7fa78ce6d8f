//! What closed months add up to: one record a reader.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::Name;
use super::month::MonthSum;
use super::zone::Month;
use crate::ids::FeedId;

/// How many closed months are told day by day: more than sixty days.
const DAILY_MONTHS: Month = 4;
/// Most feeds, and most authors, that are left out of rankings.
pub const MOST_LEFT_OUT: usize = 200;
/// Most months with their authors and days: thirty years.
const MOST_MONTHS: usize = 360;

/// What a reader leaves out of rankings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeftOut {
    /// Feeds.
    #[serde(rename = "f", skip_serializing_if = "BTreeSet::is_empty")]
    pub feeds: BTreeSet<FeedId>,
    /// Authors.
    #[serde(rename = "a", skip_serializing_if = "BTreeSet::is_empty")]
    pub authors: BTreeSet<String>,
}

/// The sums of a journal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sums {
    /// Closed months. Folding one again gives the same.
    #[serde(rename = "m")]
    pub months: BTreeMap<Month, MonthSum>,
    /// What the feeds were last called.
    #[serde(rename = "n")]
    pub names: BTreeMap<FeedId, Name>,
    /// The minute at which something of a feed was first opened.
    #[serde(rename = "f")]
    pub firsts: BTreeMap<FeedId, i64>,
    /// What rankings leave out.
    #[serde(rename = "x")]
    pub left_out: LeftOut,
}

impl Sums {
    /// Puts a closed month's sum in the place of what was known of it.
    pub(in crate::shelf) fn fold(
        &mut self,
        month: Month,
        sum: MonthSum,
        names: &BTreeMap<FeedId, Name>,
    ) {
        for (feed, counts) in &sum.feeds {
            if let Some(name) = names.get(feed) {
                self.names.insert(*feed, name.clone());
            }
            if counts.opened > 0 {
                let days = sum.daily.values();
                let first = days
                    .filter_map(|day| day.get(feed))
                    .map(|(_, last)| *last)
                    .min();
                let first = first.unwrap_or(counts.last);
                let known = self.firsts.entry(*feed).or_insert(first);
                *known = (*known).min(first);
            }
        }
        self.months.insert(month, sum);
        let newest = self.months.keys().next_back().copied().unwrap_or(month);
        for (known, sum) in &mut self.months {
            if *known <= newest - DAILY_MONTHS && !sum.daily.is_empty() {
                *sum = std::mem::take(sum).coarse();
            }
        }
        while self.months.len() > MOST_MONTHS {
            self.months.pop_first();
        }
    }

    /// Forgets what is known of feeds that no month names any more.
    pub(in crate::shelf) fn tidy(&mut self) {
        let known: BTreeSet<FeedId> = self
            .months
            .values()
            .flat_map(|sum| sum.feeds.keys().copied())
            .collect();
        self.names.retain(|feed, _| known.contains(feed));
        self.firsts.retain(|feed, _| known.contains(feed));
    }

    /// With at most so many feeds and authors a month: of those that are over a year old first, then of all.
    pub(super) fn thin(&mut self, most: usize) {
        let newest = self.months.keys().next_back().copied().unwrap_or_default();
        for (month, sum) in &mut self.months {
            if *month < newest - 12 || most <= 30 {
                sum.thin(most.max(1));
            }
        }
        self.tidy();
    }

    /// Approximate size in memory, in bytes.
    pub(super) fn weight(&self) -> usize {
        let month = |sum: &MonthSum| {
            let daily = sum.daily.values().map(BTreeMap::len).sum::<usize>();
            let authors = sum.daily_authors.values().map(BTreeMap::len).sum::<usize>();
            200 + 80 * sum.feeds.len()
                + 60 * (sum.authors.len() + authors)
                + 64 * sum.days.len()
                + 40 * daily
        };
        let months: usize = self.months.values().map(month).sum();
        months + 120 * self.names.len()
    }
}
