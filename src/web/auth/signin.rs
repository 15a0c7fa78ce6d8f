//! Signing in and out.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tower_sessions::Session;

use super::entry::{ClientAddress, Next, start_session};
use super::openid;
use crate::app::AppState;
use crate::users::{self, UserError};
use crate::web::assets::assets;
use crate::web::flash::local;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Frame, SignInPage};
use crate::web::words;

/// The form. As long as there are no accounts, redirects to sign-up.
pub(super) async fn show(
    State(app): State<AppState>,
    Query(next): Query<Next>,
) -> HandlerResult<Response> {
    if !users::store::has_accounts(&app.store).await? {
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

/// The submitted form.
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
    address: ClientAddress,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let now = app.clock.now();
    if let Err(wait) = app.sign_in_limit.attempt(&typed.email, address.0, now) {
        let text = format!(
            "There were too many failed attempts. Try again in {}.",
            words::wait(wait)
        );
        let page = page(&app, typed.email, typed.next, Some(text));
        let mut response = (StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response();
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait.seconds));
        return Ok(response);
    }
    match users::store::sign_in(&app.store, &typed.email, &typed.password).await {
        Ok(user) => {
            app.sign_in_limit.succeeded(&typed.email, address.0, now);
            start_session(&app, &session, &user).await?;
            Ok(Redirect::to(&local(&typed.next)).into_response())
        }
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) => {
            let page = page(&app, typed.email, typed.next, Some(error.to_string()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// Ends the session, in the browser and in the store.
pub(super) async fn sign_out(session: Session) -> HandlerResult<Redirect> {
    session
        .flush()
        .await
        .map_err(|error| Problem::internal(&error))?;
    Ok(Redirect::to("/signin"))
}
