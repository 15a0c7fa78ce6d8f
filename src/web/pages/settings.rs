//! The user's settings.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::users::token::{self, TokenError};
use crate::users::{self, ListOrder, User, UserError};
use crate::web::current_user::{self, CurrentUser};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{OpenIdView, Place, SettingsPage, TokenRow};
use crate::web::{flash, words};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &current).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(app: &AppState, current: &CurrentUser) -> HandlerResult<SettingsPage> {
    let (frame, _) = plain_frame(app, current, "Settings", Place::Settings).await?;
    let tokens = token::list(&app.store, current.user.id).await?;
    let tokens = tokens.into_iter().map(|token| TokenRow {
        created: format!("Made {}", words::date(token.created)),
        id: token.id,
        name: token.name,
    });
    Ok(SettingsPage {
        frame,
        oldest_first: current.user.profile.order == ListOrder::Oldest,
        current_password_error: None,
        new_password_error: None,
        tokens: tokens.collect(),
        token_name: String::new(),
        token_error: None,
        new_token: None,
        has_password: current.user.profile.has_password,
        openid: openid_view(app, &current.user),
        has_file: app.store.has_file(),
    })
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
        view.error = Some(error.to_string());
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// The user's choices for lists.
#[derive(Debug, Deserialize)]
pub(super) struct Reading {
    order: ListOrder,
}

pub(super) async fn reading(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(form): Form<Reading>,
) -> HandlerResult<Response> {
    let set = |user: &mut User| user.profile.order = form.order;
    users::store::change(&app.store, current.user.id, set).await?;
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
    current: CurrentUser,
    Form(form): Form<Passwords>,
) -> HandlerResult<Response> {
    let email = &current.user.profile.email;
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
    } else if new_error.is_none() && current.user.profile.has_password {
        match users::store::sign_in(&app.store, email, &form.current).await {
            Ok(_) => app.sign_in_limit.succeeded(email, None, now),
            Err(UserError::WrongPassword) => {
                current_error = Some("Wrong current password.".into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    if current_error.is_none() && new_error.is_none() {
        let (store, random) = (&app.store, &app.random);
        match users::store::set_password(store, random, &current.user, &form.new).await {
            Ok(user) => {
                current_user::begin(&app, &current.session, &user).await?;
                let text = match current.user.profile.has_password {
                    true => "Password changed. You’re signed out everywhere else.",
                    false => "Password set. You’re signed out everywhere else.",
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
        ..page(&app, &current).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// The form that creates a token.
#[derive(Debug, Deserialize)]
pub(super) struct TokenName {
    #[serde(default)]
    name: String,
}

pub(super) async fn make_token(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(form): Form<TokenName>,
) -> HandlerResult<Response> {
    let name = form.name.trim();
    let made = if name.is_empty() {
        Err("Give it a name, so you’ll know later what it’s for.".to_owned())
    } else {
        let now = app.clock.now();
        match token::create(&app.store, &app.random, now, current.user.id, name).await {
            Ok(token) => Ok(token),
            Err(TokenError::Store(error)) => return Err(error.into()),
            Err(error) => Err(error.to_string()),
        }
    };
    let mut page = page(&app, &current).await?;
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
    current: CurrentUser,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    if !token::revoke(&app.store, current.user.id, &id).await? {
        return Err(Problem::not_found());
    }
    Ok(flash::redirect("/settings", "Token revoked", None))
}
