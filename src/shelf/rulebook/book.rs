//! What is stored of rules: the rules themselves and saved searches in the first shard, what was done with articles in the shard of
//! their feed.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::rule::Rule;
use super::saved::Saved;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::bits::Bits;

/// Days for which is counted what a rule did.
pub const COUNTED_DAYS: i64 = 30;
/// Minutes for which what a rule did can be undone.
pub const UNDO_MINUTES: i64 = 10;
/// Most acts that can be undone.
const MOST_ACTS: usize = 5;
/// Most articles that wait to be sent on; more are given up, and counted.
pub const MOST_WAITING: usize = 50;
/// Most services for which is counted what was given up.
const MOST_GIVEN_UP: usize = 20;
/// Minutes for which a service is left alone that didn't take an article.
const REST_MINUTES: i64 = 10;

/// What rules did with a feed's articles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Marks {
    /// The last article that the rules have met.
    #[serde(rename = "m")]
    pub met: u32,
    /// Those that no list shows.
    #[serde(rename = "h", skip_serializing_if = "Bits::is_empty")]
    pub(in crate::shelf) hidden: Bits,
    /// Those that stay unread until they are marked by hand.
    #[serde(rename = "k", skip_serializing_if = "Bits::is_empty")]
    pub(in crate::shelf) kept: Bits,
    /// Those that stand out.
    #[serde(rename = "l", skip_serializing_if = "Bits::is_empty")]
    pub(in crate::shelf) lit: Bits,
}

impl Marks {
    /// Forgets what is below a feed's first article.
    pub(in crate::shelf) fn settle(&mut self, first: u32) {
        for Bits(bits) in [&mut self.hidden, &mut self.kept, &mut self.lit] {
            if bits.min().is_some_and(|low| low < first) {
                bits.remove_range(..first);
            }
        }
    }
}

/// An article that waits to be sent on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its number.
    #[serde(rename = "a")]
    pub article: i64,
    /// The service's name.
    #[serde(rename = "w")]
    pub hook: String,
    /// How often it was tried.
    #[serde(rename = "n", default)]
    pub tries: u8,
    /// The minute of the last attempt.
    #[serde(rename = "t", default, skip_serializing_if = "is_zero")]
    pub at: i64,
}

fn is_zero(minute: &i64) -> bool {
    *minute == 0
}

/// Articles that were never sent to a service: too many waited, or it didn't take them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    /// The service's name.
    #[serde(rename = "w")]
    pub hook: String,
    /// How many.
    #[serde(rename = "n")]
    pub count: u32,
    /// The minute of the last one. A month later the count begins anew.
    #[serde(rename = "t")]
    pub at: i64,
}

/// Why a service didn't take the last article that was sent to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The service's name.
    #[serde(rename = "w")]
    pub hook: String,
    /// The minute. A month later it isn't said any more.
    #[serde(rename = "t")]
    pub at: i64,
    /// In words, with that name.
    #[serde(rename = "y")]
    pub why: String,
}

/// What a rule did, by article, so that it can be undone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleAct {
    /// Names it in forms.
    pub id: String,
    /// The minute at which the rule was saved.
    pub at: i64,
    /// The rule.
    pub rule: u32,
    /// The rule as it was before; `None` if it is new.
    pub before: Option<Rule>,
    pub(in crate::shelf) read: BTreeMap<FeedId, Bits>,
    pub(in crate::shelf) hidden: BTreeMap<FeedId, Bits>,
    pub(in crate::shelf) kept: BTreeMap<FeedId, Bits>,
    pub(in crate::shelf) lit: BTreeMap<FeedId, Bits>,
    /// Those that counted as read before it.
    pub(in crate::shelf) unread: BTreeMap<FeedId, Bits>,
    /// Those that another rule had kept unread before it.
    pub(in crate::shelf) freed: BTreeMap<FeedId, Bits>,
    /// Numbers of articles that it starred.
    pub(in crate::shelf) starred: Vec<i64>,
    /// Numbers of articles that it tagged, and the tags.
    pub(in crate::shelf) tags: Vec<(i64, String)>,
}

impl RuleAct {
    /// How many articles it touched.
    pub fn count(&self) -> u64 {
        let mut all: BTreeMap<FeedId, RoaringBitmap> = BTreeMap::new();
        let parts = [&self.read, &self.hidden, &self.kept, &self.lit];
        for part in parts.into_iter().chain([&self.unread, &self.freed]) {
            for (feed, Bits(bits)) in part {
                *all.entry(*feed).or_default() |= bits;
            }
        }
        let tagged = self.tags.iter().map(|(number, _)| number);
        let numbers = self.starred.iter().chain(tagged);
        for id in numbers.filter_map(|number| ArticleId::from_number(*number)) {
            all.entry(id.feed).or_default().insert(id.seq);
        }
        all.values().map(RoaringBitmap::len).sum()
    }

    /// Leaves out what another act notes, too.
    fn less(&mut self, other: &Self) {
        for (own, others) in [
            (&mut self.read, &other.read),
            (&mut self.hidden, &other.hidden),
            (&mut self.kept, &other.kept),
            (&mut self.lit, &other.lit),
            (&mut self.unread, &other.unread),
            (&mut self.freed, &other.freed),
        ] {
            for (feed, Bits(bits)) in others {
                if let Some(Bits(own)) = own.get_mut(feed) {
                    *own -= bits;
                }
            }
        }
        self.starred.retain(|one| !other.starred.contains(one));
        self.tags.retain(|one| !other.tags.contains(one));
    }
}

/// Whether it is still said what was given up.
fn is_said(one: &GivenUp, minute: i64) -> bool {
    minute - one.at < COUNTED_DAYS * 24 * 60
}

/// Rules, saved searches, and what belongs to them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    /// In the reader's order.
    #[serde(rename = "r", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// In the reader's order.
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty")]
    pub searches: Vec<Saved>,
    /// The last number that was given.
    #[serde(rename = "n")]
    pub last: u32,
    /// How many articles each rule met on each day: rule, day since 1970, number.
    #[serde(rename = "c", skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<(u32, i64, u32)>,
    /// What waits to be sent on.
    #[serde(rename = "w", skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Waiting>,
    /// Why services didn't take the last article, each once.
    #[serde(rename = "x", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Failed>,
    /// What was given up, by service.
    #[serde(rename = "g", skip_serializing_if = "Vec::is_empty")]
    pub given_up: Vec<GivenUp>,
    /// What can be undone.
    #[serde(rename = "u", skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<RuleAct>,
}

impl Book {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What waits to be sent on, and whose service isn't resting after a failure.
    pub fn due(&self, minute: i64) -> impl Iterator<Item = &Waiting> {
        let rests = move |one: &Waiting| Self::rests(one, minute);
        let resting = move |hook: &str| {
            let mut same = self.waiting.iter().filter(|one| one.hook == hook);
            same.any(rests)
        };
        self.waiting.iter().filter(move |one| !resting(&one.hook))
    }

    /// Has an article wait to be sent to a service; without room for it, it is given up.
    pub fn wait(&mut self, article: i64, hook: &str, minute: i64) {
        if self.waiting.len() >= MOST_WAITING {
            return self.give_up(hook, minute);
        }
        self.waiting.push(Waiting {
            article,
            hook: hook.to_owned(),
            tries: 0,
            at: 0,
        });
    }

    /// Notes why a service didn't take an article, or that it took one.
    pub fn answered(&mut self, hook: &str, why: Option<&str>, minute: i64) {
        self.failed.retain(|one| one.hook != hook);
        if let Some(why) = why {
            self.failed.push(Failed {
                hook: hook.to_owned(),
                at: minute,
                why: why.to_owned(),
            });
        }
        let extra = self.failed.len().saturating_sub(MOST_GIVEN_UP);
        self.failed.drain(..extra);
    }

    /// Why services didn't take the last article in the month up to this minute.
    pub fn failures(&self, minute: i64) -> impl Iterator<Item = &Failed> {
        let is_said = move |one: &&Failed| minute - one.at < COUNTED_DAYS * 24 * 60;
        self.failed.iter().filter(is_said)
    }

    /// Whether an article's last attempt was so lately that another one doesn't count.
    pub fn rests(one: &Waiting, minute: i64) -> bool {
        one.tries > 0 && minute - one.at < REST_MINUTES
    }

    /// Counts that an article isn't sent to a service.
    pub fn give_up(&mut self, hook: &str, minute: i64) {
        self.given_up.retain(|one| is_said(one, minute));
        match self.given_up.iter_mut().find(|one| one.hook == hook) {
            Some(one) => {
                one.count = one.count.saturating_add(1);
                one.at = minute;
            }
            None => self.given_up.push(GivenUp {
                hook: hook.to_owned(),
                count: 1,
                at: minute,
            }),
        }
        let extra = self.given_up.len().saturating_sub(MOST_GIVEN_UP);
        self.given_up.drain(..extra);
    }

    /// What was given up in the month up to this minute, by service.
    pub fn lost(&self, minute: i64) -> impl Iterator<Item = &GivenUp> {
        self.given_up.iter().filter(move |one| is_said(one, minute))
    }

    /// Whether arrivals must be met.
    pub fn is_in_use(&self) -> bool {
        !self.rules.is_empty() || !self.searches.is_empty()
    }

    /// The next number.
    pub fn number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// A rule.
    pub fn rule(&self, id: u32) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// A saved search.
    pub fn search(&self, id: u32) -> Option<&Saved> {
        self.searches.iter().find(|one| one.id == id)
    }

    /// Counts that a rule met so many articles on a day.
    pub fn count(&mut self, rule: u32, day: i64, number: u32) {
        self.counts
            .retain(|(_, known, _)| day - known < COUNTED_DAYS);
        match self
            .counts
            .iter_mut()
            .find(|(one, at, _)| (*one, *at) == (rule, day))
        {
            Some((_, _, count)) => *count = count.saturating_add(number),
            None => self.counts.push((rule, day, number)),
        }
    }

    /// How many articles a rule met in the 30 days up to this one.
    pub fn counted(&self, rule: u32, day: i64) -> u32 {
        let own = self
            .counts
            .iter()
            .filter(|(one, at, _)| *one == rule && day - at < COUNTED_DAYS);
        own.map(|(_, _, count)| count).sum()
    }

    /// The acts that can be undone at this minute.
    pub fn undoable(&self, minute: i64) -> impl DoubleEndedIterator<Item = &RuleAct> {
        self.acts
            .iter()
            .filter(move |act| minute - act.at <= UNDO_MINUTES)
    }

    /// Takes an act out, with what is undone by it: what another rule's act notes, too, stays, and what an act of the same rule notes
    /// isn't undone twice.
    pub(in crate::shelf) fn take_act(&mut self, id: &str) -> Option<RuleAct> {
        let place = self.acts.iter().position(|one| one.id == id)?;
        let mut act = self.acts.remove(place);
        let rule = act.rule;
        for other in self.acts.iter().filter(|one| one.rule != rule) {
            act.less(other);
        }
        for same in self.acts.iter_mut().filter(|one| one.rule == rule) {
            same.less(&act);
        }
        Some(act)
    }

    /// Adds an act, and forgets those that can't be undone any more.
    pub fn note(&mut self, act: RuleAct, minute: i64) {
        self.acts.retain(|act| minute - act.at <= UNDO_MINUTES);
        self.acts.push(act);
        let extra = self.acts.len().saturating_sub(MOST_ACTS);
        self.acts.drain(..extra);
    }

    /// Size in memory, in bytes, about.
    pub(in crate::shelf) fn weight(&self) -> usize {
        let hits: usize = self
            .searches
            .iter()
            .map(|one| 200 + one.hits.len() * 120)
            .sum();
        self.rules.len() * 500
            + hits
            + self.counts.len() * 16
            + (self.waiting.len() + self.given_up.len()) * 60
            + self.failed.len() * 200
            + self.acts.len() * 1_000
    }
}
