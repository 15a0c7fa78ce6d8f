//! Lists for programs: the output of the API and the command line.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::timeline::{self, Filter, PageRequest};
use super::{Scope, Shelf, kept};
use crate::articles::ArticleRow;
use crate::articles::store::ListDirection;
use crate::datastore::{Datastore, StoreError};
use crate::sealed::SecretKeys;
use crate::timestamp::{Timestamp, rfc3339};
use crate::users::ListOrder;

/// A request for a page.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// The feeds to list.
    pub scope: Scope,
    /// Which of their articles.
    pub filter: Filter,
    /// Whether the newest or the oldest come first.
    pub order: ListOrder,
    /// Where to continue.
    pub cursor: Option<String>,
    /// Maximum number of articles.
    pub limit: usize,
}

/// A page of articles.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Articles)]
pub struct Listed {
    /// In list order.
    pub articles: Vec<ListedArticle>,
    /// Where to continue; null at the end.
    pub cursor: Option<String>,
}

/// An article without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ListedArticle)]
pub struct ListedArticle {
    /// For example `52341234-17`.
    pub id: String,
    /// The feed's id.
    pub feed: String,
    /// The feed's title on this shelf.
    pub feed_title: String,
    /// Plain text.
    pub title: String,
    /// The publisher's page.
    pub link: Option<String>,
    /// Plain text.
    pub author: Option<String>,
    /// The beginning of the text, plain.
    pub snippet: Option<String>,
    /// An image's address.
    pub image: Option<String>,
    /// The publisher's date, RFC 3339; null if there is none.
    pub published: Option<String>,
    /// The time by which lists are ordered, RFC 3339.
    pub at: String,
    /// Whether it is read.
    pub read: bool,
    /// Whether it is starred.
    pub starred: bool,
    /// The user's own tags; absent without any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The user's own note; absent without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// One page; `None` if the cursor is invalid or belongs to another list.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn page(
    store: &Datastore,
    secret: &SecretKeys,
    shelf: &Shelf,
    listing: &ListRequest,
) -> Result<Option<Listed>, StoreError> {
    let name = format!(
        "api {:?} {:?} {:?}",
        listing.scope, listing.filter, listing.order
    );
    let after = match &listing.cursor {
        None => None,
        Some(cursor) => match timeline::from_cursor(secret, &name, cursor) {
            None => return Ok(None),
            some => some,
        },
    };
    let request = PageRequest {
        scope: listing.scope.clone(),
        filter: listing.filter,
        flow: match listing.order {
            ListOrder::Newest => ListDirection::NewestFirst,
            ListOrder::Oldest => ListDirection::OldestFirst,
        },
        after,
        limit: listing.limit,
    };
    let slice = timeline::page(store, shelf, &request).await?;
    let articles = listed(store, shelf, slice.rows.iter().map(Arc::as_ref)).await?;
    Ok(Some(Listed {
        articles,
        cursor: slice
            .next
            .map(|place| timeline::to_cursor(secret, &name, place)),
    }))
}

/// Articles as lists have them. No read if what the user keeps is cached.
///
/// # Errors
/// Those of [`page`].
pub async fn listed<'r>(
    store: &Datastore,
    shelf: &Shelf,
    rows: impl Iterator<Item = &'r ArticleRow>,
) -> Result<Vec<ListedArticle>, StoreError> {
    let kept = match shelf.read.has_kept() {
        true => kept::store::cached(store, shelf.user).await?,
        false => Arc::default(),
    };
    let said: HashMap<&str, &kept::Card> = kept
        .iter()
        .map(|(name, card)| (name.as_str(), card))
        .collect();
    let said = |id| said.get(kept::store::name_of(id).as_str()).copied();
    let articles = rows.map(|summary| ListedArticle {
        tags: said(summary.id).map_or_else(Vec::new, |card| card.tags.clone()),
        note: said(summary.id).map_or_else(String::new, |card| card.note.clone()),
        id: summary.id.to_string(),
        feed: summary.id.feed.to_string(),
        feed_title: shelf.title(summary.id.feed),
        read: shelf.is_read(summary.id),
        starred: shelf.is_starred(summary.id),
        at: rfc3339(summary.summary.at()),
        published: summary
            .summary
            .published
            .and_then(|at| Timestamp::from_timestamp(at, 0))
            .map(rfc3339),
        title: summary.summary.title.clone(),
        link: summary.summary.link.clone(),
        author: summary.summary.author.clone(),
        snippet: summary.summary.snippet.clone(),
        image: summary.summary.image.clone(),
    });
    Ok(articles.collect())
}
