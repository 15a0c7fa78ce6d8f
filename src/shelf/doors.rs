//! The doors of a reader's own feeds: sealing and changing them.

use crate::datastore::{Attempt, Datastore, Mutation, StoreError, retry_on_conflict};
use crate::feeds::door::Pass;
use crate::feeds::{self, Door, FeedAddress, PollTier};
use crate::ids::{FeedId, UserId};
use crate::random::Random;
use crate::refresh::context::RefreshContext;
use crate::timestamp::Timestamp;
use crate::update::decide::succeed;
use crate::users::audit::{Act, By, Entry};

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

/// The line of the audit log about a reader who adds a feed with what opens it, or gives one on their shelf another door so.
pub(super) fn line(user: UserId, door: &Door, random: &Random, now: Timestamp) -> Mutation {
    let entry = Entry {
        act: Act::DoorChanged,
        by: By::User(user),
        user: Some(user),
        about: door.kind.word(),
        network: "",
    };
    entry.write(random, now)
}

/// Gives a reader's own feed another door; `false` if it isn't theirs. Its failures are forgotten, and it is fetched with the
/// next sweep. One read and two writes: `line` is that of the audit log.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded;
/// [`StoreError::Contention`] after many conflicts.
pub(super) async fn change(
    context: &RefreshContext,
    user: UserId,
    id: FeedId,
    door: &Door,
    line: &Mutation,
) -> Result<bool, StoreError> {
    let store: &Datastore = &context.store;
    retry_on_conflict!(feeds::store::key(id), {
        let feed = feeds::store::get(store, id).await?;
        let is_theirs = |feed: &feeds::Feed| feed.summary.is_behind_door_of(user);
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
        let changes = vec![feeds::store::update(&feed)?, line.clone()];
        let committed = store.commit(changes).await;
        Ok(Attempt::of(committed)?.map(|_| true))
    })
}
