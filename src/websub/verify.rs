//! Responds to a hub that verifies our intent (section 5.3) or denies a subscription (5.2).

use super::Capability;
use crate::clock::Clock;
use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::{self, Feed, Hub, PollTier};
use crate::timestamp::minute_of;
use crate::update::lease;

/// A hub's message to our callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubMessage {
    /// It verifies that we want this subscription.
    Subscribe {
        /// The lease, if it could be parsed.
        lease_seconds: Option<i64>,
    },
    /// It verifies that we want to unsubscribe.
    Unsubscribe,
    /// It denies the subscription, or has ended it.
    Denied {
        /// The reason, if given.
        reason: Option<String>,
    },
}

/// Whether we confirm the hub's message.
///
/// A subscription, if we requested it, or have and still want it; its end, if we no longer want it. A denial is
/// recorded if it is about our current subscription. One read, and one write if something changes.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub async fn verify_intent(
    store: &Datastore,
    clock: &Clock,
    who: &Capability,
    topic: &str,
    word: &HubMessage,
) -> Result<bool, StoreError> {
    retry_on_conflict!(feeds::store::key(who.feed), {
        let mut feed = feeds::store::get(store, who.feed).await?;
        let ours = feed.as_mut().filter(|feed| is_wanted(feed, who, topic));
        let Some(feed) = ours else {
            return Ok(Attempt::Done(*word == HubMessage::Unsubscribe));
        };
        let before = (feed.summary.clone(), feed.body.hub.clone());
        let minute = minute_of(clock.now());
        match word {
            HubMessage::Unsubscribe => return Ok(Attempt::Done(false)),
            HubMessage::Subscribe { lease_seconds } => {
                // A repeated verification, whose first response was lost, is as good as the first.
                let waits = |hub: &Hub| hub.asked > 0 || hub.until > minute;
                if !feed.body.hub.as_ref().is_some_and(waits) {
                    return Ok(Attempt::Done(false));
                }
                lease::confirmed(feed, *lease_seconds, minute);
            }
            HubMessage::Denied { reason } => {
                let reason = reason.as_deref().unwrap_or("It gave no reason.");
                lease::give_up(feed, reason, minute);
            }
        }
        if (&feed.summary, &feed.body.hub) == (&before.0, &before.1) {
            return Ok(Attempt::Done(true));
        }
        match store.commit(vec![feeds::store::update(feed)?]).await {
            Err(error) if feeds::store::has_gone(&error) => Ok(Attempt::Conflict),
            committed => Ok(Attempt::of(committed)?.map(|_| true)),
        }
    })
}

/// Whether a feed expects pushes of exactly this topic from the hub of this callback.
fn is_wanted(feed: &Feed, who: &Capability, topic: &str) -> bool {
    let is_it = |hub: &Hub| who.is_for(hub) && hub.topic == topic;
    feed.summary.tier != PollTier::Off && feed.body.hub.as_ref().is_some_and(is_it)
}
