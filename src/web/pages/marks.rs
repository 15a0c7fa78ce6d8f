//! Marking: one article, what a page showed, and batches that the page's script collects.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chrono::TimeDelta;
use http::header;
use serde::Deserialize;

use super::{garden, kept, rules, twins};
use crate::app::AppState;
use crate::articles::store::ListDirection;
use crate::ids::{ArticleId, FeedId};
use crate::shelf::bulk_marks::{self, Place, Selection};
use crate::shelf::{Seen, Shelf};
use crate::timestamp::Timestamp;
use crate::users::ListOrder;
use crate::web::actions::kept_list;
use crate::web::actions::marks::{Batch, Counts, apply_batch};
use crate::web::actions::rules as rule_acts;
use crate::web::actions::{gardening, removal};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::{self, msg, t};

/// The page to which a form returns.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(rename = "return", default)]
    pub(super) return_to: String,
}

/// The same page in other feeds, which is marked along.
#[derive(Debug, Default, Deserialize)]
pub(super) struct With {
    #[serde(default)]
    with: String,
}

pub(super) async fn read(
    app: State<AppState>,
    current: CurrentUser,
    id: PathId<ArticleId>,
    with: Query<With>,
    back: Form<Back>,
) -> HandlerResult<Redirect> {
    mark_one(app, current, id, with, back, true).await
}

pub(super) async fn unread(
    app: State<AppState>,
    current: CurrentUser,
    id: PathId<ArticleId>,
    with: Query<With>,
    back: Form<Back>,
) -> HandlerResult<Redirect> {
    mark_one(app, current, id, with, back, false).await
}

async fn mark_one(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Query(with): Query<With>,
    Form(back): Form<Back>,
    is_read: bool,
) -> HandlerResult<Redirect> {
    let mut shelf = Shelf::load_with(&app.store, current.user.id, &[id.feed]).await?;
    if shelf.subscription(id.feed).is_none() {
        return Err(Problem::not_found());
    }
    let all: Vec<ArticleId> = std::iter::once(id)
        .chain(twins::named(&with.with))
        .collect();
    let (read, unread) = if is_read {
        (all, vec![])
    } else {
        (vec![], all)
    };
    let now = app.clock.now();
    shelf.mark(&app.store, now, None, &read, &unread).await?;
    Ok(Redirect::to(&flash::local(&back.return_to)))
}

/// The form that marks what a page showed.
#[derive(Debug, Deserialize)]
pub(super) struct MarkAll {
    seen: String,
    /// What to mark: `all` (default), `page`, `above.PLACE`, `below.PLACE`, or `older.DAYS`. A place is a time and an
    /// article's id, as in the open article's form.
    #[serde(default)]
    what: String,
    /// The ids of the articles on the page.
    #[serde(default)]
    page: String,
    #[serde(default)]
    order: ListOrder,
    #[serde(rename = "return", default)]
    return_to: String,
}

pub(super) async fn mark_all(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(form): Form<MarkAll>,
) -> HandlerResult<Response> {
    let seen = Seen::from_text(&form.seen).ok_or_else(|| {
        let advice = "Reload the page, and mark it again.";
        Problem::bad_request("bad_seen", "The page didn’t say what it showed", advice)
    })?;
    let feeds: Vec<FeedId> = seen.feeds().iter().map(|(feed, _)| *feed).collect();
    let mut shelf = Shelf::load_with(&app.store, current.user.id, &feeds).await?;
    let now = app.clock.now();
    let which = which(&form, now).ok_or_else(|| {
        let advice = "Reload the page, and mark it again.";
        let title = "The page didn’t say which articles it means";
        Problem::bad_request("bad_what", title, advice)
    })?;
    let flow = match form.order {
        ListOrder::Newest => ListDirection::NewestFirst,
        ListOrder::Oldest => ListDirection::OldestFirst,
    };
    let newer = seen.feeds().iter();
    let newer = newer.filter(|(feed, last)| *last > shelf.numbers(*feed).last);
    let newer: Vec<FeedId> = newer.map(|(feed, _)| *feed).collect();
    shelf.catch_up(&app.store, &newer).await?;
    let shown = bulk_marks::shown(&app.store, &shelf, &seen, &which, flow, now).await?;
    let act = app.random.hex::<8>();
    let count = shelf.mark_all(&app.store, &act, now, &shown).await?;
    let to = flash::local(&form.return_to);
    if count == 0 {
        return Ok(flash::redirect(&to, t("told-all-read"), None));
    }
    let what = words::count(count, "count-article");
    let text = msg("told-marked").text("what", what);
    Ok(flash::redirect(&to, text, Some(act)))
}

/// The selection that a form describes; `None` if it is invalid.
fn which(form: &MarkAll, now: Timestamp) -> Option<Selection> {
    let (what, rest) = form.what.split_once('.').unwrap_or((&form.what, ""));
    let place = || {
        let (at, id) = rest.split_once('.')?;
        let at = crate::timestamp::from_micros(at.parse().ok()?);
        let id = id.parse().ok()?;
        Some(Place { at, id })
    };
    Some(match what {
        "" | "all" => Selection::All,
        "page" => {
            let ids = form.page.split(' ').filter(|id| !id.is_empty());
            let ids: Vec<ArticleId> = ids.map(str::parse).collect::<Result<_, _>>().ok()?;
            Selection::These(ids)
        }
        "above" => Selection::Above(place()?),
        "below" => Selection::Below(place()?),
        "older" => {
            let days = rest
                .parse()
                .ok()
                .filter(|days| (1..=3_650).contains(days))?;
            Selection::Older(now - TimeDelta::days(days))
        }
        _ => return None,
    })
}

/// The act to undo.
#[derive(Debug, Deserialize)]
pub(super) struct Undo {
    act: String,
    #[serde(rename = "return", default)]
    return_to: String,
}

pub(super) async fn undo(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(form): Form<Undo>,
) -> HandlerResult<Response> {
    if removal::is_removal(&form.act) {
        return put_back(&app, &current, &form).await;
    }
    if gardening::is_act(&form.act) {
        let text = garden::undo(&app, &current, &form.act).await?;
        return Ok(flash::redirect(&flash::local(&form.return_to), text, None));
    }
    if rule_acts::is_act(&form.act) {
        let text = rules::undo(&app, &current, &form.act).await?;
        return Ok(flash::redirect(&flash::local(&form.return_to), text, None));
    }
    if kept_list::is_act(&form.act) {
        let text = kept::undo(&app, &current, &form.act).await?;
        return Ok(flash::redirect(&flash::local(&form.return_to), text, None));
    }
    let mut shelf = Shelf::load(&app.store, current.user.id).await?;
    let undone = shelf.undo(&app.store, &form.act, app.clock.now()).await?;
    let text = match undone {
        Some(count) => {
            let what = words::count(count, "count-article");
            msg("told-undone").text("what", what).into()
        }
        None => t("told-undo-late").to_owned(),
    };
    Ok(flash::redirect(&flash::local(&form.return_to), text, None))
}

/// Undoes the removal of a feed.
async fn put_back(app: &AppState, current: &CurrentUser, form: &Undo) -> HandlerResult<Response> {
    let (user, quota) = (current.user.id, app.quota_of(&current.user));
    let now = app.clock.now();
    let feed = removal::undo(app, user, quota, &form.act, now).await?;
    let to = flash::local(&form.return_to);
    let text = match feed {
        None => t("told-undo-late").to_owned(),
        Some(feed) => {
            let title = Shelf::load(&app.store, user).await?.title(feed);
            msg("feed-returned").text("feed", title).into()
        }
    };
    let mut response = flash::redirect(&to, text, None);
    if let Some(cookie) = removal::forget(app) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub(super) async fn batch(
    State(app): State<AppState>,
    current: CurrentUser,
    Json(batch): Json<Batch>,
) -> HandlerResult<Response> {
    let mut shelf = current.counted(&app).await?;
    let ignored = apply_batch(&app, &mut shelf, &batch).await?;
    let counts = Counts::for_page(&shelf, &batch.feeds());
    Ok(Json(counts.ignoring(&ignored)).into_response())
}
