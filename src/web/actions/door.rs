//! What is entered to open a feed that asks for a password, and what is said of it.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;

use crate::app::App;
use crate::datastore::Mutation;
use crate::feeds::door::{BadPass, Kind, Pass};
use crate::feeds::{Door, FeedSummary};
use crate::ids::UserId;
use crate::web::security::{self, Event};
use crate::web::words::{msg, t};

/// A secret as it was sent: it isn't printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

/// The pass in a form's fields; `None` if they are empty.
///
/// # Errors
/// [`BadPass`] if it can't be one.
pub(crate) fn typed(kind: &str, name: &str, secret: &Hidden) -> Result<Option<Pass>, BadPass> {
    if secret.0.is_empty() && name.trim().is_empty() {
        return Ok(None);
    }
    let kind = Kind::of(kind).unwrap_or(Kind::Basic);
    Pass::new(kind, name, &secret.0).map(Some)
}

/// The user's name, or the header's, while the door can be opened; empty for a token.
pub(crate) fn name_in(app: &App, door: &Door, summary: &FeedSummary) -> String {
    let pass = door.pass(&app.secret, summary.url.as_str());
    pass.map_or_else(String::new, |pass| pass.name().to_owned())
}

/// What kind of door a feed has, in a sentence without the secret.
pub(crate) fn said(app: &App, door: &Door, summary: &FeedSummary) -> String {
    let name = name_in(app, door, summary);
    match (door.kind, name.as_str()) {
        (Kind::Basic, "") => t("door-basic").into(),
        (Kind::Basic, name) => msg("door-basic-of").text("name", name).into(),
        (Kind::Bearer, _) => t("door-bearer").into(),
        (Kind::Header, "") => t("door-header").into(),
        (Kind::Header, name) => msg("door-header-of").text("name", name).into(),
    }
}

/// The line of the audit log about a feed that opens otherwise now: by which kind of door, or `none`.
pub(crate) fn changed_line(
    app: &App,
    address: Option<IpAddr>,
    user: UserId,
    pass: Option<&Pass>,
) -> Mutation {
    let kind = pass.map_or("none", |pass| pass.kind().word());
    security::own_line(app, Event::DoorChanged, address, (user, kind))
}
