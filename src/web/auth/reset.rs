//! A new password for somebody who forgot theirs: by a link that is sent to their address, or that an administrator made.

use std::time::Duration;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use super::card::{card, gone, sent, throttled, unsent};
use crate::app::AppState;
use crate::mail::MailError;
use crate::users::mailed::{self, Purpose, RESET_MINUTES};
use crate::users::{self, User, UserError, normal_email, own_sessions, token};
use crate::web::assets::assets;
use crate::web::client_address::ClientAddress;
use crate::web::html::Html;
use crate::web::letters;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};
use crate::web::view::{Frame, NewPasswordPage, ResetPage};
use crate::web::words::{msg, t, told};

/// The least that an answer takes: whether a letter was written isn't told by the time.
const LEAST: Duration = Duration::from_millis(1_000);

/// The form. Without a relay, whom to ask.
pub(super) async fn ask(State(app): State<AppState>) -> Response {
    match app.mailer {
        Some(_) => Html(page(String::new(), None)).into_response(),
        None => Html(card(t("reset-title"), vec![t("reset-no-mail").to_owned()])).into_response(),
    }
}

fn page(email: String, error: Option<String>) -> ResetPage {
    ResetPage {
        frame: Frame::signed_out(t("reset-title"), assets().clone()),
        email,
        error,
    }
}

/// The submitted address.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

/// Sends a link, if the address has an account; the answer is the same. Two or three reads and one write, or one read.
pub(super) async fn send(
    State(app): State<AppState>,
    address: ClientAddress,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let Some(mailer) = &app.mailer else {
        return Ok(ask(State(app)).await);
    };
    let now = app.clock.now();
    app.sign_in_limit.visit(address.0, now).map_err(throttled)?;
    let email = match normal_email(&typed.email) {
        Ok(email) => email,
        Err(error) => {
            let page = page(typed.email, Some(told(&error.to_string()).into_owned()));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    app.mail_limit.letter(&email, now).map_err(throttled)?;
    let began = Instant::now();
    // Who may not come in needs no password; they learn why where they sign in.
    let user = users::store::by_email(&app.store, &email).await?;
    let done = match user.filter(|user| user.profile.barred().is_none()) {
        Some(user) => write(&app, &user).await?,
        None => Box::pin(mailer.knock(&app.secrets)).await,
    };
    security::note(Event::ResetAsked, address.0, None);
    sleep_until(began + LEAST).await;
    match done {
        Err(error) if !error.is_of_recipient() => Ok(unsent(&error)),
        // That one address is refused would tell that it has an account; the log has it.
        _ => Ok(sent(vec![
            msg("reset-sent").text("email", &email).into(),
            t("mail-sent-hint").to_owned(),
        ])),
    }
}

async fn write(app: &AppState, user: &User) -> HandlerResult<Result<(), MailError>> {
    let now = app.clock.now();
    let what = (Purpose::Reset, RESET_MINUTES);
    let link = mailed::make(&app.store, &app.random, user.id, what, now).await?;
    Ok(letters::reset(app, user, &link).await)
}

const RESETS: [Purpose; 2] = [Purpose::Reset, Purpose::HandedReset];

/// The form for the new password. Looking at it uses nothing up: programs that read mail for people look at links.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(link): Path<String>,
) -> HandlerResult<Response> {
    let found = mailed::find(&app.store, &link, &RESETS, app.clock.now()).await?;
    let Some((user, _)) = found else {
        return Ok(gone(t("reset-gone")));
    };
    Ok(Html(form(&user, &link, None)).into_response())
}

fn form(user: &User, link: &str, error: Option<String>) -> NewPasswordPage {
    NewPasswordPage {
        frame: Frame::signed_out(t("reset-new-title"), assets().clone()),
        email: user.profile.email.clone(),
        action: format!("/reset/{link}"),
        error,
    }
}

/// The new password, and whether apps are signed out, too.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    password: String,
    #[serde(default)]
    tokens: Option<String>,
}

/// Sets it, and ends all sessions. A second step stays: whoever reads the mailbox needn't have the phone.
pub(super) async fn set(
    State(app): State<AppState>,
    address: ClientAddress,
    Path(link): Path<String>,
    Form(chosen): Form<Chosen>,
) -> HandlerResult<Response> {
    let now = app.clock.now();
    app.sign_in_limit.visit(address.0, now).map_err(throttled)?;
    let Some((user, _)) = mailed::find(&app.store, &link, &RESETS, now).await? else {
        return Ok(gone(t("reset-gone")));
    };
    let line = security::own_line(&app, Event::PasswordReset, address.0, (user.id, ""));
    let typed = (link.as_str(), chosen.password.as_str());
    let set = mailed::reset(&app.store, &app.random, typed, now, &line);
    let user = match set.await {
        Ok(Some(user)) => user,
        Ok(None) => return Ok(gone(t("reset-gone"))),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(error) => {
            let page = form(&user, &link, Some(told(&error.to_string()).into_owned()));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    security::note(Event::PasswordReset, address.0, Some(user.id));
    own_sessions::clear(&app.store, user.id, None).await?;
    if chosen.tokens.is_some() {
        for one in token::list(&app.store, user.id).await? {
            let line = security::own_line(&app, Event::TokenRevoked, address.0, (user.id, ""));
            token::revoke(&app.store, user.id, &one.id, line).await?;
            security::note(Event::TokenRevoked, address.0, Some(user.id));
        }
    }
    let page = card(t("reset-done-title"), vec![t("reset-done").to_owned()]);
    Ok(Html(page).into_response())
}
