//! What signing in, signing up and OpenID Connect share.

use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session;

use crate::app::AppState;
use crate::users::User;
use crate::web::client_address::ClientAddress;
use crate::web::flash::{self, local};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::session_start;
use crate::web::visitor::Visitor;

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
    let untold = session_start::enter(app, session, user, (visitor, address.0)).await?;
    let to = local(to);
    Ok(match untold {
        None => Redirect::to(&to).into_response(),
        Some(text) => flash::redirect(&to, text, None),
    })
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
