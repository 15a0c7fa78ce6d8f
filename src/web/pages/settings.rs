//! Everything that a reader can set.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::config::StoreAddress;
use crate::users::token::{self, TokenError};
use crate::users::{self, ListOrder, User, UserError};
use crate::web::html::Html;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::{self, Reader};
use crate::web::view::{OpenIdView, Place, SettingsPage, TokenRow};
use crate::web::{flash, words};

pub(super) async fn show(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Answer<Response> {
    let page = page(&app, &reader, &headers).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(app: &AppState, reader: &Reader, headers: &HeaderMap) -> Answer<SettingsPage> {
    let (frame, _) = plain_frame(app, reader, headers, "Settings", Place::Settings).await?;
    let tokens = token::list(&app.store, reader.user.id).await?;
    let tokens = tokens.into_iter().map(|token| TokenRow {
        created: format!("Made {}", words::date(token.created)),
        id: token.id,
        name: token.name,
    });
    Ok(SettingsPage {
        frame,
        oldest_first: reader.user.profile.order == ListOrder::Oldest,
        current_password_error: None,
        new_password_error: None,
        tokens: tokens.collect(),
        token_name: String::new(),
        token_error: None,
        new_token: None,
        has_password: reader.user.profile.has_password,
        openid: openid_view(app, &reader.user),
        has_file: matches!(app.config.store.address, StoreAddress::Folder(_)),
    })
}

/// The account elsewhere that opens this one, or could; `None` where no provider is set and none was.
fn openid_view(app: &AppState, user: &User) -> Option<OpenIdView> {
    let set = app.config.openid.as_ref()?;
    let connected = &user.profile.connected;
    Some(OpenIdView {
        name: set.name.clone(),
        connected: connected.iter().any(|one| one.issuer == set.issuer),
        error: None,
    })
}

/// The page with what kept the account elsewhere connected.
pub(crate) async fn show_openid_error(
    app: &AppState,
    reader: &Reader,
    headers: &HeaderMap,
    error: &UserError,
) -> Answer<Response> {
    let mut page = page(app, reader, headers).await?;
    if let Some(view) = &mut page.openid {
        view.error = Some(error.to_string());
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// How lists go.
#[derive(Debug, Deserialize)]
pub(super) struct Reading {
    order: ListOrder,
}

pub(super) async fn reading(
    State(app): State<AppState>,
    reader: Reader,
    Form(form): Form<Reading>,
) -> Answer<Response> {
    let set = |user: &mut User| user.profile.order = form.order;
    users::store::change(&app.store, reader.user.id, set).await?;
    Ok(flash::redirect("/settings", "Saved", None))
}

/// The old password, if there is one, and the new one.
#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    current: String,
    new: String,
}

pub(super) async fn password(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form<Passwords>,
) -> Answer<Response> {
    let email = &reader.user.profile.email;
    let mut current_error = None;
    let mut new_error = users::password::check(&form.new)
        .err()
        .map(|error| error.to_string());
    let now = app.clock.now();
    if let Err(wait) = app.sign_in_limit.attempt(email, None, now) {
        current_error = Some(format!(
            "Too many attempts. Try again in {}.",
            words::wait(wait)
        ));
    } else if new_error.is_none() && reader.user.profile.has_password {
        match users::store::sign_in(&app.store, email, &form.current).await {
            Ok(_) => app.sign_in_limit.succeeded(email, None, now),
            Err(UserError::WrongPassword) => {
                current_error = Some("This isn't your present password.".into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    if current_error.is_none() && new_error.is_none() {
        let (store, chance) = (&app.store, &app.chance);
        match users::store::set_password(store, chance, &reader.user, &form.new).await {
            Ok(user) => {
                reader::begin(&app, &reader.session, &user).await?;
                let text = match reader.user.profile.has_password {
                    true => "Your password is changed, and all your other sessions are over",
                    false => "Your password is set, and all your other sessions are over",
                };
                return Ok(flash::redirect("/settings", text, None));
            }
            Err(UserError::Store(error)) => return Err(error.into()),
            Err(error) => new_error = Some(error.to_string()),
        }
    }
    let page = SettingsPage {
        current_password_error: current_error,
        new_password_error: new_error,
        ..page(&app, &reader, &headers).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// What a token is for.
#[derive(Debug, Deserialize)]
pub(super) struct TokenName {
    #[serde(default)]
    name: String,
}

pub(super) async fn make_token(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    Form(form): Form<TokenName>,
) -> Answer<Response> {
    let name = form.name.trim();
    let made = if name.is_empty() {
        Err("Give it a name, so that you know later what it was for.".to_owned())
    } else {
        let now = app.clock.now();
        match token::create(&app.store, &app.chance, now, reader.user.id, name).await {
            Ok(token) => Ok(token),
            Err(TokenError::Store(error)) => return Err(error.into()),
            Err(error) => Err(error.to_string()),
        }
    };
    let mut page = page(&app, &reader, &headers).await?;
    match made {
        Ok(token) => {
            page.new_token = Some(token);
            Ok(Html(page).into_response())
        }
        Err(error) => {
            page.token_error = Some(error);
            page.token_name = form.name;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

pub(super) async fn revoke_token(
    State(app): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Answer<Response> {
    if !token::revoke(&app.store, reader.user.id, &id).await? {
        return Err(Problem::not_found());
    }
    Ok(flash::redirect("/settings", "The token is revoked", None))
}
