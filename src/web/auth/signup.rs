//! Creating an account: the first visitor can, later ones if the settings allow it.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tower_sessions::Session;

use super::button;
use super::entry::sign_up_closed;
use crate::app::AppState;
use crate::users::{self, UserError};
use crate::web::assets::assets;
use crate::web::client_address::ClientAddress;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{Frame, SignUpPage};
use crate::web::visitor::Visitor;
use crate::web::{current_user, words};

pub(super) async fn show(State(app): State<AppState>) -> HandlerResult<Response> {
    let first = !users::store::has_accounts(&app.store).await?;
    if !first && !app.may_sign_up() {
        return Err(sign_up_closed(&app, None));
    }
    Ok(Html(page(&app, String::new(), first)).into_response())
}

fn page(app: &AppState, email: String, first: bool) -> SignUpPage {
    SignUpPage {
        frame: Frame::signed_out(words::t("signup-title"), assets().clone()),
        first,
        email,
        email_error: None,
        password_error: None,
        openid: button::button(app, ""),
    }
}

/// The submitted form.
#[derive(Deserialize)]
pub(super) struct Typed {
    email: String,
    password: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    session: Session,
    address: ClientAddress,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    // Creating an account costs as much as checking a password, and counts as an attempt from the address.
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
    // All that is wrong is said at once.
    let wrong = [
        users::normal_email(&typed.email).err(),
        users::password::check(&typed.password).err(),
    ];
    if let [Some(_), Some(_)] = &wrong {
        let first = !users::store::has_accounts(&app.store).await?;
        let mut page = page(&app, typed.email, first);
        let said = wrong.map(|error| Some(words::told(&error?.to_string()).into_owned()));
        [page.email_error, page.password_error] = said;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let (store, random) = (&app.store, &app.random);
    let made = users::store::create(
        store,
        random,
        now,
        app.policy(&typed.email),
        &typed.email,
        &typed.password,
    );
    let error = match made.await {
        Ok(user) => {
            current_user::begin(&app, &session, &user, &visitor).await?;
            security::note(Event::SignedUp, address.0, Some(user.id));
            return Ok(Redirect::to("/unread").into_response());
        }
        Err(UserError::Closed) => return Err(sign_up_closed(&app, Some(&typed.email))),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let first = !users::store::has_accounts(&app.store).await?;
    let mut page = page(&app, typed.email, first);
    let text = Some(words::told(&error.to_string()).into_owned());
    match error {
        UserError::ShortPassword | UserError::LongPassword | UserError::CommonPassword => {
            page.password_error = text
        }
        _ => page.email_error = text,
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
