//! Giving a feed on a reader's shelf a door, another one, or none.

use super::find::SubscribeError;
use super::replace::{Switched, switch_to};
use super::{doors, store};
use crate::config::ShelfLimits;
use crate::datastore::{Mutation, StoreError};
use crate::feeds;
use crate::feeds::door::Pass;
use crate::ids::{FeedId, UserId};
use crate::random::Random;
use crate::refresh::context::RefreshContext;

/// Gives a feed on a reader's shelf a door, another door, or none, and returns the feed that it is then.
///
/// With another door it stays the same feed: three reads and two writes, and nobody is asked. Otherwise the publisher is asked, and
/// the feed leaves the shelf for one that is the reader's own, or everybody's, as [`switch`](crate::shelf::replace::switch) does.
///
/// `line` is the audit log's, and goes into the commit of the change.
///
/// # Errors
/// [`SubscribeError`] if the feed can't be read so; nothing is changed then. [`SubscribeError::Store`] with `NotFound` if it
/// isn't on the shelf.
pub async fn change_door(
    context: &RefreshContext,
    random: &Random,
    (user, most): (UserId, ShelfLimits),
    id: FeedId,
    (pass, line): (Option<Pass>, Mutation),
) -> Result<Switched, SubscribeError> {
    let stays = Switched {
        feed: id,
        was_there: true,
        left_unread: 0,
    };
    let missing = || StoreError::NotFound(feeds::store::key(id));
    let one = store::get(&context.store, user, id).await?;
    one.ok_or_else(missing)?;
    let feed = feeds::store::get(&context.store, id).await?;
    let summary = feed.ok_or_else(missing)?.summary;
    match (&summary.door, &pass) {
        (None, None) => Ok(stays),
        (Some(_), Some(pass)) => {
            let door = doors::sealed(context, random, user, &summary.url, pass)?;
            doors::change(context, user, id, &door, &line).await?;
            Ok(stays)
        }
        _ => {
            let address = (summary.url, pass);
            switch_to(context, random, (user, most), id, address, &[line]).await
        }
    }
}
