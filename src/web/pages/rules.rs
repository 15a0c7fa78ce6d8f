//! Rules: the list, the editor, and what a rule would have done.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::articles::ArticleRow;
use crate::ids::ArticleId;
use crate::shelf::Shelf;
use crate::shelf::rulebook::book::Book;
use crate::shelf::rulebook::rule::MOST_CONDITIONS;
use crate::shelf::rulebook::{Acts, BadRule, Condition, How, Rule, What, Where};
use crate::shelf::rules::Ready;
use crate::shelf::rules::change::{TRIED, Trial};
use crate::shelf::search::snippet;
use crate::shelf::subscription::folder_text;
use crate::timestamp::{Timestamp, minute_of, rfc3339};
use crate::users::preferences::Service;
use crate::web::actions::rules::{new_act, with_tag};
use crate::web::client_address::ClientAddress;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::icon_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::security;
use crate::web::sending::rule_hooks;
use crate::web::view::{
    ChoiceOption, ConditionRow, Place, RuleForm, RuleRow, RulesPage, TrialLine, TrialPart,
    TrialView,
};
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
        "new" => Some(blank()),
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
        failed: book.failed.as_ref().map(|(at, why)| {
            let at = crate::timestamp::from_micros(at.saturating_mul(60_000_000));
            let said = msg("rules-failed").text("when", words::age(at, now));
            said.text("why", told(why)).into()
        }),
        undo: last.map(|act| act.id.clone()),
    }
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
    let until = (rule.until > 0).then(|| crate::timestamp::from_micros(rule.until * 60_000_000));
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

fn blank() -> Rule {
    Rule {
        id: 0,
        name: String::new(),
        is_off: false,
        place: Where::Everywhere,
        any: false,
        conditions: Vec::new(),
        acts: Acts::default(),
        until: 0,
    }
}

fn choices<T: Copy + PartialEq>(
    all: &[T],
    word: impl Fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
    chosen: T,
) -> Vec<ChoiceOption> {
    let choice = |one: &T| ChoiceOption {
        value: word(*one).to_owned(),
        label: label(*one).to_owned(),
        chosen: *one == chosen,
    };
    all.iter().map(choice).collect()
}

fn condition_row(number: usize, what: What, how: How, text: &str) -> ConditionRow {
    ConditionRow {
        number,
        what: choices(What::ALL, What::word, what_label, what),
        how: choices(How::ALL, How::word, how_label, how),
        text: text.to_owned(),
    }
}

fn what_label(what: What) -> &'static str {
    t(match what {
        What::Title => "rules-what-title",
        What::Author => "rules-what-author",
        What::Snippet => "rules-what-snippet",
        What::Text => "rules-what-text",
        What::Link => "rules-what-link",
        What::Category => "rules-what-category",
        What::Feed => "rules-what-feed",
        What::Folder => "rules-what-folder",
        What::Language => "rules-what-language",
        What::Age => "rules-what-age",
        What::Media => "rules-what-media",
    })
}

fn how_label(how: How) -> &'static str {
    t(match how {
        How::Words => "rules-how-words",
        How::Without => "rules-how-without",
        How::Contains => "rules-how-contains",
        How::Lacks => "rules-how-lacks",
        How::Is => "rules-how-is",
        How::Isnt => "rules-how-isnt",
        How::Matches => "rules-how-matches",
    })
}

/// The editor, filled in.
fn form(current: &CurrentUser, shelf: &Shelf, rule: &Rule, blank: usize) -> RuleForm {
    let filled = rule.conditions.iter().enumerate();
    let mut conditions: Vec<ConditionRow> = filled
        .map(|(n, one)| condition_row(n, one.what, one.how, &one.text))
        .collect();
    let wanted = (conditions.len() + blank).clamp(1, MOST_CONDITIONS);
    for n in conditions.len()..wanted {
        conditions.push(condition_row(n, What::Title, How::Words, ""));
    }
    let place = |value: String, label: String, chosen: bool| ChoiceOption {
        value,
        label,
        chosen,
    };
    let mut paths = shelf.folders();
    // One that is gone stays chosen until another is.
    if let Where::Folder(path) = &rule.place
        && !paths.contains(path)
    {
        paths.push(path.clone());
    }
    let folders = paths.into_iter().map(|path| {
        let (value, text) = (folder_value(&path), folder_text(&path));
        place(value, text, rule.place == Where::Folder(path))
    });
    let left = match rule.place {
        Where::Feed(feed) if shelf.subscription(feed).is_none() => Some(feed),
        _ => None,
    };
    let left = left.map(|feed| {
        let label = t("rules-feed-gone").to_owned();
        place(format!("feed:{feed}"), label, true)
    });
    let feeds = shelf.subscriptions.iter().map(|one| {
        let title = shelf.title_of(one).to_owned();
        place(
            format!("feed:{}", one.feed),
            title,
            rule.place == Where::Feed(one.feed),
        )
    });
    let targets = current.user.profile.preferences.targets.iter();
    let hooks = targets
        .filter(|one| one.service != Service::Link)
        .map(|one| {
            let chosen = one.name == rule.acts.hook;
            place(one.name.clone(), one.name.clone(), chosen)
        });
    RuleForm {
        id: rule.id,
        name: rule.name.clone(),
        any: rule.any,
        is_everywhere: rule.place == Where::Everywhere,
        folders: folders.collect(),
        feeds: feeds.chain(left).collect(),
        conditions,
        read: rule.acts.read,
        star: rule.acts.star,
        hide: rule.acts.hide,
        keep: rule.acts.keep,
        light: rule.acts.light,
        tag: rule.acts.tag.clone(),
        hooks: hooks.collect(),
        price: match rule.needs_text() {
            true => t("rules-price-text"),
            false => t("rules-price"),
        },
    }
}

/// A rule as its form sends it: a condition's parts by its number.
struct Typed {
    /// Whether something in it can't be meant: from an older page, or a program.
    is_odd: bool,
    rule: Rule,
    act: String,
    applies: bool,
    blank: usize,
}

fn typed(body: &[u8]) -> Typed {
    let mut is_odd = false;
    let mut rule = blank();
    let mut act = String::new();
    let mut applies = false;
    let mut parts: Vec<(usize, &'static str, String)> = Vec::new();
    let mut rows = 0;
    for (name, value) in url::form_urlencoded::parse(body).take(80) {
        let value = value.into_owned();
        match &*name {
            "id" => rule.id = value.parse().unwrap_or_default(),
            "name" => rule.name = value,
            "any" => rule.any = value == "any",
            "place" => match place_of(&value) {
                Some(place) => rule.place = place,
                None => is_odd = true,
            },
            "read" => rule.acts.read = true,
            "star" => rule.acts.star = true,
            "hide" => rule.acts.hide = true,
            "keep" => rule.acts.keep = true,
            "light" => rule.acts.light = true,
            "tag" => rule.acts.tag = value,
            "hook" => rule.acts.hook = value,
            "applies" => applies = true,
            "do" => act = value,
            name => {
                let known = ["what.", "how.", "text."].into_iter();
                for part in known {
                    if let Some(number) = name.strip_prefix(part).and_then(|n| n.parse().ok()) {
                        rows = rows.max(number + 1);
                        parts.push((number, part, value.clone()));
                    }
                }
            }
        }
    }
    let rows = rows.min(MOST_CONDITIONS);
    for n in 0..rows {
        let part = |name: &str| {
            let found = parts
                .iter()
                .find(|(number, part, _)| (*number, *part) == (n, name));
            found.map_or("", |(_, _, value)| value.as_str())
        };
        let (what, how) = (What::of(part("what.")), How::of(part("how.")));
        // What a form leaves out is as usual; what it names has to be known.
        is_odd |= !part("what.").is_empty() && what.is_none();
        is_odd |= !part("how.").is_empty() && how.is_none();
        rule.conditions.push(Condition {
            what: what.unwrap_or(What::Title),
            how: how.unwrap_or(How::Words),
            text: part("text.").to_owned(),
        });
    }
    // The × beside a condition.
    let dropped = act.strip_prefix("drop.").and_then(|n| n.parse().ok());
    if let Some(dropped) = dropped.filter(|n: &usize| *n < rule.conditions.len()) {
        rule.conditions.remove(dropped);
    }
    Typed {
        is_odd,
        rule,
        applies,
        blank: if act == "more" { 1 } else { 0 },
        act,
    }
}

/// The place that a form names; `None` if it is none. A feed or a folder may be gone meanwhile: the rule stays with it.
fn place_of(value: &str) -> Option<Where> {
    if value.is_empty() {
        return Some(Where::Everywhere);
    }
    if let Some(folder) = value.strip_prefix("folder:") {
        let path = words::decode_path(folder);
        return (!path.is_empty()).then_some(Where::Folder(path));
    }
    let feed = value.strip_prefix("feed:")?;
    feed.parse().ok().map(Where::Feed)
}

/// The value of a folder in the form: its names, each encoded, as a name may have a slash in it.
fn folder_value(path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|name| words::segment(name)).collect();
    format!("folder:{}", names.join("/"))
}

/// What is wrong with a rule, in the reader's language.
fn said(error: &BadRule) -> String {
    match error {
        BadRule::NoCondition => t("rules-bad-condition").to_owned(),
        BadRule::NoAct => t("rules-bad-act").to_owned(),
        BadRule::Expression(text, _) => msg("rules-bad-expression").text("text", text).into(),
        BadRule::Days(text) => msg("rules-bad-days").text("text", text).into(),
        BadRule::Media(text) => msg("rules-bad-media").text("text", text).into(),
        BadRule::TextByWords => t("rules-bad-text").to_owned(),
        BadRule::TooLong => t("rules-bad-long").to_owned(),
        BadRule::TooMany => t("rules-bad-many").to_owned(),
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
    let checked = with_tag(rule.clone())?.checked();
    let tried = match (&checked, act.as_str()) {
        (Err(BadRule::NoAct), _) | (Ok(_), _) => {
            let rule = Rule {
                conditions: rule
                    .conditions
                    .iter()
                    .filter(|one| !one.text.trim().is_empty())
                    .cloned()
                    .collect(),
                ..rule.clone()
            };
            let rule = checked.clone().unwrap_or(rule);
            Some(shelf.try_rule(&app.store, &rule, now).await?)
        }
        _ => None,
    };
    let ready = Ready::of(&rule);
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

/// Which words, and for how long.
#[derive(Debug, Deserialize)]
pub(super) struct Mute {
    words: String,
    /// `day`, `week` or `ever`.
    #[serde(rename = "for")]
    span: String,
    #[serde(rename = "return", default)]
    return_to: String,
}

/// Hides articles whose titles have some words: those of the last fifty, and those that arrive.
pub(super) async fn mute(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(id): PathId<ArticleId>,
    Form(mute): Form<Mute>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    shelf.subscription(id.feed).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let bad = |said: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_rule", said, "");
    let minutes = match mute.span.as_str() {
        "day" => DAY_MINUTES,
        "week" => 7 * DAY_MINUTES,
        "ever" => 0,
        _ => return Err(bad(t("mute-bad-span").to_owned())),
    };
    let wanted = Rule {
        name: msg("mute-name").text("words", mute.words.trim()).into(),
        conditions: vec![Condition {
            what: What::Title,
            how: How::Words,
            text: mute.words.clone(),
        }],
        acts: Acts {
            hide: true,
            ..Acts::default()
        },
        until: if minutes > 0 {
            minute_of(now) + minutes
        } else {
            0
        },
        ..blank()
    };
    let wanted = wanted.checked().map_err(|error| bad(said(&error)))?;
    let trial = shelf
        .try_rule_also_on(&app.store, &wanted, Some(id), now)
        .await?;
    let count = trial.met.len() as u64;
    let act = new_act(&app);
    let saved = shelf
        .save_rule(&app.store, now, &act, wanted, Some(trial))
        .await?;
    saved.map_err(|error| bad(said(&error)))?;
    let text = msg("mute-done")
        .text("words", mute.words.trim())
        .number("n", count);
    Ok(flash::redirect(
        &flash::local(&mute.return_to),
        text,
        Some(act),
    ))
}

/// The word of a title that it is most likely muted for: the longest.
pub(super) fn suggested(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let longest = words
        .max_by_key(|word| word.chars().count())
        .unwrap_or_default();
    longest.chars().take(40).collect()
}

fn trial_view(shelf: &Shelf, rule: Option<&Ready<'_>>, trial: &Trial, now: Timestamp) -> TrialView {
    let marked = |title: &str| {
        let marks = rule.map(|rule| rule.marks(title)).unwrap_or_default();
        match marks.is_empty() {
            true => Vec::new(),
            false => super::search::pieces(&snippet::marked(title, &marks)),
        }
    };
    let line = |row: &std::sync::Arc<ArticleRow>| {
        let title = shelf.title(row.id.feed);
        TrialLine {
            href: format!("/article/{}", row.id),
            title: super::list_lines::title_or_untitled(&row.summary.title),
            marked: marked(&row.summary.title),
            letter: words::letter(&title),
            hue: words::hue(row.id.feed),
            icon: icon_href(row.id.feed),
            age: words::age(row.summary.at(), now),
            datetime: rfc3339(row.summary.at()),
        }
    };
    let all = trial.met.len() + trial.others.len();
    TrialView {
        sentence: msg("rules-tried")
            .number("n", trial.met.len())
            .number("all", all.min(TRIED))
            .into(),
        lines: trial.met.iter().map(line).collect(),
        others: trial.others.iter().map(line).collect(),
        leaves: msg("rules-leaves").number("n", trial.others.len()).into(),
    }
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
    let day = minute_of(app.clock.now()).div_euclid(DAY_MINUTES);
    let rules =
        crate::shelf::rulebook::book::exported(book, day, |place| place_text(&shelf, place));
    let file = json!({ "version": 1, "searches": searches, "rules": rules });
    let mut response = Json(file).into_response();
    let name =
        HeaderValue::from_static("attachment; filename=\"dormouse-searches-and-rules.json\"");
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
