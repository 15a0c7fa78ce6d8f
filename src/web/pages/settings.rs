//! The user's settings.

use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::{choices, plain_frame, with_flash};
use crate::app::AppState;
use crate::config::Inviting;
use crate::timestamp::from_second;
use crate::users::preferences::Preferences;
use crate::users::token::{self, Token};
use crate::users::{self, Profile, User, UserError};
use crate::web::actions::proof::{self, check};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::keys::{self, BadKeys};
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};
use crate::web::view::{KeyField, OpenIdView, OtherWay, Place, SettingsPage};
use crate::web::visitor::Visitor;
use crate::web::words::{msg, t, told};
use crate::web::{flash, session_start, words};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &current).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(app: &AppState, current: &CurrentUser) -> HandlerResult<SettingsPage> {
    let (frame, _) = plain_frame(app, current, t("settings-title"), Place::Settings).await?;
    let tokens = token::list(&app.store, current.user.id).await?;
    let other_ways = other_ways(&current.user, &tokens);
    Ok(SettingsPage {
        frame,
        languages: choices::languages(&current.user.profile.preferences),
        appearance: choices::appearance(&current.user.profile.preferences),
        habits: choices::habits(&current.user.profile),
        preferences: current.user.profile.preferences.clone(),
        holiday: super::pausing::said(&current.user, current.now),
        key_fields: key_fields(&current.user.profile.preferences),
        current_password_error: None,
        new_password_error: None,
        other_ways,
        has_password: current.user.profile.has_password,
        openid: openid_view(app, &current.user),
        has_file: app.store.has_file(),
        may_invite: app.config.server.inviting == Inviting::Readers,
    })
}

/// The fields of single keys, with what they are now.
fn key_fields(own: &Preferences) -> Vec<KeyField> {
    let rows = keys::table(own).into_iter().flat_map(|group| group.rows);
    let fields = rows.map(|row| KeyField {
        action: row.action,
        what: row.what,
        typed: row.typed,
        error: None,
    });
    fields.collect()
}

/// The account's connection to the OpenID Connect provider; `None` if none is configured.
fn openid_view(app: &AppState, user: &User) -> Option<OpenIdView> {
    let set = app.config.openid.as_ref()?;
    let connected = &user.profile.connected;
    Some(OpenIdView {
        name: set.name.clone(),
        connected: connected.iter().any(|one| one.issuer == set.issuer),
        error: None,
    })
}

/// The page with the reason why the OpenID Connect account couldn't be disconnected.
pub(crate) async fn show_openid_error(
    app: &AppState,
    current: &CurrentUser,
    error: &UserError,
) -> HandlerResult<Response> {
    let mut page = page(app, current).await?;
    if let Some(view) = &mut page.openid {
        view.error = Some(told(&error.to_string()).into_owned());
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// Stores how the user wants to read.
pub(super) async fn reading(
    State(app): State<AppState>,
    current: CurrentUser,
    RawForm(form): RawForm,
) -> HandlerResult<Response> {
    let wanted = choices::Wanted::of(&form)?;
    let mut tried = current.user.profile.clone();
    if let Err((action, bad)) = wanted.set(&mut tried) {
        let error = match bad {
            BadKeys::NotKeys => msg("settings-not-keys"),
            BadKeys::Taken(by) => msg("settings-keys-taken").text("other", t(by)),
        };
        let error = error.text("action", keys::what(action)).to_string();
        return keys_refused(&app, &current, &wanted, tried, (action, error)).await;
    }
    let set = |user: &mut User| {
        // It was tried just now.
        let _ = wanted.set(&mut user.profile);
    };
    let user = users::store::change(&app.store, current.user.id, set).await?;
    // The message is in the language just chosen.
    words::locale::speak_as(&user.profile.preferences);
    let to = flash::local(wanted.return_to());
    Ok(flash::redirect(&to, t("settings-saved"), None))
}

/// The page again, with everything as it was chosen and typed, and the error at its field. Nothing is stored.
async fn keys_refused(
    app: &AppState,
    current: &CurrentUser,
    wanted: &choices::Wanted,
    tried: Profile,
    (action, error): (&str, String),
) -> HandlerResult<Response> {
    let mut page = page(app, current).await?;
    page.appearance = choices::appearance(&tried.preferences);
    page.habits = choices::habits(&tried);
    page.languages = choices::languages(&tried.preferences);
    let typed = wanted.typed_keys();
    for field in &mut page.key_fields {
        if let Some(text) = typed.get(field.action) {
            (*text).clone_into(&mut field.typed);
        }
        if field.action == action {
            field.error = Some(error.clone());
        }
    }
    page.preferences = tried.preferences;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// The old password, if there is one, the new one, and what else stays valid.
#[derive(Default)]
struct Passwords {
    current: String,
    new: String,
    keep: Vec<String>,
}

impl Passwords {
    /// From a form in which `keep` may occur several times.
    fn of(form: &[u8]) -> Self {
        let mut found = Self::default();
        for (name, value) in url::form_urlencoded::parse(form) {
            match &*name {
                "current" => found.current = value.into_owned(),
                "new" => found.new = value.into_owned(),
                "keep" => found.keep.push(value.into_owned()),
                _ => {}
            }
        }
        found
    }
}

/// What else opens an account: tokens, passkeys and providers. A thief may have made one.
fn other_ways(user: &User, tokens: &[Token]) -> Vec<OtherWay> {
    let tokens = tokens.iter().map(|token| OtherWay {
        value: format!("token:{}", token.id),
        what: msg("settings-a-token")
            .text("date", words::date(token.created))
            .into(),
        name: token.name.clone(),
    });
    let passkeys = user.profile.passkeys.iter().map(|one| OtherWay {
        value: format!("passkey:{}", one.id),
        what: msg("settings-a-passkey")
            .text("date", words::date(from_second(one.added)))
            .into(),
        name: one.name.clone(),
    });
    let providers = user.profile.connected.iter().map(|one| OtherWay {
        value: format!("openid:{}", one.issuer),
        name: one.issuer.clone(),
        what: t("settings-a-provider").to_owned(),
    });
    tokens.chain(passkeys).chain(providers).collect()
}

/// Ends all of them but those that are kept on purpose, each with its line of the audit log.
async fn end_other_ways(
    app: &AppState,
    user: &User,
    keep: &[String],
    address: ClientAddress,
) -> HandlerResult<()> {
    let line = |event| security::own_line(app, event, address.0, (user.id, ""));
    let tokens = token::list(&app.store, user.id).await?;
    for way in other_ways(user, &tokens) {
        if keep.contains(&way.value) {
            continue;
        }
        match way.value.split_once(':') {
            Some(("token", id)) => {
                let line = line(Event::TokenRevoked);
                token::revoke(&app.store, user.id, id, line).await?;
                security::note(Event::TokenRevoked, address.0, Some(user.id));
            }
            Some(("passkey", id)) => {
                let remove = |user: &mut User| user.profile.passkeys.retain(|one| one.id != id);
                let line = line(Event::PasskeyRemoved);
                users::store::change_with(&app.store, user.id, &[line], remove).await?;
                security::note(Event::PasskeyRemoved, address.0, Some(user.id));
            }
            Some((_, issuer)) => {
                let line = line(Event::Disconnected);
                users::openid::disconnect(&app.store, user.id, issuer, line).await?;
                security::note(Event::Disconnected, address.0, Some(user.id));
            }
            None => {}
        }
    }
    Ok(())
}

pub(super) async fn password(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    visitor: Visitor,
    RawForm(form): RawForm,
) -> HandlerResult<Response> {
    // Where there is no password yet, none can be asked for.
    if !current.user.profile.has_password
        && let Some(question) = proof::needed(&current, "/settings#password").await?
    {
        return Ok(question);
    }
    let form = Passwords::of(&form);
    let mut current_error = None;
    let mut new_error = users::password::check(&form.new)
        .err()
        .map(|error| told(&error.to_string()).into_owned());
    if new_error.is_none() && current.user.profile.has_password {
        current_error = check(&app, &current, address, &form.current).await?.err();
    }
    if current_error.is_none() && new_error.is_none() {
        let (store, random) = (&app.store, &app.random);
        // First what may be a thief's: should this be cut off, the owner changes it again. Without a password, the
        // provider is the only way in, so that it ends last.
        if current.user.profile.has_password {
            end_other_ways(&app, &current.user, &form.keep, address).await?;
        }
        let own = (current.user.id, "");
        let line = security::own_line(&app, Event::PasswordChanged, address.0, own);
        match users::sign_in::set_password(store, random, &current.user, &form.new, line).await {
            Ok(user) => {
                if !current.user.profile.has_password {
                    end_other_ways(&app, &user, &form.keep, address).await?;
                }
                session_start::begin(&app, &current.session, &user, &visitor).await?;
                security::note(Event::PasswordChanged, address.0, Some(user.id));
                let text = match current.user.profile.has_password {
                    true => t("settings-password-changed"),
                    false => t("settings-password-set"),
                };
                return Ok(flash::redirect("/settings", text, None));
            }
            Err(UserError::Store(error)) => return Err(error.into()),
            Err(error) => new_error = Some(told(&error.to_string()).into_owned()),
        }
    }
    let page = SettingsPage {
        current_password_error: current_error.map(|error| told(&error).into_owned()),
        new_password_error: new_error,
        ..page(&app, &current).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
