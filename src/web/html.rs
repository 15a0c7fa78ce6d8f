//! Pages as responses.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// A page, rendered when it becomes a response.
#[derive(Debug)]
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => {
                let html_type = HeaderValue::from_static("text/html; charset=utf-8");
                ([(header::CONTENT_TYPE, html_type)], html).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "a page can’t be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
