//! Signing in, and proving who one is, with a passkey. The browser's part is `static/js/passkeys.js`.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tower_sessions::Session;

use super::entry::enter;
use super::{confirm, signin};
use crate::app::AppState;
use crate::users::passkey::{Answer, Party, Passkey, PasskeyError};
use crate::users::{self, User, day_of};
use crate::web::actions::ceremony;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash::local;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Door, Event};
use crate::web::visitor::Visitor;
use crate::web::words;

/// What a browser is asked, as JSON; the other half goes into a cookie. No read.
pub(super) async fn options(State(app): State<AppState>) -> HandlerResult<Response> {
    let party = Party::of(&app.base_url).ok_or_else(Problem::not_found)?;
    let begun = party
        .begin_sign_in()
        .map_err(|error| Problem::internal(&error))?;
    ceremony::begun(&app, begun)
}

/// What the browser answered.
#[derive(Deserialize)]
pub(super) struct Answered {
    #[serde(default)]
    credential: String,
    #[serde(default)]
    next: String,
}

/// The account that an answer proves, with the passkey as it is to be stored. From the cache, or one read.
async fn proven(
    app: &AppState,
    headers: &HeaderMap,
    credential: &str,
) -> HandlerResult<Result<(User, Passkey), PasskeyError>> {
    let refused = Ok(Err(PasskeyError::Refused));
    let (Some(party), Some(state)) = (Party::of(&app.base_url), ceremony::state(app, headers))
    else {
        return refused;
    };
    let Some(answer) = Answer::read(credential.as_bytes()) else {
        return refused;
    };
    let Some(user) = users::cached::cached(&app.store, answer.user).await? else {
        return refused;
    };
    let today = day_of(app.clock.now());
    let found = party.finish_sign_in(&user.profile.passkeys, &state, &answer, today);
    Ok(found.map(|passkey| ((*user).clone(), passkey)))
}

/// Stores what changed of a passkey: its counter, or that it was used today. One read and one write, or nothing.
async fn keep(app: &AppState, user: &User, passkey: Passkey) -> HandlerResult<()> {
    if user.profile.passkeys.contains(&passkey) {
        return Ok(());
    }
    let set = |user: &mut User| {
        let all = user.profile.passkeys.iter_mut();
        for one in all.filter(|one| one.id == passkey.id) {
            *one = passkey.clone();
        }
    };
    users::store::change(&app.store, user.id, set).await?;
    Ok(())
}

pub(super) async fn sign_in(
    State(app): State<AppState>,
    session: Session,
    address: ClientAddress,
    visitor: Visitor,
    headers: HeaderMap,
    Form(answered): Form<Answered>,
) -> HandlerResult<Response> {
    let visit = app.sign_in_limit.visit(address.0, app.clock.now());
    if let Err(delay) = visit {
        security::note(Event::SignInThrottled, address.0, None);
        let text = words::msg("signin-throttled").text("wait", words::wait(delay));
        return Ok(signin::again(
            &app,
            &answered.next,
            text.into(),
            StatusCode::TOO_MANY_REQUESTS,
        ));
    }
    match proven(&app, &headers, &answered.credential).await? {
        Ok((user, passkey)) => {
            keep(&app, &user, passkey).await?;
            let mut response =
                enter(&app, &session, &user, (&visitor, address), &answered.next).await?;
            over(&app, &mut response);
            Ok(response)
        }
        Err(error) => {
            let door = Door::Unknown;
            security::failed(&app, Event::SignInFailed, address.0, door).await;
            let text = words::told(&error.to_string()).into_owned();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(signin::again(&app, &answered.next, text, status))
        }
    }
}

/// The same for somebody who is signed in.
pub(super) async fn prove(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    headers: HeaderMap,
    Form(answered): Form<Answered>,
) -> HandlerResult<Response> {
    let found = proven(&app, &headers, &answered.credential).await?;
    let found = found.and_then(|(user, passkey)| match user.id == current.user.id {
        true => Ok((user, passkey)),
        false => Err(PasskeyError::Refused),
    });
    match found {
        Ok((user, passkey)) => {
            keep(&app, &user, passkey).await?;
            current.note_proof().await?;
            security::note(Event::Confirmed, address.0, Some(user.id));
            let mut response = Redirect::to(&local(&answered.next)).into_response();
            over(&app, &mut response);
            Ok(response)
        }
        Err(error) => {
            let door = Door::Of(current.user.id);
            security::failed(&app, Event::SignInFailed, address.0, door).await;
            Ok(confirm::again(
                &app,
                &current,
                &answered.next,
                error.to_string(),
            ))
        }
    }
}

/// A ceremony counts once.
fn over(app: &AppState, response: &mut Response) {
    if let Some(gone) = ceremony::over(app) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
}
