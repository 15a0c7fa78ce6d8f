//! One month of a journal, as it is stored, and what it adds up to.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::event::{Act, Event, Name, Text};
use super::zone;
use crate::codec;
use crate::datastore::StoreError;
use crate::ids::{ArticleId, FeedId};

/// Size of a packed part beyond which the next one is begun, in bytes; an entity has room for 1,048,572.
pub(super) const PART_BYTES: usize = 600 * 1_024;
/// Size of a packed part that is taken whole: what fits into an entity, with room for what is counted later.
const FULL_PART_BYTES: usize = 900 * 1_024;
/// Most lines of what is only counted; beyond that, of which feed isn't told.
const MOST_COUNTED: usize = 2_000;
/// In place of feeds that there are too many of.
pub const OTHER_FEEDS: FeedId = FeedId(0);
/// Most feeds of a month that its sum tells apart: those that were opened most.
const MOST_FEEDS: usize = 300;
/// Most parts of a month, some 50,000 openings: what comes beyond is only counted.
pub const MOST_PARTS: usize = 8;
/// Most authors of a month whose openings are told apart.
const MOST_AUTHORS: usize = 100;

/// A part of a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Columns", into = "Columns")]
pub(crate) struct Part {
    /// How many parts the month has; stands in the first.
    pub parts: usize,
    /// In the order in which they were noted.
    pub events: Vec<Event>,
    /// What the feeds were called when something of theirs was last noted.
    pub names: BTreeMap<FeedId, Name>,
}

/// The same by columns, which pack well: a mark takes three bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Columns {
    parts: usize,
    /// Each as the difference from the one before.
    minutes: Vec<i64>,
    acts: Vec<u8>,
    /// As places in `feeds`.
    of: Vec<usize>,
    seqs: Vec<u32>,
    /// Where it isn't one: place and number.
    counts: Vec<(usize, i64)>,
    /// Where there are any: by place.
    texts: Vec<(usize, Text)>,
    feeds: Vec<FeedId>,
    names: Vec<(FeedId, Name)>,
}

impl From<Part> for Columns {
    fn from(part: Part) -> Self {
        let feeds: BTreeSet<FeedId> = part.events.iter().map(|event| event.feed).collect();
        let feeds: Vec<FeedId> = feeds.into_iter().collect();
        let mut columns = Self {
            parts: part.parts,
            names: part.names.into_iter().collect(),
            ..Self::default()
        };
        let mut before = 0;
        for (place, event) in part.events.into_iter().enumerate() {
            columns.minutes.push(event.minute - before);
            before = event.minute;
            columns.acts.push(event.act.into());
            columns
                .of
                .push(feeds.binary_search(&event.feed).unwrap_or_default());
            columns.seqs.push(event.seq);
            if event.count != 1 {
                columns.counts.push((place, event.count));
            }
            if let Some(text) = event.text {
                columns.texts.push((place, text));
            }
        }
        columns.feeds = feeds;
        columns
    }
}

impl From<Columns> for Part {
    fn from(columns: Columns) -> Self {
        let mut minute = 0;
        let counts: BTreeMap<usize, i64> = columns.counts.into_iter().collect();
        let mut texts: BTreeMap<usize, Text> = columns.texts.into_iter().collect();
        let rows = columns
            .minutes
            .into_iter()
            .zip(columns.acts)
            .zip(columns.of)
            .zip(columns.seqs);
        let events = rows
            .enumerate()
            .filter_map(|(place, (((step, act), of), seq))| {
                minute += step;
                Some(Event {
                    minute,
                    act: Act::try_from(act).ok()?,
                    feed: *columns.feeds.get(of)?,
                    seq,
                    count: counts.get(&place).copied().unwrap_or(1),
                    bulk: String::new(),
                    text: texts.remove(&place),
                })
            });
        Self {
            parts: columns.parts,
            events: events.collect(),
            names: columns.names.into_iter().collect(),
        }
    }
}

/// A month's parts as they are changed: which of them are to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parts {
    pub parts: Vec<Part>,
    changed: BTreeSet<usize>,
}

impl Parts {
    pub(in crate::shelf) fn of(parts: Vec<Part>) -> Self {
        let changed = BTreeSet::new();
        Self { parts, changed }
    }

    pub(in crate::shelf) fn events(&self) -> impl Iterator<Item = &Event> {
        self.parts.iter().flat_map(|part| &part.events)
    }

    /// What the feeds were called.
    pub(in crate::shelf) fn names(&self) -> BTreeMap<FeedId, Name> {
        let all = self.parts.iter().flat_map(|part| &part.names);
        all.map(|(feed, name)| (*feed, name.clone())).collect()
    }

    /// Adds events in the order of their minutes. What was opened before in this month isn't opened again; beyond the last
    /// part's room, events are only counted.
    ///
    /// # Errors
    /// Never in practice: events always serialize.
    pub(in crate::shelf) fn append(
        &mut self,
        events: Vec<Event>,
        names: &BTreeMap<FeedId, Name>,
    ) -> Result<(), StoreError> {
        let mut opened: HashSet<ArticleId> = self.acts(Act::Opened).collect();
        let mut marked: HashSet<ArticleId> = self.acts(Act::Marked).collect();
        let mut is_new = |event: &Event| match (event.act, event.article()) {
            (Act::Opened, Some(id)) => opened.insert(id),
            // Marked, made unread and marked again is one mark.
            (Act::Marked, Some(id)) => marked.insert(id),
            _ => true,
        };
        let mut events: Vec<Event> = events.into_iter().filter(|event| is_new(event)).collect();
        events.sort_by_key(|event| event.minute);
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        self.grow(events, names)?;
        let count = self.parts.len();
        self.parts[0].parts = count;
        Ok(())
    }

    /// Puts events into the last part, or into further ones; half by half where one part has no room for all.
    fn grow(
        &mut self,
        mut events: Vec<Event>,
        names: &BTreeMap<FeedId, Name>,
    ) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let last = self.parts.len() - 1;
        let is_fresh = self.parts[last].events.is_empty();
        let mut part = self.parts[last].clone();
        for event in &events {
            if let Some(name) = names.get(&event.feed) {
                part.names.insert(event.feed, name.clone());
            }
        }
        part.events
            .extend(events.iter().cloned().map(|event| Event {
                bulk: String::new(),
                ..event
            }));
        let size = codec::pack(&part)?.len();
        if size <= PART_BYTES || (is_fresh && (size <= FULL_PART_BYTES || events.len() == 1)) {
            self.parts[last] = part;
            self.changed.insert(last);
        } else if is_fresh {
            let second = events.split_off(events.len() / 2);
            self.grow(events, names)?;
            self.grow(second, names)?;
        } else if self.parts.len() < MOST_PARTS {
            self.parts.push(Part::default());
            self.changed.extend([0, last + 1]);
            self.grow(events, names)?;
        } else {
            self.count(events);
            self.changed.insert(last);
        }
        Ok(())
    }

    fn acts(&self, act: Act) -> impl Iterator<Item = ArticleId> {
        self.events()
            .filter(move |event| event.act == act)
            .filter_map(Event::article)
    }

    /// Counts events that have no room: one line a feed and act, in the last part.
    fn count(&mut self, events: Vec<Event>) {
        let Some(part) = self.parts.last_mut() else {
            return;
        };
        let counted = part.events.iter().filter(|event| event.seq == 0).count();
        let is_crowded = counted + events.len() > MOST_COUNTED;
        for mut event in events {
            let is_known = |known: &Event| known.seq == 0 && known.feed == event.feed;
            if is_crowded && !part.events.iter().any(is_known) {
                event.feed = OTHER_FEEDS;
            }
            let is_it = |known: &&mut Event| {
                known.seq == 0 && (known.feed, known.act) == (event.feed, event.act)
            };
            match part.events.iter_mut().find(is_it) {
                Some(known) => known.count += event.count,
                None => part.events.push(Event {
                    seq: 0,
                    text: None,
                    bulk: String::new(),
                    ..event
                }),
            }
        }
    }

    /// Keeps the events that `stays` selects, and returns how many went.
    pub(in crate::shelf) fn retain(&mut self, stays: impl Fn(&Event) -> bool) -> usize {
        let mut gone = 0;
        for (place, part) in self.parts.iter_mut().enumerate() {
            let before = part.events.len();
            part.events.retain(&stays);
            if part.events.len() < before {
                gone += before - part.events.len();
                self.changed.insert(place);
                let known: BTreeSet<FeedId> = part.events.iter().map(|event| event.feed).collect();
                part.names.retain(|feed, _| known.contains(feed));
            }
        }
        gone
    }

    /// The parts to write.
    pub(in crate::shelf) fn changed(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.changed
            .iter()
            .filter_map(|&place| Some((place, self.parts.get(place)?)))
    }
}

/// How often something was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Articles opened.
    #[serde(rename = "o", skip_serializing_if = "is_none")]
    pub opened: i64,
    /// Links followed.
    #[serde(rename = "f", skip_serializing_if = "is_none")]
    pub followed: i64,
    /// Articles starred.
    #[serde(rename = "s", skip_serializing_if = "is_none")]
    pub starred: i64,
    /// Articles tagged.
    #[serde(rename = "g", skip_serializing_if = "is_none")]
    pub tagged: i64,
    /// Articles marked one by one.
    #[serde(rename = "m", skip_serializing_if = "is_none")]
    pub marked: i64,
    /// Articles cleared in bulk.
    #[serde(rename = "c", skip_serializing_if = "is_none")]
    pub cleared: i64,
    /// The minute of the last opening.
    #[serde(rename = "l", skip_serializing_if = "is_none")]
    pub last: i64,
}

fn is_none(number: &i64) -> bool {
    *number == 0
}

impl Counts {
    /// Adds an event.
    pub fn add(&mut self, event: &Event) {
        let count = match event.act {
            Act::Opened => &mut self.opened,
            Act::Followed => &mut self.followed,
            Act::Starred => &mut self.starred,
            Act::Tagged => &mut self.tagged,
            Act::Marked => &mut self.marked,
            Act::Cleared => &mut self.cleared,
        };
        *count += event.count;
        if event.act == Act::Opened {
            self.last = self.last.max(event.minute);
        }
    }

    /// Adds others.
    pub fn merge(&mut self, other: &Self) {
        self.opened += other.opened;
        self.followed += other.followed;
        self.starred += other.starred;
        self.tagged += other.tagged;
        self.marked += other.marked;
        self.cleared += other.cleared;
        self.last = self.last.max(other.last);
    }
}

/// Openings: how many, and the minute of the last.
pub type Openings = (i64, i64);

/// What a month adds up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MonthSum {
    /// By feed.
    #[serde(rename = "f")]
    pub feeds: BTreeMap<FeedId, Counts>,
    /// By author: the hundred most read.
    #[serde(rename = "a")]
    pub authors: BTreeMap<String, Openings>,
    /// By day of the month.
    #[serde(rename = "d")]
    pub days: BTreeMap<u8, Counts>,
    /// Openings by `24 × weekday + hour`; Monday is 0.
    #[serde(rename = "h")]
    pub hours: BTreeMap<u8, i64>,
    /// The words of what was opened.
    #[serde(rename = "w")]
    pub words: i64,
    /// How many parts the month takes in the store.
    #[serde(rename = "p")]
    pub parts: usize,
    /// Whether something had no room, and is only counted.
    #[serde(rename = "o", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_over_full: bool,
    /// Openings by day and feed; only of the last months, for the last thirty days and the thirty before.
    #[serde(rename = "e", skip_serializing_if = "BTreeMap::is_empty")]
    pub daily: BTreeMap<u8, BTreeMap<FeedId, Openings>>,
    /// The same by author.
    #[serde(rename = "b", skip_serializing_if = "BTreeMap::is_empty")]
    pub daily_authors: BTreeMap<u8, BTreeMap<String, Openings>>,
}

impl MonthSum {
    /// The sum of events, which are of one month.
    pub fn of<'e>(events: impl Iterator<Item = &'e Event>, zone: Tz) -> Self {
        let mut sum = Self::default();
        for event in events {
            let at = zone::local(event.minute, zone);
            let day = u8::try_from(at.day()).unwrap_or_default();
            sum.feeds.entry(event.feed).or_default().add(event);
            sum.days.entry(day).or_default().add(event);
            sum.is_over_full |= event.seq == 0 && event.act.has_text();
            if event.act != Act::Opened {
                continue;
            }
            let hour = at.weekday().num_days_from_monday() * 24 + at.hour();
            *sum.hours
                .entry(u8::try_from(hour).unwrap_or_default())
                .or_default() += event.count;
            let note = |openings: &mut Openings| {
                openings.0 += event.count;
                openings.1 = openings.1.max(event.minute);
            };
            note(
                sum.daily
                    .entry(day)
                    .or_default()
                    .entry(event.feed)
                    .or_default(),
            );
            let Some(text) = &event.text else {
                continue;
            };
            sum.words += i64::from(text.words);
            if !text.author.is_empty() {
                note(sum.authors.entry(text.author.clone()).or_default());
                let daily = sum.daily_authors.entry(day).or_default();
                note(daily.entry(text.author.clone()).or_default());
            }
        }
        sum.cut_authors();
        sum.cut_feeds(MOST_FEEDS);
        sum
    }

    /// Tells apart only so many feeds, those that were opened most; the others are summed up.
    pub(super) fn cut_feeds(&mut self, most: usize) {
        if self.feeds.len() <= most {
            return;
        }
        let mut all: Vec<(FeedId, Counts)> = std::mem::take(&mut self.feeds).into_iter().collect();
        let weight = |counts: &Counts| (counts.opened, counts.starred, counts.last);
        all.sort_by(|one, other| {
            weight(&other.1)
                .cmp(&weight(&one.1))
                .then(one.0.cmp(&other.0))
        });
        let rest = all.split_off(most);
        self.feeds = all.into_iter().collect();
        let others = self.feeds.entry(OTHER_FEEDS).or_default();
        rest.iter().for_each(|(_, counts)| others.merge(counts));
        for day in self.daily.values_mut() {
            day.retain(|feed, _| self.feeds.contains_key(feed));
        }
    }

    /// The same with fewer of both, and by no day: what a record of many months has room for.
    pub(super) fn thin(&mut self, most: usize) {
        self.cut_feeds(most);
        let mut authors: Vec<(String, Openings)> =
            std::mem::take(&mut self.authors).into_iter().collect();
        authors.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        authors.truncate(most);
        self.authors = authors.into_iter().collect();
        self.daily.clear();
        self.daily_authors.clear();
    }

    fn cut_authors(&mut self) {
        if self.authors.len() <= MOST_AUTHORS {
            return;
        }
        let mut all: Vec<(String, Openings)> =
            std::mem::take(&mut self.authors).into_iter().collect();
        all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        all.truncate(MOST_AUTHORS);
        self.authors = all.into_iter().collect();
        for day in self.daily_authors.values_mut() {
            day.retain(|author, _| self.authors.contains_key(author));
        }
    }

    /// Without what is only needed for the last months.
    #[must_use]
    pub fn coarse(mut self) -> Self {
        self.daily.clear();
        self.daily_authors.clear();
        self
    }

    /// Everything together.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.feeds.values().for_each(|counts| total.merge(counts));
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(minute: i64, act: Act, seq: u32) -> Event {
        Event {
            minute,
            act,
            feed: FeedId(1 + seq % 3),
            seq,
            count: 1,
            bulk: String::new(),
            text: act.has_text().then(|| Text {
                title: format!("Title {seq}"),
                author: format!("Author {}", seq % 5),
                ..Text::default()
            }),
        }
    }

    #[test]
    fn a_part_survives_packing() {
        let events = (0..50).map(|n| event(1_000 + i64::from(n), Act::ALL[n as usize % 5], n + 1));
        let mut parts = Parts::default();
        parts.append(events.collect(), &BTreeMap::new()).unwrap();
        let packed = codec::pack(&parts.parts[0]).unwrap();
        assert_eq!(codec::unpack::<Part>(&packed).unwrap(), parts.parts[0]);
    }

    #[test]
    fn an_article_is_opened_once_a_month() {
        let mut parts = Parts::default();
        for minute in [10, 20] {
            parts
                .append(vec![event(minute, Act::Opened, 7)], &BTreeMap::new())
                .unwrap();
        }
        assert_eq!(parts.events().count(), 1);
        assert_eq!(MonthSum::of(parts.events(), Tz::UTC).total().opened, 1);
    }

    #[test]
    fn a_full_month_goes_on_counting() {
        // Titles that don't pack, so that parts fill quickly.
        let noise = |seed: u64| -> String {
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let letters = std::iter::repeat_with(|| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                char::from(b'!' + u8::try_from(state % 90).unwrap_or_default())
            });
            letters.take(280).collect()
        };
        let mut parts = Parts::default();
        let mut seq = 0;
        for _ in 0..16 {
            let events = (0..2_000).map(|_| {
                seq += 1;
                let mut one = event(i64::from(seq), Act::Opened, seq);
                one.text.as_mut().unwrap().title = noise(u64::from(seq));
                one
            });
            parts.append(events.collect(), &BTreeMap::new()).unwrap();
        }
        assert_eq!(parts.parts.len(), MOST_PARTS);
        assert_eq!(parts.parts[0].parts, MOST_PARTS);
        for part in &parts.parts {
            assert!(codec::pack(part).unwrap().len() < 1_040_000);
        }
        assert_eq!(
            MonthSum::of(parts.events(), Tz::UTC).total().opened,
            i64::from(seq)
        );
        assert!(
            parts.events().any(|event| event.seq == 0),
            "some are only counted"
        );
    }
}
