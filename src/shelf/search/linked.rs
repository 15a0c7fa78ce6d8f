//! Who links to a page: from what is remembered alone, or what asking costs.

use crate::articles::store as articles;
use crate::articles::words::Searched;
use crate::datastore::{Datastore, StoreError};
use crate::feeds;
use crate::ids::{ArticleId, FeedId};
use crate::search::{Question, Search};
use crate::shelf::Shelf;

use super::facts;

/// Articles that are shown.
const SHOWN: usize = 5;

/// The articles of a reader's feeds that link to a page.
#[derive(Clone, Debug)]
pub enum Linked {
    /// Known without a read: their ids and titles, the newest first.
    Known(Vec<(ArticleId, String)>),
    /// How many reads it takes to know, besides one for each article that is found.
    Price(usize),
}

/// Looks who links to a page, if that costs nothing.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn linked(
    store: &Datastore,
    shelf: &Shelf,
    address: &str,
    own: ArticleId,
) -> Result<Option<Linked>, StoreError> {
    let Ok(asked) = Question::parse(&format!("links:\"{address}\"")) else {
        return Ok(None);
    };
    let ids: Vec<FeedId> = shelf.subscriptions.iter().map(|one| one.feed).collect();
    let price = feeds::store::words_to_read(store, &ids);
    if price > 0 || ids.is_empty() {
        return Ok(Some(Linked::Price(price)));
    }
    let search = Search::new(&asked);
    let tags = facts::Tags::default();
    let mut proposed: Vec<(i64, ArticleId)> = Vec::new();
    for (feed, words) in feeds::store::cached_words(store, &ids).await? {
        let Some(facts) = facts::of(shelf, &tags, Some(feed)) else {
            continue;
        };
        for place in search.proposed(&words, &facts).docs.iter() {
            if let Some(doc) = words.docs().get(place) {
                let seq = doc.seq;
                proposed.push((doc.at, ArticleId { feed, seq }));
            }
        }
    }
    proposed.retain(|(_, id)| *id != own && !shelf.holds_back(id.feed, id.seq));
    proposed.sort_unstable_by(|one, other| other.cmp(one));
    let ids: Vec<ArticleId> = proposed.iter().map(|(_, id)| *id).take(SHOWN).collect();
    let missing = articles::bodies_to_read(store, &ids);
    if missing > 0 {
        return Ok(Some(Linked::Price(missing)));
    }
    let mut known = Vec::new();
    for found in articles::cached_many(store, &ids).await? {
        let article = &found.0;
        let facts = facts::of(shelf, &tags, Some(article.id.feed));
        let doc = crate::articles::words::doc_of(article);
        let texts = Searched::of(&article.body).texts();
        if facts.is_some_and(|facts| search.confirm(&texts, &doc, &facts).is_some()) {
            known.push((article.id, article.body.title.clone()));
        }
    }
    Ok(Some(Linked::Known(known)))
}
