//! Merges a feed whose redirects have led to another of our feeds for long enough: it becomes an alias of that one.
//!
//! Its subscribers are moved when they next visit (`shelf/follow_move.rs`). The articles in its last response are left
//! to the other feed.

use crate::datastore::{Datastore, StoreError};
use crate::feeds::{self, Feed, FeedAddress, PollTier};
use crate::ids::FeedId;
use crate::update::plan::Plan;

/// Most moves followed from one feed to the next.
const MAX_MOVES: usize = 8;

/// The feed at an address, or the one it was finally merged into.
///
/// `None` if `feed` has to stay: the chain leads back to it, to nothing, or to a feed its publisher has removed. One
/// read, and one for each feed in the chain.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub(crate) async fn behind(
    store: &Datastore,
    feed: FeedId,
    address: &FeedAddress,
) -> Result<Option<FeedId>, StoreError> {
    let found = feeds::store::by_urls(store, &[address.to_string()]).await?;
    let mut next = found.into_iter().next().flatten();
    for _ in 0..MAX_MOVES {
        let Some(id) = next.filter(|&id| id != feed) else {
            return Ok(None);
        };
        let heads = feeds::store::heads(store, &[id]).await?;
        match heads.first().map(|head| &head.summary) {
            Some(summary) if summary.onto.is_some() => next = summary.onto,
            Some(summary) => return Ok(Some(id).filter(|_| !summary.is_gone())),
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// Merges the feed into `other`: it is no longer fetched. It keeps no error, since it isn't gone.
pub(crate) fn rest_on(known: &Feed, other: FeedId, minute: i64) -> Plan {
    let mut feed = known.clone();
    let Feed { summary, body, .. } = &mut feed;
    summary.onto = Some(other);
    summary.tier = PollTier::Off;
    summary.failures = 0;
    summary.error = None;
    summary.moved_since = 0;
    summary.asked = minute;
    body.error = None;
    body.failing_since = 0;
    body.moved_to = None;
    Plan {
        new: Vec::new(),
        edited: Vec::new(),
        retired: feed.summary.first..feed.summary.first,
        grown: 0,
        alias: None,
        feed,
    }
}
