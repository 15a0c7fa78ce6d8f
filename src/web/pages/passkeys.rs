//! Adding a passkey. The browser's part is `static/js/passkeys.js`.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::security::{HERE, refused};
use crate::app::AppState;
use crate::users::passkey::{MAX_PASSKEYS, Party, Passkey, PasskeyError};
use crate::users::{self, User};
use crate::web::actions::{ceremony, proof};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::words::t;

/// What the browser is asked, as JSON. No read.
pub(super) async fn options(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    if !current.is_proven().await? {
        let status = StatusCode::FORBIDDEN;
        let (title, advice) = (t("confirm-title"), t("confirm-why"));
        return Err(Problem::new(status, "unproven", title, advice));
    }
    let party = Party::of(&app.base_url).ok_or_else(Problem::not_found)?;
    let profile = (
        current.user.profile.email.as_str(),
        current.user.profile.passkeys.as_slice(),
    );
    match party.begin_adding(current.user.id, profile) {
        Ok(begun) => ceremony::begun(&app, begun),
        Err(error @ PasskeyError::TooMany) => {
            let status = StatusCode::CONFLICT;
            let title = "That is one passkey too many";
            Err(Problem::new(
                status,
                "too_many_passkeys",
                title,
                error.to_string(),
            ))
        }
        Err(error) => Err(Problem::internal(&error)),
    }
}

/// What the browser made.
#[derive(Deserialize)]
pub(super) struct Made {
    #[serde(default)]
    credential: String,
    #[serde(default)]
    name: String,
}

pub(super) async fn add(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    headers: HeaderMap,
    Form(made): Form<Made>,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let passkey = match read(&app, &current, &headers, &made) {
        Ok(passkey) => passkey,
        Err(error) => return refused(&app, &current, &error.to_string()).await,
    };
    let keep = |user: &mut User| {
        let all = &mut user.profile.passkeys;
        let fits = all.len() < MAX_PASSKEYS && all.iter().all(|one| one.id != passkey.id);
        fits.then(|| all.push(passkey.clone()))
    };
    let line = super::security::line(&app, &current, address, (Event::PasskeyAdded, ""));
    if users::store::change_if_with(&app.store, current.user.id, &[line], keep)
        .await?
        .is_none()
    {
        return refused(&app, &current, &PasskeyError::TooMany.to_string()).await;
    }
    security::note(Event::PasskeyAdded, address.0, Some(current.user.id));
    let mut response = flash::redirect(HERE, t("security-passkey-added"), None).into_response();
    if let Some(gone) = ceremony::over(&app) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

fn read(
    app: &AppState,
    current: &CurrentUser,
    headers: &HeaderMap,
    made: &Made,
) -> Result<Passkey, PasskeyError> {
    let party = Party::of(&app.base_url).ok_or(PasskeyError::NoName)?;
    let state = ceremony::state(app, headers).ok_or(PasskeyError::Refused)?;
    let name = match made.name.trim() {
        "" => t("security-passkey-name"),
        name => name,
    };
    let answer = (state.as_str(), made.credential.as_bytes());
    party.finish_adding(current.user.id, answer, name, current.now)
}
