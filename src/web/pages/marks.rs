//! Marking: one article, what a page showed, and batches that the page's script collects.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::app::AppState;
use crate::articles::store::Flow;
use crate::clock::Timestamp;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::acts::{self, Place, Which};
use crate::shelf::{Scope, Seen, Shelf};
use crate::users::ListOrder;
use crate::web::flash;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;
use crate::web::words;

/// Marks in one batch.
const BATCH: usize = 300;

/// Where a form leads back to.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(rename = "return", default)]
    pub(super) return_to: String,
}

pub(super) async fn read(
    app: State<AppState>,
    reader: Reader,
    id: Path<String>,
    back: Form<Back>,
) -> Answer<Redirect> {
    mark_one(app, reader, id, back, true).await
}

pub(super) async fn unread(
    app: State<AppState>,
    reader: Reader,
    id: Path<String>,
    back: Form<Back>,
) -> Answer<Redirect> {
    mark_one(app, reader, id, back, false).await
}

async fn mark_one(
    State(app): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
    Form(back): Form<Back>,
    is_read: bool,
) -> Answer<Redirect> {
    let id: ArticleId = id.parse().map_err(|_| Problem::not_found())?;
    let mut shelf = Shelf::load(&app.store, reader.user.id).await?;
    if shelf.subscription(id.feed).is_none() {
        return Err(Problem::not_found());
    }
    let (read, unread) = if is_read {
        (vec![id], vec![])
    } else {
        (vec![], vec![id])
    };
    let now = app.clock.now();
    shelf.mark(&app.store, now, None, &read, &unread).await?;
    Ok(Redirect::to(&flash::local(&back.return_to)))
}

/// What a page showed.
#[derive(Debug, Deserialize)]
pub(super) struct MarkAll {
    seen: String,
    /// What of it: `all` (default), `page`, `above.PLACE`, `below.PLACE`, or `older.DAYS`. A place is a moment and an
    /// article, as the page's article has it.
    #[serde(default)]
    what: String,
    /// The articles that stood on the page.
    #[serde(default)]
    page: String,
    /// Which way the list goes.
    #[serde(default)]
    order: ListOrder,
    #[serde(rename = "return", default)]
    return_to: String,
}

pub(super) async fn mark_all(
    State(app): State<AppState>,
    reader: Reader,
    Form(form): Form<MarkAll>,
) -> Answer<Response> {
    let seen = Seen::from_text(&form.seen).ok_or_else(|| {
        let advice = "Reload the page, and mark it again.";
        Problem::bad_request("bad_seen", "The page didn't say what it showed", advice)
    })?;
    let mut shelf = Shelf::load(&app.store, reader.user.id).await?;
    let now = app.clock.now();
    let which = which(&form, now).ok_or_else(|| {
        let advice = "Reload the page, and mark it again.";
        let title = "The page didn't say which articles it means";
        Problem::bad_request("bad_what", title, advice)
    })?;
    let flow = match form.order {
        ListOrder::Newest => Flow::NewestFirst,
        ListOrder::Oldest => Flow::OldestFirst,
    };
    let newer = seen.feeds().iter();
    let newer = newer.filter(|(feed, last)| *last > shelf.numbers(*feed).last);
    let newer: Vec<FeedId> = newer.map(|(feed, _)| *feed).collect();
    shelf.catch_up(&app.store, &newer).await?;
    let shown = acts::shown(&app.store, &shelf, &seen, &which, flow, now).await?;
    let act = app.chance.hex::<8>();
    let count = shelf.mark_all(&app.store, &act, now, &shown).await?;
    let to = flash::local(&form.return_to);
    if count == 0 {
        return Ok(flash::redirect(
            &to,
            "Everything here was read already",
            None,
        ));
    }
    let text = format!("Marked {} as read", words::count(count, "article"));
    Ok(flash::redirect(&to, text, Some(act)))
}

/// What a form means; `None` for what no form of ours says.
fn which(form: &MarkAll, now: Timestamp) -> Option<Which> {
    let (what, rest) = form.what.split_once('.').unwrap_or((&form.what, ""));
    let place = || {
        let (at, id) = rest.split_once('.')?;
        let at = crate::clock::from_micros(at.parse().ok()?);
        let id = id.parse().ok()?;
        Some(Place { at, id })
    };
    Some(match what {
        "" | "all" => Which::All,
        "page" => {
            let ids = form.page.split(' ').filter(|id| !id.is_empty());
            let ids: Vec<ArticleId> = ids.map(str::parse).collect::<Result<_, _>>().ok()?;
            Which::These(ids)
        }
        "above" => Which::Above(place()?),
        "below" => Which::Below(place()?),
        "older" => {
            let days = rest
                .parse()
                .ok()
                .filter(|days| (1..=3_650).contains(days))?;
            Which::Older(now - TimeDelta::days(days))
        }
        _ => return None,
    })
}

/// An act to take back.
#[derive(Debug, Deserialize)]
pub(super) struct Undo {
    act: String,
    #[serde(rename = "return", default)]
    return_to: String,
}

pub(super) async fn undo(
    State(app): State<AppState>,
    reader: Reader,
    Form(form): Form<Undo>,
) -> Answer<Response> {
    let mut shelf = Shelf::load(&app.store, reader.user.id).await?;
    let undone = shelf.undo(&app.store, &form.act, app.clock.now()).await?;
    let text = match undone {
        Some(count) => format!("{} unread again", words::count(count, "article")),
        None => "That was too long ago to be undone".to_owned(),
    };
    Ok(flash::redirect(&flash::local(&form.return_to), text, None))
}

/// Marks that a page's script has collected. The same id sent twice counts once.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    #[serde(default)]
    pub batch: Option<String>,
    #[serde(default)]
    pub read: Vec<String>,
    #[serde(default)]
    pub unread: Vec<String>,
}

/// What is unread now.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    unread: Unread,
}

#[derive(Debug, Serialize)]
struct Unread {
    total: u32,
    /// Every feed on the shelf.
    feeds: BTreeMap<String, u32>,
}

impl Counts {
    pub(crate) fn of(shelf: &Shelf) -> Self {
        let feeds = shelf.subscriptions.iter();
        let feeds = feeds.map(|one| (one.feed.to_string(), shelf.unread(one.feed)));
        Self {
            unread: Unread {
                total: shelf.unread_in(&Scope::Everything),
                feeds: feeds.collect(),
            },
        }
    }
}

pub(super) async fn batch(
    State(app): State<AppState>,
    reader: Reader,
    Json(batch): Json<Batch>,
) -> Answer<Response> {
    let mut shelf = Shelf::load(&app.store, reader.user.id).await?;
    take(&app, &mut shelf, &batch).await?;
    Ok(Json(Counts::of(&shelf)).into_response())
}

/// Carries out a batch; all of it in one write, or a problem and none.
pub(crate) async fn take(app: &AppState, shelf: &mut Shelf, batch: &Batch) -> Answer<()> {
    if batch.read.len() + batch.unread.len() > BATCH {
        let title = format!("A batch holds at most {BATCH} marks");
        return Err(Problem::bad_request(
            "too_many_marks",
            title,
            "Send several batches.",
        ));
    }
    if batch
        .batch
        .as_ref()
        .is_some_and(|id| id.is_empty() || id.len() > 64)
    {
        let title = "A batch's id has 1 to 64 characters";
        return Err(Problem::bad_request("bad_batch", title, "Use a UUID."));
    }
    let read = ids(&batch.read)?;
    let unread = ids(&batch.unread)?;
    let id = batch.batch.as_deref();
    shelf
        .mark(&app.store, app.clock.now(), id, &read, &unread)
        .await?;
    Ok(())
}

fn ids(texts: &[String]) -> Answer<Vec<ArticleId>> {
    let id = |text: &String| {
        text.parse().map_err(|_| {
            let text = crate::packed::cut(text, 40);
            let title = format!("{text:?} is no article's id");
            Problem::bad_request("bad_id", title, "Ids look like 52341234-17.")
        })
    };
    texts.iter().map(id).collect()
}
