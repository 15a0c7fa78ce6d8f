//! The deletion of an account: what is lost, and as much of it as fits into one request.

use std::time::Duration;

use crate::accounts::holdings;
use crate::app::App;
use crate::ids::UserId;
use crate::maintenance::{Budget, leavers};
use crate::users::User;
use crate::web::problem::HandlerResult;
use crate::web::words;

/// How long one request deletes; what is left goes with the clean-up.
const AT_ONCE: Duration = Duration::from_secs(8);

/// What is lost with an account, in words. A read for each thousand of a kind.
pub(crate) async fn lost(app: &App, id: UserId) -> HandlerResult<Vec<String>> {
    let (store, count) = (&app.store, words::count);
    let mut lost = vec![count(holdings::feeds(store, id).await?, "count-feed")];
    let kept = holdings::kept(store, id).await?;
    if kept > 0 {
        lost.push(count(kept, "count-kept-thing"));
    }
    lost.push(words::t("leave-lost-reading").to_owned());
    lost.push(words::t("leave-lost-ways").to_owned());
    Ok(lost)
}

/// Deletes what there is of an account that was ordered to leave, for some seconds. Returns whether nothing is left.
///
/// # Errors
/// A problem from the store's error: the next clean-up continues.
pub(crate) async fn delete_some(app: &App, user: User) -> HandlerResult<bool> {
    let id = user.id;
    app.tally.forget_reader(id.0);
    let mut budget = Budget::of(AT_ONCE);
    let mut done = leavers::Done::default();
    let is_gone = leavers::delete(&app.store, &app.clock, user, &mut budget, &mut done).await?;
    app.tally.forget_reader(id.0);
    Ok(is_gone)
}
