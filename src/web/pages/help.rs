//! Keys and hints.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{HelpPage, Place};
use crate::web::words::t;

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let (frame, _) = plain_frame(&app, &current, t("help-title"), Place::Help).await?;
    Ok(with_flash(Html(HelpPage { frame }), &headers))
}
