//! Signing in and out.

use std::net::{IpAddr, SocketAddr};

use axum::Form;
use axum::extract::{ConnectInfo, FromRequestParts, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tower_sessions::Session;

use super::openid;
use crate::app::AppState;
use crate::users::session::Sessions;
use crate::users::{self, User, UserError};
use crate::web::assets::assets;
use crate::web::flash::local;
use crate::web::pages::Html;
use crate::web::problem::{Answer, Problem};
use crate::web::reader;
use crate::web::view::{Frame, SignInPage};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// The form. Where nobody has an account yet, the first visitor is sent to make one.
pub(super) async fn show(
    State(app): State<AppState>,
    Query(next): Query<Next>,
) -> Answer<Response> {
    if !users::store::anybody(&app.store).await? {
        return Ok(Redirect::to("/signup").into_response());
    }
    Ok(Html(page(&app, String::new(), next.next, None)).into_response())
}

fn page(app: &AppState, email: String, next: String, error: Option<String>) -> SignInPage {
    SignInPage {
        frame: Frame::signed_out("Sign in", assets().clone()),
        email,
        openid: openid::button(app, &next),
        next: local(&next),
        error,
        may_sign_up: app.may_sign_up(),
    }
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    session: Session,
    address: Address,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    if let Err(seconds) = app.throttle.attempt(&typed.email, address.0) {
        let text = format!(
            "There were too many failed attempts. Try again in {} minutes.",
            seconds.div_ceil(60)
        );
        let page = page(&app, typed.email, typed.next, Some(text));
        let mut response = (StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response();
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(response);
    }
    match users::store::sign_in(&app.store, &typed.email, &typed.password).await {
        Ok(user) => {
            app.throttle.succeeded(&typed.email, address.0);
            enter(&app, &session, &user).await?;
            Ok(Redirect::to(&local(&typed.next)).into_response())
        }
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) => {
            let page = page(&app, typed.email, typed.next, Some(error.to_string()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// Begins a session, and clears a few old ones away.
pub(super) async fn enter(app: &AppState, session: &Session, user: &User) -> Answer<()> {
    Sessions::new(app.store.clone(), app.clock.clone())
        .sweep()
        .await?;
    reader::begin(app, session, user).await
}

/// Ends the session, here and in the store.
pub(super) async fn sign_out(session: Session) -> Answer<Redirect> {
    session
        .flush()
        .await
        .map_err(|error| Problem::internal(&error))?;
    Ok(Redirect::to("/signin"))
}

/// The caller's address: the connection's, or, behind a platform's proxy, the last that the proxy names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address(pub Option<IpAddr>);

impl FromRequestParts<AppState> for Address {
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
