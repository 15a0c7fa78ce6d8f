//! Rules: listed, tried, made, changed, deleted, and what they did undone.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::bulk::Act;
use super::call::{Call, delete, get, patch, post};
use super::rule::{Changes, refused};
use super::{Caller, arrives, bad_json, owner};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::json_list::{ListedArticle, listed};
use crate::shelf::rulebook::Rule;
use crate::shelf::rulebook::json::{JsonBook, JsonRule};
use crate::timestamp::minute_of;
use crate::web::actions::rules::new_act;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::sending::rule_hooks::{By, send_waiting};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let (all, one) = ("/api/v1/rules", "/api/v1/rules/{id}");
    let bad: &[&str] = &["bad_rule"];
    vec![
        get(all, list, "The rules, in their order").gives::<JsonBook>(),
        post(all, add, "Make a rule")
            .says("It is for what arrives. With `apply` it is also for those that it meets of the newest 50, which `act` takes back for ten minutes, along with the rule. To mute words for a day, hide what has them in its title, with `days`.")
            .takes::<Changes>()
            .gives_when::<Saved>(201, "It is kept")
            .fails(422, bad),
        post("/api/v1/rules/try", attempt, "Try a rule")
            .says("On the newest 50 articles of its feeds. Nothing is changed.")
            .takes::<Changes>()
            .gives::<Tried>()
            .fails(422, bad),
        post("/api/v1/rules/undo", undo, "Undo what a rule did, and its saving")
            .takes::<Act>()
            .gives::<Undone>(),
        post("/api/v1/rules/send", send, "Send now what waits for services")
            .says("At most five articles, within eight seconds.")
            .gives::<Left>(),
        patch(one, change, "Change a rule, switch it, or move it")
            .says("What is absent stays as it is.")
            .takes::<Changes>()
            .gives::<Saved>()
            .fails(422, bad),
        delete(one, remove, "Delete a rule")
            .says("What it did stays done.")
            .gives_nothing(),
    ]
}

async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = arrives(&app, caller).await?;
    let minute = minute_of(app.clock.now());
    let rules = JsonBook::of(shelf.read.book(), minute);
    Ok(Json(rules).into_response())
}

/// A rule that was kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedRule)]
struct Saved {
    rule: JsonRule,
    /// With how many articles it did what it does.
    applied: usize,
    /// What takes back that and the saving; null if it was only switched or moved.
    act: Option<String>,
}

/// Keeps a rule. One write; with `applies` the reads of a trial, and a read and a write for each article that it stars or tags.
async fn save(
    app: &AppState,
    shelf: &mut Shelf,
    rule: Rule,
    applies: bool,
) -> HandlerResult<(u32, usize, String)> {
    let now = app.clock.now();
    let trial = match applies {
        true => Some(shelf.try_rule(&app.store, &rule, now).await?),
        false => None,
    };
    let applied = trial.as_ref().map_or(0, |trial| trial.met.len());
    let act = new_act(app);
    let saved = shelf.save_rule(&app.store, now, &act, rule, trial).await?;
    let id = saved.map_err(|error| refused(&error.to_string()))?;
    Ok((id, applied, act))
}

/// What is said of a rule that was kept.
fn saved(
    app: &AppState,
    shelf: &Shelf,
    id: u32,
    applied: usize,
    act: Option<String>,
) -> HandlerResult<Saved> {
    let book = shelf.read.book();
    let rule = book.rule(id).ok_or_else(Problem::not_found)?;
    Ok(Saved {
        rule: JsonRule::of(book, rule, minute_of(app.clock.now())),
        applied,
        act,
    })
}

async fn add(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let user = owner(&app, caller).await?;
    let mut shelf = arrives(&app, caller).await?;
    let rule = wanted.of(None, (&user, &shelf), app.clock.now())?;
    let (id, applied, act) = save(&app, &mut shelf, rule, wanted.applies()).await?;
    let saved = saved(&app, &shelf, id, applied, Some(act))?;
    Ok((StatusCode::CREATED, Json(saved)).into_response())
}

/// What a rule would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriedRule)]
struct Tried {
    /// The articles that it meets, the newest first.
    met: Vec<ListedArticle>,
    /// Those that it leaves alone.
    others: Vec<ListedArticle>,
}

async fn attempt(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let user = owner(&app, caller).await?;
    let shelf = arrives(&app, caller).await?;
    let now = app.clock.now();
    let rule = wanted.of(None, (&user, &shelf), now)?;
    let trial = shelf.try_rule(&app.store, &rule, now).await?;
    let (met, others) = (trial.met.iter(), trial.others.iter());
    let tried = Tried {
        met: listed(&app.store, &shelf, met.map(AsRef::as_ref)).await?,
        others: listed(&app.store, &shelf, others.map(AsRef::as_ref)).await?,
    };
    Ok(Json(tried).into_response())
}

/// What was undone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RuleUndone)]
struct Undone {
    /// How many articles changed; null if it is too late.
    undone: Option<u64>,
}

async fn undo(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Act>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(Act { act }) = body.map_err(bad_json)?;
    let mut shelf = Shelf::load(&app.store, caller.0).await?;
    let undone = shelf.undo_rule(&app.store, app.clock.now(), &act).await?;
    Ok(Json(Undone { undone }).into_response())
}

/// What still waits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RulesWaiting)]
struct Left {
    waiting: usize,
}

async fn send(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let user = owner(&app, caller).await?;
    let mut shelf = arrives(&app, caller).await?;
    let waiting = send_waiting(&app, &user, &mut shelf, By::Press).await?;
    Ok(Json(Left { waiting }).into_response())
}

/// A rule by its number in an address.
fn known(shelf: &Shelf, id: &str) -> HandlerResult<Rule> {
    let id: Option<u32> = id.parse().ok();
    let rule = id.and_then(|id| shelf.read.book().rule(id).cloned());
    rule.ok_or_else(Problem::not_found)
}

/// One write; two if it is changed and moved.
async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let user = owner(&app, caller).await?;
    let mut shelf = arrives(&app, caller).await?;
    let before = known(&shelf, &id)?;
    let id = before.id;
    let now = app.clock.now();
    let (mut applied, mut act) = (0, None);
    if wanted.changes_more() {
        let rule = wanted.of(Some(before), (&user, &shelf), now)?;
        let done = save(&app, &mut shelf, rule, wanted.applies()).await?;
        (applied, act) = (done.1, Some(done.2));
    }
    if wanted.is_moved() {
        let moved = shelf.change_book(&app.store, now, |book| {
            wanted.moves(book, id, minute_of(now))
        });
        moved.await?;
    }
    let saved = saved(&app, &shelf, id, applied, act)?;
    Ok(Json(saved).into_response())
}

async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> HandlerResult<StatusCode> {
    let mut shelf = arrives(&app, caller).await?;
    let id = known(&shelf, &id)?.id;
    let changed = shelf.change_book(&app.store, app.clock.now(), |book| {
        book.rules.retain(|one| one.id != id);
    });
    changed.await?;
    Ok(StatusCode::NO_CONTENT)
}
