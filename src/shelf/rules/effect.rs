//! What rules do with one article, from its card.

use super::around::{Around, is_proposed};
use super::matching::{Card, Ready};
use crate::articles::ArticleRow;
use crate::ids::Numbers;
use crate::search::{Search, Words};
use crate::shelf::rulebook::rule::{Acts, Rule};
use crate::timestamp::Timestamp;

/// What rules do with one article.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Its feed, with the articles it has.
    pub numbers: Option<Numbers>,
    /// Its number.
    pub seq: u32,
    /// The rules that it meets, with what each asks for.
    pub asked: Vec<(u32, Acts)>,
    /// Whether it counts as read, or stays unread; the uppermost rule decides.
    pub read: Option<bool>,
    /// Whether it is hidden.
    pub hide: bool,
    /// Whether it stands out.
    pub light: bool,
    /// Whether it is starred.
    pub star: bool,
    /// Its new tags.
    pub tags: Vec<String>,
    /// The services that it is sent to.
    pub hooks: Vec<String>,
    /// The saved searches that it is a hit of.
    pub searches: Vec<u32>,
    /// Whether it is met later, too, as an arrival: it is counted and sent on then.
    pub is_ahead: bool,
}

impl Effect {
    fn take(&mut self, rule: &Rule) {
        let acts = &rule.acts;
        self.asked.push((rule.id, acts.clone()));
        self.read = self.read.or(read_by(acts));
        self.hide |= acts.hide;
        self.light |= acts.light;
        self.star |= acts.star;
        if !acts.tag.is_empty() && !self.tags.contains(&acts.tag) {
            self.tags.push(acts.tag.clone());
        }
        if !acts.hook.is_empty() && !self.hooks.contains(&acts.hook) {
            self.hooks.push(acts.hook.clone());
        }
    }

    pub(super) fn is_copied(&self) -> bool {
        self.star || !self.tags.is_empty()
    }
}

/// Whether acts have an article count as read, or stay unread.
pub(super) fn read_by(acts: &Acts) -> Option<bool> {
    (acts.keep || acts.read || acts.hide).then_some(!acts.keep)
}

/// What the rules do with an article, with the words of its feed. `came` is the minute at which it came, for rules that are over since;
/// `None` asks no rule whether it is.
pub(super) fn effect(
    rules: &[Ready<'_>],
    around: &Around,
    (row, words): (&ArticleRow, Option<&Words>),
    (now, came): (Timestamp, Option<i64>),
) -> Effect {
    let card = Card {
        feed: around.feed,
        summary: &row.summary,
        title: &around.title,
        folders: &around.folders,
        now: now.timestamp(),
    };
    let has =
        |search: &Search| words.is_some_and(|words| is_proposed(search, words, row.id.seq, around));
    let mut effect = Effect {
        seq: row.id.seq,
        ..Effect::default()
    };
    for ready in rules {
        let is_over = came.is_some_and(|minute| !ready.rule.is_on(minute));
        if !is_over && ready.is_for(around.feed, &around.folders) && ready.is_met(&card, &has) {
            effect.take(ready.rule);
        }
    }
    effect
}
