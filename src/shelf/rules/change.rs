//! Changing rules and saved searches: trying and saving.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::around::Around;
use super::coming::Coming;
use super::copies::copies;
use super::effect::{Effect, effect};
use super::matching::Ready;
use super::met::Met;
use crate::articles::ArticleRow;
use crate::articles::store::ListDirection;
use crate::datastore::{Datastore, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId};
use crate::search::Words;
use crate::shelf::rulebook::book::{Book, RuleAct};
use crate::shelf::rulebook::rule::{BadRule, MOST_RULES, Rule, Where};
use crate::shelf::rulebook::saved::{MOST_SAVED, NAME_BYTES, Saved};
use crate::shelf::subscription::folder_text;
use crate::shelf::timeline::{self, Filter, PageRequest};
use crate::shelf::{ReadShards, Scope, Shelf, Subscription, read_store};
use crate::timestamp::{Timestamp, minute_of};

/// Articles on which a rule is tried.
pub const TRIED: usize = 50;

/// What a rule would have done with the newest articles of its feeds.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// Those that it meets, the newest first.
    pub met: Vec<Arc<ArticleRow>>,
    /// Those that it leaves alone.
    pub others: Vec<Arc<ArticleRow>>,
    /// What it does with the first.
    effects: Vec<Effect>,
}

impl Shelf {
    /// Whether a rule's place is on the shelf: a feed, or a folder with those in it. A stored rule may keep the place that it has.
    ///
    /// # Errors
    /// [`BadRule::Feed`] or [`BadRule::Folder`] with what isn't there.
    pub fn fits(&self, rule: &Rule) -> Result<(), BadRule> {
        let known = self.read.book().rule(rule.id);
        if known.is_some_and(|known| known.place == rule.place) {
            return Ok(());
        }
        match &rule.place {
            Where::Feed(feed) if self.subscription(*feed).is_none() => Err(BadRule::Feed(*feed)),
            Where::Folder(path) => {
                let mut all = self.subscriptions.iter().flat_map(|one| one.folders());
                match all.any(|folder| folder.starts_with(path)) {
                    true => Ok(()),
                    false => Err(BadRule::Folder(folder_text(path))),
                }
            }
            _ => Ok(()),
        }
    }

    /// Tries a rule on the newest articles of its feeds; nothing is written. One or two reads, and one for each feed whose text it
    /// asks for, unless they are remembered.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
    pub async fn try_rule(
        &self,
        store: &Datastore,
        rule: &Rule,
        now: Timestamp,
    ) -> Result<Trial, StoreError> {
        let request = PageRequest {
            scope: match &rule.place {
                Where::Everywhere => Scope::Everything,
                Where::Folder(path) => Scope::Folder(path.clone()),
                Where::Feed(feed) => Scope::Feed(*feed),
            },
            filter: Filter::All,
            flow: ListDirection::NewestFirst,
            after: None,
            limit: TRIED,
        };
        let mut rows = timeline::page(store, self, &request).await?.rows;
        rows.truncate(TRIED);
        let mut words: BTreeMap<FeedId, Arc<Words>> = BTreeMap::new();
        if rule.needs_text() {
            let mut ids: Vec<FeedId> = rows.iter().map(|row| row.id.feed).collect();
            ids.sort_unstable();
            ids.dedup();
            words.extend(feeds::store::cached_words(store, &ids).await?);
        }
        let ready = Ready::of(rule);
        let mut trial = Trial::default();
        for row in rows {
            let known = words.get(&row.id.feed).map(Arc::as_ref);
            self.try_on(&mut trial, &ready, (row, known), now);
        }
        Ok(trial)
    }

    /// Tries a rule on one article.
    pub(super) fn try_on(
        &self,
        trial: &mut Trial,
        rule: &Ready<'_>,
        (row, words): (Arc<ArticleRow>, Option<&Words>),
        now: Timestamp,
    ) {
        let around = Around::of(self, row.id.feed);
        let rules = std::slice::from_ref(rule);
        let effect = effect(rules, &around, (&row, words), (now, None));
        match effect.asked.is_empty() {
            true => trial.others.push(row),
            false => {
                trial.effects.push(Effect {
                    numbers: Some(self.numbers(row.id.feed)),
                    ..effect
                });
                trial.met.push(row);
            }
        }
    }

    /// Saves a rule, a new one or in place of the one with its number, and does with these articles what it asks for. One write, and
    /// a read and a write for each article that it stars or tags. What was done can be undone by `act`.
    ///
    /// # Errors
    /// [`BadRule::TooMany`] if there is no room, as the inner result; otherwise those of the store.
    pub async fn save_rule(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        act: &str,
        rule: Rule,
        applied: Option<Trial>,
    ) -> Result<Result<u32, BadRule>, StoreError> {
        let minute = minute_of(now);
        let effects = applied.map(|trial| trial.effects).unwrap_or_default();
        let mut copies = copies(store, self, &effects, now).await?;
        let also = std::mem::take(&mut copies.writes);
        let idle = self.idle(minute);
        let change = |reading: &mut ReadShards| {
            let book = reading.book_mut();
            let before = book.rule(rule.id).cloned();
            let id = match &before {
                Some(before) => before.id,
                None if book.rules.len() >= MOST_RULES => return Err(BadRule::TooMany),
                None => book.number(),
            };
            let rule = Rule { id, ..rule.clone() };
            match book.rules.iter_mut().find(|one| one.id == id) {
                Some(one) => *one = rule,
                None => book.rules.push(rule),
            }
            let noted = RuleAct {
                id: act.to_owned(),
                at: minute,
                rule: id,
                before,
                ..RuleAct::default()
            };
            book.note(noted, minute);
            begin(reading, &idle);
            let effects = effects.iter().cloned().map(|effect| {
                let feed = effect.numbers.map(|numbers| numbers.feed);
                let marks = feed.and_then(|feed| reading.marks(feed));
                let asked = effect.asked.into_iter().map(|(_, acts)| (id, acts));
                Effect {
                    is_ahead: effect.seq > marks.map_or(0, |marks| marks.met),
                    asked: asked.collect(),
                    ..effect
                }
            });
            let met = Met {
                effects: effects.collect(),
                copies: copies.clone(),
                ..Met::default()
            };
            met.apply(reading, minute);
            Ok(id)
        };
        let done = read_store::change_with(store, self.user, now, also, change).await?;
        self.took(done.1);
        Ok(done.0)
    }

    /// Changes the book in one write. For a rule that it switches on, what is there isn't an arrival.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn change_book<T>(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        how: impl Fn(&mut Book) -> T,
    ) -> Result<T, StoreError> {
        let minute = minute_of(now);
        let idle = self.idle(minute);
        let change = |reading: &mut ReadShards| {
            let on = |reading: &ReadShards| -> BTreeSet<u32> {
                let on = reading.book().rules.iter().filter(|one| one.is_on(minute));
                on.map(|one| one.id).collect()
            };
            let before = on(reading);
            // A copy is compared, so that what changes nothing writes nothing.
            let answer = how(reading.book_mut());
            if !on(reading).is_subset(&before) {
                begin(reading, &idle);
            }
            answer
        };
        let (answer, reading) = read_store::change(store, self.user, now, change).await?;
        self.took(reading);
        Ok(answer)
    }

    /// Saves a search with the hits that are known. One write. `None` if there is no room.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn save_search(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        (name, query): (&str, &str),
        hits: &[ArticleId],
        more: bool,
    ) -> Result<Option<u32>, StoreError> {
        let idle = self.idle(minute_of(now));
        let change = |reading: &mut ReadShards| {
            let book = reading.book_mut();
            if let Some(known) = book.searches.iter().find(|one| one.query == query) {
                return Some(known.id);
            }
            if book.searches.len() >= MOST_SAVED {
                return None;
            }
            let mut saved = Saved {
                id: book.number(),
                name: crate::codec::cut(name, NAME_BYTES),
                query: query.to_owned(),
                has_dot: more,
                ..Saved::default()
            };
            // The oldest first, so that the newest stay.
            hits.iter().rev().for_each(|id| saved.add(*id, |_| false));
            let id = saved.id;
            book.searches.push(saved);
            begin(reading, &idle);
            Some(id)
        };
        let (id, reading) = read_store::change(store, self.user, now, change).await?;
        self.took(reading);
        Ok(id)
    }

    /// Notes that a saved search was opened, with the hits that its first page showed: the dot goes, whatever follows. One write, if that
    /// changes anything.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn opened_search(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        id: u32,
        hits: &[ArticleId],
    ) -> Result<(), StoreError> {
        let Some(known) = self.read.book().search(id) else {
            return Ok(());
        };
        let unread: Vec<ArticleId> = hits
            .iter()
            .copied()
            .filter(|id| !self.is_read(*id))
            .collect();
        let have: BTreeSet<ArticleId> = known.hits().collect();
        let stale = known.hits().filter(|id| self.is_read(*id)).count() > 100;
        if !known.has_dot && !stale && unread.iter().all(|id| have.contains(id)) {
            return Ok(());
        }
        let read: Vec<ArticleId> = have
            .iter()
            .copied()
            .filter(|id| self.is_read(*id))
            .collect();
        self.change_book(store, now, |book| {
            if let Some(one) = book.searches.iter_mut().find(|one| one.id == id) {
                one.has_dot = false;
                one.retain(|id| !read.contains(&id));
                unread.iter().for_each(|id| one.add(*id, |_| false));
            }
        })
        .await
    }

    /// How many hits of a saved search are unread, of feeds on the shelf.
    pub fn saved_count(&self, saved: &Saved) -> u32 {
        let is_unread = |id: &ArticleId| {
            self.subscription(id.feed).is_some()
                && !self.is_read(*id)
                && !self.holds_back(id.feed, id.seq)
        };
        u32::try_from(saved.hits().filter(is_unread).count()).unwrap_or(u32::MAX)
    }

    /// The last articles of the feeds whose arrivals no rule and no saved search is for.
    fn idle(&self, minute: i64) -> Vec<(FeedId, u32)> {
        let coming = Coming::of(&[], minute);
        let book = self.read.book();
        if !book.searches.is_empty() {
            return Vec::new();
        }
        let is_idle = |one: &&Subscription| {
            let mut rules = book.rules.iter();
            !rules.any(|rule| coming.meets(self, rule, one))
        };
        let all = self.subscriptions.iter().filter(is_idle);
        all.map(|one| (one.feed, self.numbers(one.feed).last))
            .collect()
    }

    pub(super) fn took(&mut self, reading: ReadShards) {
        self.read = reading;
        self.tally = std::sync::OnceLock::new();
    }
}

/// What is there in feeds that no rule and no saved search was for isn't an arrival for the next one. In the others it may wait to be met.
fn begin(reading: &mut ReadShards, idle: &[(FeedId, u32)]) {
    for &(feed, last) in idle {
        let met = reading.marks(feed).map_or(0, |marks| marks.met);
        if met < last {
            reading.marks_mut(feed).met = last;
        }
    }
}
