//! A visit of somebody who follows the list of the house: what changed in it is met before their shelf is shown.

use std::sync::Arc;

use super::problem::Problem;
use crate::app::App;
use crate::datastore::is_frozen;
use crate::refresh::sweep::is_full;
use crate::shelf::house::follow::{self, Follower};
use crate::shelf::house::store;
use crate::users::User;
use crate::users::following::Note;

/// Who follows, as a request knows them.
pub(super) fn follower<'a>(app: &'a App, user: &User) -> Follower<'a> {
    Follower {
        store: &app.store,
        random: &app.random,
        user: user.id,
        most: app.quota_of(user).shelf(),
        now: app.clock.now(),
    }
}

/// Brings the shelf of somebody who follows the list to its version, and returns what they are to be told. No read if they have met it
/// and the list is cached.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(super) async fn meet(app: &App, user: &User) -> Result<Option<Arc<Note>>, Problem> {
    let Some(following) = &user.profile.house else {
        return Ok(None);
    };
    let told = |user: &User| {
        let note = user.profile.house.as_ref()?.note.clone();
        note.map(Arc::new)
    };
    let house = store::cached(&app.store).await?;
    let is_new = house.version > following.met && !is_frozen();
    let most = app.config.fetch.store_bytes;
    // Where nothing more is stored, the list waits.
    if !is_new || is_full(&app.store, &app.in_flight, most).await? {
        return Ok(told(user));
    }
    match follow::meet(follower(app, user), false).await {
        Ok(met) => Ok(told(met.as_ref().unwrap_or(user))),
        // The next visit goes on.
        Err(error) if error.is_contention() => Ok(told(user)),
        Err(error) => Err(error.into()),
    }
}
