//! Whether the signed-in user has lately proven that they are the owner.

use axum::response::{IntoResponse, Redirect, Response};

use crate::app::AppState;
use crate::limits::Origin;
use crate::users::{self, UserError};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Door, Event};
use crate::web::words::{self, segment};

/// A redirect to the page that asks, and from there to `next`; `None` if the last proof is fresh.
///
/// # Errors
/// A problem if the session can't be read.
pub(crate) async fn needed(current: &CurrentUser, next: &str) -> HandlerResult<Option<Response>> {
    if current.is_proven().await? {
        return Ok(None);
    }
    let to = format!("/confirm?next={}", segment(next));
    Ok(Some(Redirect::to(&to).into_response()))
}

/// Whether this is the signed-in user's password; otherwise what to tell them. Their attempts have a count of their own,
/// which strangers can't use up.
///
/// # Errors
/// A problem if the store can't be read.
pub(crate) async fn check(
    app: &AppState,
    current: &CurrentUser,
    address: ClientAddress,
    password: &str,
) -> HandlerResult<Result<(), String>> {
    let (id, email) = (current.user.id, &current.user.profile.email);
    // Of each session: a thief’s attempts in theirs are not the owner’s.
    let session = current.session.id().map(|id| id.to_string());
    let own = format!("signed in as {id} in {}", session.unwrap_or_default());
    let origin = Origin {
        account: email,
        address: None,
        browser: Some(&own),
    };
    let now = app.clock.now();
    if let Err(wait) = app.sign_in_limit.attempt(origin, now) {
        security::note(Event::SignInThrottled, address.0, Some(id));
        let wait = words::wait(wait);
        return Ok(Err(format!("Too many attempts. Try again in {wait}.")));
    }
    match users::sign_in::sign_in(&app.store, email, password).await {
        Ok(_) => {
            app.sign_in_limit.succeeded(origin, now);
            Ok(Ok(()))
        }
        Err(UserError::WrongPassword) => {
            let door = Door::Of(id);
            security::failed(app, Event::SignInFailed, address.0, door).await;
            Ok(Err("Wrong current password.".into()))
        }
        Err(error) => Err(error.into()),
    }
}
