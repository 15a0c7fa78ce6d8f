//! Rules: the list, the editor, and what a rule would have done.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::rule_form::{Typed, form, said, typed};
use super::rule_trial::trial_view;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::rulebook::book::{Book, Failed, GivenUp, MOST_WAITING};
use crate::shelf::rulebook::json::JsonRule;
use crate::shelf::rulebook::{BadRule, Rule, Where};
use crate::shelf::rules::Ready;
use crate::shelf::subscription::folder_text;
use crate::timestamp::{Timestamp, from_micros, minute_of};
use crate::users::preferences::Service;
use crate::web::actions::rules::{checked, new_act};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security;
use crate::web::sending::rule_hooks;
use crate::web::view::{Place, RuleRow, RulesPage, TrialPart, TrialView};
use crate::web::words::{self, msg, t, told};

/// The page's address.
const HERE: &str = "/rules";
/// Empty conditions below those that are filled in.
const BLANK: usize = 1;
const DAY_MINUTES: i64 = 24 * 60;

/// Undoes what a rule did, and says so.
pub(super) async fn undo(
    app: &AppState,
    current: &CurrentUser,
    act: &str,
) -> HandlerResult<String> {
    let mut shelf = Shelf::load(&app.store, current.user.id).await?;
    let undone = shelf.undo_rule(&app.store, app.clock.now(), act).await?;
    Ok(match undone {
        Some(count) => {
            let what = words::count(count, "count-article");
            msg("rules-undone").text("what", what).into()
        }
        None => t("told-undo-late").to_owned(),
    })
}

/// Which rule is edited: its number, or `new`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Edited {
    #[serde(default)]
    edit: String,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(edited): Query<Edited>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("rules-title"), Place::Rules).await?;
    let now = app.clock.now();
    let rule = match edited.edit.as_str() {
        "new" => Some(Rule::default()),
        id => id
            .parse()
            .ok()
            .and_then(|id| shelf.read.book().rule(id).cloned()),
    };
    let trial = match &rule {
        Some(rule) if rule.id > 0 => Some(shelf.try_rule(&app.store, rule, now).await?),
        _ => None,
    };
    let ready = rule.as_ref().map(Ready::of);
    let trial = trial.map(|trial| trial_view(&shelf, ready.as_ref(), &trial, now));
    let page = RulesPage {
        form: rule
            .as_ref()
            .map(|rule| form(&current, &shelf, rule, BLANK)),
        trial,
        ..page(&current, frame, &shelf, now)
    };
    Ok(with_flash(Html(page), &headers))
}

fn page(
    current: &CurrentUser,
    frame: crate::web::view::Frame,
    shelf: &Shelf,
    now: Timestamp,
) -> RulesPage {
    let book = shelf.read.book();
    let minute = minute_of(now);
    let waiting = book.waiting.len() as u64;
    let last = book.undoable(minute).next_back();
    let hooks = current.user.profile.preferences.targets.iter();
    RulesPage {
        frame,
        rows: book
            .rules
            .iter()
            .map(|rule| row(shelf, book, rule, minute))
            .collect(),
        form: None,
        trial: None,
        trouble: None,
        has_hooks: hooks.filter(|one| one.service != Service::Link).count() > 0,
        waiting: (waiting > 0).then(|| msg("rules-waiting").number("n", waiting).into()),
        failed: book.failures(minute).map(|one| failed(one, now)).collect(),
        given_up: book.lost(minute).map(|one| given_up(one, now)).collect(),
        undo: last.map(|act| act.id.clone()),
    }
}

/// Why a service didn't take an article.
fn failed(one: &Failed, now: Timestamp) -> String {
    let at = from_micros(one.at.saturating_mul(60_000_000));
    let said = msg("rules-failed").text("when", words::age(at, now));
    said.text("why", told(&one.why)).into()
}

/// How many articles weren't sent to a service, and why that may be.
fn given_up(one: &GivenUp, now: Timestamp) -> String {
    let at = from_micros(one.at.saturating_mul(60_000_000));
    let said = msg("rules-given-up").number("n", one.count);
    let said = said.number("most", MOST_WAITING).text("name", &one.hook);
    said.text("when", words::age(at, now)).into()
}

fn place_text(shelf: &Shelf, place: &Where) -> String {
    match place {
        Where::Everywhere => t("rules-everywhere").to_owned(),
        Where::Folder(path) if !shelf.folders().contains(path) => msg("rules-folder-gone")
            .text("folder", folder_text(path))
            .into(),
        Where::Folder(path) => folder_text(path),
        Where::Feed(feed) => match shelf.subscription(*feed) {
            Some(one) => shelf.title_of(one).to_owned(),
            None => t("rules-feed-gone").to_owned(),
        },
    }
}

fn row(shelf: &Shelf, book: &Book, rule: &Rule, minute: i64) -> RuleRow {
    let place = place_text(shelf, &rule.place);
    let day = minute.div_euclid(DAY_MINUTES);
    let until = (rule.until > 0).then(|| from_micros(rule.until * 60_000_000));
    let state = match (rule.is_off, until) {
        (true, _) => t("rules-off").to_owned(),
        (false, Some(until)) if rule.until <= minute => msg("rules-over")
            .text("when", words::day_of_month(until))
            .into(),
        (false, Some(until)) => msg("rules-until")
            .text("when", words::day_and_time(until))
            .into(),
        (false, None) => msg("rules-counted")
            .number("n", book.counted(rule.id, day))
            .into(),
    };
    RuleRow {
        id: rule.id,
        name: rule.name.clone(),
        about: format!("{place} · {state}"),
        is_on: rule.is_on(minute),
    }
}
/// Tries a rule, saves it, or shows the form with another row.
pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    body: Bytes,
) -> HandlerResult<Response> {
    let (frame, mut shelf) = plain_frame(&app, &current, t("rules-title"), Place::Rules).await?;
    let now = app.clock.now();
    let Typed {
        is_odd,
        rule,
        act,
        applies,
        blank,
    } = typed(&body);
    if is_odd {
        return Err(Problem::bad_request(
            "bad_request",
            "The request can’t be read",
            "Go back, reload the page, and try again.",
        ));
    }
    let wants_part = headers
        .get("x-fragment")
        .is_some_and(|part| part == "trial");
    let again = |trial: Option<TrialView>, trouble: Option<String>, shelf: &Shelf| RulesPage {
        form: Some(form(&current, shelf, &rule, blank)),
        trial,
        trouble,
        ..page(&current, frame.clone(), shelf, now)
    };
    let checked = checked(rule.clone(), &shelf);
    // What it does isn't tried, so it needn't be chosen yet.
    let whole = rule.clone().with_conditions();
    let whole = whole.and_then(|rule| shelf.fits(&rule).map(|()| rule));
    let tried = match &whole {
        Ok(rule) => Some(shelf.try_rule(&app.store, rule, now).await?),
        Err(_) => None,
    };
    let ready = Ready::of(whole.as_ref().unwrap_or(&rule));
    let view = tried.as_ref();
    let view = view.map(|trial| trial_view(&shelf, Some(&ready), trial, now));
    if wants_part {
        let trouble = checked
            .as_ref()
            .err()
            .filter(|error| **error != BadRule::NoAct)
            .map(said);
        let assets = crate::web::assets::assets().clone();
        return Ok(Html(TrialPart {
            assets,
            trial: view,
            trouble,
        })
        .into_response());
    }
    if act == "more" || act.starts_with("drop.") {
        return Ok(Html(again(view, None, &shelf)).into_response());
    }
    if act == "try" {
        let trouble = checked.err().filter(|error| *error != BadRule::NoAct);
        return Ok(Html(again(view, trouble.as_ref().map(said), &shelf)).into_response());
    }
    let refused = |error: &BadRule, view, shelf: &Shelf| {
        let page = again(view, Some(said(error)), shelf);
        (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
    };
    let wanted = match checked {
        Ok(rule) => rule,
        Err(error) => return Ok(refused(&error, view, &shelf)),
    };
    let act = new_act(&app);
    let is_off = shelf
        .read
        .book()
        .rule(wanted.id)
        .is_some_and(|known| known.is_off);
    let wanted = Rule { is_off, ..wanted };
    let name = wanted.name.clone();
    let applied = tried.filter(|_| applies);
    let count = applied.as_ref().map_or(0, |trial| trial.met.len() as u64);
    match shelf
        .save_rule(&app.store, now, &act, wanted, applied)
        .await?
    {
        Err(error) => Ok(refused(&error, view, &shelf)),
        Ok(_) => {
            let said = match count {
                0 => msg("rules-saved").text("name", name),
                _ => msg("rules-saved-and-done")
                    .text("name", name)
                    .number("n", count),
            };
            Ok(flash::redirect(HERE, said, Some(act)))
        }
    }
}

/// What is done with a rule.
#[derive(Debug, Deserialize)]
pub(super) struct Deed {
    #[serde(rename = "do")]
    what: String,
    /// Its place in the order, from 0.
    #[serde(default)]
    place: usize,
}

/// Switches a rule on or off, moves it, or deletes it. A script that has moved it on the page wants no other.
pub(super) async fn change(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(id): Path<u32>,
    headers: HeaderMap,
    Form(deed): Form<Deed>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    let rule = shelf.read.book().rule(id).cloned();
    let rule = rule.ok_or_else(Problem::not_found)?;
    let changed = shelf.change_book(&app.store, app.clock.now(), |book| {
        let Some(place) = book.rules.iter().position(|one| one.id == id) else {
            return;
        };
        match deed.what.as_str() {
            "on" => {
                book.rules[place].is_off = false;
                book.rules[place].until = 0;
            }
            "off" => book.rules[place].is_off = true,
            "up" if place > 0 => book.rules.swap(place, place - 1),
            "down" if place + 1 < book.rules.len() => book.rules.swap(place, place + 1),
            "place" => {
                let rule = book.rules.remove(place);
                let to = deed.place.min(book.rules.len());
                book.rules.insert(to, rule);
            }
            "delete" => drop(book.rules.remove(place)),
            _ => {}
        }
    });
    changed.await?;
    if headers
        .get("x-fragment")
        .is_some_and(|part| part == "moved")
    {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let said = match deed.what.as_str() {
        "on" => msg("rules-now-on").text("name", rule.name),
        "off" => msg("rules-now-off").text("name", rule.name),
        "delete" => msg("rules-deleted").text("name", rule.name),
        _ => return Ok(axum::response::Redirect::to(HERE).into_response()),
    };
    Ok(flash::redirect(HERE, said, None))
}

/// Sends what waits for services now.
pub(super) async fn send(
    State(app): State<AppState>,
    current: CurrentUser,
) -> HandlerResult<Response> {
    let mut shelf = Shelf::load(&app.store, current.user.id).await?;
    let left =
        rule_hooks::send_waiting(&app, &current.user, &mut shelf, rule_hooks::By::Press).await?;
    let text = match left {
        0 => t("rules-sent").to_owned(),
        left => msg("rules-waiting").number("n", left).into(),
    };
    Ok(flash::redirect(HERE, text, None))
}

/// Rules and saved searches, to take along.
pub(super) async fn export(
    State(app): State<AppState>,
    current: CurrentUser,
    address: ClientAddress,
) -> HandlerResult<Response> {
    security::exported(&app, address.0, current.user.id, "searches-and-rules.json").await?;
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let book = shelf.read.book();
    let searches = book.searches.iter();
    let searches: Vec<_> = searches
        .map(|one| json!({ "name": one.name, "query": one.query }))
        .collect();
    let rules = JsonRule::all(book, minute_of(app.clock.now()));
    let file = json!({ "version": 1, "searches": searches, "rules": rules });
    let mut response = Json(file).into_response();
    let name =
        HeaderValue::from_static("attachment; filename=\"dormouse-searches-and-rules.json\"");
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
