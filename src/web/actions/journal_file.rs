//! The journal as a file.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Deserialize;

use crate::app::AppState;
use crate::ids::UserId;
use crate::shelf::Shelf;
use crate::shelf::history::export::{self, Format, Start};
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone::{self, Month};
use crate::web::problem::{HandlerResult, Problem};

/// From which month to which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Span {
    /// The first month, such as `2026-03`; without one, from the beginning.
    pub from: Option<String>,
    /// The last month; without one, up to now.
    pub to: Option<String>,
}

impl Span {
    /// The months; all of them where none is named.
    ///
    /// # Errors
    /// 400 for anything but `2026-03`.
    fn months(&self) -> HandlerResult<(Start, Month)> {
        let wrong = |text: &str| {
            let title = format!("{:?} isn’t a month", crate::codec::cut(text, 40));
            Problem::bad_request("bad_month", title, "Months look like 2026-03.")
        };
        let from = match &self.from {
            None => Start::of(Month::MIN),
            Some(text) => Start::from_text(text).ok_or_else(|| wrong(text))?,
        };
        let to = match &self.to {
            None => Month::MAX,
            Some(text) => zone::month_from(text).ok_or_else(|| wrong(text))?,
        };
        Ok((from, to))
    }
}

/// A file to make.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub format: Format,
    /// What it is called.
    pub name: String,
    /// The address of the next part, up to its parameters.
    pub next: String,
}

/// A file of at most 30 MB; where there is more, the header `Link` names the next one. A read for each month that isn't cached.
///
/// # Errors
/// 400 for what isn't a month.
pub(crate) async fn file(
    app: &AppState,
    user: UserId,
    file: File,
    span: &Span,
) -> HandlerResult<Response> {
    let File { format, name, next } = file;
    let months = span.months()?;
    let shelf = Shelf::load(&app.store, user).await?;
    let journal = Journal::open(&app.store, user, &shelf.read, app.clock.now()).await?;
    let exported = export::export(&app.store, &journal, format, months).await?;
    let mut response = exported.text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.mime()),
    );
    let name = format!("attachment; filename=\"{name}\"");
    let next = exported.next.map(|start| {
        let to = span
            .to
            .as_ref()
            .map(|to| format!("&to={to}"))
            .unwrap_or_default();
        format!("<{next}from={}{to}>; rel=\"next\"", start.to_text())
    });
    for (field, value) in [
        (header::CONTENT_DISPOSITION, Some(name)),
        (header::LINK, next),
    ] {
        if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(&value)) {
            headers.insert(field, value);
        }
    }
    Ok(response)
}
