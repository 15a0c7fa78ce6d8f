//! A feed whose redirects have led to another feed of ours for long enough: it rests, as an alias of that one.
//!
//! Its readers follow when they come (`shelf/moved.rs`). What its last answer held is the other feed's to bring.

use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, Feed, Rung};
use crate::ids::FeedId;
use crate::update::plan::Plan;

/// Moves that are followed from one feed to the next.
const HOPS: usize = 8;

/// The feed that has an address, or where that one moved in the end; `None` where `feed` has to stay: the way leads back
/// to it, to nothing, or to one that its publisher has taken down. One read, and one for each feed on the way.
///
/// # Errors
/// The store's.
pub(crate) async fn behind(
    store: &Datastore,
    feed: FeedId,
    url: String,
) -> Result<Option<FeedId>, StoreError> {
    let found = feeds::store::by_urls(store, &[url]).await?;
    let mut next = found.into_iter().next().flatten();
    for _ in 0..HOPS {
        let Some(id) = next.filter(|&id| id != feed) else {
            return Ok(None);
        };
        let heads = feeds::store::heads(store, &[id]).await?;
        match heads.first().map(|head| &head.card) {
            Some(card) if card.onto.is_some() => next = card.onto,
            Some(card) => return Ok(Some(id).filter(|_| !card.is_gone())),
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// The feed's record leads to `other` from now on, and nobody is asked for it. No error: it isn't gone.
pub(crate) fn rest_on(known: &Feed, other: FeedId, minute: i64) -> Plan {
    let mut feed = known.clone();
    let Feed { card, body, .. } = &mut feed;
    card.onto = Some(other);
    card.rung = Rung::Off;
    card.failures = 0;
    card.error = None;
    card.moved_since = 0;
    card.asked = minute;
    body.error = None;
    body.failing_since = 0;
    body.moved_to = None;
    Plan {
        new: Vec::new(),
        edited: Vec::new(),
        retired: feed.card.first..feed.card.first,
        alias: None,
        feed,
    }
}
