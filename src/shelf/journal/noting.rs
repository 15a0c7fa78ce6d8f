//! Noting what happens, beside the marks that it comes with.

use std::collections::BTreeMap;

use super::event::{Act, Event, Name, Text};
use super::pending::Pending;
use crate::articles::Article;
use crate::ids::{ArticleId, FeedId};
use crate::timestamp::{Timestamp, minute_of};

/// Most articles of one call that are noted one by one: what waits has room for 256, and nobody reads a hundred at once.
const MOST_SINGLY: usize = 100;

/// Something that a reader did with one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The article.
    pub id: ArticleId,
    /// What they did.
    pub act: Act,
    /// What is kept of it; `None` if it isn't known.
    pub text: Option<Text>,
}

/// When something was done, and when we hear of it: a device tells later what it did without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// When it was done.
    pub at: Timestamp,
    /// When we hear of it.
    pub now: Timestamp,
}

impl From<Timestamp> for When {
    fn from(now: Timestamp) -> Self {
        Self { at: now, now }
    }
}

/// What a change of the read state notes.
#[derive(Clone, Debug, Default)]
pub(in crate::shelf) struct Notebook {
    /// Minutes since 1970.
    pub minute: i64,
    /// The same of articles with which something was done at a time of its own.
    pub minutes: BTreeMap<ArticleId, i64>,
    /// What the feeds are called.
    pub names: BTreeMap<FeedId, Name>,
    /// What was done with single articles.
    pub told: Vec<Told>,
    /// The zone of the reader's browser; empty if it isn't known.
    pub zone: String,
}

impl Notebook {
    /// An empty one.
    pub(in crate::shelf) fn new(now: Timestamp) -> Self {
        Self {
            minute: minute_of(now),
            ..Self::default()
        }
    }

    /// One about a single article.
    pub(in crate::shelf) fn of_one(
        now: Timestamp,
        act: Act,
        article: &Article,
        feed_title: &str,
    ) -> Self {
        let name = Name {
            title: feed_title.to_owned(),
            url: String::new(),
        };
        let told = Told {
            id: article.id,
            act,
            text: Some(Text::of_article(article)),
        };
        Self {
            names: BTreeMap::from([(article.id.feed, name)]),
            told: vec![told],
            ..Self::new(now)
        }
    }

    /// Whether nothing is noted: what an import brings, and what programs of our own mark, is no reading.
    fn is_silent(&self, pending: &Pending) -> bool {
        self.minute == 0 || pending.habits.is_paused
    }

    fn minute_of(&self, id: ArticleId) -> i64 {
        self.minutes.get(&id).copied().unwrap_or(self.minute)
    }

    fn event(&self, feed: FeedId, act: Act) -> Event {
        Event {
            minute: self.minute,
            act,
            feed,
            seq: 0,
            count: 1,
            bulk: String::new(),
            text: None,
        }
    }

    /// Takes over the browser's zone, unless the reader has chosen one.
    pub(in crate::shelf) fn settle_zone(&self, pending: &mut Pending) {
        let habits = &mut pending.habits;
        if !self.zone.is_empty() && !habits.is_chosen && habits.zone != self.zone {
            habits.zone.clone_from(&self.zone);
        }
    }

    /// Notes what was told of one article, unless it is known to wait already.
    pub(in crate::shelf) fn tell(&self, pending: &mut Pending, told: &Told) {
        if self.is_silent(pending) || pending.has(told.id, told.act) {
            return;
        }
        if told.act == Act::Opened {
            pending.unmark(told.id);
        }
        let event = Event {
            minute: self.minute_of(told.id),
            seq: told.id.seq,
            text: told.text.clone().filter(|_| told.act.has_text()),
            ..self.event(told.id.feed, told.act)
        };
        pending.add(event, self.names.get(&told.id.feed));
    }

    /// Notes that an article was marked, or that it is unread again.
    pub(in crate::shelf) fn mark(&self, pending: &mut Pending, id: ArticleId, is_read: bool) {
        if !is_read {
            pending.unmark(id);
            return;
        }
        if self.is_silent(pending) {
            return;
        }
        let is_opened = self
            .told
            .iter()
            .any(|told| told.id == id && told.act == Act::Opened);
        if is_opened || pending.has(id, Act::Opened) {
            return;
        }
        let event = Event {
            minute: self.minute_of(id),
            seq: id.seq,
            ..self.event(id.feed, Act::Marked)
        };
        pending.add(event, self.names.get(&id.feed));
    }

    /// Notes that articles were marked in one call: each, or of very many how many of each feed, as of a bulk act.
    pub(in crate::shelf) fn became_read(
        &self,
        pending: &mut Pending,
        batch: &str,
        ids: &[ArticleId],
    ) {
        if ids.len() <= MOST_SINGLY {
            ids.iter().for_each(|id| self.mark(pending, *id, true));
            return;
        }
        let mut counts: BTreeMap<FeedId, u64> = BTreeMap::new();
        for id in ids {
            *counts.entry(id.feed).or_default() += 1;
        }
        let counts: Vec<(FeedId, u64)> = counts.into_iter().collect();
        self.clear(pending, batch, &counts);
    }

    /// Notes how many articles of each feed a bulk act cleared.
    pub(in crate::shelf) fn clear(
        &self,
        pending: &mut Pending,
        bulk: &str,
        counts: &[(FeedId, u64)],
    ) {
        if self.is_silent(pending) {
            return;
        }
        for &(feed, count) in counts {
            let event = Event {
                count: i64::try_from(count).unwrap_or(i64::MAX),
                bulk: bulk.to_owned(),
                ..self.event(feed, Act::Cleared)
            };
            pending.add(event, self.names.get(&feed));
        }
    }

    /// Takes back what a bulk act cleared, whether that still waits or was moved.
    pub(in crate::shelf) fn unclear(
        &self,
        pending: &mut Pending,
        bulk: &str,
        counts: &[(FeedId, u64)],
    ) {
        if pending.unclear(bulk) || self.is_silent(pending) {
            return;
        }
        for &(feed, count) in counts {
            let event = Event {
                count: -i64::try_from(count).unwrap_or(i64::MAX),
                ..self.event(feed, Act::Cleared)
            };
            pending.add(event, self.names.get(&feed));
        }
    }
}
