//! What all surfaces for programs share: whose token it is, and what the owner sees.

use http::StatusCode;

use super::barred::barred_token;
use super::house_visit;
use super::problem::{HandlerResult, Problem};
use super::sending::rule_hooks::{self, By};
use crate::app::App;
use crate::config::Quota;
use crate::ids::UserId;
use crate::shelf::{Shelf, sleep};
use crate::users::token::{self, Owner, Scope};
use crate::users::{self, day_of};

/// Waking steps per request, since a program doesn't request them one by one as a page does.
const WAKING_STEPS: usize = 4;

/// Records once a day that a token was used, which keeps its owner active, or reactivates them: their feeds then come
/// first in the next tick. `None` if the account is gone. The day is recorded once all their feeds are awake.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(super) async fn seen(app: &App, owner: Owner) -> HandlerResult<Option<UserId>> {
    admits(&owner)?;
    let now = app.clock.now();
    let today = day_of(now);
    let user = owner.user;
    if owner.noted_day == today {
        if owner.used_day != today {
            token::note_day(&app.store, owner, today, true).await?;
        }
        return Ok(Some(user));
    }
    let Some(user) = users::store::get(&app.store, user).await? else {
        return Ok(None);
    };
    let Some(mut user) = users::store::seen(&app.store, user, today).await? else {
        return Ok(None);
    };
    // A program's visit counts once a day.
    if user.profile.house.is_some() {
        Box::pin(house_visit::meet(app, &user)).await?;
        if let Some(now) = users::store::get(&app.store, user.id).await? {
            user = now;
        }
    }
    for _ in 0..WAKING_STEPS {
        user = sleep::wake(&app.store, &user, now, sleep::FEEDS_A_STEP).await?;
    }
    if !user.is_waking() {
        token::note_day(&app.store, owner, today, true).await?;
    } else if owner.used_day != today {
        token::note_day(&app.store, owner, today, false).await?;
    }
    Ok(Some(user.id))
}

/// Whether the token's owner may come in. No read: their tokens say so.
///
/// # Errors
/// 403 if not.
pub(super) fn admits(owner: &Owner) -> HandlerResult<()> {
    match owner.is_barred {
        true => Err(barred_token()),
        false => Ok(()),
    }
}

/// The quota of the token's owner: their own, or their class's. No read if the account is cached.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(super) async fn quota_of(app: &App, user: UserId) -> HandlerResult<Quota> {
    let user = users::cached::cached(&app.store, user).await?;
    Ok(user.map_or(app.config.quotas.readers, |user| app.quota_of(&user)))
}

/// The shelf of the token's owner, for a response that shows it; see [`Shelf::arrive`]. What rules want to be sent on is sent.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(super) async fn arrives(app: &App, user: UserId) -> HandlerResult<Shelf> {
    let now = app.clock.now();
    let unread = unread_at_first(app, user).await?;
    let mut shelf = Shelf::arrive(&app.store, user, now, unread).await?;
    if rule_hooks::is_due(app, &shelf)
        && let Some(owner) = users::cached::cached(&app.store, user).await?
    {
        // Rare and large, so it is boxed to stay out of every call's future.
        Box::pin(rule_hooks::send_waiting(app, &owner, &mut shelf, By::Sync)).await?;
    }
    as_wanted(app, user, shelf).await
}

/// The shelf of the token's owner, for a response that shows counts and is no visit; see [`Shelf::meet_news`]. Nothing is sent on.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(super) async fn counted(app: &App, user: UserId) -> HandlerResult<Shelf> {
    let mut shelf = Shelf::load(&app.store, user).await?;
    if shelf.read.book().is_in_use() {
        let unread = unread_at_first(app, user).await?;
        shelf.meet_news(&app.store, app.clock.now(), unread).await?;
    }
    Ok(shelf)
}

/// How many articles of a new feed are unread for the token's owner. The account is only read if the quotas differ.
async fn unread_at_first(app: &App, user: UserId) -> HandlerResult<u32> {
    let quotas = app.config.quotas;
    let unread = match quotas.readers.unread == quotas.admin.unread {
        true => quotas.readers.unread,
        false => quota_of(app, user).await?.unread,
    };
    Ok(unread.min(app.config.fetch.keep.articles))
}

/// A shelf as its owner wants programs to see it. No read unless something has passed by, and then none if the account is
/// cached.
///
/// # Errors
/// A [`Problem`] from the store's error.
pub(super) async fn as_wanted(app: &App, user: UserId, shelf: Shelf) -> HandlerResult<Shelf> {
    if !shelf.has_passing() {
        return Ok(shelf);
    }
    let user = users::cached::cached(&app.store, user).await?;
    let sees_all = user.is_some_and(|user| user.profile.preferences.programs_see_passed);
    Ok(match sees_all {
        true => shelf.without_passing(),
        false => shelf,
    })
}

/// Whether a token hasn't ended.
///
/// # Errors
/// 401 if it has; `code` is the protocol's for a bad token.
pub(super) fn lasts(app: &App, owner: &Owner, code: &'static str) -> HandlerResult<()> {
    if !owner.has_expired(app.clock.now()) {
        return Ok(());
    }
    let advice = "It was made for a limited time. Make a new one in the settings under Apps, and put it in place of this one.";
    let status = StatusCode::UNAUTHORIZED;
    Err(Problem::new(status, code, EXPIRED, advice))
}

/// What is said of a token that has ended.
const EXPIRED: &str = "This token has expired";

/// Whether a token reaches so far.
///
/// # Errors
/// 403 if not.
pub(super) fn reaches(owner: &Owner, needed: Scope) -> HandlerResult<()> {
    if owner.scope >= needed {
        return Ok(());
    }
    let may = match owner.scope {
        Scope::Read => "read",
        _ => "read and mark",
    };
    let title = format!("This token may {may}, and no more");
    let advice = "Make a token that may do more, in the settings under Apps.";
    Err(Problem {
        title,
        ..Problem::forbidden("scope", advice)
    })
}
