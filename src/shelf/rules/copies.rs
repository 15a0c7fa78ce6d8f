//! The stars and tags that rules give: copies, as a reader's own are.

use std::sync::Arc;

use super::effect::Effect;
use crate::articles::Article;
use crate::articles::store::{self as articles};
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::ids::ArticleId;
use crate::shelf::kept::store as kepts;
use crate::shelf::kept::{Card as KeptCard, Kept};
use crate::shelf::{Shelf, stars};
use crate::timestamp::Timestamp;

/// The stars and tags of what is met: a read for each that is starred or tagged, unless it is remembered.
pub(super) async fn copies(
    store: &Datastore,
    shelf: &Shelf,
    effects: &[Effect],
    now: Timestamp,
) -> Result<Vec<Mutation>, StoreError> {
    let effects: Vec<&Effect> = effects.iter().filter(|one| one.is_copied()).collect();
    if effects.is_empty() {
        return Ok(Vec::new());
    }
    let id = |effect: &Effect| {
        let feed = effect.numbers.map(|numbers| numbers.feed);
        feed.map(|feed| ArticleId {
            feed,
            seq: effect.seq,
        })
    };
    let ids: Vec<ArticleId> = effects.iter().copied().filter_map(id).collect();
    let known = match shelf.read.has_kept() && effects.iter().any(|one| !one.tags.is_empty()) {
        true => kepts::cached(store, shelf.user).await?,
        false => Arc::default(),
    };
    let mut writes = Vec::new();
    for found in articles::cached_many(store, &ids).await? {
        let article: &Article = &found.0;
        let effect = effects.iter().find(|effect| id(effect) == Some(article.id));
        let Some(effect) = effect else {
            continue;
        };
        let title = shelf.title(article.id.feed);
        let has_room = shelf.starred() < stars::MAX_STARS;
        if effect.star && has_room && !shelf.is_starred(article.id) {
            writes.push(stars::brought(shelf.user, article, &title, now)?);
        }
        let name = kepts::name_of(article.id);
        if !effect.tags.is_empty() && !known.iter().any(|(kept, _)| *kept == name) {
            let mut card = KeptCard::of(article, &title, now);
            card.tags.clone_from(&effect.tags);
            let kept = Kept {
                card,
                body: article.body.clone(),
            };
            writes.push(kepts::write(shelf.user, &name, &kept)?);
        }
    }
    Ok(writes)
}
