//! A shelf's summaries, gathered: looking up each feed's in the cache takes longer than all else of a warm page.

use std::sync::Arc;

use super::store::Listed;
use crate::datastore::cache::{Class, patience};
use crate::datastore::{Datastore, Region, StoreError};
use crate::feeds::{self, FeedSummary};
use crate::ids::{FeedId, FeedMap, UserId};

/// The summaries as users have them. Each is used while no summary of any feed has changed here, and for a minute, by which
/// they may be older than [`HEADS`](feeds::store::HEADS) allows.
pub static SHELF_HEADS: Region = Region {
    name: "shelf heads",
    minutes: 1,
    share: 2,
    class: Some(Class::Feeds),
    is_patient: false,
    keeps_latest: false,
};

/// By feed.
pub(super) type Heads = Arc<FeedMap<Arc<FeedSummary>>>;

/// What was gathered, and of what.
struct Gathered {
    listed: Arc<Listed>,
    changes: u64,
    heads: Heads,
}

/// The summaries of all feeds on a shelf, as this user has them. One read per 30 that aren't cached.
pub(super) async fn all(
    store: &Datastore,
    user: UserId,
    listed: &Arc<Listed>,
) -> Result<Heads, StoreError> {
    let Some(cache) = store.cache() else {
        return some(store, listed, None).await;
    };
    // What a patient request gathered is too old for others.
    let patience = u128::from(patience().cast_unsigned());
    let key = u128::from(user.0.cast_unsigned()) | (patience << 64);
    // Before they are read: a change in between is noticed by the next request.
    let changes = cache.changes(&feeds::store::HEADS);
    if let Some(known) = cache.recall::<Gathered>(&SHELF_HEADS, key)
        && known.changes == changes
        && Arc::ptr_eq(&known.listed, listed)
    {
        return Ok(known.heads.clone());
    }
    let before = cache.before(&SHELF_HEADS);
    let heads = some(store, listed, None).await?;
    let gathered = Gathered {
        listed: listed.clone(),
        changes,
        heads: heads.clone(),
    };
    if let Some(before) = before {
        let bytes = heads.len() * size_of::<(FeedId, Arc<FeedSummary>)>() * 2;
        cache.offer(&SHELF_HEADS, &before, key, Arc::new(gathered), bytes);
    }
    Ok(heads)
}

/// The summaries of these feeds, as far as they are on the shelf; of all of them for `None`.
pub(super) async fn some(
    store: &Datastore,
    listed: &Listed,
    only: Option<&[FeedId]>,
) -> Result<Heads, StoreError> {
    let ids: Vec<FeedId> = match only {
        None => listed.all.iter().map(|one| one.feed).collect(),
        Some(feeds) => {
            let on_shelf = |feed: &&FeedId| listed.places.contains_key(*feed);
            feeds.iter().filter(on_shelf).copied().collect()
        }
    };
    let heads = feeds::store::cached_heads(store, &ids).await?;
    Ok(Arc::new(as_kept(heads, listed)))
}

/// The feeds' summaries as this user has them.
fn as_kept(heads: Vec<(FeedId, Arc<FeedSummary>)>, listed: &Listed) -> FeedMap<Arc<FeedSummary>> {
    let own = |(feed, summary)| {
        let one = listed.places.get(&feed).and_then(|&at| listed.all.get(at));
        match one {
            Some(one) => (feed, one.cut(summary)),
            None => (feed, summary),
        }
    };
    heads.into_iter().map(own).collect()
}
