//! The settings in force. Secrets are masked.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Administrator;
use crate::app::AppState;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{AdminTab, SettingsInForcePage};
use crate::web::words::t;

/// No read, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    admin: Administrator,
) -> HandlerResult<Response> {
    let page = SettingsInForcePage {
        frame: admin.frame(&app, t("admin-settings")).await?,
        tab: AdminTab::Settings,
        settings: app.config.in_force(),
    };
    Ok(Html(page).into_response())
}
