//! A week of a journal in short.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};

use super::view::Journal;
use crate::datastore::{Datastore, StoreError};
use crate::ids::FeedId;
use crate::shelf::journal::zone;
use crate::shelf::journal::{Act, Event, Name, Text};

/// Most rows of each list.
const MOST: usize = 5;
/// Most starred articles that are named.
const MOST_STARRED: usize = 20;
/// Words that are read in a minute.
const WORDS_A_MINUTE: u32 = 220;

/// A week, from Monday to Sunday, in the reader's own days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The Monday.
    pub from: NaiveDate,
    /// How many articles were opened.
    pub opened: usize,
    /// How many were opened in the week before.
    pub before: usize,
    /// Of how many feeds.
    pub feeds: usize,
    /// How many were marked one by one, and in bulk.
    pub marked: i64,
    /// See there.
    pub cleared: i64,
    /// Minutes that what was opened takes.
    pub minutes: u32,
    /// On how many days something was opened.
    pub days: usize,
    /// The feeds of which most was opened: the name, and how often.
    pub top_feeds: Vec<(String, usize)>,
    /// The same for authors.
    pub top_authors: Vec<(String, usize)>,
    /// What was starred, in order.
    pub starred: Vec<Text>,
    /// The longest that was opened.
    pub longest: Option<Text>,
}

impl Digest {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.opened == 0 && self.starred.is_empty() && self.marked == 0 && self.cleared == 0
    }

    /// The Sunday.
    pub fn to(&self) -> NaiveDate {
        self.from + Days::new(6)
    }
}

/// The Monday of the last week that is over.
pub fn last_week(today: NaiveDate) -> NaiveDate {
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    monday - Days::new(7)
}

/// The most frequent ones, each with how often; equal ones by name.
fn top(counts: BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut all: Vec<(String, usize)> = counts.into_iter().collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    all.truncate(MOST);
    all
}

/// The digest of the week that begins on a Monday. One read for each month that it and the week before lie in, unless they are cached.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn digest(
    store: &Datastore,
    journal: &Journal,
    named: &BTreeMap<FeedId, Name>,
    from: NaiveDate,
) -> Result<Digest, StoreError> {
    let before = from - Days::new(7);
    let last = from + Days::new(6);
    let months: BTreeSet<_> = [before, from, last]
        .into_iter()
        .map(zone::month_of_day)
        .collect();
    let (mut week, mut earlier): (Vec<Event>, usize) = (Vec::new(), 0);
    let mut names = BTreeMap::new();
    for month in months {
        let (events, known) = journal.month(store, month).await?;
        names.extend(known);
        for event in events {
            let day = zone::day_of(event.minute, journal.zone);
            if (from..=last).contains(&day) {
                week.push(event);
            } else if day >= before && day < from && event.act == Act::Opened {
                earlier += usize::try_from(event.count).unwrap_or_default();
            }
        }
    }
    names.extend(named.iter().map(|(feed, name)| (*feed, name.clone())));
    let of = |act: Act| week.iter().filter(move |event| event.act == act);
    let sum = |act: Act| of(act).map(|event| event.count).sum::<i64>().max(0);
    let words = |event: &&Event| event.text.as_ref().map_or(0, |text| text.words);
    let mut by_feed: BTreeMap<FeedId, usize> = BTreeMap::new();
    let mut authors: BTreeMap<String, usize> = BTreeMap::new();
    for event in of(Act::Opened) {
        *by_feed.entry(event.feed).or_default() += usize::try_from(event.count).unwrap_or_default();
        let author = event.text.as_ref().map(|text| text.author.clone());
        if let Some(author) = author.filter(|author| !author.is_empty()) {
            *authors.entry(author).or_default() += usize::try_from(event.count).unwrap_or_default();
        }
    }
    by_feed.retain(|_, count| *count > 0);
    let days: BTreeSet<NaiveDate> = of(Act::Opened)
        .map(|event| zone::day_of(event.minute, journal.zone))
        .collect();
    let feeds = by_feed.len();
    let mut titles: BTreeMap<String, usize> = BTreeMap::new();
    for (feed, count) in by_feed {
        let title = names.get(&feed).map(|name| name.title.clone());
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            *titles.entry(title).or_default() += count;
        }
    }
    let starred = of(Act::Starred).filter_map(|event| event.text.clone());
    Ok(Digest {
        from,
        opened: usize::try_from(sum(Act::Opened)).unwrap_or_default(),
        before: earlier,
        feeds,
        marked: sum(Act::Marked),
        cleared: sum(Act::Cleared),
        minutes: of(Act::Opened)
            .map(|event| words(&event).div_ceil(WORDS_A_MINUTE))
            .fold(0, u32::saturating_add),
        days: days.len(),
        top_feeds: top(titles),
        top_authors: top(authors),
        starred: starred.take(MOST_STARRED).collect(),
        longest: of(Act::Opened)
            .max_by_key(words)
            .filter(|event| words(event) > 0)
            .and_then(|event| event.text.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_over_on_the_monday_after() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert_eq!(
            last_week(day(29)),
            day(16),
            "on a Sunday it is still this week"
        );
        assert_eq!(last_week(day(30)), day(23));
        assert_eq!(last_week(day(24)), day(16));
    }
}
