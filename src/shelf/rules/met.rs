//! What was met, written: marks, counts, what waits to be sent on, and what can be undone.

use std::collections::{BTreeMap, BTreeSet};

use super::copies::Copies;
use super::effect::{Effect, read_by};
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::shelf::ReadShards;
use crate::shelf::kept::is_same;
use crate::shelf::rulebook::book::{Book, RuleAct, UNDO_MINUTES};
use crate::shelf::rulebook::rule::Acts;

const DAY_MINUTES: i64 = 24 * 60;

/// What was met, to be written.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// The last article that was met, by feed.
    pub upto: BTreeMap<FeedId, u32>,
    /// What is done.
    pub effects: Vec<Effect>,
    /// Stars and tags, written along.
    pub copies: Copies,
    /// Saved searches that may have hits in texts nobody has looked at.
    pub dots: BTreeSet<u32>,
}

impl Met {
    /// Does it. What another request has met meanwhile isn't met again.
    pub fn apply(&self, reading: &mut ReadShards, minute: i64) {
        let known: BTreeMap<FeedId, u32> = self
            .upto
            .keys()
            .map(|feed| (*feed, reading.marks(*feed).map_or(0, |marks| marks.met)))
            .collect();
        for effect in &self.effects {
            let Some(numbers) = effect.numbers else {
                continue;
            };
            let is_met = known
                .get(&numbers.feed)
                .is_some_and(|met| effect.seq <= *met);
            if !is_met {
                carry_out(reading, (effect, &self.copies), numbers, minute);
            }
        }
        for (&feed, &upto) in &self.upto {
            let marks = reading.marks_mut(feed);
            marks.met = marks.met.max(upto);
        }
        for id in &self.dots {
            let book = reading.book();
            if book.search(*id).is_some_and(|one| !one.has_dot)
                && let Some(one) = reading
                    .book_mut()
                    .searches
                    .iter_mut()
                    .find(|one| one.id == *id)
            {
                one.has_dot = true;
            }
        }
    }
}

/// What was done with one article that wasn't so before.
#[derive(Default)]
struct Done<'d> {
    /// It counts as read, or no longer does.
    read: bool,
    unread: bool,
    /// It stays unread by a rule, or no longer does.
    kept: bool,
    freed: bool,
    hidden: bool,
    lit: bool,
    starred: bool,
    tags: &'d [String],
}

/// Does with one article what rules ask for.
fn carry_out(
    reading: &mut ReadShards,
    (effect, copies): (&Effect, &Copies),
    numbers: Numbers,
    minute: i64,
) {
    let id = ArticleId {
        feed: numbers.feed,
        seq: effect.seq,
    };
    let tags = copies.tagged.get(&id).map(Vec::as_slice);
    let mut done = Done {
        starred: copies.starred.contains(&id),
        tags: tags.unwrap_or_default(),
        ..Done::default()
    };
    match effect.read {
        Some(true) if !reading.is_read(id) => {
            done.freed = reading.keeps_unread(id);
            reading.mark(numbers, id.seq, true);
            done.read = true;
        }
        Some(false) => {
            if reading.is_read(id) {
                reading.mark(numbers, id.seq, false);
                done.unread = true;
            }
            done.kept = reading.marks_mut(id.feed).kept.0.insert(id.seq);
        }
        _ => {}
    }
    if effect.hide || effect.light {
        let marks = reading.marks_mut(id.feed);
        marks.settle(numbers.first);
        if effect.hide {
            done.hidden = marks.hidden.0.insert(id.seq);
        }
        if effect.light {
            done.lit = marks.lit.0.insert(id.seq);
        }
    }
    if done.starred {
        reading.note_stars();
    }
    if !done.tags.is_empty() {
        reading.note_kept();
    }
    if effect.asked.is_empty() && effect.searches.is_empty() {
        return;
    }
    let book = reading.book_mut();
    note(book, effect, id, &done, minute);
    if !effect.is_ahead {
        for (rule, _) in &effect.asked {
            book.count(*rule, minute.div_euclid(DAY_MINUTES), 1);
        }
        for hook in &effect.hooks {
            book.wait(id.number(), hook, minute);
        }
    }
    for one in &effect.searches {
        add(reading, *one, id);
    }
}

/// Adds a hit to a saved search.
fn add(reading: &mut ReadShards, search: u32, id: ArticleId) {
    let all = &mut reading.book_mut().searches;
    let Some(place) = all.iter().position(|one| one.id == search) else {
        return;
    };
    let mut one = std::mem::take(&mut all[place]);
    one.add(id, |id| reading.is_read(id));
    reading.book_mut().searches[place] = one;
}

/// Notes in the acts of rules what was done by them, so that it can be undone. What a rule whose act is over asks for, too, stays.
fn note(book: &mut Book, effect: &Effect, id: ArticleId, done: &Done<'_>, minute: i64) {
    let is_open = |act: &RuleAct| minute - act.at <= UNDO_MINUTES;
    let open: BTreeSet<u32> = book
        .acts
        .iter()
        .filter(|act| is_open(act))
        .map(|act| act.rule)
        .collect();
    let by = |is_done: bool, asks: &dyn Fn(&Acts) -> bool| -> BTreeSet<u32> {
        let by = effect.asked.iter().filter(|(_, acts)| asks(acts));
        let by: BTreeSet<u32> = by.map(|(rule, _)| *rule).collect();
        match is_done && by.is_subset(&open) {
            true => by,
            false => BTreeSet::new(),
        }
    };
    if !effect.asked.iter().any(|(rule, _)| open.contains(rule)) {
        return;
    }
    let decides = |acts: &Acts| read_by(acts) == effect.read;
    let (read, unread) = (by(done.read, &decides), by(done.unread, &decides));
    let (kept, freed) = (by(done.kept, &decides), by(done.freed, &decides));
    let hidden = by(done.hidden, &|acts| acts.hide);
    let lit = by(done.lit, &|acts| acts.light);
    let starred = by(done.starred, &|acts| acts.star);
    let tags = done.tags.iter().map(|tag| {
        let asks = |acts: &Acts| is_same(&acts.tag, tag);
        (tag, by(true, &asks))
    });
    let tags: Vec<(&String, BTreeSet<u32>)> = tags.collect();
    for act in book.acts.iter_mut().filter(|act| is_open(act)) {
        for (rules, part) in [
            (&read, &mut act.read),
            (&unread, &mut act.unread),
            (&kept, &mut act.kept),
            (&freed, &mut act.freed),
            (&hidden, &mut act.hidden),
            (&lit, &mut act.lit),
        ] {
            if rules.contains(&act.rule) {
                part.entry(id.feed).or_default().0.insert(id.seq);
            }
        }
        if starred.contains(&act.rule) {
            act.starred.push(id.number());
        }
        for (tag, rules) in &tags {
            if rules.contains(&act.rule) {
                act.tags.push((id.number(), (*tag).clone()));
            }
        }
    }
}
