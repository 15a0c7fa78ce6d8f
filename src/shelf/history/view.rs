//! Reading a journal: its months, its lines, and what is found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::datastore::{Datastore, StoreError, Version};
use crate::ids::{ArticleId, FeedId, UserId};
use crate::shelf::journal::Habits;
use crate::shelf::journal::Sums;
use crate::shelf::journal::store;
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::journal::{Act, Event, Name, Text};
use crate::shelf::journal::{Counts, MonthSum};
use crate::shelf::{ReadShards, Shelf};
use crate::timestamp::{Timestamp, minute_of};

/// Most months that one request looks through; the next one goes on.
pub const MONTHS_A_REQUEST: usize = 12;

/// A reader's journal. What waits is at hand; sums and months are read when they are asked for.
#[derive(Debug)]
pub struct Journal {
    user: UserId,
    /// How it is kept.
    pub habits: Habits,
    /// The reader's zone.
    pub zone: Tz,
    /// The month that it is for the reader.
    pub this: Month,
    /// The day that it is for the reader.
    pub today: NaiveDate,
    sums: Arc<(Sums, Version)>,
    waiting: Vec<Event>,
    names: BTreeMap<FeedId, Name>,
    /// Months that aren't folded, and may have a record.
    open: BTreeSet<Month>,
}

/// One article on one day: what was done with it, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The minute of the last act.
    pub minute: i64,
    /// The article.
    pub id: ArticleId,
    /// What was done, each once, in order.
    pub acts: Vec<Act>,
    /// What is kept of it.
    pub text: Text,
}

/// One day of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub day: NaiveDate,
    /// Newest first.
    pub lines: Vec<Line>,
    /// Everything that was done on it, as far as it is on this page.
    pub counts: Counts,
}

/// Which lines are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those before this minute.
    pub before: Option<i64>,
    /// Words, of which each must be in the title, the author or the feed's name.
    pub words: Vec<String>,
    /// Of this feed.
    pub feed: Option<FeedId>,
    /// Of this author.
    pub author: Option<String>,
    /// Only this act.
    pub act: Option<Act>,
}

impl Wanted {
    fn is_narrow(&self) -> bool {
        !self.words.is_empty() || self.feed.is_some() || self.author.is_some() || self.act.is_some()
    }

    fn has(&self, event: &Event, names: &BTreeMap<FeedId, Name>) -> bool {
        if self.before.is_some_and(|before| event.minute >= before)
            || self.feed.is_some_and(|feed| event.feed != feed)
            || self.act.is_some_and(|act| event.act != act)
        {
            return false;
        }
        let none = Text::default();
        let text = event.text.as_ref().unwrap_or(&none);
        if self
            .author
            .as_ref()
            .is_some_and(|author| text.author != *author)
        {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let name = names
            .get(&event.feed)
            .map_or("", |name| name.title.as_str());
        let all = format!("{} {} {name}", text.title, text.author).to_lowercase();
        event.text.is_some() && self.words.iter().all(|word| all.contains(word))
    }
}

/// A page of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub days: Vec<Day>,
    /// Where the next page begins: `before` of it; `None` at the end.
    pub next: Option<i64>,
    /// How many months were looked through.
    pub months: usize,
}

impl Journal {
    /// A reader's journal. One read unless the sums are cached.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn open(
        store: &Datastore,
        user: UserId,
        read: &ReadShards,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let habits = read.habits();
        let zone = habits.zone();
        let today = zone::day_of(minute_of(now), zone);
        let this = zone::month_of_day(today);
        let sums = store::sums(store, user, false).await?;
        let mut waiting = Vec::new();
        let mut names = sums.0.names.clone();
        let mut open = BTreeSet::from([this]);
        for (state, _) in read.parts() {
            let pending = &state.journal;
            waiting.extend(pending.events.iter().cloned());
            names.extend(
                pending
                    .names
                    .iter()
                    .map(|(feed, name)| (*feed, name.clone())),
            );
            open.extend(Some(pending.month).filter(|month| *month != 0));
            open.extend(
                pending
                    .events
                    .iter()
                    .map(|event| zone::month_of(event.minute, zone)),
            );
        }
        open.retain(|month| !sums.0.months.contains_key(month));
        Ok(Self {
            user,
            habits,
            zone,
            this,
            today,
            sums,
            waiting,
            names,
            open,
        })
    }

    /// The sums of closed months.
    pub fn sums(&self) -> &Sums {
        &self.sums.0
    }

    /// What a feed was called when something of it was last noted.
    pub fn name(&self, feed: FeedId) -> Option<&Name> {
        self.names.get(&feed)
    }

    /// What all feeds are called: those on the shelf as there, others as they were called then.
    pub fn names_on(&self, shelf: &Shelf) -> BTreeMap<FeedId, Name> {
        let mut names = self.names.clone();
        for (feed, name) in &mut names {
            if shelf.subscription(*feed).is_some() {
                name.title = shelf.title(*feed);
            }
        }
        names
    }

    /// The months of which there may be something, newest first, as far as they are kept.
    pub fn months(&self) -> Vec<Month> {
        let first = self.habits.keep.first(self.this);
        let all: BTreeSet<Month> = self
            .sums
            .0
            .months
            .keys()
            .chain(&self.open)
            .copied()
            .collect();
        all.into_iter()
            .rev()
            .filter(|month| *month >= first)
            .collect()
    }

    /// Everything of a month, oldest first, with what the feeds were called. One read unless it is cached, and one for each
    /// further part.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn month(
        &self,
        store: &Datastore,
        month: Month,
    ) -> Result<(Vec<Event>, BTreeMap<FeedId, Name>), StoreError> {
        let known = store::month(store, self.user, month, false).await?;
        let (mut parts, _) = (*known).clone();
        let waiting = self.waiting.iter();
        let ours = waiting.filter(|event| zone::month_of(event.minute, self.zone) == month);
        parts.append(ours.cloned().collect(), &self.names)?;
        let mut names = self.names.clone();
        names.extend(parts.names());
        let mut events: Vec<Event> = parts.events().cloned().collect();
        events.sort_by_key(|event| event.minute);
        Ok((events, names))
    }

    /// The sums of all months that are kept, with those that aren't folded yet. One read for each of these that isn't cached: as
    /// a rule, this month.
    ///
    /// # Errors
    /// The same as [`month`](Self::month).
    pub async fn all_sums(
        &mut self,
        store: &Datastore,
    ) -> Result<BTreeMap<Month, MonthSum>, StoreError> {
        let first = self.habits.keep.first(self.this);
        let mut all = self.sums.0.months.clone();
        for month in self.open.clone() {
            let (events, names) = self.month(store, month).await?;
            self.names.extend(names);
            if !events.is_empty() {
                all.insert(month, MonthSum::of(events.iter(), self.zone));
            }
        }
        // What waits of a month that was folded already is added when it is moved; until then, here.
        for month in self.sums.0.months.keys() {
            let late = |event: &&Event| zone::month_of(event.minute, self.zone) == *month;
            if self.waiting.iter().any(|event| late(&event)) {
                let (events, _) = self.month(store, *month).await?;
                all.insert(*month, MonthSum::of(events.iter(), self.zone));
            }
        }
        all.retain(|month, _| *month >= first);
        Ok(all)
    }

    /// A page of about `limit` lines. One read a month that isn't cached; at most [`MONTHS_A_REQUEST`] months.
    ///
    /// # Errors
    /// The same as [`month`](Self::month).
    pub async fn page(
        &self,
        store: &Datastore,
        wanted: &Wanted,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let from = wanted
            .before
            .map(|before| zone::month_of(before - 1, self.zone));
        let months = self.months().into_iter();
        let mut months = months
            .filter(|month| from.is_none_or(|from| *month <= from))
            .peekable();
        let mut page = Page::default();
        let mut lines = 0;
        while let Some(month) = months.next() {
            page.months += 1;
            let (events, names) = self.month(store, month).await?;
            let hits = events
                .into_iter()
                .rev()
                .filter(|event| wanted.has(event, &names));
            let mut hits = hits.peekable();
            while let Some(event) = hits.next() {
                let day = zone::day_of(event.minute, self.zone);
                if page.days.last().is_none_or(|last| last.day != day) {
                    // A day is told whole, if it isn't a very long one.
                    if lines >= limit {
                        page.next = Some(event.minute + 1);
                        return Ok(page);
                    }
                    page.days.push(Day {
                        day,
                        lines: Vec::new(),
                        counts: Counts::default(),
                    });
                }
                let minute = event.minute;
                if let Some(last) = page.days.last_mut() {
                    lines += usize::from(last.take(event));
                }
                let is_end = hits.peek().is_none_or(|next| next.minute < minute);
                if lines >= 4 * limit && is_end {
                    page.next =
                        (hits.peek().is_some() || months.peek().is_some()).then_some(minute);
                    return Ok(page);
                }
            }
            let is_enough = lines >= limit || page.months >= MONTHS_A_REQUEST;
            let is_enough = is_enough || (!wanted.is_narrow() && lines > 0 && lines * 2 >= limit);
            if let Some(next) = months.peek().filter(|_| is_enough) {
                let after = zone::first_day(next + 1);
                page.next = Some(zone::first_minute(after, self.zone));
                return Ok(page);
            }
        }
        Ok(page)
    }
}

impl Day {
    /// Takes an event in, from newest to oldest; whether it made a line.
    fn take(&mut self, event: Event) -> bool {
        self.counts.add(&event);
        let Some(id) = event.article().filter(|_| event.act.has_text()) else {
            return false;
        };
        if let Some(line) = self.lines.iter_mut().find(|line| line.id == id) {
            if !line.acts.contains(&event.act) {
                line.acts.insert(0, event.act);
            }
            if let Some(text) = event.text.filter(|_| line.text.title.is_empty()) {
                line.text = text;
            }
            return false;
        }
        self.lines.push(Line {
            minute: event.minute,
            id,
            acts: vec![event.act],
            text: event.text.unwrap_or_default(),
        });
        true
    }
}
