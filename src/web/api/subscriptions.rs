//! Subscriptions.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Caller, arrives, bad_json, is_admin};
use crate::app::AppState;
use crate::datastore::StoreError;
use crate::ids::FeedId;
use crate::refresh::on_demand::OnDemandResult;
use crate::shelf::find::SubscribeError;
use crate::shelf::subscribe::{Added, subscribe, unsubscribe};
use crate::shelf::subscription::{folder_path, typed_title};
use crate::shelf::{Shelf, Subscription, pausing, store};
use crate::timestamp::minute_of;
use crate::web::actions::asking::for_a_feed;
use crate::web::actions::keep;
use crate::web::actions::refresh::refresh_feed;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::polling::describe_result;

/// A subscription as JSON.
#[derive(Debug, Serialize)]
struct Shown<'s> {
    feed: String,
    /// The title shown to the user: their own, else the publisher's.
    title: &'s str,
    url: &'s str,
    site: Option<&'s str>,
    /// The folder's path, outermost first.
    folder: &'s [String],
    /// The paths of all its folders, the first one first.
    folders: Vec<&'s [String]>,
    /// Whether it is paused: nothing newer comes.
    paused: bool,
    /// Whether its articles' pages are fetched when they are opened.
    full_text: bool,
    /// Whether articles are unread again when their publisher changes them.
    unread_when_edited: bool,
    /// How many of the newest articles are kept for the user; `None` for all that are kept here.
    keep: Option<u32>,
    unread: u32,
    /// The number of stored articles.
    articles: u32,
    /// Whether it has been fetched, or is waiting to be.
    fetched: bool,
    /// Why the last check failed, in plain words; `None` if it succeeded.
    error: Option<&'s str>,
}

/// All of them, as JSON: written as it is, since a tree of values takes longer than all else.
#[derive(Debug, Serialize)]
struct All<'s> {
    subscriptions: Vec<Shown<'s>>,
}

fn shown(shelf: &Shelf, feed: FeedId) -> Option<Shown<'_>> {
    let summary = shelf.summary(feed)?;
    let one = shelf.subscription(feed)?;
    Some(Shown {
        feed: feed.to_string(),
        title: shelf.title_of(one),
        url: summary.url.as_str(),
        site: summary.site.as_deref(),
        folder: &one.folder,
        folders: one.folders().collect(),
        paused: one.pause.is_some(),
        full_text: one.full_text,
        unread_when_edited: one.unread_when_edited.is_some(),
        keep: one.keep,
        unread: shelf.unread(feed),
        articles: (summary.last + 1).saturating_sub(summary.first),
        fetched: !summary.is_waiting(),
        error: summary.error.as_deref(),
    })
}

pub(super) async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = arrives(&app, caller).await?;
    let all = shelf.subscriptions.iter();
    let all = all.filter_map(|one| shown(&shelf, one.feed));
    let subscriptions = all.collect();
    Ok(Json(All { subscriptions }).into_response())
}

pub(super) async fn one(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load_around(&app.store, caller.0, &[feed]).await?;
    let one = shown(&shelf, feed).ok_or_else(Problem::not_found)?;
    Ok(Json(one).into_response())
}

/// The feed to add.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    url: String,
    #[serde(default)]
    folder: Vec<String>,
}

/// Adds a feed: 201 if it is new on the shelf, 200 if it was there, 409 with `candidates` if the site has several.
pub(super) async fn add(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let folder = folder_path(wanted.folder.iter().map(String::as_str));
    let context = app.refresh_context()?;
    let admin = is_admin(&app, caller).await?;
    for_a_feed(&app, caller.0, admin).await?;
    let most = app.config.quotas.of(admin).feeds;
    let (status, feed) =
        match subscribe(&context, &app.random, caller.0, &wanted.url, folder, most).await {
            Ok(Added::New(feed)) => (StatusCode::CREATED, feed),
            Ok(Added::Already(feed)) => (StatusCode::OK, feed),
            Err(SubscribeError::Several(found)) => {
                let candidates: Vec<_> = found
                    .iter()
                    .map(|found| json!({ "url": found.url.as_str(), "title": found.title }))
                    .collect();
                let error = json!({
                    "code": "several_feeds",
                    "message": "This site has several feeds.",
                    "advice": "Send the address of one of the candidates.",
                    "candidates": candidates,
                });
                return Ok((StatusCode::CONFLICT, Json(json!({ "error": error }))).into_response());
            }
            Err(error) => return Err(error.into()),
        };
    let shelf = Shelf::load_around(&app.store, caller.0, &[feed]).await?;
    Ok((status, Json(shown(&shelf, feed))).into_response())
}

/// The changes; absent fields keep their values.
#[derive(Debug, Deserialize)]
pub(super) struct Changes {
    /// Empty for the publisher's title.
    title: Option<String>,
    folder: Option<Vec<String>>,
    /// All its folders, in place of `folder`.
    folders: Option<Vec<Vec<String>>>,
    /// Whether it is paused, until it is no longer.
    paused: Option<bool>,
    full_text: Option<bool>,
    unread_when_edited: Option<bool>,
    /// 0 for all.
    keep: Option<u32>,
}

pub(super) async fn change(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(changes) = body.map_err(bad_json)?;
    if store::get(&app.store, caller.0, feed).await?.is_none() {
        return Err(Problem::not_found());
    }
    let kept = changes.keep.map(keep::checked).transpose()?;
    let paths = changes.folders.as_ref().map(|folders| {
        let paths = folders.iter();
        let paths = paths.map(|path| folder_path(path.iter().map(String::as_str)));
        paths.collect::<Vec<Vec<String>>>()
    });
    if paths
        .as_ref()
        .is_some_and(|paths| !Subscription::has_room_for(paths))
    {
        let title = "A feed can’t stand in so many folders";
        let advice = "At most eight, with 850 bytes in all. Nothing was changed.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "too_many_folders", title, advice));
    }
    store::change(&app.store, caller.0, feed, |one| {
        if let Some(title) = &changes.title {
            one.title = typed_title(title);
        }
        if let Some(folder) = &changes.folder {
            let path = folder_path(folder.iter().map(String::as_str));
            let also = std::mem::take(&mut one.also);
            one.set_folders(std::iter::once(path).chain(also));
        }
        if let Some(paths) = &paths {
            one.set_folders(paths.iter().cloned());
        }
        one.full_text = changes.full_text.unwrap_or(one.full_text);
        one.keep = kept.unwrap_or(one.keep);
        if let Some(yes) = changes.unread_when_edited {
            one.set_unread_when_edited(yes, minute_of(app.clock.now()));
        }
    })
    .await?;
    let now = app.clock.now();
    match changes.paused {
        Some(true) => still_there(pausing::pause(&app.store, caller.0, feed, None, now).await)?,
        Some(false) => {
            let resumed = pausing::resume(&app.store, caller.0, feed, now).await;
            still_there(resumed.map(drop))?;
        }
        None => {}
    }
    let shelf = Shelf::load_around(&app.store, caller.0, &[feed]).await?;
    Ok(Json(shown(&shelf, feed)).into_response())
}

/// A 404 if the feed was left meanwhile.
fn still_there(result: Result<(), StoreError>) -> HandlerResult<()> {
    match result {
        Err(StoreError::NotFound(_)) => Err(Problem::not_found()),
        other => Ok(other?),
    }
}

pub(super) async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<StatusCode> {
    let removed = unsubscribe(&app.store, caller.0, feed, app.clock.now()).await?;
    if removed.is_some() {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

/// Refreshes the feed now, unless its publisher's limits forbid it. Returns whether a request was sent (`asked`), and
/// the result in words (`said`).
pub(super) async fn refresh(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let admin = is_admin(&app, caller).await?;
    let asked = refresh_feed(&app, caller.0, admin, feed).await?;
    let done = matches!(asked, OnDemandResult::Done(_));
    let said = describe_result(&asked, app.clock.now());
    Ok(Json(json!({ "asked": done, "said": said })).into_response())
}
