//! Invitations: a reader's own, where readers may invite, and everybody's for administrators.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::config::Inviting;
use crate::ids::UserId;
use crate::users;
use crate::users::invitation::{self, Invitation, InvitationError, MAX_USES, NewInvitation};
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{ChoiceOption, InvitationRow, InvitationsPage, Place};
use crate::web::words::{self, msg, t, told};
use crate::web::{flash, letters};

/// Whose invitations a page has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The reader's own.
    Own,
    /// Everybody's.
    All,
}

/// The pages, as parameters of the handlers.
pub(super) const OWN: bool = false;
pub(super) const ALL: bool = true;

impl Whose {
    const fn of(all: bool) -> Self {
        if all { Self::All } else { Self::Own }
    }

    fn here(self) -> &'static str {
        match self {
            Self::Own => "/settings/invitations",
            Self::All => "/admin/invitations",
        }
    }

    /// 404 for whom there is no such page.
    fn check(self, app: &AppState, current: &CurrentUser) -> HandlerResult<()> {
        let is_admin = current.user.profile.admin;
        let may = match self {
            Self::All => is_admin,
            Self::Own => is_admin || app.config.server.inviting == Inviting::Readers,
        };
        if may {
            Ok(())
        } else {
            Err(Problem::not_found())
        }
    }
}

/// Days that an invitation may last.
const DAYS: [(u32, &str); 4] = [
    (1, "invite-day"),
    (7, "invite-week"),
    (30, "invite-month"),
    (365, "invite-year"),
];

/// The form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    uses: String,
    days: String,
}

pub(super) async fn show<const EVERYBODYS: bool>(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let whose = Whose::of(EVERYBODYS);
    let page = page(&app, &current, whose, Typed::default(), None).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    whose: Whose,
    typed: Typed,
    error: Option<String>,
) -> HandlerResult<InvitationsPage> {
    whose.check(app, current)?;
    let (frame, _) = plain_frame(app, current, t("invite-title"), Place::Settings).await?;
    let all = match whose {
        Whose::Own => invitation::of_user(&app.store, current.user.id).await?,
        Whose::All => invitation::all(&app.store).await?,
    };
    let chosen = typed.days.parse().unwrap_or(7);
    let mut rows = Vec::new();
    for one in all {
        rows.push(row(app, current, one).await?);
    }
    Ok(InvitationsPage {
        frame,
        here: whose.here(),
        error,
        new_link: current
            .flash
            .as_ref()
            .and_then(|flash| flash.secret.clone()),
        days: DAYS
            .iter()
            .map(|(days, label)| ChoiceOption {
                value: days.to_string(),
                label: t(label).to_owned(),
                chosen: *days == chosen,
            })
            .collect(),
        name: typed.name,
        uses: match typed.uses.trim() {
            "" => "1".to_owned(),
            uses => uses.chars().take(20).collect(),
        },
        rows,
    })
}

async fn row(
    app: &AppState,
    current: &CurrentUser,
    one: Invitation,
) -> HandlerResult<InvitationRow> {
    let made = words::date(one.created);
    let about: String = match one.maker {
        maker if maker == current.user.id => msg("settings-made").text("date", made).into(),
        maker => msg("invite-made-by")
            .text("date", made)
            .text("who", name_of(app, maker).await?)
            .into(),
    };
    let is_open = one.is_open(current.now);
    let name = match one.expires <= current.now {
        true => "apps-ended",
        false => "invite-until",
    };
    Ok(InvitationRow {
        about,
        used: msg("invite-used")
            .number("n", one.uses.saturating_sub(one.left))
            .number("of", one.uses)
            .into(),
        until: msg(name).text("date", words::date(one.expires)).into(),
        is_open,
        id: one.id,
        name: one.name,
    })
}

/// Whose an invitation is. From the cache, or one read.
async fn name_of(app: &AppState, maker: UserId) -> HandlerResult<String> {
    if maker == invitation::BY_COMMAND {
        return Ok(t("invite-by-command").to_owned());
    }
    let user = users::cached::cached(&app.store, maker).await?;
    Ok(user.map_or_else(|| maker.to_string(), |user| user.profile.email.clone()))
}

/// Makes an invitation, whose link is shown once. A read for each of the maker's, and two writes.
pub(super) async fn make<const EVERYBODYS: bool>(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let whose = Whose::of(EVERYBODYS);
    whose.check(&app, &current)?;
    // Whoever has the link gets in, long after a stolen session has ended.
    if let Some(question) = proof::needed(&current, whose.here()).await? {
        return Ok(question);
    }
    let uses = typed.uses.trim().parse::<u32>().ok();
    let uses = uses.filter(|uses| (1..=MAX_USES).contains(uses));
    let days = typed.days.parse::<u32>().ok();
    let days = days.filter(|days| DAYS.iter().any(|(known, _)| known == days));
    let days = days.ok_or_else(|| super::choices::wrong("days", &typed.days))?;
    let made = match uses {
        None => Err(msg("invite-uses-wrong")
            .number("most", MAX_USES)
            .to_string()),
        Some(uses) => {
            let new = NewInvitation {
                maker: current.user.id,
                name: typed.name.trim(),
                uses,
                days,
            };
            let line = security::own_line(&app, Event::Invited, address.0, (current.user.id, ""));
            match invitation::make(&app.store, &app.random, current.now, new, line).await {
                Ok(token) => Ok(token),
                Err(InvitationError::Store(error)) => return Err(error.into()),
                Err(error) => Err(told(&error.to_string()).into_owned()),
            }
        }
    };
    match made {
        Ok(token) => {
            security::note(Event::Invited, address.0, Some(current.user.id));
            let link = letters::address(&app, &format!("/invite/{token}"));
            let here = whose.here();
            Ok(flash::redirect_with_secret(here, t("invite-made"), link))
        }
        Err(error) => {
            let page = page(&app, &current, whose, typed, Some(error)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
    }
}

/// Ends an invitation. One read, one delete and one write.
pub(super) async fn revoke<const EVERYBODYS: bool>(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let whose = Whose::of(EVERYBODYS);
    whose.check(&app, &current)?;
    let maker = match whose {
        Whose::Own => Some(current.user.id),
        Whose::All => None,
    };
    let own = (current.user.id, "");
    let line = security::own_line(&app, Event::InvitationRevoked, address.0, own);
    if !invitation::revoke(&app.store, maker, &id, line).await? {
        return Err(Problem::not_found());
    }
    security::note(Event::InvitationRevoked, address.0, Some(own.0));
    Ok(flash::redirect(whose.here(), t("invite-revoked"), None))
}
