//! The journal as files.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chrono::Datelike;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use super::journal::month_name;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::history::export::{self, Format, Start};
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone::{self, Month};
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{JournalExportPage, JournalTab, Link, Place};
use crate::web::words::t;

/// The kinds of files, with their names.
const KINDS: [(&str, &str); 3] = [("csv", "CSV"), ("jsonl", "JSON Lines"), ("sql", "SQL")];

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("journal-export"), Place::Journal).await?;
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let months = journal.months();
    let year = |month: &Month| zone::first_day(*month).year();
    let mut years: Vec<i32> = months.iter().map(year).collect();
    years.dedup();
    let link = |year: i32, (end, label): (&str, &str)| Link {
        label: label.to_owned(),
        href: format!("/export/journal.{end}?from={year:04}-01&to={year:04}-12"),
    };
    let years = years.into_iter().map(|year| {
        let links = KINDS.into_iter().map(|kind| link(year, kind));
        (year.to_string(), links.collect())
    });
    let one = |month: Month, (end, label): (&str, &str)| {
        let text = zone::month_text(month);
        Link {
            label: label.to_owned(),
            href: format!("/export/journal.{end}?from={text}&to={text}"),
        }
    };
    let by_month = months.iter().map(|month| {
        let links = KINDS.into_iter().map(|kind| one(*month, kind));
        (month_name(*month), links.collect())
    });
    let page = JournalExportPage {
        tab: JournalTab::Export,
        years: years.collect(),
        months: by_month.collect(),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

/// From which month to which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Span {
    from: Option<String>,
    to: Option<String>,
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

/// A file of at most 30 MB; where there is more, the header `Link` names the next one.
pub(super) async fn file(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(end): Path<String>,
    Query(span): Query<Span>,
) -> HandlerResult<Response> {
    let format = end
        .strip_prefix("journal.")
        .and_then(Format::of)
        .ok_or_else(Problem::not_found)?;
    let months = span.months()?;
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let exported = export::export(&app.store, &journal, format, months).await?;
    let mut response = exported.text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.mime()),
    );
    let name = format!("attachment; filename=\"{end}\"");
    let next = exported.next.map(|start| {
        let to = span
            .to
            .as_ref()
            .map(|to| format!("&to={to}"))
            .unwrap_or_default();
        format!("</export/{end}?from={}{to}>; rel=\"next\"", start.to_text())
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
