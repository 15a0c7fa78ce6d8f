//! Changing rules and saved searches: saving, trying, undoing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::around::Around;
use super::copies::copies;
use super::effect::{Effect, effect};
use super::matching::Ready;
use super::met::Met;
use crate::articles::ArticleRow;
use crate::articles::store::ListDirection;
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId};
use crate::search::Words;
use crate::shelf::bits::Bits;
use crate::shelf::kept::store as kepts;
use crate::shelf::rulebook::book::{Book, RuleAct};
use crate::shelf::rulebook::rule::{BadRule, MOST_RULES, Rule, Where};
use crate::shelf::rulebook::saved::{MOST_SAVED, NAME_BYTES, Saved};
use crate::shelf::subscription::folder_text;
use crate::shelf::timeline::{self, Filter, PageRequest};
use crate::shelf::{ReadShards, Scope, Shelf, read_store, stars};
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
        match effect.rules.is_empty() {
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
        let also = copies(store, self, &effects, now).await?;
        let lasts = self.lasts();
        let change = |reading: &mut ReadShards| {
            let is_first = !reading.book().is_in_use();
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
            begin(reading, &lasts, is_first);
            let effects = effects.iter().cloned();
            let met = Met {
                effects: effects
                    .map(|effect| Effect {
                        rules: vec![id],
                        ..effect
                    })
                    .collect(),
                ..Met::default()
            };
            met.apply(reading, minute);
            Ok(id)
        };
        let done = read_store::change_with(store, self.user, now, also, change).await?;
        self.took(done.1);
        Ok(done.0)
    }

    /// Changes the book in one write.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn change_book<T>(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        how: impl Fn(&mut Book) -> T,
    ) -> Result<T, StoreError> {
        let change = |reading: &mut ReadShards| {
            // A copy is compared, so that what changes nothing writes nothing.
            how(reading.book_mut())
        };
        let (answer, reading) = read_store::change(store, self.user, now, change).await?;
        self.took(reading);
        Ok(answer)
    }

    /// Undoes what a rule did since it was saved, and the saving itself; `None` if that is unknown or too old, else how many
    /// articles changed. One write, and a delete for each star and tag.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn undo_rule(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        act: &str,
    ) -> Result<Option<u64>, StoreError> {
        let minute = minute_of(now);
        let found = self
            .read
            .book()
            .undoable(minute)
            .find(|one| one.id == act)
            .cloned();
        let Some(found) = found else {
            return Ok(None);
        };
        let user = self.user;
        let ids = |numbers: &[i64]| -> Vec<ArticleId> {
            numbers
                .iter()
                .filter_map(|number| ArticleId::from_number(*number))
                .collect()
        };
        let starred = ids(&found.starred)
            .into_iter()
            .map(|id| stars::remove(user, id));
        let tagged = ids(&found.tagged).into_iter();
        let tagged = tagged.map(|id| kepts::delete(user, &kepts::name_of(id)));
        let also: Vec<Mutation> = starred.chain(tagged).collect();
        let numbers = |feed: FeedId| self.numbers(feed);
        let change = |reading: &mut ReadShards| {
            let book = reading.book_mut();
            let place = book.acts.iter().position(|one| one.id == act)?;
            let done = book.acts.remove(place);
            let count = done.count();
            match &done.before {
                Some(before) => {
                    if let Some(one) = book.rules.iter_mut().find(|one| one.id == done.rule) {
                        one.clone_from(before);
                    }
                }
                None => book.rules.retain(|one| one.id != done.rule),
            }
            book.counts
                .retain(|(rule, day, _)| *rule != done.rule || *day < done.at.div_euclid(24 * 60));
            for (feed, Bits(bits)) in &done.read {
                for seq in bits {
                    reading.mark(numbers(*feed), seq, false);
                }
            }
            for (feed, Bits(bits)) in &done.hidden {
                reading.marks_mut(*feed).hidden.0 -= bits;
            }
            for (feed, Bits(bits)) in &done.kept {
                reading.marks_mut(*feed).kept.0 -= bits;
            }
            for (feed, Bits(bits)) in &done.lit {
                reading.marks_mut(*feed).lit.0 -= bits;
            }
            Some(count)
        };
        let done = read_store::change_with(store, user, now, also, change).await?;
        self.took(done.1);
        Ok(done.0)
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
        let lasts = self.lasts();
        let change = |reading: &mut ReadShards| {
            let is_first = !reading.book().is_in_use();
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
            hits.iter().rev().for_each(|id| saved.add(*id));
            let id = saved.id;
            book.searches.push(saved);
            begin(reading, &lasts, is_first);
            Some(id)
        };
        let (id, reading) = read_store::change(store, self.user, now, change).await?;
        self.took(reading);
        Ok(id)
    }

    /// Notes that a saved search was opened, with the hits that its page showed: the dot goes, unless there are more behind them that may
    /// be unread. One write, if that changes anything.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn opened_search(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        id: u32,
        hits: &[ArticleId],
        more: bool,
    ) -> Result<(), StoreError> {
        let Some(known) = self.read.book().search(id) else {
            return Ok(());
        };
        let unread: Vec<ArticleId> = hits
            .iter()
            .copied()
            .filter(|id| !self.is_read(*id))
            .collect();
        let have: std::collections::BTreeSet<ArticleId> = known.hits().collect();
        let stale = known.hits().filter(|id| self.is_read(*id)).count() > 100;
        // What is behind a page of read ones isn't looked at for it.
        let has_dot = known.has_dot && more && !unread.is_empty();
        if known.has_dot == has_dot && !stale && unread.iter().all(|id| have.contains(id)) {
            return Ok(());
        }
        let read: Vec<ArticleId> = have
            .iter()
            .copied()
            .filter(|id| self.is_read(*id))
            .collect();
        self.change_book(store, now, |book| {
            if let Some(one) = book.searches.iter_mut().find(|one| one.id == id) {
                one.has_dot = has_dot;
                one.retain(|id| !read.contains(&id));
                unread.iter().for_each(|id| one.add(*id));
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

    fn lasts(&self) -> Vec<(FeedId, u32)> {
        let all = self.subscriptions.iter().map(|one| one.feed);
        all.map(|feed| (feed, self.numbers(feed).last)).collect()
    }

    fn took(&mut self, reading: ReadShards) {
        self.read = reading;
        self.tally = std::sync::OnceLock::new();
    }
}

/// What is there before the first rule isn't an arrival. Of the feeds that no rule was for, neither is it for a later one.
fn begin(reading: &mut ReadShards, lasts: &[(FeedId, u32)], is_first: bool) {
    for &(feed, last) in lasts {
        let met = reading.marks(feed).map_or(0, |marks| marks.met);
        if met < last && (is_first || last > 0) {
            reading.marks_mut(feed).met = last;
        }
    }
}
