//! What signing in, signing up and OpenID Connect share.

use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session;

use crate::app::AppState;
use crate::users::User;
use crate::users::session::Sessions;
use crate::web::barred::barred_problem;
use crate::web::client_address::ClientAddress;
use crate::web::current_user;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Door, Event};
use crate::web::visitor::Visitor;

/// Where to redirect afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
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
        let title = "This address can’t create an account";
        return Problem::new(status, "signup_not_listed", title, advice);
    }
    let advice = "Ask the administrator for an account, or sign in if you have one.";
    Problem::new(status, "signup_closed", "Sign-up is closed here", advice)
}
