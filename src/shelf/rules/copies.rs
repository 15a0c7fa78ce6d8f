//! The stars and tags that rules give: copies, as a reader's own are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::effect::Effect;
use crate::articles::Article;
use crate::articles::store::{self as articles};
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card as KeptCard, Kept, MAX_KEPT, MAX_TAGS, is_same};
use crate::shelf::{Shelf, stars};
use crate::timestamp::Timestamp;

/// Stars and tags that are given: what is written for them, and which are new.
#[derive(Clone, Debug, Default)]
pub struct Copies {
    /// The writes.
    pub writes: Vec<Mutation>,
    /// Articles that weren't starred before.
    pub starred: BTreeSet<ArticleId>,
    /// The tags that articles hadn't before.
    pub tagged: BTreeMap<ArticleId, Vec<String>>,
}

fn id_of(effect: &Effect) -> Option<ArticleId> {
    let seq = effect.seq;
    let feed = effect.numbers.map(|numbers| numbers.feed);
    feed.map(|feed| ArticleId { feed, seq })
}

/// The stars and tags of what is met: a read for each that is starred or tagged, unless it is remembered, and one more for each that is
/// kept already and gets a tag. What the reader has starred, tagged or noted stays as it is; where there is no room, nothing is given.
pub(super) async fn copies(
    store: &Datastore,
    shelf: &Shelf,
    effects: &[Effect],
    now: Timestamp,
) -> Result<Copies, StoreError> {
    let mut copies = Copies::default();
    let effects = effects.iter().filter(|one| one.is_copied());
    let effects: BTreeMap<ArticleId, &Effect> = effects
        .filter_map(|effect| Some((id_of(effect)?, effect)))
        .collect();
    if effects.is_empty() {
        return Ok(copies);
    }
    let ids: Vec<ArticleId> = effects.keys().copied().collect();
    let known = match shelf.read.has_kept() && effects.values().any(|one| !one.tags.is_empty()) {
        true => kepts::cached(store, shelf.user).await?,
        false => Arc::default(),
    };
    let mut room = MAX_KEPT.saturating_sub(known.len());
    let known: BTreeMap<&str, &KeptCard> = known
        .iter()
        .map(|(name, card)| (name.as_str(), card))
        .collect();
    let mut again = Vec::new();
    for found in articles::cached_many(store, &ids).await? {
        let article: &Article = &found.0;
        let Some(effect) = effects.get(&article.id) else {
            continue;
        };
        let title = shelf.title(article.id.feed);
        let has_room = shelf.starred() + copies.starred.len() < stars::MAX_STARS;
        if effect.star && has_room && !shelf.is_starred(article.id) {
            let star = stars::brought(shelf.user, article, &title, now)?;
            copies.writes.push(star);
            copies.starred.insert(article.id);
        }
        let name = kepts::name_of(article.id);
        match known.get(name.as_str()) {
            Some(card) if !missing(&card.tags, &effect.tags).is_empty() => again.push(name),
            None if !effect.tags.is_empty() && room > 0 => {
                room -= 1;
                let mut card = KeptCard::of(article, &title, now);
                card.tags = missing(&[], &effect.tags);
                copies.tagged.insert(article.id, card.tags.clone());
                let body = article.body.clone();
                let kept = Kept { card, body };
                let write = kepts::write(shelf.user, &name, &kept)?;
                copies.writes.push(write);
            }
            _ => {}
        }
    }
    for (name, mut kept, feed_url) in kepts::whole_many(store, shelf.user, &again).await? {
        let id = kepts::article_of(&name);
        let Some((id, effect)) = id.and_then(|id| Some((id, effects.get(&id)?))) else {
            continue;
        };
        let new = missing(&kept.card.tags, &effect.tags);
        if new.is_empty() {
            continue;
        }
        kept.card.tags.extend(new.iter().cloned());
        let feed_url = feed_url.unwrap_or_default();
        let write = kepts::bring(shelf.user, &name, &kept, &feed_url)?;
        copies.writes.push(write);
        copies.tagged.insert(id, new);
    }
    Ok(copies)
}

/// The tags of these that aren't there yet and for which there is room.
fn missing(there: &[String], wanted: &[String]) -> Vec<String> {
    let mut new: Vec<String> = Vec::new();
    for tag in wanted {
        let mut all = there.iter().chain(&new);
        if !all.any(|known| is_same(known, tag)) && there.len() + new.len() < MAX_TAGS {
            new.push(tag.clone());
        }
    }
    new
}
