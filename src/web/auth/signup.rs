//! Making an account: the first visitor, and later ones where the settings let them.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session;

use super::signin::Address;
use crate::app::AppState;
use crate::users::{self, UserError};
use crate::web::assets::assets;
use crate::web::pages::Html;
use crate::web::problem::{Answer, Problem};
use crate::web::reader;
use crate::web::view::{Frame, SignUpPage};

pub(super) async fn show(State(app): State<AppState>) -> Answer<Response> {
    let first = !users::store::anybody(&app.store).await?;
    if !first && !app.door().open {
        return Err(closed());
    }
    Ok(Html(page(String::new(), first)).into_response())
}

fn closed() -> Problem {
    let advice = "Ask the administrator for an account, or sign in if you have one.";
    Problem::new(
        StatusCode::FORBIDDEN,
        "signup_closed",
        "Sign-up is closed here",
        advice,
    )
}

fn page(email: String, first: bool) -> SignUpPage {
    SignUpPage {
        frame: Frame::signed_out("Make an account", assets().clone()),
        first,
        email,
        email_error: None,
        password_error: None,
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
    address: Address,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    // Making accounts is as costly as guessing passwords, and counts as an attempt of its address.
    app.throttle.visit(address.0).map_err(|seconds| Problem {
        retry_after: Some(seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "throttled",
            "Too many attempts",
            "Try again in a quarter of an hour.",
        )
    })?;
    let now = app.clock.now();
    let (store, chance) = (&app.store, &app.chance);
    let made = users::store::create(
        store,
        chance,
        now,
        app.door(),
        &typed.email,
        &typed.password,
    );
    let error = match made.await {
        Ok(user) => {
            reader::begin(&app, &session, &user).await?;
            return Ok(Redirect::to("/unread").into_response());
        }
        Err(UserError::Closed) => return Err(closed()),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let first = !users::store::anybody(&app.store).await?;
    let mut page = page(typed.email, first);
    let text = Some(error.to_string());
    match error {
        UserError::ShortPassword | UserError::LongPassword => page.password_error = text,
        _ => page.email_error = text,
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
