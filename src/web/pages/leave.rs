//! Deleting one's own account: the question, with what is lost, and the deletion, after a fresh proof.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

use super::plain_frame;
use crate::accounts::standing::{self, Change, StandingError};
use crate::app::AppState;
use crate::timestamp::minute_of;
use crate::web::actions::{account, proof};
use crate::web::assets::assets;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{DeleteAccountPage, Frame, GoodbyePage, Place};
use crate::web::words::{t, told};

/// The address of the page.
const HERE: &str = "/settings/delete-account";

pub(super) async fn ask(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    Ok(Html(page(&app, &current, None).await?).into_response())
}

async fn page(
    app: &AppState,
    current: &CurrentUser,
    error: Option<String>,
) -> HandlerResult<DeleteAccountPage> {
    let (frame, _) = plain_frame(app, current, t("leave-title"), Place::Settings).await?;
    Ok(DeleteAccountPage {
        frame,
        action: HERE.to_owned(),
        back: "/settings/security".to_owned(),
        email: current.user.profile.email.clone(),
        is_own: true,
        lost: account::lost(app, current.user.id).await?,
        error,
    })
}

/// The form.
#[derive(Debug, Deserialize)]
pub(super) struct Sure {
    #[serde(default)]
    sure: Option<String>,
}

/// Deletes the account: from now on nobody comes in by it, and what doesn't fit into this request goes with the clean-up.
pub(super) async fn leave(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Form(form): Form<Sure>,
) -> HandlerResult<Response> {
    if let Some(question) = proof::needed(&current, HERE).await? {
        return Ok(question);
    }
    if form.sure.is_none() {
        return refused(&app, &current, t("leave-unsure").to_owned()).await;
    }
    let id = current.user.id;
    let line = security::own_line(&app, Event::DeletionBegun, address.0, (id, ""));
    let change = Change::Leave(minute_of(current.now));
    let user = match standing::change(&app.store, id, change, &line).await {
        Ok(Some(user)) => user,
        Ok(None) | Err(StandingError::Gone | StandingError::Leaving) => {
            return Err(Problem::not_found());
        }
        Err(StandingError::Store(error)) => return Err(error.into()),
        Err(error) => {
            let error = told(&error.to_string()).into_owned();
            return refused(&app, &current, error).await;
        }
    };
    security::note(Event::DeletionBegun, address.0, Some(id));
    current.departs();
    let flushed = current.session.flush().await;
    flushed.map_err(|error| Problem::internal(&error))?;
    // What fails here goes on with the clean-up: the order is stored.
    let is_gone = match account::delete_some(&app, user).await {
        Ok(is_gone) => is_gone,
        Err(problem) => {
            tracing::warn!(title = %problem.title, log = ?problem.log, "a deletion goes on later");
            false
        }
    };
    let (title, text) = match is_gone {
        true => (t("goodbye-title"), t("goodbye-text")),
        false => (t("goodbye-later-title"), t("goodbye-later-text")),
    };
    let page = GoodbyePage {
        frame: Frame::signed_out(title, assets().clone()),
        title,
        text,
        is_gone,
    };
    Ok(Html(page).into_response())
}

async fn refused(app: &AppState, current: &CurrentUser, error: String) -> HandlerResult<Response> {
    let page = page(app, current, Some(error)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
