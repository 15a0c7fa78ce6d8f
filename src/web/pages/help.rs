//! Keys and hints.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::web::html::Html;
use crate::web::problem::Answer;
use crate::web::reader::Reader;
use crate::web::view::{HelpPage, Place};

pub(super) async fn show(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Answer<Response> {
    let (frame, _) = plain_frame(&app, &reader, &headers, "Help", Place::Help).await?;
    Ok(with_flash(Html(HelpPage { frame }), &headers))
}
