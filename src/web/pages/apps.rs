//! Apps: which address and password to type into which, and the tokens that they have.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::users::day_of;
use crate::users::token::{self, Lifetime, NewToken, Scope, Token, TokenError};
use crate::web::actions::{proof, texts};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{AppChoice, AppsPage, ChoiceOption, Place, ScopeChoice, TokenRow};
use crate::web::words::{msg, segment, t, told};
use crate::web::{flash, words};

/// The address of the page.
const HERE: &str = "/settings/apps";

/// What an app speaks, and what to choose in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaks {
    /// The Google Reader API at our own address.
    Root,
    /// The same, by the address that a preset for FreshRSS expects.
    FreshRss,
    /// The same, where the app adds that address itself.
    FreshRssRoot,
    /// The same, in newsboat's settings.
    Newsboat,
    /// Fever.
    Fever,
    /// Our own API.
    Own,
}

/// The apps: name in the address, name, and what they speak. Their names are their own, in every language.
const APPS: [(&str, &str, Speaks); 15] = [
    ("netnewswire", "NetNewsWire", Speaks::FreshRss),
    ("reeder", "Reeder Classic", Speaks::FreshRss),
    ("capy", "Capy Reader", Speaks::FreshRss),
    ("readyou", "Read You", Speaks::FreshRss),
    ("feedme", "FeedMe", Speaks::FreshRss),
    ("fluent", "Fluent Reader", Speaks::FreshRss),
    ("feedflow", "FeedFlow", Speaks::FreshRss),
    ("twine", "Twine", Speaks::FreshRss),
    ("readrops", "Readrops", Speaks::FreshRssRoot),
    ("newsflash", "NewsFlash", Speaks::FreshRss),
    ("rssguard", "RSS Guard", Speaks::FreshRssRoot),
    ("newsboat", "newsboat", Speaks::Newsboat),
    ("liferea", "Liferea", Speaks::Root),
    ("fever", "Unread, ReadKit, Fiery Feeds", Speaks::Fever),
    ("own", "", Speaks::Own),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The app, by its name in addresses.
    app: String,
    /// What was typed before the question.
    name: String,
    scope: String,
    lasts: String,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let page = page(&app, &current, &asked, None).await?;
    Ok(with_flash(Html(page), &headers))
}

/// What an app is told, and what is said about it.
fn told_of(app: &AppState, speaks: Speaks) -> (String, String) {
    let base = app.base_url.as_str().trim_end_matches('/');
    let hint = |name: &str| t(name).to_owned();
    match speaks {
        Speaks::Root => (base.to_owned(), hint("apps-speaks-google")),
        Speaks::FreshRss => (
            format!("{base}/api/greader.php"),
            hint("apps-speaks-freshrss"),
        ),
        Speaks::FreshRssRoot => (base.to_owned(), hint("apps-speaks-freshrss")),
        Speaks::Newsboat => (base.to_owned(), hint("apps-speaks-newsboat")),
        Speaks::Fever => (format!("{base}/fever/"), hint("apps-speaks-fever")),
        Speaks::Own => (format!("{base}/api/v1"), hint("apps-speaks-own")),
    }
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    asked: &Asked,
    error: Option<String>,
) -> HandlerResult<AppsPage> {
    let (frame, _) = plain_frame(app, current, t("apps-title"), Place::Settings).await?;
    let tokens = token::list(&app.store, current.user.id).await?;
    let known = APPS.iter().find(|(key, ..)| *key == asked.app);
    let (chosen, name, speaks) = *known.unwrap_or(&APPS[0]);
    let (address, hint) = told_of(app, speaks);
    let own_name = match name {
        "" => t("apps-own"),
        name => name,
    };
    let scope = Scope::of(&asked.scope).unwrap_or(match speaks {
        Speaks::Own => Scope::Manage,
        _ => Scope::Mark,
    });
    let secret = current.flash.as_ref();
    let most = app.config.server.api_bodies;
    Ok(AppsPage {
        frame,
        apps: APPS
            .iter()
            .map(|(key, name, _)| AppChoice {
                key,
                name: if name.is_empty() { t("apps-own") } else { name },
                is_chosen: *key == chosen,
            })
            .collect(),
        app: chosen,
        app_name: own_name,
        hint,
        address,
        email: current.user.profile.email.clone(),
        name: match asked.name.trim() {
            "" => own_name.to_owned(),
            name => name.chars().take(100).collect(),
        },
        scopes: scopes(scope, speaks == Speaks::Own),
        lifetimes: lifetimes(Lifetime::of(&asked.lasts).unwrap_or_default()),
        error,
        new_token: secret.and_then(|flash| flash.secret.clone()),
        tokens: tokens
            .into_iter()
            .map(|token| row(app, current, token))
            .collect(),
        budget: (most > 0).then(|| words::thousands(most.into())),
    })
}

/// What a token may do; for apps, which all mark, at least that.
fn scopes(chosen: Scope, with_read: bool) -> Vec<ScopeChoice> {
    let all = [Scope::Read, Scope::Mark, Scope::Manage];
    let all = all
        .into_iter()
        .filter(|scope| with_read || *scope > Scope::Read);
    let choice = |scope: Scope| ScopeChoice {
        value: scope.name(),
        label: may(scope),
        hint: t(match scope {
            Scope::Read => "apps-read-hint",
            Scope::Mark => "apps-mark-hint",
            Scope::Manage => "apps-manage-hint",
        }),
        is_chosen: scope == chosen,
    };
    all.map(choice).collect()
}

fn lifetimes(chosen: Lifetime) -> Vec<ChoiceOption> {
    let choice = |one: Lifetime| ChoiceOption {
        value: one.name().to_owned(),
        label: t(match one {
            Lifetime::Endless => "apps-lasts-ever",
            Lifetime::Month => "apps-lasts-month",
            Lifetime::Quarter => "apps-lasts-quarter",
            Lifetime::Year => "apps-lasts-year",
        })
        .to_owned(),
        chosen: one == chosen,
    };
    Lifetime::ALL.into_iter().map(choice).collect()
}

fn may(scope: Scope) -> &'static str {
    t(match scope {
        Scope::Read => "apps-may-read",
        Scope::Mark => "apps-may-mark",
        Scope::Manage => "apps-may-manage",
    })
}

fn row(app: &AppState, current: &CurrentUser, token: Token) -> TokenRow {
    let today = day_of(current.now);
    let used = match token.used_day {
        None => t("apps-never").to_owned(),
        Some(day) if day >= today => t("apps-today").to_owned(),
        Some(day) if day == today - 1 => t("apps-yesterday").to_owned(),
        Some(day) => {
            let at = chrono::DateTime::from_timestamp(day * 24 * 60 * 60, 0);
            words::date(at.unwrap_or_default())
        }
    };
    let given = app.bodies.given(token.memo(), today, token.bodies);
    let most = texts::most_of(app, today, token.created, false);
    let given = words::thousands(given.into());
    TokenRow {
        created: msg("settings-made")
            .text("date", words::date(token.created))
            .into(),
        may: may(token.scope),
        ends: match token.expires {
            None => t("apps-ends-never").to_owned(),
            Some(end) if end <= current.now => {
                msg("apps-ended").text("date", words::date(end)).into()
            }
            Some(end) => words::date(end),
        },
        has_expired: token.expires.is_some_and(|end| end <= current.now),
        used,
        bodies: match most {
            0 => given,
            most => msg("apps-of")
                .text("given", given)
                .text("most", words::thousands(most.into()))
                .into(),
        },
        id: token.id,
        name: token.name,
    }
}

/// The form that makes a token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenForm {
    name: String,
    scope: String,
    lasts: String,
    app: String,
}

/// Makes a token in one press: if the reader hasn't proven who they are for ten minutes, after one question.
pub(super) async fn make(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(form): Form<TokenForm>,
) -> HandlerResult<Response> {
    let name = form.name.trim();
    let here = format!("{HERE}?app={}", segment(&form.app));
    // What was typed is there again after the question.
    let back = format!(
        "{here}&name={}&scope={}&lasts={}#make",
        segment(name),
        segment(&form.scope),
        segment(&form.lasts)
    );
    if let Some(question) = proof::needed(&current, &back).await? {
        return Ok(question);
    }
    let scope = match form.scope.as_str() {
        "" => Some(Scope::Manage),
        name => Scope::of(name),
    };
    let lifetime = match form.lasts.as_str() {
        "" => Some(Lifetime::Endless),
        name => Lifetime::of(name),
    };
    let made = match (name, scope.zip(lifetime)) {
        ("", _) => Err(t("settings-token-nameless").to_owned()),
        // No form has another one.
        (_, None) => return Err(Problem::not_found()),
        (name, Some((scope, lifetime))) => {
            let new = NewToken {
                user: current.user.id,
                email: &current.user.profile.email,
                name,
                scope,
                lifetime,
            };
            // What it is called is the reader’s own.
            let own = (current.user.id, scope.name());
            let line = security::own_line(&app, Event::TokenMade, address.0, own);
            let (store, random) = (&app.store, &app.random);
            match token::create_with(store, random, app.clock.now(), new, Some(line)).await {
                Ok(token) => Ok(token),
                Err(TokenError::Store(error)) => return Err(error.into()),
                Err(error) => Err(told(&error.to_string()).into_owned()),
            }
        }
    };
    match made {
        // Reloading the page then makes no second one.
        Ok(token) => {
            security::note(Event::TokenMade, address.0, Some(current.user.id));
            let text = t("settings-token-made");
            Ok(flash::redirect_with_secret(&here, text, token))
        }
        Err(error) => {
            let asked = Asked {
                app: form.app,
                name: form.name,
                scope: form.scope,
                lasts: form.lasts,
            };
            let page = page(&app, &current, &asked, Some(error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

pub(super) async fn revoke(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let own = (current.user.id, "");
    let line = security::own_line(&app, Event::TokenRevoked, address.0, own);
    if !token::revoke(&app.store, current.user.id, &id, line).await? {
        return Err(Problem::not_found());
    }
    security::note(Event::TokenRevoked, address.0, Some(current.user.id));
    Ok(flash::redirect(HERE, t("settings-token-revoked"), None))
}
