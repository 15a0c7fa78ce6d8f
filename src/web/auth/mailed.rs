//! Links in letters that need no sign-in: an address that is confirmed, and letters that aren't wanted any more.
//!
//! Looking at one does nothing: programs that read mail for people look at links. The press on the page does it, or the
//! mail program's own button.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::card::{card, gone};
use crate::app::AppState;
use crate::timestamp::minute_of;
use crate::users::mailed::{self, Changed, Purpose};
use crate::users::{self, User};
use crate::web::actions::{posting, stopping};
use crate::web::client_address::ClientAddress;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};
use crate::web::view::{CardPage, Link};
use crate::web::words::{msg, t};

const CONFIRMING: [Purpose; 3] = [Purpose::Confirm, Purpose::Leave, Purpose::Arrive];

/// The page that asks for the press.
pub(super) async fn look(
    State(app): State<AppState>,
    Path(link): Path<String>,
) -> HandlerResult<Response> {
    let found = mailed::find(&app.store, &link, &CONFIRMING, app.clock.now()).await?;
    let Some((user, found)) = found else {
        return Ok(gone(t("confirm-gone")));
    };
    let line: String = match found.purpose {
        Purpose::Leave | Purpose::Arrive => msg("confirm-change")
            .text("old", &user.profile.email)
            .text("new", &found.address)
            .into(),
        _ => msg("confirm-address").text("email", &found.address).into(),
    };
    let label = match found.purpose {
        Purpose::Leave | Purpose::Arrive => t("confirm-change-do"),
        _ => t("confirm-address-do"),
    };
    let page = CardPage {
        act: Some((format!("/mail/confirm/{link}"), label)),
        ..card(t("confirm-mail-title"), vec![line])
    };
    Ok(Html(page).into_response())
}

/// Confirms the address, or one side of a change.
pub(super) async fn confirm(
    State(app): State<AppState>,
    address: ClientAddress,
    Path(link): Path<String>,
) -> HandlerResult<Response> {
    let now = app.clock.now();
    let found = mailed::find(&app.store, &link, &CONFIRMING, now).await?;
    let Some((user, found)) = found else {
        return Ok(gone(t("confirm-gone")));
    };
    if found.purpose == Purpose::Confirm {
        let line = security::own_line(&app, Event::AddressConfirmed, address.0, (user.id, ""));
        let confirmed = mailed::confirm(&app.store, &link, now, line).await?;
        if confirmed.is_none() {
            return Ok(gone(t("confirm-gone")));
        }
        security::note(Event::AddressConfirmed, address.0, Some(user.id));
        let line = msg("confirm-done").text("email", &found.address);
        return Ok(done(line.into()));
    }
    let line = security::own_line(&app, Event::AddressChanged, address.0, (user.id, ""));
    let followed = mailed::follow_change(&app.store, &link, now, &line).await?;
    Ok(match followed {
        Changed::Gone => gone(t("confirm-gone")),
        Changed::Waits => done(t("confirm-waits").to_owned()),
        Changed::Taken => {
            let page = card(t("confirm-mail-title"), vec![t("confirm-taken").to_owned()]);
            (StatusCode::CONFLICT, Html(page)).into_response()
        }
        Changed::Done(user, new) => {
            security::note(Event::AddressChanged, address.0, Some(user));
            done(msg("confirm-changed").text("new", new).into())
        }
    })
}

fn done(line: String) -> Response {
    let page = CardPage {
        links: vec![Link {
            label: t("confirm-on").to_owned(),
            href: "/settings/mail".to_owned(),
        }],
        ..card(t("confirm-mail-title"), vec![line])
    };
    Html(page).into_response()
}

fn kind_name(kind: stopping::Kind) -> &'static str {
    match kind {
        stopping::Kind::Edition => t("mail-edition"),
        stopping::Kind::Digest => t("mail-digest"),
    }
}

/// The page that asks for the press. No read.
pub(super) async fn look_at_stop(
    State(app): State<AppState>,
    Path(link): Path<String>,
) -> Response {
    let Some((_, kind)) = stopping::read(&app, &link) else {
        return gone(t("stop-gone"));
    };
    let line = msg("stop-text").text("what", kind_name(kind));
    let page = CardPage {
        act: Some((format!("/mail/stop/{link}"), t("stop-do"))),
        links: Vec::new(),
        ..card(t("stop-title"), vec![line.into()])
    };
    Html(page).into_response()
}

/// Ends a kind of letter: the press, or a mail program's one click. One read, and two writes the first time.
pub(super) async fn stop(
    State(app): State<AppState>,
    address: ClientAddress,
    Path(link): Path<String>,
) -> HandlerResult<Response> {
    let Some((id, kind)) = stopping::read(&app, &link) else {
        return Ok(gone(t("stop-gone")));
    };
    let now = minute_of(app.clock.now());
    let end = |user: &mut User| {
        if !kind.is_wanted(&user.profile.mail) {
            return None;
        }
        kind.end(&mut user.profile.mail);
        posting::reckon(&mut user.profile, now);
        Some(())
    };
    let line = security::own_line(&app, Event::LettersChanged, address.0, (id, ""));
    match users::store::change_if_with(&app.store, id, &[line], end).await {
        Ok(Some(_)) => security::note(Event::LettersChanged, address.0, Some(id)),
        Ok(None) | Err(crate::datastore::StoreError::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let line = msg("stop-done").text("what", kind_name(kind));
    Ok(done(line.into()))
}
