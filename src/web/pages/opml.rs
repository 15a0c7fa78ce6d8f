//! The shelf as an OPML file.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Deserialize;

use crate::app::AppState;
use crate::shelf::{Shelf, export};
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::problem::HandlerResult;
use crate::web::security::{self, Event};

/// What goes along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `1` for what opens the feeds that ask for a password.
    passwords: String,
}

/// The file. With passwords only for somebody who has just proven that they are the owner: it shows what is sealed. One write, a line of
/// the audit log.
pub(super) async fn export(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let with_passwords = asked.passwords == "1";
    if with_passwords {
        if let Some(question) = proof::needed(&current, "/export.opml?passwords=1").await? {
            return Ok(question);
        }
        security::keep(&app, Event::PasswordsExported, address.0, current.user.id).await?;
    }
    if !with_passwords {
        security::exported(&app, address.0, current.user.id, "dormouse.opml").await?;
    }
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let keys = with_passwords.then_some(&app.secret);
    let text = export::export(&app.store, &shelf, keys, app.clock.now()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/x-opml; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"dormouse.opml\"",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, text).into_response())
}
