//! Mends what follows from the rest of the store: index entries, counts, addresses, and what belongs to nothing.
//!
//! Nothing that a reader has made or an article says is changed. What contradicts itself without a side that is certainly right is
//! left as it is: the check has advice for that.

use std::collections::HashMap;

use crate::articles::store as articles;
use crate::datastore::{Datastore, Mutation, StoreError};
use crate::feeds::{self, Feed, PollTier};
use crate::ids::{ArticleId, FeedId, Numbers, UserId};
use crate::shelf::read_store;
use crate::timestamp::Timestamp;
use crate::users::{self, User, day_of};

/// Changes of one commit.
const TOGETHER: usize = 200;

/// A feed's subscribers, according to the shelves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Readers {
    /// All of them.
    pub all: u32,
    /// Those for whom it rests.
    pub asleep: u32,
}

/// How a fault is mended.
#[derive(Clone, Debug)]
pub enum Mend {
    /// All index entries are written anew.
    Indexes,
    /// A feed gets these counts, and is asked for its readers, or isn't.
    Recount(Box<Feed>, Readers),
    /// What is missing is inserted.
    Insert(Mutation),
    /// What belongs to nothing is deleted.
    Delete(Vec<Mutation>),
    /// A reader no longer sleeps for feeds that they don't have.
    Wake(UserId, Vec<FeedId>),
    /// A reader who sleeps does so for all their feeds.
    Rest(UserId, Vec<FeedId>),
    /// Marks of articles that aren't there are taken away.
    Marks(UserId, HashMap<FeedId, Numbers>),
}

impl Mend {
    pub(super) fn articles(ids: &[ArticleId]) -> Self {
        Self::Delete(ids.iter().copied().map(articles::remove).collect())
    }

    /// What is done, in words.
    pub fn said(&self) -> String {
        match self {
            Self::Indexes => "index entries are written anew".to_owned(),
            Self::Recount(..) => "its readers are counted anew".to_owned(),
            Self::Insert(_) => "its address is written anew".to_owned(),
            Self::Delete(all) => format!("deleted: {} records that belong to nothing", all.len()),
            Self::Wake(..) => "they no longer sleep for it".to_owned(),
            Self::Rest(..) => "their feeds rest".to_owned(),
            Self::Marks(..) => "the marks are taken away".to_owned(),
        }
    }
}

/// Mends one fault. Of a store that nobody else writes to; where somebody did, the next check finds what is left.
///
/// # Errors
/// [`StoreError::Contention`] if a record was changed since the check; others if the store fails.
pub async fn mend(store: &Datastore, mend: &Mend, now: Timestamp) -> Result<(), StoreError> {
    match mend {
        Mend::Indexes => store.rebuild_indexes().await,
        Mend::Recount(feed, readers) => {
            // Another fault of the same feed may have been mended already.
            let Some(mut now_there) = feeds::store::get(store, feed.id).await? else {
                return Ok(());
            };
            let before = now_there.summary.clone();
            recount(&mut now_there, *readers, day_of(now));
            match now_there.summary == before {
                true => Ok(()),
                false => commit(store, vec![feeds::store::update(&now_there)?]).await,
            }
        }
        Mend::Insert(one) => commit(store, vec![one.clone()]).await,
        Mend::Delete(all) => {
            for together in all.chunks(TOGETHER) {
                commit(store, together.to_vec()).await?;
            }
            Ok(())
        }
        Mend::Wake(user, feeds) => {
            let wake = |user: &mut User| user.profile.resting.retain(|one| !feeds.contains(one));
            users::store::change(store, *user, wake).await.map(drop)
        }
        Mend::Rest(user, feeds) => {
            let rest = |user: &mut User| user.profile.resting.extend(feeds);
            users::store::change(store, *user, rest).await.map(drop)
        }
        Mend::Marks(user, numbers) => {
            let marks = |state: &mut crate::shelf::ReadShards| {
                state.mend(|feed| numbers.get(&feed).copied());
            };
            read_store::change(store, *user, now, marks).await.map(drop)
        }
    }
}

async fn commit(store: &Datastore, changes: Vec<Mutation>) -> Result<(), StoreError> {
    store.commit(changes).await.map(drop)
}

/// Sets a feed's readers, and what follows from them: whether it is asked, and since when nobody has it.
pub fn recount(feed: &mut Feed, readers: Readers, today: i64) {
    let summary = &mut feed.summary;
    (summary.subscribers, summary.asleep) = (readers.all, readers.asleep);
    if summary.awake() == 0 || summary.onto.is_some() {
        summary.tier = PollTier::Off;
    } else if summary.tier == PollTier::Off && !summary.is_over() {
        summary.tier = PollTier::New;
    }
    summary.orphaned_day = match (readers.all, summary.orphaned_day) {
        (0, 0) => today,
        (0, since) => since,
        _ => 0,
    };
}
