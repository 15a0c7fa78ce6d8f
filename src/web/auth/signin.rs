//! Signing in and out.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use tower_sessions::Session;

use super::entry::{Next, enter};
use super::{button, second};
use crate::app::AppState;
use crate::ids::UserId;
use crate::limits::Origin;
use crate::users::passkey::Party;
use crate::users::{self, UserError};
use crate::web::assets::assets;
use crate::web::browser::{self, KnownBrowser};
use crate::web::client_address::ClientAddress;
use crate::web::flash::local;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Door, Event};
use crate::web::view::{Frame, SignInPage};
use crate::web::visitor::Visitor;
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
        frame: Frame::signed_out(words::t("signin-title"), assets().clone()),
        email,
        openid: button::button(app, &next),
        next: local(&next),
        error,
        may_sign_up: app.may_sign_up(),
        has_passkeys: Party::of(&app.base_url).is_some(),
        may_reset: app.mailer.is_some(),
        note: app
            .config
            .server
            .signup_note
            .clone()
            .filter(|_| !app.may_sign_up()),
    }
}

/// The form again, with what went wrong.
pub(super) fn again(app: &AppState, next: &str, error: String, status: StatusCode) -> Response {
    let page = page(app, String::new(), next.to_owned(), Some(error));
    (status, Html(page)).into_response()
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
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let now = app.clock.now();
    let known = browser::known(&app, &headers);
    let known = match &known {
        Some(known) if is_of(&app, known, &typed.email).await? => Some(known.id.as_str()),
        _ => None,
    };
    let origin = Origin {
        account: &typed.email,
        address: address.0,
        browser: known,
    };
    let delay = app.sign_in_limit.attempt(origin, now);
    if let Err(wait) = delay {
        security::note(Event::SignInThrottled, address.0, None);
        let text = words::msg("signin-throttled").text("wait", words::wait(wait));
        let page = page(&app, typed.email.clone(), typed.next, Some(text.into()));
        let mut response = (StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response();
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(wait.seconds));
        return Ok(response);
    }
    tokio::time::sleep(delay.unwrap_or_default()).await;
    match users::sign_in::sign_in(&app.store, &typed.email, &typed.password).await {
        Ok(user) => {
            app.sign_in_limit.succeeded(origin, now);
            if user.profile.has_second_step() {
                return Ok(second::ask(&app, &user, &typed.next));
            }
            enter(&app, &session, &user, (&visitor, address), &typed.next).await
        }
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) => {
            app.sign_in_limit.failed(origin, now);
            let door = Door::Typed(&typed.email);
            security::failed(&app, Event::SignInFailed, address.0, door).await;
            let page = page(
                &app,
                typed.email.clone(),
                typed.next,
                Some(words::told(&error.to_string()).into_owned()),
            );
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// Whether a browser's account is the one that was typed. No read if the account is cached.
async fn is_of(app: &AppState, known: &KnownBrowser, typed: &str) -> HandlerResult<bool> {
    let user = users::cached::cached(&app.store, UserId(known.user)).await?;
    Ok(user.is_some_and(|user| users::is_same_email(&user.profile.email, typed)))
}

/// Ends the session, in the browser and in the store.
pub(super) async fn sign_out(session: Session, address: ClientAddress) -> HandlerResult<Redirect> {
    session
        .flush()
        .await
        .map_err(|error| Problem::internal(&error))?;
    security::note(Event::SignedOut, address.0, None);
    Ok(Redirect::to("/signin"))
}
