//! Proving again that one is the owner: what could outlive a thief's visit asks for it, if the last proof is older than
//! ten minutes.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::{button, second};
use crate::app::AppState;
use crate::limits::Origin;
use crate::users::passkey::Party;
use crate::web::actions::proof::check;
use crate::web::assets::assets;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash::local;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};
use crate::web::view::{ConfirmPage, Frame};
use crate::web::words::{msg, t, told, wait};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    Query(asked): Query<Asked>,
) -> Response {
    Html(page(&app, &current, &asked.next, None)).into_response()
}

fn page(app: &AppState, current: &CurrentUser, next: &str, error: Option<String>) -> ConfirmPage {
    let profile = &current.user.profile;
    let has_openid = !profile.connected.is_empty();
    let why = match profile.has_password || !profile.passkeys.is_empty() {
        true => t("confirm-why"),
        false => t("confirm-why-openid"),
    };
    ConfirmPage {
        frame: Frame::signed_out(t("confirm-title"), assets().clone()),
        why,
        email: profile.email.clone(),
        next: local(next),
        error: error.map(|error| told(&error).into_owned()),
        // Where a passkey is the second step, the password alone proves nothing.
        has_password: profile.has_password
            && (profile.codes.is_some() || !profile.has_second_step()),
        has_codes: profile.codes.is_some(),
        openid: button::proof_button(app, &local(next)).filter(|_| has_openid),
        has_passkeys: !profile.passkeys.is_empty() && Party::of(&app.base_url).is_some(),
    }
}

/// The page again, with what went wrong.
pub(super) fn again(app: &AppState, current: &CurrentUser, next: &str, error: String) -> Response {
    let page = page(app, current, next, Some(error));
    (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
}

/// The submitted form.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    password: String,
    /// A one-time code, where they are on.
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let checked = match check(&app, &current, address, &typed.password).await? {
        Ok(()) => second_step(&app, &current, address, &typed.code).await?,
        wrong => wrong,
    };
    let error = match checked {
        Ok(()) => {
            current.note_proof().await?;
            security::note(Event::Confirmed, address.0, Some(current.user.id));
            return Ok(Redirect::to(&local(&typed.next)).into_response());
        }
        Err(error) => error,
    };
    Ok(again(&app, &current, &typed.next, error))
}

/// Whether the second step is taken, where there is one: as at sign-in. Otherwise what to tell them.
async fn second_step(
    app: &AppState,
    current: &CurrentUser,
    address: ClientAddress,
    code: &str,
) -> HandlerResult<Result<(), String>> {
    let user = &current.user;
    if !user.profile.has_second_step() {
        return Ok(Ok(()));
    }
    if user.profile.codes.is_none() {
        return Ok(Err(t("confirm-passkey").to_owned()));
    }
    let account = second::guessed(user);
    let origin = Origin {
        account: &account,
        address: None,
        browser: Some("any"),
    };
    let now = app.clock.now();
    if let Err(delay) = app.sign_in_limit.attempt(origin, now) {
        security::note(Event::SignInThrottled, address.0, Some(user.id));
        let text = msg("signin-throttled").text("wait", wait(delay));
        return Ok(Err(text.into()));
    }
    if second::take(app, user.id, address, code).await?.is_none() {
        security::note(Event::SecondStepFailed, address.0, Some(user.id));
        return Ok(Err(t("second-wrong").to_owned()));
    }
    app.sign_in_limit.succeeded(origin, now);
    Ok(Ok(()))
}
