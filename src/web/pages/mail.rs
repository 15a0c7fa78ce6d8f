//! Email: the account's address, and what is sent there.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::timestamp::{from_minute, minute_of};
use crate::users::mailed::{self, CONFIRM_MINUTES, Purpose};
use crate::users::{self, User, UserError, normal_email};
use crate::web::actions::edition::zone_of;
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{MailPage, Place};
use crate::web::words::{self, locale, msg, t, told};
use crate::web::{due_letters as due, letters};

/// The address of the page.
const HERE: &str = "/settings/mail";

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &current, None, String::new()).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    error: Option<String>,
    typed: String,
) -> HandlerResult<MailPage> {
    let (frame, _) = plain_frame(app, current, t("mail-title"), Place::Settings).await?;
    let profile = &current.user.profile;
    let mail = &profile.mail;
    let trouble = mail.trouble.as_ref().map(|trouble| {
        msg("mail-trouble")
            .text("when", words::day_and_time(from_minute(trouble.minute)))
            .text("why", told(&trouble.why))
            .into()
    });
    let hour = format!("{:02}:00", profile.preferences.edition.hour);
    Ok(MailPage {
        frame,
        error,
        email: profile.email.clone(),
        is_verified: profile.is_verified,
        has_relay: app.mailer.is_some(),
        has_scheduler: app.config.cron.has_scheduler(),
        changing_to: mailed::changing_to(&current.user, current.now).map(str::to_owned),
        typed,
        edition: mail.edition,
        digest: mail.digest,
        notices: !mail.no_notices,
        hour: msg("mail-edition-hint").text("hour", hour).into(),
        trouble,
    })
}

/// The page with what went wrong.
async fn refused(
    app: &AppState,
    current: &CurrentUser,
    (status, error): (StatusCode, String),
    typed: String,
) -> HandlerResult<Response> {
    let page = page(app, current, Some(error), typed).await?;
    Ok((status, Html(page)).into_response())
}

/// What is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    edition: Option<String>,
    digest: Option<String>,
    notices: Option<String>,
}

/// Sets what is sent. One read and two writes, and the shelf for the zone of its hour.
pub(super) async fn save(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(wanted): Form<Wanted>,
) -> HandlerResult<Response> {
    let wants_any = wanted.edition.is_some() || wanted.digest.is_some();
    if wants_any && !current.user.profile.is_verified {
        let error = (
            StatusCode::UNPROCESSABLE_ENTITY,
            t("mail-verify-first").to_owned(),
        );
        return refused(&app, &current, error, String::new()).await;
    }
    let zone = match wants_any {
        true => zone_of(&Shelf::load(&app.store, current.user.id).await?).name(),
        false => "UTC",
    };
    let (language, now) = (locale::language(), minute_of(current.now));
    let set = |user: &mut User| {
        let mail = &mut user.profile.mail;
        mail.no_notices = wanted.notices.is_none();
        mail.zone = match zone {
            "UTC" => String::new(),
            zone => zone.to_owned(),
        };
        mail.language = Some(language);
        mail.trouble = None;
        let kinds = (wanted.edition.is_some(), wanted.digest.is_some());
        due::want(user, kinds, now);
    };
    let id = current.user.id;
    let line = security::own_line(&app, Event::LettersChanged, address.0, (id, ""));
    users::store::change_with(&app.store, id, &[line], set).await?;
    security::note(Event::LettersChanged, address.0, Some(id));
    Ok(flash::redirect(HERE, t("settings-saved"), None))
}

/// Sends a letter that confirms the address. One read and one write.
pub(super) async fn verify(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    if app.mailer.is_none() {
        return Err(Problem::not_found());
    }
    if let Err(error) = may_send(&app, &current.user.profile.email, &current) {
        return refused(&app, &current, error, String::new()).await;
    }
    let what = (Purpose::Confirm, CONFIRM_MINUTES);
    let (id, now) = (current.user.id, current.now);
    let link = mailed::make(&app.store, &app.random, id, what, now).await?;
    match letters::confirm(&app, &current.user, &link).await {
        Ok(()) => {
            let text = msg("mail-verify-sent").text("email", &current.user.profile.email);
            Ok(flash::redirect(HERE, text.to_string(), None))
        }
        Err(error) => unsent(&app, &current, &error.to_string(), String::new()).await,
    }
}

type Wrong = (StatusCode, String);

/// Whether an address may be sent one more letter.
fn may_send(app: &AppState, to: &str, current: &CurrentUser) -> Result<(), Wrong> {
    app.mail_limit.letter(to, current.now).map_err(|wait| {
        let text = msg("mail-too-many").text("wait", words::wait(wait));
        (StatusCode::TOO_MANY_REQUESTS, text.into())
    })
}

async fn unsent(
    app: &AppState,
    current: &CurrentUser,
    error: &str,
    typed: String,
) -> HandlerResult<Response> {
    let error = (StatusCode::SERVICE_UNAVAILABLE, told(error).into_owned());
    refused(app, current, error, typed).await
}

/// A new address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewAddress {
    email: String,
}

/// Begins a change of address: both are asked. Three reads and two writes.
pub(super) async fn change(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(new): Form<NewAddress>,
) -> HandlerResult<Response> {
    if app.mailer.is_none() {
        return Err(Problem::not_found());
    }
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    let wrong = |text: String| (StatusCode::UNPROCESSABLE_ENTITY, text);
    let checked = match normal_email(&new.email) {
        Err(error) => Err(wrong(told(&error.to_string()).into_owned())),
        Ok(_) if !mailed::is_other(&current.user, &new.email) => {
            Err(wrong(t("mail-same").to_owned()))
        }
        Ok(to) => may_send(&app, &to, &current).map(|()| to),
    };
    let to = match checked {
        Ok(to) => to,
        Err(error) => return refused(&app, &current, error, new.email).await,
    };
    let (id, now) = (current.user.id, current.now);
    let own = |event| security::own_line(&app, event, address.0, (id, ""));
    let line = own(Event::AddressChangeBegun);
    let begun = mailed::begin_change(&app.store, &app.random, id, &to, now, line);
    let links = begun.await.map_err(|error| match error {
        UserError::Store(error) => error.into(),
        other => Problem::from(other),
    })?;
    security::note(Event::AddressChangeBegun, address.0, Some(id));
    match letters::change(&app, &current.user, &links).await {
        Ok(()) => Ok(flash::redirect(HERE, t("mail-change-sent"), None)),
        Err(error) => {
            let line = own(Event::AddressChangeCancelled);
            mailed::cancel_change(&app.store, id, line).await?;
            security::note(Event::AddressChangeCancelled, address.0, Some(id));
            unsent(&app, &current, &error.to_string(), new.email).await
        }
    }
}

/// Gives a change of address up. One read and two writes.
pub(super) async fn cancel(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
) -> HandlerResult<Response> {
    let (id, event) = (current.user.id, Event::AddressChangeCancelled);
    let line = security::own_line(&app, event, address.0, (id, ""));
    if mailed::cancel_change(&app.store, id, line).await? {
        security::note(event, address.0, Some(id));
    }
    Ok(flash::redirect(HERE, t("mail-cancelled"), None))
}
