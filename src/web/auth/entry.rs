//! What signing in, signing up and OpenID Connect share.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use tower_sessions::Session;

use crate::app::AppState;
use crate::users::User;
use crate::users::session::Sessions;
use crate::web::current_user;
use crate::web::problem::{HandlerResult, Problem};

/// The client's IP address: the connection's, or, behind a platform's proxy, the last one in `X-Forwarded-For`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        if !app.config.server.behind_proxy {
            return Ok(Self(peer));
        }
        let named = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let last = named
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|value| value.trim().parse().ok());
        Ok(Self(last.or(peer)))
    }
}

/// Where to redirect afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// Begins a session, and deletes a few expired ones.
pub(super) async fn start_session(
    app: &AppState,
    session: &Session,
    user: &User,
) -> HandlerResult<()> {
    Sessions::new(app.store.clone(), app.clock.clone())
        .sweep()
        .await?;
    current_user::begin(app, session, user).await
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
