//! The journal as files.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::Datelike;
use http::HeaderMap;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::history::export::Format;
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone::{self, Month};
use crate::web::actions::journal_file::{self, Span};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security;
use crate::web::view::{JournalExportPage, JournalTab, Link, Place};
use crate::web::words::{month_name, t};

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

/// A file of at most 30 MB; where there is more, the header `Link` names the next one. One write, a line of the audit log,
/// but for next ones.
pub(super) async fn file(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Path(end): Path<String>,
    Query(span): Query<Span>,
) -> HandlerResult<Response> {
    let format = end
        .strip_prefix("journal.")
        .and_then(Format::of)
        .ok_or_else(Problem::not_found)?;
    let file = journal_file::File {
        format,
        name: end.clone(),
        next: format!("/export/{end}?"),
    };
    let answer = journal_file::file(&app, current.user.id, file, &span).await?;
    // A place within a month is that of a file’s next part.
    if !span.from.as_deref().is_some_and(|from| from.contains('.')) {
        security::exported(&app, address.0, current.user.id, &end).await?;
    }
    Ok(answer)
}
