//! Security: passkeys, one-time codes, and where one is signed in.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::datastore::Mutation;
use crate::timestamp::{from_minute, from_second};
use crate::users::own_sessions::{self, OwnSession};
use crate::users::passkey::{Party, Passkey, short};
use crate::users::{self, User, UserError, day_of};
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::session_start;
use crate::web::view::{PasskeyRow, Place, SecurityPage, SessionRow};
use crate::web::visitor::Visitor;
use crate::web::words::{self, msg, t, told};

/// The address of the page.
pub(super) const HERE: &str = "/settings/security";

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &current, None).await?;
    Ok(with_flash(Html(page), &headers))
}

/// The page with what went wrong.
pub(super) async fn refused(
    app: &AppState,
    current: &CurrentUser,
    error: &str,
) -> HandlerResult<Response> {
    let page = page(app, current, Some(told(error).into_owned())).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    error: Option<String>,
) -> HandlerResult<SecurityPage> {
    let (frame, _) = plain_frame(app, current, t("security-title"), Place::Settings).await?;
    let sessions = own_sessions::list(&app.store, &current.user, current.now).await?;
    let own = current.session.id().map(|id| own_sessions::listed_id(&id));
    let profile = &current.user.profile;
    let today = day_of(current.now);
    Ok(SecurityPage {
        frame,
        error,
        passkeys: profile
            .passkeys
            .iter()
            .map(|one| passkey_row(one, today))
            .collect(),
        may_have_passkeys: Party::of(&app.base_url).is_some(),
        is_proven: current.is_proven().await?,
        passkey_after_password: profile.passkey_after_password,
        has_password: profile.has_password,
        may_lose_password: profile.has_password
            && (!profile.passkeys.is_empty() || !profile.connected.is_empty()),
        recovery_left: profile.codes.as_ref().map(|codes| codes.left()),
        sessions: sessions
            .into_iter()
            .map(|one| session_row(one, own.as_deref(), today))
            .collect(),
    })
}

/// "today", "yesterday", or the date.
pub(super) fn day_said(day: i64, today: i64) -> String {
    match today - day {
        ..=0 => t("apps-today").to_owned(),
        1 => t("apps-yesterday").to_owned(),
        _ => words::date(from_second(day * 24 * 60 * 60)),
    }
}

fn passkey_row(passkey: &Passkey, today: i64) -> PasskeyRow {
    let added = words::date(from_second(passkey.added));
    PasskeyRow {
        id: passkey.id.clone(),
        name: passkey.name.clone(),
        about: match passkey.used_day {
            None => msg("security-passkey-unused").text("added", added),
            Some(day) => msg("security-passkey-used")
                .text("added", added)
                .text("used", day_said(day, today)),
        }
        .into(),
    }
}

pub(super) fn session_row(session: OwnSession, own: Option<&str>, today: i64) -> SessionRow {
    let device = &session.device;
    let name = words::device(device);
    let since = session.since.map(|minute| {
        msg("security-since")
            .text("date", words::date(from_minute(minute)))
            .to_string()
    });
    let known = since
        .into_iter()
        .chain(Some(session.network).filter(|text| !text.is_empty()));
    SessionRow {
        is_handheld: device.is_handheld(),
        is_this: own == Some(session.id.as_str()),
        id: session.id,
        name,
        about: known.collect::<Vec<_>>().join(" · "),
        used: day_said(session.day, today),
    }
}

/// The line of the audit log about what somebody did to their own account.
pub(super) fn line(
    app: &AppState,
    current: &CurrentUser,
    address: ClientAddress,
    (act, about): (Event, &str),
) -> Mutation {
    security::own_line(app, act, address.0, (current.user.id, about))
}

/// Ends one session. One read, one delete, and one write for the audit log.
pub(super) async fn end_session(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let line = line(&app, &current, address, (Event::SessionEnded, ""));
    if !own_sessions::end(&app.store, current.user.id, &id, line).await? {
        return Err(Problem::not_found());
    }
    security::note(Event::SessionEnded, address.0, Some(current.user.id));
    Ok(flash::redirect(HERE, t("security-session-ended"), None))
}

/// Ends all sessions but this one, which begins anew.
pub(super) async fn end_others(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    visitor: Visitor,
) -> HandlerResult<Response> {
    let next = |user: &mut User| user.profile.epoch += 1;
    let line = line(&app, &current, address, (Event::SessionsEnded, ""));
    let user = users::store::change_with(&app.store, current.user.id, &[line], next).await?;
    renew(&app, &current, &user, &visitor).await?;
    security::note(Event::SessionsEnded, address.0, Some(user.id));
    Ok(flash::redirect(HERE, t("security-sessions-ended"), None))
}

/// Begins this session anew after the account's epoch changed, and deletes the others, which are over.
async fn renew(
    app: &AppState,
    current: &CurrentUser,
    user: &User,
    visitor: &Visitor,
) -> HandlerResult<()> {
    let proof = current.proof().await?;
    session_start::begin(app, &current.session, user, visitor).await?;
    current.keep_proof(proof).await?;
    current.save().await?;
    let own = current.session.id().map(|id| own_sessions::listed_id(&id));
    Ok(own_sessions::clear(&app.store, user.id, own.as_deref()).await?)
}

/// Whether a passkey is asked for after the password.
#[derive(Deserialize)]
pub(super) struct SecondForm {
    #[serde(default)]
    passkey: Option<String>,
}

pub(super) async fn second(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(form): Form<SecondForm>,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let asks = form.passkey.is_some();
    let set = |user: &mut User| user.profile.passkey_after_password = asks;
    let line = line(&app, &current, address, (Event::SecondStepChanged, ""));
    users::store::change_with(&app.store, current.user.id, &[line], set).await?;
    security::note(Event::SecondStepChanged, address.0, Some(current.user.id));
    Ok(flash::redirect(HERE, t("settings-saved"), None))
}

/// Lets only passkeys, or a provider, open the account from now on.
pub(super) async fn remove_password(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    visitor: Visitor,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let line = line(&app, &current, address, (Event::PasswordRemoved, ""));
    match users::sign_in::remove_password(&app.store, current.user.id, line).await {
        Ok(user) => {
            renew(&app, &current, &user, &visitor).await?;
            security::note(Event::PasswordRemoved, address.0, Some(user.id));
            Ok(flash::redirect(HERE, t("security-password-removed"), None))
        }
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) => refused(&app, &current, &error.to_string()).await,
    }
}

/// What a passkey is called.
#[derive(Deserialize)]
pub(super) struct NameForm {
    #[serde(default)]
    name: String,
}

pub(super) async fn rename_passkey(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> HandlerResult<Response> {
    let name = short(&form.name);
    if name.is_empty() {
        return refused(&app, &current, t("security-passkey-nameless")).await;
    }
    let set = |user: &mut User| {
        let mut all = user.profile.passkeys.iter_mut();
        all.find(|one| one.id == id)?.name.clone_from(&name);
        Some(())
    };
    let line = line(&app, &current, address, (Event::PasskeyRenamed, ""));
    let done = users::store::change_if_with(&app.store, current.user.id, &[line], set).await?;
    done.ok_or_else(Problem::not_found)?;
    security::note(Event::PasskeyRenamed, address.0, Some(current.user.id));
    Ok(flash::redirect(HERE, t("settings-saved"), None))
}

/// Removes a passkey, unless it is the only way in.
pub(super) async fn remove_passkey(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let profile = &current.user.profile;
    if !profile.passkeys.iter().any(|one| one.id == id) {
        return Err(Problem::not_found());
    }
    let line = line(&app, &current, address, (Event::PasskeyRemoved, ""));
    let remove = |user: &mut User| {
        let profile = &mut user.profile;
        let is_last = profile.passkeys.iter().all(|one| one.id == id);
        if is_last && !profile.has_password && profile.connected.is_empty() {
            return None;
        }
        profile.passkeys.retain(|one| one.id != id);
        Some(())
    };
    let id = current.user.id;
    if users::store::change_if_with(&app.store, id, &[line], remove)
        .await?
        .is_none()
    {
        return refused(&app, &current, &UserError::NoOtherWay.to_string()).await;
    }
    security::note(Event::PasskeyRemoved, address.0, Some(current.user.id));
    Ok(flash::redirect(HERE, t("security-passkey-removed"), None))
}
