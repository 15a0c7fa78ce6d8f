//! Making an account: the first visitor, and later ones where the settings let them.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session;

use super::entry::{ClientAddress, sign_up_closed};
use super::openid;
use crate::app::AppState;
use crate::users::{self, UserError};
use crate::web::assets::assets;
use crate::web::html::Html;
use crate::web::problem::{Answer, Problem};
use crate::web::view::{Frame, SignUpPage};
use crate::web::{reader, words};

pub(super) async fn show(State(app): State<AppState>) -> Answer<Response> {
    let first = !users::store::anybody(&app.store).await?;
    if !first && !app.may_sign_up() {
        return Err(sign_up_closed(&app, None));
    }
    Ok(Html(page(&app, String::new(), first)).into_response())
}

fn page(app: &AppState, email: String, first: bool) -> SignUpPage {
    SignUpPage {
        frame: Frame::signed_out("Make an account", assets().clone()),
        first,
        email,
        email_error: None,
        password_error: None,
        openid: openid::button(app, ""),
    }
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    email: String,
    password: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    session: Session,
    address: ClientAddress,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    // Making accounts is as costly as guessing passwords, and counts as an attempt of its address.
    let now = app.clock.now();
    app.sign_in_limit
        .visit(address.0, now)
        .map_err(|wait| Problem {
            retry_after: Some(wait.seconds),
            ..Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "throttled",
                "Too many attempts",
                format!("Try again in {}.", words::wait(wait)),
            )
        })?;
    let (store, chance) = (&app.store, &app.chance);
    let made = users::store::create(
        store,
        chance,
        now,
        app.door(&typed.email),
        &typed.email,
        &typed.password,
    );
    let error = match made.await {
        Ok(user) => {
            reader::begin(&app, &session, &user).await?;
            return Ok(Redirect::to("/unread").into_response());
        }
        Err(UserError::Closed) => return Err(sign_up_closed(&app, Some(&typed.email))),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let first = !users::store::anybody(&app.store).await?;
    let mut page = page(&app, typed.email, first);
    let text = Some(error.to_string());
    match error {
        UserError::ShortPassword | UserError::LongPassword => page.password_error = text,
        _ => page.email_error = text,
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
