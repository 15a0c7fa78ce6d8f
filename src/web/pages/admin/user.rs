//! One account, and what an administrator can do about it.

use axum::extract::{Path, RawForm, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::Administrator;
use super::users::{about, state};
use crate::accounts::holdings;
use crate::accounts::standing::{self, Change, StandingError};
use crate::app::AppState;
use crate::config::Ceiling;
use crate::ids::UserId;
use crate::timestamp::minute_of;
use crate::users::audit::By;
use crate::users::card::Facts;
use crate::users::mailed::{self, HANDED_RESET_MINUTES, Purpose};
use crate::users::own_quota::{MOST_IMPORTS, MOST_REFRESHES, OwnQuota};
use crate::users::{self, User, day_of, own_sessions};
use crate::web::actions::{account, proof};
use crate::web::client_address::ClientAddress;
use crate::web::html::Html;
use crate::web::pages::security::session_row;
use crate::web::pages::with_flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{AdminTab, DeleteAccountPage, QuotaField, UserPage};
use crate::web::words::{self, t, told};
use crate::web::{flash, letters};

fn href(id: UserId) -> String {
    format!("/admin/users/{id}")
}

/// The account of an address. One read.
async fn found(app: &AppState, id: i64) -> HandlerResult<User> {
    let user = users::store::get(&app.store, UserId(id)).await?;
    user.ok_or_else(Problem::not_found)
}

/// One read, one for each session, and one for each thousand feeds, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    headers: HeaderMap,
    Path(id): Path<i64>,
) -> HandlerResult<Response> {
    let page = page(&app, &admin, id, None).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(
    app: &AppState,
    admin: &Administrator,
    id: i64,
    error: Option<String>,
) -> HandlerResult<UserPage> {
    let user = found(app, id).await?;
    let profile = &user.profile;
    let frame = admin.frame(app, &profile.email).await?;
    let now = admin.0.now;
    let sessions = own_sessions::list(&app.store, &user, now).await?;
    let feeds = holdings::feeds(&app.store, user.id).await?;
    let today = day_of(now);
    let facts = Facts {
        admin: profile.admin,
        created: profile.created,
        last_seen_day: user.last_seen_day,
        disabled: profile.disabled,
        leaving: profile.leaving,
    };
    Ok(UserPage {
        frame,
        tab: AdminTab::Readers,
        href: href(user.id),
        email: profile.email.clone(),
        about: about(&facts, today),
        state: state(&facts).to_owned(),
        is_own: user.id == admin.user().id,
        is_admin: profile.admin,
        is_disabled: profile.disabled.is_some(),
        is_leaving: profile.leaving.is_some(),
        feeds: words::count(feeds, "count-feed"),
        sessions: sessions
            .into_iter()
            .map(|one| session_row(one, None, today))
            .collect(),
        quota: quota_fields(app, &user),
        new_link: admin
            .0
            .flash
            .as_ref()
            .and_then(|flash| flash.secret.clone()),
        error,
    })
}

fn quota_fields(app: &AppState, user: &User) -> Vec<QuotaField> {
    let own = &user.profile.quota;
    let usual = app.config.quotas.of(user.profile.admin);
    let ceiling = app.config.quotas.ceiling;
    let field = |name, label, own: Option<u32>, usual: u64, most| QuotaField {
        name,
        label: t(label),
        value: own.map(|own| own.to_string()).unwrap_or_default(),
        usual: usual.to_string(),
        said: words::thousands(usual),
        most,
    };
    vec![
        field(
            "feeds",
            "quota-feeds",
            own.feeds,
            usual.feeds,
            ceiling.feeds,
        ),
        field(
            "stars",
            "quota-stars",
            own.stars,
            usual.stars,
            ceiling.stars,
        ),
        field(
            "imports",
            "quota-imports",
            own.imports,
            usual.imports.into(),
            MOST_IMPORTS,
        ),
        field(
            "refreshes",
            "quota-refreshes",
            own.refreshes,
            usual.refreshes.into(),
            MOST_REFRESHES,
        ),
        field(
            "reader_mb",
            "quota-mb",
            own.reader_mb,
            usual.reader_mb,
            most_mb(&ceiling),
        ),
    ]
}

/// The most MiB that an account may be given.
fn most_mb(ceiling: &Ceiling) -> u32 {
    match ceiling.reader_mb {
        0 => 1_000_000,
        most => most,
    }
}

/// The question before an account is deleted. The whole of what is stored for it is counted.
pub(super) async fn ask(
    State(app): State<AppState>,
    admin: Administrator,
    Path((id, act)): Path<(i64, String)>,
) -> HandlerResult<Response> {
    if act != "delete" {
        return Err(Problem::not_found());
    }
    if let Some(question) = proof::needed(&admin.0, &format!("{}/delete", href(UserId(id)))).await?
    {
        return Ok(question);
    }
    let page = question(&app, &admin, id, None).await?;
    Ok(Html(page).into_response())
}

async fn question(
    app: &AppState,
    admin: &Administrator,
    id: i64,
    error: Option<String>,
) -> HandlerResult<DeleteAccountPage> {
    let user = found(app, id).await?;
    Ok(DeleteAccountPage {
        frame: admin.frame(app, t("user-delete")).await?,
        action: format!("{}/delete", href(user.id)),
        back: href(user.id),
        email: user.profile.email.clone(),
        is_own: false,
        lost: account::lost(app, user.id).await?,
        error,
    })
}

/// What the form of an act says.
fn field(form: &[u8], name: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(form);
    let (_, value) = fields.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}

/// An act on an account, by its name in the address.
pub(super) async fn act(
    State(app): State<AppState>,
    admin: Administrator,
    address: ClientAddress,
    Path((id, act)): Path<(i64, String)>,
    RawForm(form): RawForm,
) -> HandlerResult<Response> {
    let id = UserId(id);
    let back = href(id);
    if let Some(question) = proof::needed(&admin.0, &back).await? {
        return Ok(question);
    }
    let minute = minute_of(admin.0.now);
    let (change, event, said) = match act.as_str() {
        "disable" => (
            Change::Disable(minute),
            Event::Disabled,
            "user-now-disabled",
        ),
        "enable" => (Change::Enable, Event::Enabled, "user-now-enabled"),
        "admin" => (Change::MakeAdmin, Event::MadeAdmin, "user-now-admin"),
        "reader" => (Change::UnmakeAdmin, Event::UnmadeAdmin, "user-now-reader"),
        "delete" if field(&form, "sure").is_none() => {
            let error = t("leave-unsure").to_owned();
            let page = question(&app, &admin, id.0, Some(error)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
        }
        "delete" if id == admin.user().id => return Err(Problem::not_found()),
        "delete" => (
            Change::Leave(minute),
            Event::DeletionBegun,
            "user-now-leaving",
        ),
        "reset-link" => return reset_link(&app, &admin, address, id).await,
        "sessions" => return end_sessions(&app, &admin, address, id).await,
        "quota" => return set_quota(&app, &admin, address, (id, &form)).await,
        _ => return Err(Problem::not_found()),
    };
    let by = By::User(admin.user().id);
    let line = security::line(&app, event, address.0, (by, Some(id), ""));
    let changed = standing::change(&app.store, id, change, &line).await;
    match changed {
        Ok(Some(user)) => {
            security::note(event, address.0, Some(id));
            if matches!(change, Change::Leave(_)) {
                let (to, text) = match account::delete_some(&app, user).await? {
                    true => ("/admin/users", t("user-now-gone")),
                    false => ("/admin/users", t(said)),
                };
                return Ok(flash::redirect(to, text, None));
            }
            Ok(flash::redirect(&back, t(said), None))
        }
        Ok(None) => Ok(flash::redirect(&back, t("user-was-so"), None)),
        Err(StandingError::Store(error)) => Err(error.into()),
        Err(StandingError::Gone) => Err(Problem::not_found()),
        Err(error @ (StandingError::LastAdmin | StandingError::Leaving)) => {
            let error = told(&error.to_string()).into_owned();
            let page = page(&app, &admin, id.0, Some(error)).await?;
            Ok((StatusCode::CONFLICT, Html(page)).into_response())
        }
    }
}

/// Ends all sessions of an account, and deletes them: one read and one write, and a delete for each. One's own goes, too.
async fn end_sessions(
    app: &AppState,
    admin: &Administrator,
    address: ClientAddress,
    id: UserId,
) -> HandlerResult<Response> {
    found(app, id.0).await?;
    let by = By::User(admin.user().id);
    let line = security::line(app, Event::SessionsEnded, address.0, (by, Some(id), ""));
    let next = |user: &mut User| user.profile.epoch += 1;
    users::store::change_with(&app.store, id, &[line], next).await?;
    own_sessions::clear(&app.store, id, None).await?;
    security::note(Event::SessionsEnded, address.0, Some(id));
    Ok(flash::redirect(&href(id), t("user-sessions-ended"), None))
}

/// Makes a link by which its owner chooses a new password, which is shown once. Two reads and two writes.
async fn reset_link(
    app: &AppState,
    admin: &Administrator,
    address: ClientAddress,
    id: UserId,
) -> HandlerResult<Response> {
    let user = found(app, id.0).await?;
    if user.profile.leaving.is_some() {
        return Err(Problem::not_found());
    }
    let by = By::User(admin.user().id);
    let line = [security::line(
        app,
        Event::ResetLinkMade,
        address.0,
        (by, Some(id), ""),
    )];
    let what = (Purpose::HandedReset, HANDED_RESET_MINUTES);
    let made = mailed::make_with(&app.store, &app.random, id, what, admin.0.now, &line);
    let link = letters::address(app, &format!("/reset/{}", made.await?));
    security::note(Event::ResetLinkMade, address.0, Some(id));
    let said = t("user-reset-made");
    Ok(flash::redirect_with_secret(&href(id), said, link))
}

/// Sets what of an account's quota is its own. One read and two writes.
async fn set_quota(
    app: &AppState,
    admin: &Administrator,
    address: ClientAddress,
    (id, form): (UserId, &[u8]),
) -> HandlerResult<Response> {
    found(app, id.0).await?;
    let mut is_wrong = false;
    let mut number = |name: &str, most: u32| {
        let typed = field(form, name).unwrap_or_default();
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let number = typed.parse().ok().filter(|number| *number <= most);
        is_wrong |= number.is_none();
        number
    };
    let ceiling = app.config.quotas.ceiling;
    let quota = OwnQuota {
        feeds: number("feeds", ceiling.feeds),
        stars: number("stars", ceiling.stars),
        imports: number("imports", MOST_IMPORTS),
        refreshes: number("refreshes", MOST_REFRESHES),
        reader_mb: number("reader_mb", most_mb(&ceiling)),
    };
    // 0 is any number, which is more than a ceiling has.
    if quota.reader_mb == Some(0) && ceiling.reader_mb > 0 {
        is_wrong = true;
    }
    if is_wrong {
        let error = t("quota-wrong").to_owned();
        let page = page(app, admin, id.0, Some(error)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    }
    let by = By::User(admin.user().id);
    let line = security::line(app, Event::QuotaChanged, address.0, (by, Some(id), ""));
    let set = |user: &mut User| user.profile.quota = quota;
    users::store::change_with(&app.store, id, &[line], set).await?;
    security::note(Event::QuotaChanged, address.0, Some(id));
    Ok(flash::redirect(&href(id), t("settings-saved"), None))
}
