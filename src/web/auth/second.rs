//! The second step of signing in: a one-time code, or a passkey, after the password.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::entry::enter;
use crate::app::AppState;
use crate::ids::UserId;
use crate::limits::Origin;
use crate::timestamp::minute_of;
use crate::users::one_time_code::Fits;
use crate::users::passkey::Party;
use crate::users::{self, User};
use crate::web::assets::assets;
use crate::web::client_address::ClientAddress;
use crate::web::cookies::Cookie;
use crate::web::flash;
use crate::web::flash::local;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Door, Event};
use crate::web::view::{Frame, SecondStepPage};
use crate::web::visitor::Visitor;
use crate::web::words::{msg, t, wait};

/// Minutes for which a right password counts as the first step.
const MINUTES: i64 = 10;

const COOKIE: Cookie = Cookie {
    name: "dormouse-second",
    path: "/signin",
    max_age: MINUTES as u32 * 60,
};

/// Who has typed the right password.
#[derive(Serialize, Deserialize)]
struct FirstStep {
    user: i64,
    epoch: u32,
    minute: i64,
    next: String,
}

/// Sends who typed the right password to the second step.
pub(super) fn ask(app: &AppState, user: &User, next: &str) -> Response {
    let step = FirstStep {
        user: user.id.0,
        epoch: user.profile.epoch,
        minute: minute_of(app.clock.now()),
        next: next.to_owned(),
    };
    let mut response = Redirect::to("/signin/second").into_response();
    let cookie = COOKIE.seal(app, &step);
    if let Some(cookie) = cookie.and_then(|value| COOKIE.set(app, &value)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The account whose password was typed in this browser within the last ten minutes. From the cache, or one read.
async fn known(app: &AppState, headers: &HeaderMap) -> HandlerResult<Option<(User, String)>> {
    let Some(step) = COOKIE.unsealed::<FirstStep>(app, headers) else {
        return Ok(None);
    };
    let age = minute_of(app.clock.now()) - step.minute;
    let user = users::cached::cached(&app.store, UserId(step.user)).await?;
    let user = user.filter(|user| user.profile.epoch == step.epoch && (0..=MINUTES).contains(&age));
    Ok(user.map(|user| ((*user).clone(), step.next)))
}

fn page(app: &AppState, user: &User, next: String, error: Option<String>) -> SecondStepPage {
    let profile = &user.profile;
    SecondStepPage {
        frame: Frame::signed_out(t("second-title"), assets().clone()),
        email: profile.email.clone(),
        has_codes: profile.codes.is_some(),
        has_passkeys: !profile.passkeys.is_empty() && Party::of(&app.base_url).is_some(),
        next,
        error,
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    match known(&app, &headers).await? {
        Some((user, next)) => Ok(Html(page(&app, &user, next, None)).into_response()),
        None => Ok(Redirect::to("/signin").into_response()),
    }
}

/// The submitted form.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    session: Session,
    address: ClientAddress,
    visitor: Visitor,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let Some((user, next)) = known(&app, &headers).await? else {
        return Ok(Redirect::to("/signin").into_response());
    };
    let account = guessed(&user);
    let origin = Origin {
        account: &account,
        address: None,
        browser: Some("any"),
    };
    let now = app.clock.now();
    if let Err(delay) = app.sign_in_limit.attempt(origin, now) {
        security::note(Event::SignInThrottled, address.0, Some(user.id));
        let text = msg("signin-throttled").text("wait", wait(delay));
        let page = page(&app, &user, next, Some(text.into()));
        return Ok((StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response());
    }
    let Some((fits, user)) = take(&app, user.id, address, &typed.code).await? else {
        let door = Door::Of(user.id);
        security::failed(&app, Event::SecondStepFailed, address.0, door).await;
        let page = page(&app, &user, next, Some(t("second-wrong").to_owned()));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    };
    app.sign_in_limit.succeeded(origin, now);
    let entered = enter(&app, &session, &user, (&visitor, address), &next).await?;
    let to = local(&next);
    let mut response = match fits {
        Fits::App => entered,
        Fits::Recovery(left) => {
            let text = msg("second-recovery-used").number("n", left);
            flash::redirect(&to, text.to_string(), None)
        }
    };
    if let Some(gone) = COOKIE.forget(&app) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

/// Where attempts to guess a user's code are counted: six figures can be guessed, so there are eight attempts in a quarter of
/// an hour, whichever way they come.
pub(super) fn guessed(user: &User) -> String {
    format!("second step of {}", user.id)
}

/// Takes a code; `None` if it is wrong. One read, and one write if it is right, so that it doesn't count again; for a recovery code two:
/// one is a line of the audit log.
pub(super) async fn take(
    app: &AppState,
    id: UserId,
    address: ClientAddress,
    code: &str,
) -> HandlerResult<Option<(Fits, User)>> {
    let keys = (&app.secret, &app.random);
    let now = app.clock.now();
    let take = |user: &mut User| {
        let codes = user.profile.codes.as_mut()?;
        codes.take(keys, id, (code, now))
    };
    let line = security::own_line(app, Event::RecoveryCodeUsed, address.0, (id, ""));
    let also = |fits: &Fits| match fits {
        Fits::App => Vec::new(),
        Fits::Recovery(_) => vec![line.clone()],
    };
    let taken = users::store::change_if_noting(&app.store, id, also, take).await?;
    if let Some((Fits::Recovery(_), _)) = &taken {
        security::note(Event::RecoveryCodeUsed, address.0, Some(id));
    }
    Ok(taken)
}
