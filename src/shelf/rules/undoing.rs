//! Undoing what a rule did, and its saving.

use std::collections::BTreeMap;

use crate::datastore::{Datastore, Mutation, StoreError};
use crate::ids::{ArticleId, FeedId, UserId};
use crate::shelf::bits::Bits;
use crate::shelf::kept::is_same;
use crate::shelf::kept::store as kepts;
use crate::shelf::rulebook::book::RuleAct;
use crate::shelf::{ReadShards, Shelf, read_store, stars};
use crate::timestamp::{Timestamp, minute_of};

impl Shelf {
    /// Undoes what a rule did since it was saved, and the saving itself; `None` if that is unknown or too old, else how many
    /// articles changed. One write, and one for each star and tag, with a read for each tag. What the reader or another rule gave stays.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn undo_rule(
        &mut self,
        store: &Datastore,
        now: Timestamp,
        act: &str,
    ) -> Result<Option<u64>, StoreError> {
        let book = self.read.book();
        if !book.undoable(minute_of(now)).any(|one| one.id == act) {
            return Ok(None);
        }
        let Some(found) = book.clone().take_act(act) else {
            return Ok(None);
        };
        let user = self.user;
        let starred = found.starred.iter().copied();
        let starred = starred.filter_map(ArticleId::from_number);
        let mut also: Vec<Mutation> = starred.map(|id| stars::remove(user, id)).collect();
        also.extend(untagged(store, user, &found).await?);
        let numbers = |feed: FeedId| self.numbers(feed);
        let change = |reading: &mut ReadShards| {
            let book = reading.book_mut();
            let done = book.take_act(act)?;
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
            for (is_read, part) in [(false, &done.read), (true, &done.unread)] {
                for (feed, Bits(bits)) in part {
                    for seq in bits {
                        reading.mark(numbers(*feed), seq, is_read);
                    }
                }
            }
            for (feed, Bits(bits)) in &done.hidden {
                reading.marks_mut(*feed).hidden.0 -= bits;
            }
            for (feed, Bits(bits)) in &done.kept {
                reading.marks_mut(*feed).kept.0 -= bits;
            }
            for (feed, Bits(bits)) in &done.freed {
                reading.marks_mut(*feed).kept.0 |= bits;
            }
            for (feed, Bits(bits)) in &done.lit {
                reading.marks_mut(*feed).lit.0 -= bits;
            }
            Some(done.count())
        };
        let done = read_store::change_with(store, user, now, also, change).await?;
        self.took(done.1);
        Ok(done.0)
    }
}

/// Takes the tags of an act away; what then has neither tag nor note is kept no longer. A read for each.
async fn untagged(
    store: &Datastore,
    user: UserId,
    act: &RuleAct,
) -> Result<Vec<Mutation>, StoreError> {
    let mut given: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (number, tag) in &act.tags {
        if let Some(id) = ArticleId::from_number(*number) {
            given.entry(kepts::name_of(id)).or_default().push(tag);
        }
    }
    let names: Vec<String> = given.keys().cloned().collect();
    let mut writes = Vec::new();
    for (name, mut kept, feed_url) in kepts::whole_many(store, user, &names).await? {
        let before = kept.card.tags.len();
        let tags = given.get(&name).map_or(&[][..], Vec::as_slice);
        let is_given = |tag: &String| tags.iter().any(|given| is_same(given, tag));
        kept.card.tags.retain(|tag| !is_given(tag));
        if kept.card.tags.len() == before {
            continue;
        }
        let is_bare = kept.card.tags.is_empty() && kept.card.note.is_empty();
        writes.push(match is_bare {
            true => kepts::delete(user, &name),
            false => kepts::bring(user, &name, &kept, &feed_url.unwrap_or_default())?,
        });
    }
    Ok(writes)
}
