//! How a session begins, by whatever way somebody came in.

use std::net::IpAddr;

use tower_sessions::Session;

use super::barred::barred_problem;
use super::letters;
use super::problem::{HandlerResult, Problem};
use super::security::{self, Door, Event};
use super::visitor::Visitor;
use super::words::{msg, told};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::mail::MailError;
use crate::timestamp::minute_of;
use crate::users::session::Sessions;
use crate::users::session::fields::{DAY, DEVICE, EPOCH, NETWORK, PROVEN, SINCE, USER};
use crate::users::{User, day_of};

/// Begins a session as [`start`] does. In a browser that the account isn't known in, its owner is told by email; if that fails, these
/// are words about it for the page.
///
/// # Errors
/// Those of [`start`].
pub(super) async fn enter(
    app: &AppState,
    session: &Session,
    user: &User,
    (visitor, address): (&Visitor, Option<IpAddr>),
) -> HandlerResult<Option<String>> {
    start(app, session, user, (visitor, address)).await?;
    let untold = tell_owner(app, user, visitor).await.err();
    Ok(untold.map(|error| {
        let text = msg("signin-untold").text("why", told(&error.to_string()));
        text.to_string()
    }))
}

async fn tell_owner(app: &AppState, user: &User, visitor: &Visitor) -> Result<(), MailError> {
    let is_known = visitor.is_known_to(user.id);
    if app.mailer.is_none() || is_known || user.profile.mail.no_notices {
        return Ok(());
    }
    letters::new_sign_in(app, user, visitor, app.clock.now()).await
}

/// Begins a session, and deletes a few expired ones; a browser that is new to the account is a line of the audit log, one write.
///
/// # Errors
/// A problem that says why, if the account is disabled or being deleted: only its owner comes so far.
pub(super) async fn start(
    app: &AppState,
    session: &Session,
    user: &User,
    (visitor, address): (&Visitor, Option<IpAddr>),
) -> HandlerResult<()> {
    if let Some(barred) = user.profile.barred() {
        security::failed(app, Event::EntryRefused, address, Door::Of(user.id)).await;
        return Err(barred_problem(barred));
    }
    security::note(Event::SignedIn, address, Some(user.id));
    if !visitor.is_known_to(user.id) {
        let about = visitor.device.to_string();
        let line = security::own_line(app, Event::SignedIn, address, (user.id, &about));
        app.store.commit(vec![line]).await?;
    }
    Sessions::new(app.store.clone(), app.clock.clone())
        .sweep()
        .await?;
    begin(app, session, user, visitor).await
}

/// Begins a session for an authenticated user. The session gets a new id, against session fixation.
///
/// # Errors
/// A [`Problem`] if the session can't be read or written.
pub async fn begin(
    app: &AppState,
    session: &Session,
    user: &User,
    visitor: &Visitor,
) -> Result<(), Problem> {
    session.cycle_id().await.map_err(session_problem)?;
    session
        .insert(USER, user.id.0)
        .await
        .map_err(session_problem)?;
    session
        .insert(EPOCH, user.profile.epoch)
        .await
        .map_err(session_problem)?;
    let now = app.clock.now();
    session
        .insert(PROVEN, minute_of(now))
        .await
        .map_err(session_problem)?;
    session
        .insert(DAY, day_of(now))
        .await
        .map_err(session_problem)?;
    session
        .insert(SINCE, minute_of(now))
        .await
        .map_err(session_problem)?;
    session
        .insert(DEVICE, &visitor.device)
        .await
        .map_err(session_problem)?;
    session
        .insert(NETWORK, &visitor.network)
        .await
        .map_err(session_problem)
}

/// A session that can't be read is a temporary failure of the store; one that can't be decoded is an internal error.
pub(super) fn session_problem(error: tower_sessions::session::Error) -> Problem {
    use tower_sessions::session::Error;
    match error {
        Error::Store(tower_sessions::session_store::Error::Backend(text)) => {
            StoreError::Unavailable(text).into()
        }
        other => Problem::internal(&other),
    }
}
