//! Creating an account: the first visitor can, later ones if the settings allow it, or somebody invited them.
//!
//! With a mail relay an account after the first begins with a letter, so that the answer to an address that has one is the
//! same as to any other, and only its owner is told.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::button;
use super::card::{gone, sent, throttled, unsent};
use super::entry::sign_up_closed;
use crate::app::AppState;
use crate::config::Inviting;
use crate::sealed::Seal;
use crate::timestamp::minute_of;
use crate::users::{self, User, UserError, invitation, normal_email};
use crate::web::assets::assets;
use crate::web::client_address::ClientAddress;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{Frame, SignUpPage};
use crate::web::visitor::Visitor;
use crate::web::words::{msg, t, told};
use crate::web::{letters, session_start, words};

/// The purpose of the seal of what a letter carries.
const SEALED: &str = "sign-up by letter";
/// Minutes for which such a letter's link opens.
const MINUTES: i64 = 24 * 60;

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
        action: "/signup".to_owned(),
        invitation: String::new(),
        is_invited: false,
        is_proven: false,
        by_mail: app.mailer.is_some() && !first,
        email,
        email_error: None,
        password_error: None,
        openid: button::button(app, ""),
    }
}

/// Whether an invitation lets somebody in: not where its maker may not come in any more, or may not invite. Two reads.
async fn is_invited(app: &AppState, token: &str) -> HandlerResult<bool> {
    let found = invitation::find(&app.store, token, app.clock.now()).await?;
    let Some(maker) = found.map(|one| one.maker) else {
        return Ok(false);
    };
    if maker == invitation::BY_COMMAND {
        return Ok(true);
    }
    let maker = users::store::get(&app.store, maker).await?;
    Ok(maker.is_some_and(|maker| {
        let may_invite = maker.profile.admin || app.config.server.inviting == Inviting::Readers;
        may_invite && maker.profile.barred().is_none()
    }))
}

/// The form for somebody who is invited, wherever sign-up is closed. Two reads.
pub(super) async fn invited(
    State(app): State<AppState>,
    Path(token): Path<String>,
) -> HandlerResult<Response> {
    if !is_invited(&app, &token).await? {
        return Ok(gone(&told(&UserError::NotInvited.to_string())));
    }
    Ok(Html(with_invitation(
        &app,
        page(&app, String::new(), false),
        &token,
    ))
    .into_response())
}

fn with_invitation(app: &AppState, page: SignUpPage, token: &str) -> SignUpPage {
    if token.is_empty() {
        return page;
    }
    SignUpPage {
        is_invited: true,
        invitation: token.to_owned(),
        openid: button::button(app, &format!("/invite/{token}")),
        ..page
    }
}

/// The submitted form.
#[derive(Deserialize)]
pub(super) struct Typed {
    email: String,
    #[serde(default)]
    password: String,
    /// The token of an invitation.
    #[serde(default)]
    invitation: String,
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
    app.sign_in_limit.visit(address.0, now).map_err(throttled)?;
    if app.mailer.is_some() && users::store::has_accounts(&app.store).await? {
        return by_letter(&app, &typed).await;
    }
    // All that is wrong is said at once.
    let wrong = [
        normal_email(&typed.email).err(),
        users::password::check(&typed.password).err(),
    ];
    if let [Some(_), Some(_)] = &wrong {
        let said = wrong.map(|error| Some(told(&error?.to_string()).into_owned()));
        return refused(&app, typed, said).await;
    }
    let token = typed.invitation.as_str();
    if !token.is_empty() && !is_invited(&app, token).await? {
        return Ok(gone(&told(&UserError::NotInvited.to_string())));
    }
    let (store, random) = (&app.store, &app.random);
    let (email, password) = (typed.email.as_str(), typed.password.as_str());
    let made = match typed.invitation.as_str() {
        "" => users::sign_up::create(store, random, now, app.policy(email), email, password).await,
        token => invitation::redeem(store, random, now, token, (email, password, false)).await,
    };
    let error = match made {
        Ok(user) => return welcome(&app, &session, &user, (address, visitor)).await,
        Err(UserError::Closed) => return Err(sign_up_closed(&app, Some(&typed.email))),
        Err(UserError::NotInvited) => return Ok(gone(&told(&UserError::NotInvited.to_string()))),
        Err(UserError::Store(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let text = Some(told(&error.to_string()).into_owned());
    let said = match is_of_password(&error) {
        true => [None, text],
        false => [text, None],
    };
    refused(&app, typed, said).await
}

fn is_of_password(error: &UserError) -> bool {
    use UserError::{CommonPassword, LongPassword, ShortPassword};
    matches!(error, ShortPassword | LongPassword | CommonPassword)
}

/// The form again, with what was wrong with the address and the password.
async fn refused(
    app: &AppState,
    typed: Typed,
    [email, password]: [Option<String>; 2],
) -> HandlerResult<Response> {
    let first = !users::store::has_accounts(&app.store).await?;
    let page = SignUpPage {
        email_error: email,
        password_error: password,
        ..with_invitation(app, page(app, typed.email, first), &typed.invitation)
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

async fn welcome(
    app: &AppState,
    session: &Session,
    user: &User,
    (address, visitor): (ClientAddress, Visitor),
) -> HandlerResult<Response> {
    session_start::begin(app, session, user, &visitor).await?;
    security::note(Event::SignedUp, address.0, Some(user.id));
    Ok(Redirect::to("/unread").into_response())
}

/// What a letter's link carries, sealed: nothing is stored for somebody who may never come.
#[derive(Serialize, Deserialize)]
struct Wanted {
    email: String,
    until: i64,
    #[serde(default)]
    invitation: String,
}

/// Whether somebody with this address may have an account.
async fn may(app: &AppState, email: &str, invitation: &str) -> HandlerResult<()> {
    match invitation {
        "" if app.policy(email).open => Ok(()),
        "" => Err(sign_up_closed(app, Some(email))),
        token => match is_invited(app, token).await? {
            true => Ok(()),
            false => Err(not_invited()),
        },
    }
}

fn not_invited() -> Problem {
    let said = UserError::NotInvited.to_string();
    let (title, advice) = said.split_once(". ").unwrap_or((&said, ""));
    Problem::new(StatusCode::GONE, "not_invited", title, advice)
}

/// Sends the link that goes on, or tells the owner of an account; the answer is the same.
async fn by_letter(app: &AppState, typed: &Typed) -> HandlerResult<Response> {
    let email = match normal_email(&typed.email) {
        Ok(email) => email,
        Err(error) => {
            let text = Some(told(&error.to_string()).into_owned());
            let page = SignUpPage {
                email_error: text,
                ..with_invitation(
                    app,
                    page(app, typed.email.clone(), false),
                    &typed.invitation,
                )
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
    };
    may(app, &email, &typed.invitation).await?;
    let now = app.clock.now();
    app.mail_limit.letter(&email, now).map_err(throttled)?;
    let wanted = Wanted {
        email: email.clone(),
        until: minute_of(now) + MINUTES,
        invitation: typed.invitation.clone(),
    };
    let seal = Seal::new(&app.secret, SEALED);
    let token = seal.and_then(|seal| seal.close(&wanted, &app.random));
    let token = token.ok_or_else(Problem::not_found)?;
    let done = match users::store::by_email(&app.store, &email).await? {
        Some(user) => letters::sign_up_known(app, &user).await,
        None => letters::sign_up(app, &email, &token).await,
    };
    match done {
        Err(error) => Ok(unsent(&error)),
        Ok(()) => Ok(sent(vec![
            msg("signup-sent").text("email", &email).into(),
            t("mail-sent-hint").to_owned(),
        ])),
    }
}

/// What a link carries, while it lasts and the address has no account.
async fn opened(app: &AppState, token: &str) -> HandlerResult<Option<Wanted>> {
    let seal = Seal::new(&app.secret, SEALED);
    let wanted = seal.and_then(|seal| seal.open::<Wanted>(token));
    let wanted = wanted.filter(|wanted| wanted.until > minute_of(app.clock.now()));
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let known = users::store::by_email(&app.store, &wanted.email).await?;
    Ok(known.is_none().then_some(wanted))
}

fn last_page(app: &AppState, wanted: &Wanted, token: &str) -> SignUpPage {
    SignUpPage {
        action: format!("/signup/{token}"),
        is_proven: true,
        by_mail: false,
        openid: None,
        ..page(app, wanted.email.clone(), false)
    }
}

/// The last step: a password. One read.
pub(super) async fn last(
    State(app): State<AppState>,
    Path(token): Path<String>,
) -> HandlerResult<Response> {
    match opened(&app, &token).await? {
        Some(wanted) => Ok(Html(last_page(&app, &wanted, &token)).into_response()),
        None => Ok(gone(t("signup-gone"))),
    }
}

/// The chosen password.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    password: String,
}

pub(super) async fn finish(
    State(app): State<AppState>,
    session: Session,
    address: ClientAddress,
    visitor: Visitor,
    Path(token): Path<String>,
    Form(chosen): Form<Chosen>,
) -> HandlerResult<Response> {
    let now = app.clock.now();
    app.sign_in_limit.visit(address.0, now).map_err(throttled)?;
    let Some(wanted) = opened(&app, &token).await? else {
        return Ok(gone(t("signup-gone")));
    };
    may(&app, &wanted.email, &wanted.invitation).await?;
    let (store, random, email) = (&app.store, &app.random, wanted.email.as_str());
    let password = chosen.password.as_str();
    let made = match wanted.invitation.as_str() {
        "" => users::sign_up::create_proven(store, random, now, email, password).await,
        token => invitation::redeem(store, random, now, token, (email, password, true)).await,
    };
    match made {
        Ok(user) => welcome(&app, &session, &user, (address, visitor)).await,
        Err(UserError::Store(error)) => Err(error.into()),
        Err(error) if is_of_password(&error) => {
            let page = SignUpPage {
                password_error: Some(told(&error.to_string()).into_owned()),
                ..last_page(&app, &wanted, &token)
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(_) => Ok(gone(t("signup-gone"))),
    }
}
