//! The doors of a reader's own feeds: sealing and changing them.

use crate::datastore::{Attempt, Datastore, StoreError, retry_on_conflict};
use crate::feeds::door::Pass;
use crate::feeds::{self, Door, FeedAddress, PollTier};
use crate::ids::{FeedId, UserId};
use crate::random::Random;
use crate::refresh::context::RefreshContext;
use crate::update::decide::succeed;

/// A pass, sealed for a reader's feed.
///
/// # Errors
/// [`StoreError::Invalid`] without a secret key, which every server has.
pub(super) fn sealed(
    context: &RefreshContext,
    random: &Random,
    user: UserId,
    address: &FeedAddress,
    pass: &Pass,
) -> Result<Door, StoreError> {
    let keys = context.secret.as_ref();
    let door = keys.and_then(|keys| Door::new((keys, random), user, address.as_str(), pass));
    door.ok_or_else(|| StoreError::Invalid("the password can’t be sealed".to_owned()))
}

/// Gives a reader's own feed another door; `false` if it isn't theirs. Its failures are forgotten, and it is fetched with the
/// next sweep. One read and one write.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub(super) async fn change(
    context: &RefreshContext,
    user: UserId,
    id: FeedId,
    door: &Door,
) -> Result<bool, StoreError> {
    let store: &Datastore = &context.store;
    retry_on_conflict!(feeds::store::key(id), {
        let feed = feeds::store::get(store, id).await?;
        let is_theirs = |feed: &feeds::Feed| {
            let door = feed.summary.door.as_ref();
            door.is_some_and(|door| door.of == user)
        };
        let Some(mut feed) = feed.filter(is_theirs) else {
            return Ok(Attempt::Done(false));
        };
        feed.summary.door = Some(door.clone());
        if !feed.summary.is_gone() {
            succeed(&mut feed);
        }
        if feed.summary.tier != PollTier::Off {
            feed.summary.tier = PollTier::New;
        }
        let committed = store.commit(vec![feeds::store::update(&feed)?]).await;
        Ok(Attempt::of(committed)?.map(|_| true))
    })
}
