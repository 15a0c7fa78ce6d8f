//! The audit log: who did what, and when.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Administrator;
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::UserId;
use crate::timestamp::Timestamp;
use crate::users;
use crate::users::audit::{Act, By, Line, page};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{AdminTab, AuditPage, AuditRow};
use crate::web::words::{self, msg, t};

/// Lines of a page.
const A_PAGE: u32 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Where the page begins.
    from: Option<String>,
}

/// One read for each line, and one for each account in them that isn't cached, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let frame = admin.frame(&app, t("admin-audit")).await?;
    let page = page(&app.store, asked.from.as_deref(), A_PAGE).await;
    let page = page.map_err(bad_place)?;
    let lines = rows(&app, &page.lines, admin.0.now).await?;
    let page = AuditPage {
        frame,
        tab: AdminTab::Audit,
        lines,
        next: page.next,
    };
    Ok(Html(page).into_response())
}

/// An address whose place isn't one of ours leads nowhere.
pub(super) fn bad_place(error: StoreError) -> Problem {
    match error {
        StoreError::BadCursor => Problem::not_found(),
        error => error.into(),
    }
}

/// The newest lines, for the overview. One read each, and one for each account that isn't cached.
pub(super) async fn newest(
    app: &AppState,
    count: u32,
    now: Timestamp,
) -> HandlerResult<Vec<AuditRow>> {
    let page = page(&app.store, None, count).await?;
    rows(app, &page.lines, now).await
}

/// Lines in words. A read for each account that isn't cached.
async fn rows(app: &AppState, lines: &[Line], now: Timestamp) -> HandlerResult<Vec<AuditRow>> {
    let mut names: HashMap<UserId, String> = HashMap::new();
    for line in lines {
        let by = match line.by {
            By::User(id) => Some(id),
            By::Stranger | By::Command | By::CleanUp => None,
        };
        for id in [by, line.user].into_iter().flatten() {
            if let Entry::Vacant(place) = names.entry(id) {
                let user = users::cached::cached(&app.store, id).await?;
                place.insert(user.map_or_else(
                    || msg("costs-former").text("id", id).to_string(),
                    |user| user.profile.email.clone(),
                ));
            }
        }
    }
    Ok(lines.iter().map(|line| row(line, &names, now)).collect())
}

fn row(line: &Line, names: &HashMap<UserId, String>, now: Timestamp) -> AuditRow {
    let name = |id: &UserId| names.get(id).cloned().unwrap_or_default();
    let who = match &line.by {
        By::User(id) => name(id),
        By::Stranger => t("audit-somebody").to_owned(),
        By::Command => t("audit-command").to_owned(),
        By::CleanUp => t("audit-clean-up").to_owned(),
    };
    let whose = line
        .user
        .as_ref()
        .map_or_else(|| t("audit-no-account").to_owned(), name);
    let act = Act::of(&line.act).and_then(|act| match line.by {
        By::Command => said_of_a_command(act).or_else(|| said(act)),
        _ => said(act),
    });
    let text = match act {
        Some(act) => msg(act).text("who", who).text("whose", whose).to_string(),
        // Written by a newer version.
        None => format!("{who}: {}", line.act),
    };
    let more = [line.about.as_str(), line.network.as_str()];
    let more = more.into_iter().filter(|part| !part.is_empty());
    AuditRow {
        at: match (now - line.at).num_hours() {
            ..20 => words::local(line.at).format("%H:%M").to_string(),
            _ => words::day_and_time(line.at),
        },
        text,
        more: more.collect::<Vec<_>>().join(" · "),
    }
}

/// What is said of an act that others do to their own account, if a command did it.
fn said_of_a_command(act: Act) -> Option<&'static str> {
    match act {
        Act::SignedUp => Some("audit-account-made"),
        Act::Exported => Some("audit-exported-of"),
        Act::PasswordsExported => Some("audit-passwords-exported-of"),
        _ => None,
    }
}

/// What is said of an act; `None` for those of which there are no lines.
fn said(act: Act) -> Option<&'static str> {
    Some(match act {
        Act::SignInFailed => "audit-sign-in-failed",
        Act::SecondStepFailed => "audit-second-step-failed",
        Act::EntryRefused => "audit-entry-refused",
        Act::SignedIn => "audit-signed-in",
        Act::SignedUp => "audit-signed-up",
        Act::TokenMade => "audit-token-made",
        Act::TokenRevoked => "audit-token-revoked",
        Act::PasswordChanged => "audit-password-changed",
        Act::PasswordRemoved => "audit-password-removed",
        Act::Connected => "audit-connected",
        Act::Disconnected => "audit-disconnected",
        Act::Backup => "audit-backup",
        Act::RecoveryCodeUsed => "audit-recovery-code-used",
        Act::SecondStepChanged => "audit-second-step-changed",
        Act::CodesOn => "audit-codes-on",
        Act::CodesOff => "audit-codes-off",
        Act::RecoveryCodesMade => "audit-recovery-codes-made",
        Act::PasskeyAdded => "audit-passkey-added",
        Act::PasskeyRenamed => "audit-passkey-renamed",
        Act::PasskeyRemoved => "audit-passkey-removed",
        Act::SessionEnded => "audit-session-ended",
        Act::SessionsEnded => "audit-sessions-ended",
        Act::PasswordReset => "audit-password-reset",
        Act::AddressConfirmed => "audit-address-confirmed",
        Act::AddressChangeBegun => "audit-address-change-begun",
        Act::AddressChangeCancelled => "audit-address-change-cancelled",
        Act::AddressChanged => "audit-address-changed",
        Act::LettersChanged => "audit-letters-changed",
        Act::Invited => "audit-invited",
        Act::InvitationRevoked => "audit-invitation-revoked",
        Act::PasswordsExported => "audit-passwords-exported",
        Act::DoorChanged => "audit-door-changed",
        Act::WebhookMade => "audit-webhook-made",
        Act::WebhookRemoved => "audit-webhook-removed",
        Act::ServiceAdded => "audit-service-added",
        Act::ServiceRemoved => "audit-service-removed",
        Act::Rekeyed => "audit-rekeyed",
        Act::Imported => "audit-imported",
        Act::Exported => "audit-exported",
        Act::DataImported => "audit-data-imported",
        Act::Disabled => "audit-disabled",
        Act::Enabled => "audit-enabled",
        Act::MadeAdmin => "audit-made-admin",
        Act::UnmadeAdmin => "audit-unmade-admin",
        Act::QuotaChanged => "audit-quota-changed",
        Act::DeletionBegun => "audit-deletion-begun",
        Act::Deleted => "audit-deleted",
        Act::FeedPaused => "audit-feed-paused",
        Act::FeedResumed => "audit-feed-resumed",
        Act::FeedRefreshed => "audit-feed-refreshed",
        Act::FeedRemoved => "audit-feed-removed",
        Act::HostBlocked => "audit-host-blocked",
        Act::HostUnblocked => "audit-host-unblocked",
        Act::ResetLinkMade => "audit-reset-link-made",
        Act::ShareOpened => "audit-share-opened",
        Act::ShareRenewed => "audit-share-renewed",
        Act::ShareClosed => "audit-share-closed",
        Act::HouseAdded => "audit-house-added",
        Act::HouseRemoved => "audit-house-removed",
        Act::HouseImported => "audit-house-imported",
        Act::HouseRead => "audit-house-read",
        Act::HouseSet => "audit-house-set",
        Act::HouseFollowed => "audit-house-followed",
        Act::HouseLeft => "audit-house-left",
        Act::SignInThrottled
        | Act::SignedOut
        | Act::TokenRefused
        | Act::Confirmed
        | Act::ResetAsked
        | Act::SchedulerRefused
        | Act::HostRefused => return None,
    })
}
