//! Which articles of streams are asked for, in the order in which they came.

use roaring::RoaringBitmap;

use super::{Library, Stream};
use crate::articles;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::Shown;
use crate::shelf::bulk_marks::but_passed;

/// Which come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last that came.
    #[default]
    NewestFirst,
    /// The first that came.
    OldestFirst,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Question {
    /// Articles of any of these streams,
    pub of: Vec<Stream>,
    /// that are in all of these,
    pub with: Vec<Stream>,
    /// and in none of these;
    pub without: Vec<Stream>,
    /// that came at this time or later, in microseconds since 1970,
    pub from: Option<i64>,
    /// and before this one.
    pub before: Option<i64>,
    /// Which come first.
    pub order: Order,
    /// Those that come after this one.
    pub after: Option<Pick>,
    /// Most of them; at least 1.
    pub limit: usize,
}

impl Question {
    /// All of a stream, newest first, at most so many.
    pub fn all_of(stream: Stream, limit: usize) -> Self {
        Self {
            of: vec![stream],
            with: Vec::new(),
            without: Vec::new(),
            from: None,
            before: None,
            order: Order::NewestFirst,
            after: None,
            limit,
        }
    }
}

/// An article, and when it came. They are ordered by that, and those of the same time by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pick {
    /// Microseconds since 1970.
    pub arrival: i64,
    /// The article.
    pub id: ArticleId,
}

/// Some of the articles that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// In order.
    pub picks: Vec<Pick>,
    /// Whether there are more.
    pub more: bool,
}

impl Library {
    /// The articles that a question asks for. From what is loaded: no read.
    pub fn choose(&self, question: &Question) -> Choice {
        let mut picks = Vec::new();
        for stream in &question.of {
            self.gather(question, stream, &mut picks);
        }
        let limit = question.limit.max(1);
        let more = picks.len() > limit;
        // Only the page needs to be in order.
        if picks.len() > limit * 4 {
            match question.order {
                Order::NewestFirst => {
                    picks.select_nth_unstable_by(limit * 2, |one, other| other.cmp(one));
                }
                Order::OldestFirst => {
                    picks.select_nth_unstable(limit * 2);
                }
            }
            // One article may be in two streams.
            if question.of.len() == 1 {
                picks.truncate(limit * 2);
            }
        }
        match question.order {
            Order::NewestFirst => picks.sort_unstable_by(|one, other| other.cmp(one)),
            Order::OldestFirst => picks.sort_unstable(),
        }
        picks.dedup();
        let more = more && picks.len() > limit;
        picks.truncate(limit);
        Choice { picks, more }
    }

    fn gather(&self, question: &Question, stream: &Stream, picks: &mut Vec<Pick>) {
        let is_unread = |stream: &Stream| *stream == Stream::Unread;
        let only_unread = is_unread(stream)
            || question.with.iter().any(is_unread)
            || question.without.contains(&Stream::Read);
        let read = [Stream::Read, Stream::Unread];
        let with: Vec<&Stream> = match only_unread {
            true => {
                let others = question.with.iter();
                others.filter(|one| !is_unread(one)).collect()
            }
            false => question.with.iter().collect(),
        };
        // What is walked is of this stream, and unread where only that is.
        let needs_reading = !only_unread && read.contains(stream);
        let own = needs_reading.then_some(stream);
        let without: Vec<&Stream> = match only_unread {
            true => {
                let others = question.without.iter();
                others.filter(|one| **one != Stream::Read).collect()
            }
            false => question.without.iter().collect(),
        };
        let fits = |id: ArticleId| {
            own.into_iter()
                .chain(with.iter().copied())
                .all(|one| self.is_in(id, one))
                && !without.iter().any(|one| self.is_in(id, one))
        };
        let mut offer = |id: ArticleId, arrival: i64| {
            let pick = Pick { arrival, id };
            let is_past = question.after.is_none_or(|after| match question.order {
                Order::NewestFirst => pick < after,
                Order::OldestFirst => pick > after,
            });
            let is_in_time = question.from.is_none_or(|from| arrival >= from)
                && question.before.is_none_or(|before| arrival < before);
            if is_past && is_in_time && fits(id) {
                picks.push(pick);
            }
        };
        for feed in self.feeds(stream) {
            let Some(summary) = self.shelf.summary(feed) else {
                continue;
            };
            if only_unread {
                self.each_unread(feed, |id| offer(id, articles::arrival(summary, id)));
                continue;
            }
            let numbers = self.shelf.numbers(feed);
            for seq in numbers.first..=numbers.last {
                if !self.shelf.holds_back(feed, seq) {
                    let id = ArticleId { feed, seq };
                    offer(id, articles::arrival(summary, id));
                }
            }
        }
        let others: Vec<ArticleId> = match stream {
            Stream::Starred => self.stars().collect(),
            Stream::Label(label) => {
                let feeds = self.feeds(stream);
                let tagged = self.tagged(label);
                // Those of the label's feeds were offered.
                tagged
                    .filter(|id| !(feeds.contains(&id.feed) && self.is_here(*id)))
                    .collect()
            }
            _ => Vec::new(),
        };
        for id in others {
            if !only_unread || !self.is_read(id) {
                offer(id, self.arrival(id));
            }
        }
    }

    /// What is unread in a stream and came at `until` or before, in microseconds, as [`mark_all`](crate::shelf::Shelf::mark_all)
    /// takes it. From what is loaded: no read.
    pub fn unread_until(&self, stream: &Stream, until: i64) -> Vec<Shown> {
        if *stream == Stream::Read {
            return Vec::new();
        }
        let mut shown: Vec<Shown> = self
            .feeds(stream)
            .into_iter()
            .filter_map(|feed| self.of_feed_until(feed, until))
            .collect();
        let feeds = self.feeds(stream);
        let others: Vec<ArticleId> = match stream {
            Stream::Starred => self.stars().collect(),
            Stream::Label(label) => self.tagged(label).collect(),
            _ => Vec::new(),
        };
        let mut sets: std::collections::BTreeMap<FeedId, RoaringBitmap> = Default::default();
        for id in others {
            let is_meant = !self.is_read(id) && self.arrival(id) <= until;
            if is_meant && !feeds.contains(&id.feed) {
                sets.entry(id.feed).or_default().insert(id.seq);
            }
        }
        shown.extend(sets.into_iter().map(|(feed, only)| Shown {
            numbers: self.shelf.numbers(feed),
            only: Some(only),
        }));
        shown
    }

    fn of_feed_until(&self, feed: FeedId, until: i64) -> Option<Shown> {
        let summary = self.shelf.summary(feed)?;
        if self.newest_unread(feed) == 0 {
            return None;
        }
        // Also what is read as far as this instance remembers: another may have marked it as unread.
        let numbers = self.shelf.fresh_numbers(feed);
        let mut only = RoaringBitmap::new();
        let mut all = true;
        for seq in numbers.first..=numbers.last {
            let id = ArticleId { feed, seq };
            match articles::arrival(summary, id) <= until && !self.shelf.holds_back(feed, seq) {
                true => {
                    only.insert(seq);
                }
                false => all = false,
            }
        }
        if only.is_empty() {
            return None;
        }
        let shown = Shown {
            numbers,
            only: (!all).then_some(only),
        };
        Some(but_passed(&self.shelf, shown))
    }
}
