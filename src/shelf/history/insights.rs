//! What a journal says: rankings with their change, days, hours, firsts and streaks. Pure: from sums to figures.

use std::collections::BTreeMap;
use std::hash::Hash;

use chrono::{Datelike, NaiveDate, TimeDelta};
use serde::Serialize;

use crate::ids::FeedId;
use crate::shelf::journal::Name;
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::journal::{Counts, MonthSum, Openings};
use crate::shelf::journal::{LeftOut, OTHER_FEEDS};

/// Most places of a ranking.
const PLACES: usize = 10;
/// The days of the shortest range, and of the one before.
const DAYS: i64 = 30;
/// The months of the half year, this one among them.
const HALF: Month = 6;

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Range {
    /// The last thirty days, beside the thirty before.
    #[default]
    Month,
    /// This month and the five before, beside the six before those.
    HalfYear,
    /// Everything, beside how it stood thirty days ago.
    All,
}

impl Range {
    /// All of them, as they are shown.
    pub const ALL: [Self; 3] = [Self::Month, Self::HalfYear, Self::All];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::HalfYear => "half-year",
            Self::All => "all",
        }
    }
}

/// How a place has changed against the period before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// There was none.
    New,
    /// By so many places: above 0 for a better one.
    By(i64),
}

/// One place of a ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<K> {
    /// What is ranked.
    pub key: K,
    /// What it is called.
    pub title: String,
    /// From 1.
    pub rank: usize,
    /// Articles opened.
    pub opened: i64,
    /// In the period before.
    pub before: i64,
    /// Of the place.
    pub change: Change,
    /// Openings by month, the last six.
    pub months: Vec<i64>,
}

/// The feeds and authors of one range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// Feeds.
    pub feeds: Vec<Ranked<FeedId>>,
    /// Authors.
    pub authors: Vec<Ranked<String>>,
    /// Everything that was opened in the range, left out or not, and in the one before.
    pub opened: (i64, i64),
    /// How many feeds it was of.
    pub of_feeds: usize,
}

/// Days on end on which something was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Streaks {
    /// Up to today, or to yesterday.
    pub now: u32,
    /// The longest.
    pub longest: u32,
    /// When that ended.
    pub until: Option<NaiveDate>,
}

/// All sums of a journal, made ready for questions.
#[derive(Clone, Debug)]
pub struct Insights<'s> {
    months: &'s BTreeMap<Month, MonthSum>,
    names: BTreeMap<FeedId, Name>,
    left_out: LeftOut,
    today: NaiveDate,
    this: Month,
}

type Tally<K> = BTreeMap<K, Openings>;

fn add<K: Ord + Clone>(tally: &mut Tally<K>, key: &K, (count, last): Openings) {
    let known = tally.entry(key.clone()).or_default();
    known.0 += count;
    known.1 = known.1.max(last);
}

impl<'s> Insights<'s> {
    /// Of these months, as of a day.
    pub fn new(
        months: &'s BTreeMap<Month, MonthSum>,
        names: BTreeMap<FeedId, Name>,
        left_out: LeftOut,
        today: NaiveDate,
    ) -> Self {
        let this = zone::month_of_day(today);
        Self {
            months,
            names,
            left_out,
            today,
            this,
        }
    }

    /// The first day of which something is known.
    pub fn began(&self) -> Option<NaiveDate> {
        let (month, sum) = self.months.iter().find(|(_, sum)| !sum.days.is_empty())?;
        let day = sum.days.keys().next()?;
        Some(zone::first_day(*month) + TimeDelta::days(i64::from(*day) - 1))
    }

    /// What was opened from `from` to `to` days ago, of feeds and of authors.
    fn days_back(&self, from: i64, to: i64) -> (Tally<FeedId>, Tally<String>) {
        let (mut feeds, mut authors) = (Tally::new(), Tally::new());
        for back in to..=from {
            let day = self.today - TimeDelta::days(back);
            let Some(sum) = self.months.get(&zone::month_of_day(day)) else {
                continue;
            };
            let day = u8::try_from(day.day()).unwrap_or_default();
            for (feed, openings) in sum.daily.get(&day).into_iter().flatten() {
                add(&mut feeds, feed, *openings);
            }
            for (author, openings) in sum.daily_authors.get(&day).into_iter().flatten() {
                add(&mut authors, author, *openings);
            }
        }
        (feeds, authors)
    }

    fn of_months(&self, from: Month, to: Month) -> (Tally<FeedId>, Tally<String>) {
        let (mut feeds, mut authors) = (Tally::new(), Tally::new());
        for sum in self.months.range(from..=to).map(|(_, sum)| sum) {
            let told = sum.feeds.iter().filter(|(feed, _)| **feed != OTHER_FEEDS);
            for (feed, counts) in told {
                add(&mut feeds, feed, (counts.opened, counts.last));
            }
            for (author, openings) in &sum.authors {
                add(&mut authors, author, *openings);
            }
        }
        (feeds, authors)
    }

    /// Openings of feeds that there are too many of to tell them apart.
    fn others(&self, from: Month, to: Month) -> i64 {
        let sums = self.months.range(from..=to).map(|(_, sum)| sum);
        let counts = sums.filter_map(|sum| sum.feeds.get(&OTHER_FEEDS));
        counts.map(|counts| counts.opened).sum()
    }

    /// The ranking of a range, with each place's change against the one before.
    pub fn ranking(&self, range: Range) -> Ranking {
        let (now, before) = match range {
            Range::Month => (
                self.days_back(DAYS - 1, 0),
                self.days_back(2 * DAYS - 1, DAYS),
            ),
            Range::HalfYear => {
                let first = self.this - HALF + 1;
                (
                    self.of_months(first, self.this),
                    self.of_months(first - HALF, first - 1),
                )
            }
            Range::All => {
                let all = self.of_months(Month::MIN, self.this);
                let late = self.days_back(DAYS - 1, 0);
                (all.clone(), (less(all.0, &late.0), less(all.1, &late.1)))
            }
        };
        let first = self.this - HALF + 1;
        let others = match range {
            Range::Month => (0, 0),
            Range::HalfYear => (
                self.others(first, self.this),
                self.others(first - HALF, first - 1),
            ),
            Range::All => (
                self.others(Month::MIN, self.this),
                self.others(Month::MIN, self.this),
            ),
        };
        let total = |tally: &Tally<FeedId>| -> i64 { tally.values().map(|one| one.0).sum() };
        let name = |feed: &FeedId| {
            self.names
                .get(feed)
                .map_or_else(|| feed.to_string(), |name| name.title.clone())
        };
        let feed_month =
            |feed: &FeedId, sum: &MonthSum| sum.feeds.get(feed).map_or(0, |counts| counts.opened);
        let author_month =
            |author: &String, sum: &MonthSum| sum.authors.get(author).map_or(0, |one| one.0);
        Ranking {
            opened: (total(&now.0) + others.0, total(&before.0) + others.1),
            of_feeds: now.0.values().filter(|one| one.0 > 0).count(),
            feeds: self.ranked(
                now.0,
                before.0,
                |feed| self.left_out.feeds.contains(feed),
                name,
                feed_month,
            ),
            authors: self.ranked(
                now.1,
                before.1,
                |author| self.left_out.authors.contains(author),
                String::clone,
                author_month,
            ),
        }
    }

    fn ranked<K: Ord + Clone + Hash>(
        &self,
        now: Tally<K>,
        before: Tally<K>,
        is_left_out: impl Fn(&K) -> bool,
        title: impl Fn(&K) -> String,
        in_month: impl Fn(&K, &MonthSum) -> i64,
    ) -> Vec<Ranked<K>> {
        let sorted = |tally: Tally<K>| {
            let all = tally
                .into_iter()
                .filter(|(key, one)| one.0 > 0 && !is_left_out(key));
            let mut all: Vec<(K, Openings)> = all.collect();
            all.sort_by_cached_key(|(key, (count, last))| {
                (
                    std::cmp::Reverse(*count),
                    std::cmp::Reverse(*last),
                    title(key),
                    key.clone(),
                )
            });
            all
        };
        let before = sorted(before);
        let places = sorted(now).into_iter().take(PLACES).enumerate();
        let ranked = places.map(|(place, (key, (opened, _)))| {
            let was = before.iter().position(|(known, _)| *known == key);
            let by = |was: usize| {
                i64::try_from(was).unwrap_or_default() - i64::try_from(place).unwrap_or_default()
            };
            let months = (self.this - HALF + 1..=self.this).map(|month| {
                let sum = self.months.get(&month);
                sum.map_or(0, |sum| in_month(&key, sum))
            });
            Ranked {
                title: title(&key),
                rank: place + 1,
                opened,
                before: was.map_or(0, |was| before[was].1.0),
                change: was.map_or(Change::New, |was| Change::By(by(was))),
                months: months.collect(),
                key,
            }
        });
        ranked.collect()
    }

    /// The last six months, and the place of each of these feeds in each: `None` where nothing of it was opened.
    pub fn places_by_month(&self, feeds: &[FeedId]) -> Vec<(Month, Vec<Option<usize>>)> {
        let months = self.this - HALF + 1..=self.this;
        let places = months.map(|month| {
            let ranked = self.whole_month(month);
            let place = |feed: &FeedId| ranked.iter().position(|known| known == feed);
            (
                month,
                feeds
                    .iter()
                    .map(|feed| place(feed).map(|place| place + 1))
                    .collect(),
            )
        });
        places.collect()
    }

    fn whole_month(&self, month: Month) -> Vec<FeedId> {
        let Some(sum) = self.months.get(&month) else {
            return Vec::new();
        };
        let opened = sum
            .feeds
            .iter()
            .filter(|(feed, _)| **feed != OTHER_FEEDS)
            .filter(|(feed, counts)| counts.opened > 0 && !self.left_out.feeds.contains(feed));
        let mut all: Vec<(&FeedId, &Counts)> = opened.collect();
        all.sort_by_key(|(feed, counts)| {
            (
                std::cmp::Reverse(counts.opened),
                std::cmp::Reverse(counts.last),
                **feed,
            )
        });
        all.into_iter().map(|(feed, _)| *feed).collect()
    }

    /// What was done, month by month, oldest first: the last twelve.
    pub fn by_month(&self) -> Vec<(Month, Counts)> {
        let months = self.this - 11..=self.this;
        let total = |month| {
            self.months
                .get(&month)
                .map(MonthSum::total)
                .unwrap_or_default()
        };
        months.map(|month| (month, total(month))).collect()
    }

    /// What was done, day by day.
    pub fn by_day(&self) -> BTreeMap<NaiveDate, Counts> {
        let days = self.months.iter().flat_map(|(month, sum)| {
            let first = zone::first_day(*month);
            sum.days
                .iter()
                .map(move |(day, counts)| (first + TimeDelta::days(i64::from(*day) - 1), *counts))
        });
        days.collect()
    }

    /// Openings by weekday (Monday first) and hour, of the last twelve months.
    pub fn by_hour(&self) -> [[i64; 24]; 7] {
        let mut hours = [[0; 24]; 7];
        for sum in self
            .months
            .range(self.this - 11..=self.this)
            .map(|(_, sum)| sum)
        {
            for (place, count) in &sum.hours {
                let (day, hour) = (usize::from(place / 24), usize::from(place % 24));
                if let Some(cell) = hours.get_mut(day).and_then(|day| day.get_mut(hour)) {
                    *cell += count;
                }
            }
        }
        hours
    }

    /// Days on end.
    pub fn streaks(&self) -> Streaks {
        let mut streaks = Streaks::default();
        let mut run = 0;
        let mut last: Option<NaiveDate> = None;
        for (day, _) in self
            .by_day()
            .into_iter()
            .filter(|(_, counts)| counts.opened > 0)
        {
            run = match last.and_then(|last| last.succ_opt()) == Some(day) {
                true => run + 1,
                false => 1,
            };
            last = Some(day);
            if run >= streaks.longest {
                streaks.longest = run;
                streaks.until = last;
            }
        }
        if last.is_some_and(|last| self.today - last <= TimeDelta::days(1)) {
            streaks.now = run;
        }
        streaks
    }

    /// How many articles of each feed were opened in the last so many days, this one among them; at most 90, beyond which days aren't
    /// told apart for long.
    pub fn opened_lately(&self, days: i64) -> BTreeMap<FeedId, i64> {
        let (feeds, _) = self.days_back(days.clamp(1, 90) - 1, 0);
        feeds.into_iter().map(|(feed, one)| (feed, one.0)).collect()
    }

    /// One feed's months, newest first: of those of which there is something.
    pub fn of_feed(&self, feed: FeedId) -> Vec<(Month, Counts)> {
        let months = self.months.iter().rev();
        months
            .filter_map(|(month, sum)| Some((*month, *sum.feeds.get(&feed)?)))
            .collect()
    }

    /// One author's months, newest first.
    pub fn of_author(&self, author: &str) -> Vec<(Month, i64)> {
        let months = self.months.iter().rev();
        months
            .filter_map(|(month, sum)| Some((*month, sum.authors.get(author)?.0)))
            .collect()
    }

    /// Only the months of a year.
    pub fn year(&self, year: i32) -> BTreeMap<Month, MonthSum> {
        let months = self.months.range(year * 12..=year * 12 + 11);
        months.map(|(month, sum)| (*month, sum.clone())).collect()
    }

    /// The words of everything that was opened, as far as they are known.
    pub fn words(&self) -> i64 {
        self.months.values().map(|sum| sum.words).sum()
    }

    /// The day that it is.
    pub fn today(&self) -> NaiveDate {
        self.today
    }
}

/// A tally without what another one has. The time of the last opening before that isn't known any more.
fn less<K: Ord>(mut all: Tally<K>, late: &Tally<K>) -> Tally<K> {
    for (key, (count, _)) in late {
        if let Some(known) = all.get_mut(key) {
            known.0 -= count;
            known.1 = 0;
        }
    }
    all
}

/// A ranking's feeds as programs get them.
#[derive(Clone, Debug, Serialize)]
pub struct PlainRank {
    title: String,
    opened: i64,
    rank: usize,
    /// Places gained; `null` for a new one.
    change: Option<i64>,
}

impl<K> From<&Ranked<K>> for PlainRank {
    fn from(ranked: &Ranked<K>) -> Self {
        Self {
            title: ranked.title.clone(),
            opened: ranked.opened,
            rank: ranked.rank,
            change: match ranked.change {
                Change::New => None,
                Change::By(by) => Some(by),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::journal::{Act, Event, Text};
    use chrono_tz::Tz;

    fn opened(day: NaiveDate, hour: i64, feed: u32, seq: u32) -> Event {
        Event {
            minute: zone::first_minute(day, Tz::UTC) + hour * 60,
            act: Act::Opened,
            feed: FeedId(feed),
            seq,
            count: 1,
            bulk: String::new(),
            text: Some(Text {
                author: format!("Author {feed}"),
                ..Text::default()
            }),
        }
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn sums(events: &[Event]) -> BTreeMap<Month, MonthSum> {
        let mut by: BTreeMap<Month, Vec<&Event>> = BTreeMap::new();
        for event in events {
            by.entry(zone::month_of(event.minute, Tz::UTC))
                .or_default()
                .push(event);
        }
        by.into_iter()
            .map(|(month, events)| (month, MonthSum::of(events.into_iter(), Tz::UTC)))
            .collect()
    }

    fn names() -> BTreeMap<FeedId, Name> {
        let name = |n: u32| Name {
            title: format!("Feed {n}"),
            url: String::new(),
        };
        (1..=9).map(|n| (FeedId(n), name(n))).collect()
    }

    #[test]
    fn a_rank_is_told_with_its_change() {
        let mut events = Vec::new();
        // In October feed 1 leads; in November feed 2 does, and feed 3 is new.
        for n in 0..5 {
            events.push(opened(day(10, 20), 8, 1, n + 1));
        }
        for n in 0..3 {
            events.push(opened(day(10, 21), 8, 2, n + 1));
        }
        for n in 0..4 {
            events.push(opened(day(11, 15), 8, 2, n + 10));
        }
        for n in 0..2 {
            events.push(opened(day(11, 16), 9, 1, n + 10));
            events.push(opened(day(11, 16), 8, 3, n + 10));
        }
        let months = sums(&events);
        let insights = Insights::new(&months, names(), LeftOut::default(), day(11, 28));
        let ranking = insights.ranking(Range::Month);
        let told: Vec<_> = ranking
            .feeds
            .iter()
            .map(|one| (one.title.as_str(), one.opened, one.change))
            .collect();
        assert_eq!(
            told,
            [
                ("Feed 2", 4, Change::By(1)),
                ("Feed 1", 2, Change::By(-1)),
                ("Feed 3", 2, Change::New)
            ]
        );
        assert_eq!(ranking.opened, (8, 8));
        assert_eq!(ranking.authors[0].title, "Author 2");
        let all = insights.ranking(Range::All);
        assert_eq!(
            (all.feeds[0].title.as_str(), all.feeds[0].opened),
            ("Feed 1", 7)
        );
        assert_eq!(all.feeds[0].change, Change::By(0));
        let half = insights.ranking(Range::HalfYear);
        assert_eq!(
            half.feeds[0].change,
            Change::New,
            "there was nothing half a year before"
        );
        assert_eq!(
            insights.places_by_month(&[FeedId(1), FeedId(2)])[4].1,
            [Some(1), Some(2)]
        );
    }

    #[test]
    fn what_is_left_out_has_no_place() {
        let events = [opened(day(11, 15), 8, 1, 1), opened(day(11, 15), 8, 2, 1)];
        let months = sums(&events);
        let mut left_out = LeftOut::default();
        left_out.feeds.insert(FeedId(1));
        left_out.authors.insert("Author 2".into());
        let ranking = Insights::new(&months, names(), left_out, day(11, 28)).ranking(Range::Month);
        assert_eq!((ranking.feeds.len(), ranking.feeds[0].key), (1, FeedId(2)));
        assert_eq!(
            (ranking.authors.len(), ranking.authors[0].title.as_str()),
            (1, "Author 1")
        );
        assert_eq!(ranking.opened.0, 2, "it was opened all the same");
    }

    #[test]
    fn a_streak_goes_over_months() {
        let days = [
            day(10, 30),
            day(10, 31),
            day(11, 1),
            day(11, 20),
            day(11, 27),
        ];
        let events: Vec<Event> = days
            .iter()
            .map(|day| opened(*day, 8, 1, day.day()))
            .collect();
        let months = sums(&events);
        let insights = Insights::new(&months, names(), LeftOut::default(), day(11, 28));
        let streaks = insights.streaks();
        assert_eq!(
            (streaks.longest, streaks.until, streaks.now),
            (3, Some(day(11, 1)), 1)
        );
        assert_eq!(insights.began(), Some(day(10, 30)));
        assert_eq!(
            insights.by_hour()[4][8],
            3,
            "two Fridays at eight, and one more"
        );
    }
}
