//! The user's settings.

use axum::Form;
use axum::extract::{Path, Query, RawForm, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::users::token::{self, Token, TokenError};
use crate::users::{self, ListOrder, User, UserError};
use crate::web::actions::proof::{self, check};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::{self, CurrentUser};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{OpenIdView, OtherWay, Place, SettingsPage, TokenRow};
use crate::web::words::segment;
use crate::web::{flash, words};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let page = SettingsPage {
        token_name: asked.token.chars().take(100).collect(),
        ..page(&app, &current).await?
    };
    Ok(with_flash(Html(page), &headers))
}

/// What a page that led here has typed already.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    token: String,
}

async fn page(app: &AppState, current: &CurrentUser) -> HandlerResult<SettingsPage> {
    let (frame, _) = plain_frame(app, current, "Settings", Place::Settings).await?;
    let tokens = token::list(&app.store, current.user.id).await?;
    let other_ways = other_ways(&current.user, &tokens);
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
        other_ways,
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

/// What else opens an account: tokens and providers. A thief may have made one.
fn other_ways(user: &User, tokens: &[Token]) -> Vec<OtherWay> {
    let tokens = tokens.iter().map(|token| OtherWay {
        value: format!("token:{}", token.id),
        what: format!("A token, made {}", words::date(token.created)),
        name: token.name.clone(),
    });
    let providers = user.profile.connected.iter().map(|one| OtherWay {
        value: format!("openid:{}", one.issuer),
        name: one.issuer.clone(),
        what: "Signing in there signs in here".to_owned(),
    });
    tokens.chain(providers).collect()
}

/// Ends all of them but those that are kept on purpose.
async fn end_other_ways(app: &AppState, user: &User, keep: &[String]) -> HandlerResult<()> {
    let tokens = token::list(&app.store, user.id).await?;
    for way in other_ways(user, &tokens) {
        if keep.contains(&way.value) {
            continue;
        }
        match way.value.split_once(':') {
            Some(("token", id)) => {
                token::revoke(&app.store, user.id, id).await?;
            }
            Some((_, issuer)) => users::openid::disconnect(&app.store, user.id, issuer).await?,
            None => {}
        }
    }
    Ok(())
}

pub(super) async fn password(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
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
        .map(|error| error.to_string());
    if new_error.is_none() && current.user.profile.has_password {
        current_error = check(&app, &current, address, &form.current).await?.err();
    }
    if current_error.is_none() && new_error.is_none() {
        let (store, random) = (&app.store, &app.random);
        // First what may be a thief's: should this be cut off, the owner changes it again. Without a password, the
        // provider is the only way in, so that it ends last.
        if current.user.profile.has_password {
            end_other_ways(&app, &current.user, &form.keep).await?;
        }
        match users::store::set_password(store, random, &current.user, &form.new).await {
            Ok(user) => {
                if !current.user.profile.has_password {
                    end_other_ways(&app, &user, &form.keep).await?;
                }
                current_user::begin(&app, &current.session, &user).await?;
                security::note(Event::PasswordChanged, address.0, Some(user.id));
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
    address: ClientAddress,
    Form(form): Form<TokenName>,
) -> HandlerResult<Response> {
    let name = form.name.trim();
    // What was typed is there again after the question.
    let back = format!("/settings?token={}#tokens", segment(name));
    if let Some(question) = proof::needed(&current, &back).await? {
        return Ok(question);
    }
    let made = if name.is_empty() {
        Err("Give it a name, so you’ll know later what it’s for.".to_owned())
    } else {
        let now = app.clock.now();
        match token::create(&app.store, &app.random, now, current.user.id, name).await {
            Ok(token) => {
                security::note(Event::TokenMade, address.0, Some(current.user.id));
                Ok(token)
            }
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
    address: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    if !token::revoke(&app.store, current.user.id, &id).await? {
        return Err(Problem::not_found());
    }
    security::note(Event::TokenRevoked, address.0, Some(current.user.id));
    Ok(flash::redirect("/settings", "Token revoked", None))
}
