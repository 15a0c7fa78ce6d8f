//! Security events: log lines of their own, with the address, in a documented form that other programs can read.
//!
//! `docs/security-log.md` has the events and their fields. What was typed isn't logged: it may be a password in the
//! wrong field. What changes something is a line of the audit log besides, in the commit of the change.

use std::net::IpAddr;

use crate::app::App;
use crate::datastore::{Mutation, StoreError};
use crate::ids::UserId;
use crate::users;
use crate::users::audit::{By, Entry};
use crate::users::device::network_of;

/// What happened.
pub(super) use crate::users::audit::Act as Event;

/// Logs an event, with the client's address where it is known, and the account if it is.
pub(super) fn note(event: Event, address: Option<IpAddr>, user: Option<UserId>) {
    let address = address.map_or_else(|| "-".to_owned(), |address| address.to_string());
    let user = user.map_or_else(|| "-".to_owned(), |user| user.to_string());
    tracing::info!(
        target: "security",
        security = event.name(),
        address = address.as_str(),
        user = user.as_str(),
        "security"
    );
}

/// The line of the audit log about what a user did to their own account; `about` is what else is to be known.
pub(super) fn own_line(
    app: &App,
    act: Event,
    address: Option<IpAddr>,
    (user, about): (UserId, &str),
) -> Mutation {
    line(app, act, address, (By::User(user), Some(user), about))
}

/// Notes what a user did to their own account in the log of security events and in the audit log: one write, for acts that have no commit
/// of their own.
pub(super) async fn keep(
    app: &App,
    act: Event,
    address: Option<IpAddr>,
    user: UserId,
) -> Result<(), StoreError> {
    note(act, address, Some(user));
    let line = own_line(app, act, address, (user, ""));
    app.store.commit(vec![line]).await?;
    Ok(())
}

/// Notes that somebody took a file of their own along, in the log of security events and in the audit log. One write.
pub(super) async fn exported(
    app: &App,
    address: Option<IpAddr>,
    user: UserId,
    file: &str,
) -> Result<(), StoreError> {
    note(Event::Exported, address, Some(user));
    let line = own_line(app, Event::Exported, address, (user, file));
    app.store.commit(vec![line]).await?;
    Ok(())
}

/// The line of the audit log about an act: by whom, to whose account, and what else is to be known.
pub(super) fn line(
    app: &App,
    act: Event,
    address: Option<IpAddr>,
    (by, user, about): (By, Option<UserId>, &str),
) -> Mutation {
    let network = address.map(network_of).unwrap_or_default();
    let entry = Entry {
        act,
        by,
        user,
        about,
        network: &network,
    };
    entry.write(&app.random, app.clock.now())
}

/// Whose door somebody failed at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Door<'d> {
    /// The account of an address as typed, if there is one.
    Typed(&'d str),
    /// This account's.
    Of(UserId),
    /// It isn't known whose.
    Unknown,
}

/// Notes a failed attempt to get in, in the log of events; in the audit log only so often as is bounded, whoever tries. One write then,
/// and one read if the account isn't known. A failure of the store changes nothing for the one who knocks.
pub(super) async fn failed(app: &App, act: Event, address: Option<IpAddr>, door: Door<'_>) {
    let known = match door {
        Door::Of(user) => Some(user),
        Door::Typed(_) | Door::Unknown => None,
    };
    note(act, address, known);
    let whose = match door {
        Door::Typed(typed) => typed.trim().to_lowercase(),
        Door::Of(user) => user.to_string(),
        Door::Unknown => String::new(),
    };
    if !app
        .audit_limit
        .may_note(act.name(), &whose, app.clock.now())
    {
        return;
    }
    let written = async {
        let user = match door {
            Door::Typed(typed) => users::store::id_of(&app.store, typed).await?,
            _ => known,
        };
        let line = line(app, act, address, (By::Stranger, user, ""));
        app.store.commit(vec![line]).await
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, "a failed sign-in isn’t in the audit log");
    }
}
