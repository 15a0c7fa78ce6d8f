//! The shelf as an OPML file.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use crate::app::AppState;
use crate::shelf::{Shelf, export};
use crate::web::current_user::CurrentUser;
use crate::web::problem::HandlerResult;

pub(super) async fn export(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let text = export::export(&app.store, &shelf, app.clock.now()).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/x-opml; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"dormouse.opml\"",
        ),
    ];
    Ok((headers, text).into_response())
}
