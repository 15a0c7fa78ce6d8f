//! Everything that is a reader's own: taking it along in parts, and bringing it from another Dormouse.

use std::io::Cursor;

use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::my_data::{
    self, DataError, Exported, Import, Mine, Part, Place as At, Report, Unpacked, Wanted,
    last_report, put_report,
};
use crate::shelf::history::view::Journal;
use crate::shelf::kept::store as kepts;
use crate::shelf::{Shelf, store as shelves};
use crate::timestamp::{from_minute, minute_of};
use crate::web::actions::asking::{for_a_text, room_for_feeds};
use crate::web::actions::import::too_many_imports;
use crate::web::actions::proof;
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::settled::settle;
use crate::web::view::{DataFirst, DataOver, DataPage, DataReport, Place, Trouble};
use crate::web::words::{self, brought, msg, segment, t, told};

/// The address of the page.
const HERE: &str = "/settings/data";

impl From<DataError> for Problem {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Store(error) => error.into(),
            DataError::File(bad) => Self::bad_request("bad_file", bad.to_string(), ""),
            other => Self::internal(&other),
        }
    }
}

fn mine<'a>(app: &'a AppState, current: &CurrentUser) -> Mine<'a> {
    Mine {
        store: &app.store,
        user: current.user.id,
        keys: &app.secret,
        random: &app.random,
        now: current.now,
        part_bytes: app.config.server.data_part_bytes,
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = page(&app, &current).await?;
    Ok(with_flash(Html(page), &headers))
}

/// The page. What it counts is cached, or read for other pages, too; one read for what the last import did.
async fn page(app: &AppState, current: &CurrentUser) -> HandlerResult<DataPage> {
    let (frame, shelf) = plain_frame(app, current, t("data-title"), Place::Settings).await?;
    let user = current.user.id;
    let parts = my_data::plan(mine(app, current), &shelf).await?;
    let kept = match shelf.read.has_kept() {
        true => kepts::cached(&app.store, user).await?.len(),
        false => 0,
    };
    let journal = Journal::open(&app.store, user, &shelf.read, current.now).await?;
    let counts = [
        ("data-feeds", shelf.subscriptions.len()),
        ("data-starred", shelf.starred()),
        ("data-kept", kept),
        ("data-months", journal.months().len()),
        ("data-rules", shelf.read.book().rules.len()),
        ("data-searches", shelf.read.book().searches.len()),
    ];
    let number = |count: usize| words::thousands(count as u64);
    let what = counts.into_iter();
    let what = what.map(|(name, count)| (t(name).to_owned(), number(count)));
    let of = parts.len().to_string();
    let label = |n: usize| match parts.len() {
        1 => t("data-all").to_owned(),
        all => msg("data-part").number("n", n).number("of", all).into(),
    };
    let others = (2..).zip(parts.iter().skip(1));
    let others = others.map(|(n, part)| (label(n), href((&n.to_string(), &of), part, false)));
    let report = last_report(&app.store, user).await?;
    let to = parts.first().and_then(|part| part.to.as_ref());
    Ok(DataPage {
        frame,
        over: None,
        trouble: None,
        report: report.as_ref().map(said),
        what: what.collect(),
        first: DataFirst {
            label: label(1),
            to: to.map_or_else(String::new, ToString::to_string),
            of: of.clone(),
        },
        parts: others.collect(),
        most: (mine(app, current).part_bytes as u64 / 1_000_000).max(1),
    })
}

/// The address of a part.
fn href((number, of): (&str, &str), part: &Part, passwords: bool) -> String {
    let from = segment(&part.from.to_string());
    let mut href = format!("/export/data.zip?part={number}&of={of}&from={from}");
    if let Some(to) = &part.to {
        href = format!("{href}&to={}", segment(&to.to_string()));
    }
    match passwords {
        true => format!("{href}&passwords=1"),
        false => href,
    }
}

/// What an import did, in words.
fn said(report: &Report) -> DataReport {
    let when = words::day_and_time(from_minute(report.minute));
    let title = msg("data-report").text("when", when);
    let title = title
        .number("part", report.part)
        .number("parts", report.parts.max(1));
    DataReport {
        title: title.into(),
        lines: brought(report),
        has_feeds: report.feeds.0 > 0,
        next: report.next.as_ref().map(|(place, count, of)| {
            let text = msg("data-next").number("n", *place).number("of", *count);
            (text.into(), place.to_string(), of.clone())
        }),
    }
}

/// Which part.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    part: Option<u32>,
    of: Option<u32>,
    from: Option<String>,
    to: Option<String>,
    /// `1` for what opens the feeds that ask for a password.
    passwords: String,
}

/// A part as a ZIP; one that is too large for an answer is offered in two. With passwords only for somebody who has just proven that
/// they are the owner. A line of the audit log for each part, two with passwords.
pub(super) async fn file(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let place = |text: &Option<String>| text.as_deref().map(str::parse::<At>).transpose();
    let no_place = |_| {
        let title = "This part of the export isn’t there any more";
        Problem::bad_request("bad_cursor", title, "Start the export again.")
    };
    let part = Part {
        from: place(&asked.from)
            .map_err(no_place)?
            .unwrap_or(At::Beginning),
        to: place(&asked.to).map_err(no_place)?,
    };
    let with_passwords = asked.passwords == "1" && part.from == At::Beginning;
    let number = (asked.part.unwrap_or(1), asked.of.unwrap_or(1));
    let texts = (&*number.0.to_string(), &*number.1.to_string());
    if with_passwords
        && let Some(question) = proof::needed(&current, &href(texts, &part, true)).await?
    {
        return Ok(question);
    }
    let wanted = Wanted {
        part,
        number,
        with_passwords,
    };
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let mine = mine(&app, &current);
    // Boxed, as is the import: these futures are large.
    let done = Box::pin(my_data::export(mine, &shelf, &current.user, &wanted)).await?;
    let bytes = match done {
        Exported::Whole(bytes, _) => bytes,
        Exported::Over(at) => return over(&app, &current, &wanted, at).await,
    };
    let id = current.user.id;
    let about = format!("data.zip {}/{}", number.0, number.1);
    let mut lines = vec![security::own_line(
        &app,
        Event::Exported,
        address.0,
        (id, &about),
    )];
    security::note(Event::Exported, address.0, Some(id));
    if with_passwords {
        security::note(Event::PasswordsExported, address.0, Some(id));
        lines.push(security::own_line(
            &app,
            Event::PasswordsExported,
            address.0,
            (id, ""),
        ));
    }
    app.store.commit(lines).await?;
    let date = current.now.format("%Y-%m-%d");
    let name = match number {
        (1, 1) => format!("dormouse-data-{date}.zip"),
        (part, of) => format!("dormouse-data-{date}-{part}-of-{of}.zip"),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// The page that offers a part in two: up to a place, and from there.
async fn over(
    app: &AppState,
    current: &CurrentUser,
    wanted: &Wanted,
    at: At,
) -> HandlerResult<Response> {
    let (number, of) = wanted.number;
    let texts = (&*number.to_string(), &*of.to_string());
    let to = |from: &At, to: Option<&At>| {
        let part = Part {
            from: from.clone(),
            to: to.cloned(),
        };
        href(
            texts,
            &part,
            wanted.with_passwords && *from == At::Beginning,
        )
    };
    let part = &wanted.part;
    let parts = [
        (t("data-over-first").to_owned(), to(&part.from, Some(&at))),
        (t("data-over-rest").to_owned(), to(&at, part.to.as_ref())),
    ];
    let mut page = page(app, current).await?;
    let text = msg("data-over")
        .number("n", number)
        .number("size", page.most);
    page.over = Some(DataOver {
        text: text.into(),
        parts,
    });
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// A file, and where it goes on.
#[derive(Debug, Default)]
struct Sent {
    data: axum::body::Bytes,
    from: usize,
    of: String,
}

async fn sent(request: Request) -> Result<Sent, &'static str> {
    const CUT: &str = "The file didn’t arrive complete, or it is too large.";
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| "No file was sent.")?;
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(|_| CUT)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_| CUT)?;
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "data" => sent.data = bytes,
            "from" => sent.from = text().parse().unwrap_or_default(),
            "of" => sent.of = text(),
            _ => {}
        }
    }
    match sent.data.is_empty() {
        true => Err("No file was chosen, or it is empty."),
        false => Ok(sent),
    }
}

/// Takes a part in, and says what it did. What doesn't fit into a request goes on when the same file is sent again.
pub(super) async fn take(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
    request: Request,
) -> HandlerResult<Response> {
    let sent = match sent(request).await {
        Ok(sent) => sent,
        Err(why) => return refused(&app, &current, why).await,
    };
    let (user, quota) = (current.user.id, app.quota_of(&current.user));
    let mut file = match Unpacked::open(Cursor::new(sent.data)).await {
        Ok(file) => file,
        Err(DataError::File(bad)) => return refused(&app, &current, &bad.to_string()).await,
        Err(error) => return Err(error.into()),
    };
    let from = match sent.of == file.id() {
        true => sent.from,
        false => 0,
    };
    if file.has_feeds() && from == 0 {
        let minute = minute_of(current.now);
        let last = shelves::last_import(&app.store, user)
            .await?
            .unwrap_or_default();
        let most = quota.imports;
        last.allows(most, minute)
            .map_err(|until| too_many_imports(most, until - minute))?;
        room_for_feeds(&app, user, quota).await?;
    } else {
        for_a_text(&app, user, quota).await?;
    }
    // It is many commits; none without its line.
    let (part, parts) = file.part();
    let about = format!("data.zip {part}/{parts}");
    let line = security::own_line(&app, Event::DataImported, address.0, (user, &about));
    app.store.commit(vec![line]).await?;
    security::note(Event::DataImported, address.0, Some(user));
    let import = Import {
        mine: mine(&app, &current),
        clock: &app.clock,
        quota,
        allow_private: app.config.fetch.allow_private,
        settle,
    };
    let report = match Box::pin(my_data::import(import, &mut file, from)).await {
        Ok(report) => report,
        Err(DataError::File(bad)) => return refused(&app, &current, &bad.to_string()).await,
        Err(error) => return Err(error.into()),
    };
    let before = match from {
        0 => None,
        _ => last_report(&app.store, user).await?,
    };
    let report = match before {
        Some(before) => before.then(report),
        None => report,
    };
    put_report(&app.store, user, &report).await?;
    let text = match report.next {
        Some(_) => t("data-taken-partly"),
        None => t("data-taken"),
    };
    Ok(flash::redirect(HERE, text, None))
}

async fn refused(app: &AppState, current: &CurrentUser, why: &str) -> HandlerResult<Response> {
    let advice = "Choose a ZIP file that a Dormouse exported here or elsewhere, of at most 30 MB.";
    let trouble = Trouble {
        found: told(why).into_owned(),
        advice: told(advice).into_owned(),
        letter: None,
    };
    let mut page = page(app, current).await?;
    page.trouble = Some(trouble);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}
