//! Importing OPML: the form, and the result.

use std::time::Duration;

use axum::Json;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::feeds::{FeedSummary, PollTier};
use crate::shelf::import_report::{ImportReport, Line, LineResult};
use crate::shelf::subscription::folder_text;
use crate::shelf::{Shelf, import, opml, store};
use crate::timestamp::minute_of;
use crate::web::actions::asking::room_for_feeds;
use crate::web::actions::import::too_many_imports;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security::{self, Event};
use crate::web::view::{ImportLine, ImportPage, ImportResultPage, ImportStatus, Place, Trouble};
use crate::web::words::{self, msg, t, told};

/// How long one step starts new fetches; those in progress are finished.
pub(super) const STEP_TIME: Duration = Duration::from_secs(3);
/// Maximum feeds per step.
pub(super) const STEP_FEEDS: usize = 40;

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let page = form(&app, &current, None).await?;
    Ok(with_flash(Html(page), &headers))
}

async fn form(
    app: &AppState,
    current: &CurrentUser,
    trouble: Option<Trouble>,
) -> HandlerResult<ImportPage> {
    let (frame, _) = plain_frame(app, current, t("import-title"), Place::Settings).await?;
    Ok(ImportPage { frame, trouble })
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    request: Request,
) -> HandlerResult<Response> {
    let quota = app.quota_of(&current.user);
    let most = quota.imports;
    let minute = minute_of(current.now);
    let last = store::last_import(&app.store, current.user.id)
        .await?
        .unwrap_or_default();
    if let Err(until) = last.allows(most, minute) {
        let Problem { title, advice, .. } = too_many_imports(most, until - minute);
        let trouble = Trouble {
            found: told(&title).into_owned(),
            advice: told(&advice).into_owned(),
            letter: None,
        };
        return refuse(&app, &current, trouble).await;
    }
    room_for_feeds(&app, current.user.id, app.quota_of(&current.user)).await?;
    let bytes = match file(request).await {
        Ok(bytes) => bytes,
        Err(trouble) => return refuse(&app, &current, trouble).await,
    };
    let parsed = tokio::task::spawn_blocking(move || opml::read(&bytes)).await;
    let opml = match parsed.map_err(|error| Problem::internal(&error))? {
        Ok(opml) => opml,
        Err(error) => {
            let trouble = Trouble {
                found: told(&words::sentence(&error.to_string())).into_owned(),
                advice: told(
                    "Export your feeds as OPML from the other reader, and choose that file.",
                )
                .into_owned(),
                letter: None,
            };
            return refuse(&app, &current, trouble).await;
        }
    };
    let private = app.config.fetch.allow_private;
    let user = current.user.id;
    let (clock, random) = (&app.clock, (&app.secret, &app.random));
    let most = quota.shelf();
    // It is many commits; none without its line.
    let line = security::own_line(&app, Event::Imported, None, (user, ""));
    app.store.commit(vec![line]).await?;
    let mut report = import::import(&app.store, clock, random, user, &opml, private, most).await?;
    report.follow(&last, minute);
    store::put_import(&app.store, user, &report).await?;
    Ok(Redirect::to("/import/last").into_response())
}

async fn refuse(
    app: &AppState,
    current: &CurrentUser,
    trouble: Trouble,
) -> HandlerResult<Response> {
    let page = form(app, current, Some(trouble)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

/// The uploaded file.
async fn file(request: Request) -> Result<Vec<u8>, Trouble> {
    let trouble = |found: &str| Trouble {
        found: told(found).into_owned(),
        advice: told("Choose an OPML file of at most 10 MB, and try again.").into_owned(),
        letter: None,
    };
    let unreadable = |_| trouble("The file didn’t arrive complete, or it is too large.");
    let multipart = Multipart::from_request(request, &()).await;
    let mut multipart = multipart.map_err(|_| trouble("No file was sent."))?;
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        if field.name() == Some("opml") {
            let bytes = field.bytes().await.map_err(unreadable)?;
            if !bytes.is_empty() {
                return Ok(bytes.to_vec());
            }
        }
    }
    Err(trouble("No file was chosen, or it is empty."))
}

pub(super) async fn result(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("import-title"), Place::Settings).await?;
    let Some(report) = store::last_import(&app.store, current.user.id).await? else {
        return Ok(Redirect::to("/import").into_response());
    };
    let (done, total) = progress(&shelf, &report);
    let lines = report.lines.iter().map(|line| import_line(&shelf, line));
    let notes = &report.notes;
    let page = ImportResultPage {
        frame,
        summary: summary(&report),
        done,
        total,
        lines: lines.collect(),
        notes: notes
            .iter()
            .map(|note| told(&words::sentence(note)).into_owned())
            .collect(),
    };
    Ok(with_flash(Html(page), &headers))
}

pub(super) async fn step(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let report = store::last_import(&app.store, current.user.id)
        .await?
        .unwrap_or_default();
    let mut waiting = import::waiting(&app.store, &report.feeds()).await?;
    waiting.truncate(STEP_FEEDS);
    let deadline = tokio::time::Instant::now() + STEP_TIME;
    import::fetch_some(&app.refresh_context()?, waiting, deadline).await?;
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    if !wants_json {
        return Ok(Redirect::to("/import/last").into_response());
    }
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let (done, total) = progress(&shelf, &report);
    // All of them: an open page's pulse may have fetched some since the last step.
    let feeds = report.feeds();
    let lines = feeds.iter().filter_map(|&id| {
        let (status, text) = outcome(shelf.summary(id)?);
        let status = match status {
            ImportStatus::Ok => "ok",
            ImportStatus::Failed => "failed",
            ImportStatus::Waiting | ImportStatus::Skipped => "waiting",
        };
        Some(json!({ "feed": id.to_string(), "status": status, "text": text }))
    });
    let lines: Vec<_> = lines.collect();
    Ok(Json(json!({ "done": done, "total": total, "lines": lines })).into_response())
}

/// How many of the file's feeds were fetched, and their total.
fn progress(shelf: &Shelf, report: &ImportReport) -> (u32, u32) {
    let feeds = report.feeds();
    let rows = feeds.iter().filter_map(|&feed| shelf.summary(feed));
    let (mut done, mut total) = (0, 0);
    for summary in rows {
        total += 1;
        done += u32::from(!summary.is_waiting());
    }
    (done, total)
}

fn summary(report: &ImportReport) -> String {
    let (added, already, refused) = report.counts();
    let of = |name: &'static str, n: usize| msg(name).number("n", n).to_string();
    let mut parts = vec![of("import-added", added)];
    if already > 0 {
        parts.push(of("import-already", already));
    }
    if refused > 0 {
        parts.push(of("import-rejected", refused));
    }
    let lines = words::count(report.lines.len() as u64, "count-line");
    let summary = msg("import-summary").text("lines", lines);
    summary.text("parts", parts.join(", ")).into()
}

fn import_line(shelf: &Shelf, line: &Line) -> ImportLine {
    let (feed, status, result) = match &line.result {
        LineResult::Refused(why) => (
            None,
            ImportStatus::Skipped,
            told(&words::sentence(why)).into_owned(),
        ),
        LineResult::Already(id) => {
            let text = match shelf.summary(*id) {
                Some(_) => t("import-is-there").to_owned(),
                None => t("import-removed").to_owned(),
            };
            (Some(*id), ImportStatus::Skipped, text)
        }
        LineResult::Added(id) => match shelf.summary(*id) {
            Some(summary) => {
                let (status, text) = outcome(summary);
                (Some(*id), status, text)
            }
            None => (None, ImportStatus::Skipped, t("import-removed").to_owned()),
        },
    };
    let title = if line.title.is_empty() {
        line.address.clone()
    } else {
        line.title.clone()
    };
    ImportLine {
        title,
        address: line.address.clone(),
        folder: folder_text(&line.folder),
        result,
        status,
        feed: feed.map(|id| id.to_string()),
    }
}

/// How a feed's first fetch went.
fn outcome(summary: &FeedSummary) -> (ImportStatus, String) {
    match (&summary.error, summary.tier) {
        (Some(error), _) => (ImportStatus::Failed, told(error).into_owned()),
        (None, PollTier::New) => (ImportStatus::Waiting, t("import-waiting").into()),
        (None, _) => {
            let articles = (summary.last + 1).saturating_sub(summary.first);
            (
                ImportStatus::Ok,
                words::count(u64::from(articles), "count-article"),
            )
        }
    }
}
