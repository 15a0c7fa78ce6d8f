//! What was met, written: marks, counts, what waits to be sent on, and what can be undone.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::Effect;
use crate::datastore::Mutation;
use crate::ids::{ArticleId, FeedId, Numbers};
use crate::shelf::ReadShards;
use crate::shelf::bits::Bits;
use crate::shelf::rulebook::book::{RuleAct, UNDO_MINUTES};

const DAY_MINUTES: i64 = 24 * 60;

/// What was met, to be written.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// The last article that was met, by feed.
    pub upto: BTreeMap<FeedId, u32>,
    /// What is done.
    pub effects: Vec<Effect>,
    /// Stars and tags, written along.
    pub also: Vec<Mutation>,
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
                carry_out(reading, effect, numbers, minute);
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

/// Does with one article what rules ask for.
fn carry_out(reading: &mut ReadShards, effect: &Effect, numbers: Numbers, minute: i64) {
    let id = ArticleId {
        feed: numbers.feed,
        seq: effect.seq,
    };
    let mut marked = false;
    match effect.read {
        Some(true) if !reading.is_read(id) => {
            reading.mark(numbers, id.seq, true);
            marked = true;
        }
        Some(false) => {
            if reading.is_read(id) {
                reading.mark(numbers, id.seq, false);
            }
            reading.marks_mut(id.feed).kept.0.insert(id.seq);
        }
        _ => {}
    }
    if effect.hide || effect.light {
        let marks = reading.marks_mut(id.feed);
        marks.settle(numbers.first);
        if effect.hide {
            marks.hidden.0.insert(id.seq);
        }
        if effect.light {
            marks.lit.0.insert(id.seq);
        }
    }
    if effect.star {
        reading.note_stars();
    }
    if !effect.tags.is_empty() {
        reading.note_kept();
    }
    if effect.rules.is_empty() && effect.searches.is_empty() {
        return;
    }
    let book = reading.book_mut();
    for &rule in &effect.rules {
        book.count(rule, minute.div_euclid(DAY_MINUTES), 1);
        let acts = book.acts.iter_mut();
        let open = acts.filter(|act| act.rule == rule && minute - act.at <= UNDO_MINUTES);
        open.for_each(|act| note(act, effect, id, marked));
    }
    for hook in &effect.hooks {
        book.wait(id.number(), hook, minute);
    }
    for one in book
        .searches
        .iter_mut()
        .filter(|one| effect.searches.contains(&one.id))
    {
        one.add(id);
    }
}

/// Notes in an act what was done, so that it can be undone.
fn note(act: &mut RuleAct, effect: &Effect, id: ArticleId, marked: bool) {
    let add = |part: &mut BTreeMap<FeedId, Bits>| {
        part.entry(id.feed).or_default().0.insert(id.seq);
    };
    if marked {
        add(&mut act.read);
    }
    if effect.read == Some(false) {
        add(&mut act.kept);
    }
    if effect.hide {
        add(&mut act.hidden);
    }
    if effect.light {
        add(&mut act.lit);
    }
    if effect.star {
        act.starred.push(id.number());
    }
    if !effect.tags.is_empty() {
        act.tagged.push(id.number());
    }
}
