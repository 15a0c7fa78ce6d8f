//! One-time codes: setting them up, new recovery codes, and switching them off.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qrcodegen::{QrCode, QrCodeEcc};
use serde::Deserialize;

use super::plain_frame;
use super::security::{HERE, line};
use crate::app::AppState;
use crate::sealed::Seal;
use crate::users::one_time_code::NewSecret;
use crate::users::{self, User};
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{CodesPage, Place};
use crate::web::words::t;

/// The address of the page.
const SET_UP: &str = "/settings/security/codes";
/// The purpose of the seal around a secret that isn't an account's yet.
const PURPOSE: &str = "a new secret of one-time codes";

/// Shows a new secret, as a picture and as text.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, SET_UP).await? {
        return Ok(question);
    }
    let secret = NewSecret::drawn(&app.random);
    let page = page(&app, &current, &secret, None).await?;
    Ok(Html(page).into_response())
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    secret: &NewSecret,
    error: Option<String>,
) -> HandlerResult<CodesPage> {
    let (frame, _) = plain_frame(app, current, t("codes-title"), Place::Settings).await?;
    let email = &current.user.profile.email;
    let issuer = app.config.fetch.operator.as_deref().unwrap_or("Dormouse");
    let seal = Seal::new(&app.secret, PURPOSE);
    // For oneself: nobody can be given another's.
    let own = (current.user.id.0, secret);
    let sealed = seal.and_then(|seal| seal.close(&own, &app.random));
    let grouped = secret
        .text
        .as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy);
    Ok(CodesPage {
        frame,
        picture: picture(&secret.address(issuer, email)),
        secret: grouped.collect::<Vec<_>>().join(" "),
        sealed: sealed.ok_or_else(Problem::not_found)?,
        error,
    })
}

/// A QR code (ISO/IEC 18004) as the path of a picture, one unit a module, with its size. Four modules of quiet around it.
fn picture(text: &str) -> (String, i32) {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return (String::new(), 0);
    };
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{},{}h1v1h-1z", x + 4, y + 4));
        }
    }
    (path, code.size() + 8)
}

/// The code that proves that the app has the secret.
#[derive(Deserialize)]
pub(super) struct SetUp {
    #[serde(default)]
    sealed: String,
    #[serde(default)]
    code: String,
}

pub(super) async fn set_up(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(form): Form<SetUp>,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, SET_UP).await? {
        return Ok(question);
    }
    let seal = Seal::new(&app.secret, PURPOSE);
    let opened: Option<(i64, NewSecret)> = seal.and_then(|seal| seal.open(&form.sealed));
    let own = opened.filter(|(user, _)| *user == current.user.id.0);
    let (_, secret) = own.ok_or_else(Problem::not_found)?;
    if !secret.fits(&form.code, current.now) {
        let page = page(&app, &current, &secret, Some(t("codes-wrong").to_owned())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let keys = (&app.secret, &app.random);
    let id = current.user.id;
    let begun = secret.begin(keys, id, (&form.code, current.now));
    let (codes, shown) = begun.ok_or_else(Problem::not_found)?;
    let set = |user: &mut User| user.profile.codes = Some(codes.clone());
    let line = line(&app, &current, address, (Event::CodesOn, ""));
    users::store::change_with(&app.store, id, &[line], set).await?;
    security::note(Event::CodesOn, address.0, Some(id));
    Ok(shown_once(&shown, t("codes-on")))
}

/// Recovery codes are shown by the next page, and by no other.
fn shown_once(codes: &[String], text: &str) -> Response {
    flash::redirect_with_secret(HERE, text, codes.join("\n"))
}

pub(super) async fn renew(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let id = current.user.id;
    let new = |user: &mut User| Some(user.profile.codes.as_mut()?.renew(&app.random, id));
    let line = line(&app, &current, address, (Event::RecoveryCodesMade, ""));
    let done = users::store::change_if_with(&app.store, id, &[line], new).await?;
    let (shown, _) = done.ok_or_else(Problem::not_found)?;
    security::note(Event::RecoveryCodesMade, address.0, Some(id));
    Ok(shown_once(&shown, t("codes-renewed")))
}

pub(super) async fn switch_off(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let off = |user: &mut User| user.profile.codes.take().map(drop);
    let id = current.user.id;
    let line = line(&app, &current, address, (Event::CodesOff, ""));
    let done = users::store::change_if_with(&app.store, id, &[line], off).await?;
    done.ok_or_else(Problem::not_found)?;
    security::note(Event::CodesOff, address.0, Some(id));
    Ok(flash::redirect(HERE, t("codes-off"), None))
}
