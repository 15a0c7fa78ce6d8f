//! Many feeds at once, folders, and holidays.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bulk::Act;
use super::call::{Call, delete, get, patch, post, put};
use super::{Caller, arrives, bad_json, owner, quota_of};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::subscription::{FOLDER_BYTES, folder_path};
use crate::shelf::{Shelf, pausing};
use crate::timestamp::{from_micros, rfc3339};
use crate::users::preferences::{Counts, FolderHabits, Preferences};
use crate::users::{ListOrder, User};
use crate::web::actions::gardening::{self, Deed, nothing};
use crate::web::actions::terms::days_from;
use crate::web::frame::all_folders;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::decode_path;

/// Most feeds that one request pauses for a holiday; the next one goes on.
const FEEDS_A_REQUEST: usize = 1_000;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let folder = "/api/v1/folders/{*path}";
    let bad: &[&str] = &["bad_choice"];
    let full: &[&str] = &["too_many_folders"];
    vec![
        post("/api/v1/garden", tend, "Do something with many feeds")
            .says("At most 500 at once. What was done can be undone for a while.")
            .takes::<Wanted>()
            .gives::<Done>()
            .fails(400, bad)
            .fails(422, &["bad_days"]),
        post(
            "/api/v1/garden/undo",
            undo,
            "Undo what was done with feeds or folders",
        )
        .takes::<Act>()
        .gives::<Undone>(),
        get("/api/v1/folders", folders, "The folders, in their order").gives::<Folders>(),
        post("/api/v1/folders", make, "Make a folder")
            .takes::<Named>()
            .gives_when::<Folders>(200, "There was one such")
            .gives_when::<Folders>(201, "It is new")
            .fails(400, bad)
            .fails(422, full),
        put(
            "/api/v1/folders",
            order,
            "Set the order of folders that stand beside one another",
        )
        .takes::<Order>()
        .gives::<Folders>()
        .fails(400, bad)
        .fails(422, full),
        patch(
            folder,
            change,
            "Rename a folder, nest it, or set how it is read",
        )
        .says("The path in the address has percent-encoded names. What is absent stays as it is.")
        .takes::<Changes>()
        .gives::<Done>()
        .fails(400, bad)
        .fails(422, full),
        delete(folder, dissolve, "Dissolve a folder")
            .says("Its feeds move to where it stood.")
            .gives::<Done>(),
        get(
            "/api/v1/holiday",
            holiday,
            "Whether the whole shelf is paused",
        )
        .gives::<Holiday>(),
        put("/api/v1/holiday", begin, "Pause the whole shelf")
            .says("While `left` is above 0, ask again.")
            .takes::<Term>()
            .gives::<Holiday>()
            .fails(422, &["bad_days"]),
        delete("/api/v1/holiday", end, "End the pause of the whole shelf").gives_nothing(),
    ]
}

/// What is done with feeds.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = GardenDeed)]
enum What {
    /// Into `folder` and out of all others.
    Move,
    /// Into `folder`, too.
    Also,
    /// Unsubscribe.
    Leave,
    /// Nothing newer comes, for `days`.
    Pause,
    /// It comes again.
    Resume,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = GardenAct)]
struct Wanted {
    #[serde(rename = "do")]
    what: What,
    /// Their ids.
    feeds: Vec<String>,
    /// The path of a folder, outermost first; empty for none.
    #[serde(default)]
    folder: Vec<String>,
    /// How long they are paused: 1 to 366, or 0 until it is ended.
    #[serde(default)]
    days: i64,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GardenDone)]
struct Done {
    /// How many feeds changed.
    changed: usize,
    /// What undoes it; null where nothing changed or it can’t be undone.
    act: Option<String>,
}

/// What was undone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GardenUndone)]
struct Undone {
    /// How many feeds; null if it is too late.
    undone: Option<usize>,
    /// How many feeds couldn’t be brought back.
    lost: usize,
}

fn path_of(names: &[String]) -> HandlerResult<Vec<String>> {
    let path = folder_path(names.iter().map(String::as_str));
    let given = names.iter().map(|name| name.trim());
    let given: Vec<&str> = given.filter(|name| !name.is_empty()).collect();
    let is_long = given.iter().any(|name| name.len() > FOLDER_BYTES);
    match is_long || path.len() < given.len() {
        true => Err(gardening::cut()),
        false => Ok(path),
    }
}

async fn tend(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let feeds: Result<Vec<FeedId>, _> = wanted.feeds.iter().map(|id| id.parse()).collect();
    let feeds = feeds.map_err(|_| {
        let advice = "Nothing was changed. Ids look like 52341234.";
        nothing("That isn’t a feed’s id", advice)
    })?;
    let now = app.clock.now();
    let deed = match wanted.what {
        What::Move => Deed::Move(path_of(&wanted.folder)?),
        What::Also => Deed::Also(path_of(&wanted.folder)?),
        What::Leave => Deed::Leave,
        What::Pause => Deed::Pause(days_from(wanted.days, now)?),
        What::Resume => Deed::Resume,
    };
    let done = gardening::tend(&app, caller.0, feeds, deed, now).await?;
    let done = Done {
        changed: done.count,
        act: done.act,
    };
    Ok(Json(done).into_response())
}

async fn undo(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Act>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(Act { act }) = body.map_err(bad_json)?;
    let quota = quota_of(&app, caller).await?;
    let undone = gardening::undo(&app, caller.0, quota, &act).await?;
    let undone = Undone {
        undone: undone.map(|undone| undone.count),
        lost: undone.map_or(0, |undone| undone.lost),
    };
    Ok(Json(undone).into_response())
}

/// The folders.
#[derive(Debug, Serialize, ToSchema)]
struct Folders {
    folders: Vec<Folder>,
}

/// A folder.
#[derive(Debug, Serialize, ToSchema)]
struct Folder {
    /// Outermost first.
    path: Vec<String>,
    /// Those below it included.
    unread: u32,
    /// Which articles come first; null as in all lists.
    order: Option<ListOrder>,
    /// How its unread articles are counted; null as in all lists.
    counts: Option<Counts>,
}

fn shown(shelf: &Shelf, own: &Preferences) -> Folders {
    let tally = shelf.tally();
    let all = all_folders(shelf, own).into_iter().map(|path| {
        let habits = own.folder(&path);
        Folder {
            unread: tally.of_folder(&path),
            path,
            order: habits.order,
            counts: habits.counts,
        }
    });
    Folders {
        folders: all.collect(),
    }
}

async fn folders(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let user = owner(&app, caller).await?;
    let shelf = arrives(&app, caller).await?;
    Ok(Json(shown(&shelf, &user.profile.preferences)).into_response())
}

/// A folder to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedFolder)]
struct Named {
    /// Outermost first.
    path: Vec<String>,
}

async fn make(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Named>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(named) = body.map_err(bad_json)?;
    let path = path_of(&named.path)?;
    let user = owner(&app, caller).await?;
    let status = match gardening::make_folder(&app, &user, &path).await? {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, folders(State(app), caller).await?).into_response())
}

/// Folders in their order.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FolderOrder)]
struct Order {
    /// The paths of folders that stand in the same one.
    paths: Vec<Vec<String>>,
}

async fn order(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Order>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(order) = body.map_err(bad_json)?;
    let user = owner(&app, caller).await?;
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let all = all_folders(&shelf, &user.profile.preferences);
    let parent = |path: &[String]| path[..path.len().saturating_sub(1)].to_vec();
    let first = order.paths.first().map(|path| parent(path));
    let fits = |path: &Vec<String>| all.contains(path) && Some(parent(path)) == first;
    if order.paths.is_empty() || !order.paths.iter().all(fits) {
        let advice = "Nothing was changed. Give the paths of folders that stand in the same one.";
        return Err(nothing(
            "These folders don’t stand beside one another",
            advice,
        ));
    }
    gardening::order_folders(&app, caller.0, &shelf, &order.paths).await?;
    folders(State(app), caller).await
}

/// The changes; absent fields keep their values.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FolderChanges)]
struct Changes {
    /// Its new path, outermost first.
    path: Option<Vec<String>>,
    /// Which articles come first; null as in all lists.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<ListOrder>)]
    order: Option<Option<ListOrder>>,
    /// How its unread articles are counted; null as in all lists.
    #[serde(default, deserialize_with = "super::given")]
    #[schema(value_type = Option<Counts>)]
    counts: Option<Option<Counts>>,
}

/// The folder of an address, its owner and the shelf.
async fn named(
    app: &AppState,
    caller: Caller,
    path: &str,
) -> HandlerResult<(Vec<String>, Arc<User>, Shelf)> {
    let path = decode_path(path);
    let user = owner(app, caller).await?;
    let shelf = Shelf::load(&app.store, caller.0).await?;
    match all_folders(&shelf, &user.profile.preferences).contains(&path) {
        true => Ok((path, user, shelf)),
        false => Err(Problem::not_found()),
    }
}

async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<String>,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(changes) = body.map_err(bad_json)?;
    let (path, user, shelf) = named(&app, caller, &path).await?;
    if changes.order.is_some() || changes.counts.is_some() {
        let before = user.profile.preferences.folder(&path);
        let habits = FolderHabits {
            order: changes.order.unwrap_or(before.order),
            counts: changes.counts.unwrap_or(before.counts),
            ..before
        };
        gardening::set_folder(&app, caller.0, &shelf, &path, habits).await?;
    }
    let Some(to) = changes.path else {
        let done = Done {
            changed: 0,
            act: None,
        };
        return Ok(Json(done).into_response());
    };
    let to = path_of(&to)?;
    if to.is_empty() {
        let advice = "Nothing was changed. To dissolve a folder, send DELETE.";
        return Err(nothing("No folder was named", advice));
    }
    moved(&app, &user, &shelf, &path, &to).await
}

async fn dissolve(
    State(app): State<AppState>,
    caller: Caller,
    Path(path): Path<String>,
) -> HandlerResult<Response> {
    let (path, user, shelf) = named(&app, caller, &path).await?;
    moved(&app, &user, &shelf, &path, &[]).await
}

async fn moved(
    app: &AppState,
    user: &User,
    shelf: &Shelf,
    from: &[String],
    to: &[String],
) -> HandlerResult<Response> {
    let now = app.clock.now();
    let act = gardening::rename_folder(app, user, shelf, from, to, now).await?;
    let inside = shelf.subscriptions.iter().filter(|one| one.is_below(from));
    let done = Done {
        changed: if act.is_some() { inside.count() } else { 0 },
        act,
    };
    Ok(Json(done).into_response())
}

/// How long.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = Term)]
struct Term {
    /// 1 to 366, or 0 until it is ended.
    days: i64,
}

/// A pause of the whole shelf.
#[derive(Debug, Serialize, ToSchema)]
struct Holiday {
    /// Whether it is paused.
    on: bool,
    /// Until when; null until it is ended.
    until: Option<String>,
    /// How many feeds are still to be paused.
    left: usize,
}

async fn holiday(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let user = owner(&app, caller).await?;
    Ok(Json(holiday_of(&user, 0)).into_response())
}

fn holiday_of(user: &User, left: usize) -> Holiday {
    let holiday = user.profile.holiday.as_ref();
    let until = holiday.and_then(|holiday| holiday.until);
    Holiday {
        on: holiday.is_some(),
        until: until.map(|minute| rfc3339(from_micros(minute * 60_000_000))),
        left,
    }
}

async fn begin(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Term>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(term) = body.map_err(bad_json)?;
    let now = app.clock.now();
    let until = days_from(term.days, now)?;
    let last = Shelf::load(&app.store, caller.0).await?.newest();
    let store = &app.store;
    let left = pausing::begin_holiday(store, caller.0, until, &last, now, FEEDS_A_REQUEST).await?;
    let user = owner(&app, caller).await?;
    Ok(Json(holiday_of(&user, left)).into_response())
}

async fn end(State(app): State<AppState>, caller: Caller) -> HandlerResult<StatusCode> {
    pausing::end_holiday(&app.store, caller.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
