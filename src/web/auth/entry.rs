//! What signing in, signing up and OpenID Connect share.

use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session;

use crate::app::AppState;
use crate::mail::MailError;
use crate::users::User;
use crate::users::session::Sessions;
use crate::web::barred::barred_problem;
use crate::web::client_address::ClientAddress;
use crate::web::flash::{self, local};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Door, Event};
use crate::web::visitor::Visitor;
use crate::web::words::{msg, told};
use crate::web::{current_user, letters};

/// Where to redirect afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// Begins a session, and goes on to a page of ours. In a browser that the account isn't known in, its owner is told by email;
/// if that fails, the page says so.
pub(super) async fn enter(
    app: &AppState,
    session: &Session,
    user: &User,
    (visitor, address): (&Visitor, ClientAddress),
    to: &str,
) -> HandlerResult<Response> {
    start_session(app, session, user, (visitor, address)).await?;
    let to = local(to);
    match tell_owner(app, user, visitor).await {
        Ok(()) => Ok(Redirect::to(&to).into_response()),
        Err(error) => {
            let text = msg("signin-untold").text("why", told(&error.to_string()));
            Ok(flash::redirect(&to, text.to_string(), None))
        }
    }
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
pub(super) async fn start_session(
    app: &AppState,
    session: &Session,
    user: &User,
    (visitor, address): (&Visitor, ClientAddress),
) -> HandlerResult<()> {
    if let Some(barred) = user.profile.barred() {
        security::failed(app, Event::EntryRefused, address.0, Door::Of(user.id)).await;
        return Err(barred_problem(barred));
    }
    security::note(Event::SignedIn, address.0, Some(user.id));
    if !visitor.is_known_to(user.id) {
        let about = visitor.device.to_string();
        let line = security::own_line(app, Event::SignedIn, address.0, (user.id, &about));
        app.store.commit(vec![line]).await?;
    }
    Sessions::new(app.store.clone(), app.clock.clone())
        .sweep()
        .await?;
    current_user::begin(app, session, user, visitor).await
}

/// Sign-up is closed, to everyone or to this address.
pub(super) fn sign_up_closed(app: &AppState, email: Option<&str>) -> Problem {
    let status = StatusCode::FORBIDDEN;
    if let (true, Some(email)) = (app.may_sign_up(), email) {
        let advice = format!(
            "Accounts are for some addresses only, and {email} isn’t one of them. Ask the administrator."
        );
        let advice = match &app.config.server.signup_note {
            Some(note) => format!("{advice} {note}"),
            None => advice,
        };
        let title = "This address can’t create an account";
        return Problem::new(status, "signup_not_listed", title, advice);
    }
    let advice = match &app.config.server.signup_note {
        // The operator's own, in their own language.
        Some(note) => note.as_str(),
        None => "Ask the administrator for an account, or sign in if you have one.",
    };
    Problem::new(status, "signup_closed", "Sign-up is closed here", advice)
}
