//! A list for programs: what the API and the command line answer with.

use serde::Serialize;

use super::timeline::{self, Filter, Wish};
use super::{Scope, Shelf};
use crate::articles::store::Flow;
use crate::datastore::{Datastore, StoreError};
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::ListOrder;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which feeds.
    pub scope: Scope,
    /// Which articles of them.
    pub filter: Filter,
    /// Which way.
    pub order: ListOrder,
    /// Where to go on.
    pub cursor: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// A page of articles.
#[derive(Clone, Debug, Serialize)]
pub struct Listed {
    /// In the list's order.
    pub articles: Vec<ListedArticle>,
    /// Where to go on; null at the end.
    pub cursor: Option<String>,
}

/// An article without its text.
#[derive(Clone, Debug, Serialize)]
pub struct ListedArticle {
    /// `52341234-17`.
    pub id: String,
    /// The feed's id.
    pub feed: String,
    /// The feed's name on this shelf.
    pub feed_title: String,
    /// Plain text.
    pub title: String,
    /// The publisher's page.
    pub link: Option<String>,
    /// Plain text.
    pub author: Option<String>,
    /// The text's beginning, plain.
    pub snippet: Option<String>,
    /// A picture's address.
    pub image: Option<String>,
    /// The publisher's date, RFC 3339; null where there is none.
    pub published: Option<String>,
    /// The moment that lists are ordered by, RFC 3339.
    pub at: String,
    /// Whether it is read.
    pub read: bool,
    /// Whether it is starred.
    pub starred: bool,
}

/// One page; `None` where the cursor belongs to another list, or to nobody's.
///
/// # Errors
/// The store's.
pub async fn page(
    store: &Datastore,
    secret: &[u8],
    shelf: &Shelf,
    listing: &Listing,
) -> Result<Option<Listed>, StoreError> {
    let name = format!(
        "api {:?} {:?} {:?}",
        listing.scope, listing.filter, listing.order
    );
    let beyond = match &listing.cursor {
        None => None,
        Some(cursor) => match timeline::from_cursor(secret, &name, cursor) {
            None => return Ok(None),
            some => some,
        },
    };
    let wish = Wish {
        scope: listing.scope.clone(),
        filter: listing.filter,
        flow: match listing.order {
            ListOrder::Newest => Flow::NewestFirst,
            ListOrder::Oldest => Flow::OldestFirst,
        },
        beyond,
        limit: listing.limit,
    };
    let stretch = timeline::page(store, shelf, &wish).await?;
    let articles = stretch.cards.into_iter().map(|card| ListedArticle {
        id: card.id.to_string(),
        feed: card.id.feed.to_string(),
        feed_title: shelf.title(card.id.feed),
        read: shelf.is_read(card.id),
        starred: shelf.is_starred(card.id),
        at: rfc3339(card.face.at()),
        published: card
            .face
            .published
            .and_then(|at| Timestamp::from_timestamp(at, 0))
            .map(rfc3339),
        title: card.face.title.clone(),
        link: card.face.link.clone(),
        author: card.face.author.clone(),
        snippet: card.face.snippet.clone(),
        image: card.face.image.clone(),
    });
    Ok(Some(Listed {
        articles: articles.collect(),
        cursor: stretch
            .next
            .map(|place| timeline::to_cursor(secret, &name, place)),
    }))
}
