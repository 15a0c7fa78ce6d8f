//! Answering a hub that makes sure that it was us (section 5.3), or that refuses (5.2).

use super::Capability;
use crate::clock::Clock;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, Hub, Rung};
use crate::timestamp::minute_of;
use crate::update::lease;

/// What a hub says at our callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Do you want this subscription, for so many seconds?
    Subscribe {
        /// The lease, if it could be read.
        lease_seconds: Option<i64>,
    },
    /// Do you want it to end?
    Unsubscribe,
    /// You don't get it, or it has ended.
    Denied {
        /// Why, if it says so.
        reason: Option<String>,
    },
}

/// Whether we agree.
///
/// Of a subscription, if it is the one that we asked for, or have and still want; of its end, if we want it no
/// more; a refusal is taken note of, if it is about the subscription that we have. One read, and one write where it
/// changes something.
///
/// # Errors
/// The store's.
pub async fn agree(
    store: &Datastore,
    clock: &Clock,
    who: &Capability,
    topic: &str,
    word: &Word,
) -> Result<bool, StoreError> {
    retry_on_conflict!(feeds::store::key(who.feed), {
        let mut feed = feeds::store::get(store, who.feed).await?;
        let ours = feed.as_mut().filter(|feed| is_wanted(feed, who, topic));
        let Some(feed) = ours else {
            return Ok(Attempt::Done(*word == Word::Unsubscribe));
        };
        let before = (feed.card.clone(), feed.body.hub.clone());
        let minute = minute_of(clock.now());
        match word {
            Word::Unsubscribe => return Ok(Attempt::Done(false)),
            Word::Subscribe { lease_seconds } => {
                // A repeated question, whose first answer was lost, is as good as the first.
                let waits = |hub: &Hub| hub.asked > 0 || hub.until > minute;
                if !feed.body.hub.as_ref().is_some_and(waits) {
                    return Ok(Attempt::Done(false));
                }
                lease::confirmed(feed, *lease_seconds, minute);
            }
            Word::Denied { reason } => {
                let reason = reason.as_deref().unwrap_or("It gave no reason.");
                lease::give_up(feed, reason, minute);
            }
        }
        if (&feed.card, &feed.body.hub) == (&before.0, &before.1) {
            return Ok(Attempt::Done(true));
        }
        match store.commit(vec![feeds::store::update(feed)?]).await {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Conflict),
            committed => Ok(Attempt::of(committed)?.map(|_| true)),
        }
    })
}

/// Whether a feed wants pushes of exactly this topic from the hub that this callback is for.
fn is_wanted(feed: &Feed, who: &Capability, topic: &str) -> bool {
    let is_it = |hub: &Hub| who.is_for(hub) && hub.topic == topic;
    feed.card.rung != Rung::Off && feed.body.hub.as_ref().is_some_and(is_it)
}
