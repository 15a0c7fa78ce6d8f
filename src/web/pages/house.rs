//! The list of the house, as readers see it: what it has, following it, and what they are told of it.

use axum::extract::{Path, RawForm, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;

use super::{plain_frame, with_flash};
use crate::app::{App, AppState};
use crate::shelf::Shelf;
use crate::shelf::house::{Listed, follow, store};
use crate::shelf::subscription::folder_text;
use crate::users::following::{Following, Note};
use crate::web::actions::house;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{HouseOffer, HousePage, HouseRow, Place};
use crate::web::words::{msg, t};

/// One read for the list, if it isn't cached, besides those of the frame.
pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let house = store::cached(&app.store).await?;
    let title = msg("house-reader-title").text("name", house::name(&house));
    let title = title.to_string();
    let (frame, shelf) = plain_frame(&app, &current, &title, Place::Settings).await?;
    let following = current.user.profile.house.as_ref();
    let unfit = following.map_or(0, |following| following.unfit);
    let rows = house.feeds.iter().map(|one| row(&shelf, following, one));
    let page = HousePage {
        frame,
        name: house::name(&house).to_owned(),
        title,
        feeds: rows.collect(),
        follows: following.map(|following| folder_text(&following.folder)),
        unfit: (unfit > 0).then(|| msg("house-unfit").number("n", unfit).into()),
    };
    Ok(with_flash(Html(page), &headers))
}

fn row(shelf: &Shelf, following: Option<&Following>, one: &Listed) -> HouseRow {
    let name = one.name();
    let given = following.and_then(|following| {
        let mut given = following.given.iter();
        given.find(|(feed, known)| **known == name && shelf.subscription(**feed).is_some())
    });
    let is_declined = following.is_some_and(|following| following.declined.contains(&name));
    let state = match (given, is_declined) {
        (Some(_), _) => t("house-on-shelf"),
        (None, true) => t("house-declined"),
        (None, false) => "",
    };
    HouseRow {
        title: one.title().to_owned(),
        address: one.address.clone(),
        about: joined(&[&folder_text(&one.folder), state]),
    }
}

/// The parts that there are.
pub(super) fn joined(parts: &[&str]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.copied().collect::<Vec<&str>>().join(" · ")
}

/// What those are offered whose shelf is empty; `None` if the list is. One read for the list, if it isn't cached.
pub(super) async fn offer(app: &App) -> HandlerResult<Option<HouseOffer>> {
    let house = store::cached(&app.store).await?;
    if house.feeds.is_empty() {
        return Ok(None);
    }
    let feeds = house.feeds.iter().map(|one| HouseRow {
        title: one.title().to_owned(),
        address: one.address.clone(),
        about: String::new(),
    });
    Ok(Some(HouseOffer {
        name: house::name(&house).to_owned(),
        count: house.feeds.len(),
        feeds: feeds.collect(),
    }))
}

/// What somebody is told who follows, in a sentence.
pub(super) fn told(folder: &[String], note: &Note) -> String {
    let name = folder_text(folder);
    let of = |key: &'static str, n: u32| {
        let said = msg(key).number("n", n).text("name", name.clone());
        said.to_string()
    };
    let mut parts = Vec::new();
    if note.added > 0 {
        parts.push(of("house-note-added", note.added));
    }
    match (note.removed, note.added) {
        (0, _) => {}
        (removed, 0) => parts.push(of("house-note-removed-only", removed)),
        (removed, _) => parts.push(of("house-note-removed", removed)),
    }
    let mut said = parts.join(", ");
    if !note.titles.is_empty() {
        said = format!("{said}: {}", note.titles.join(", "));
        if (note.added + note.removed) as usize > note.titles.len() {
            said = format!("{said} {}", t("house-note-more"));
        }
    }
    let said = Some(said).filter(|said| !said.is_empty());
    let said = said.map(|said| format!("{said}."));
    let unfit = (note.unfit > 0).then(|| of("house-note-unfit", note.unfit));
    let both: Vec<String> = said.into_iter().chain(unfit).collect();
    both.join(" ")
}

/// What a reader does, by its name in the address.
pub(super) async fn act(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(act): Path<String>,
    RawForm(form): RawForm,
) -> HandlerResult<Response> {
    let user = &current.user;
    let started = |n: usize| {
        let text = msg("house-started").number("n", n);
        flash::redirect("/import/last", text, None)
    };
    match act.as_str() {
        "follow" => Ok(started(Box::pin(house::follow(&app, user)).await?)),
        "copy" => Ok(started(Box::pin(house::copy(&app, user)).await?)),
        "again" => {
            let added = Box::pin(house::again(&app, user)).await?;
            let text = msg("house-again-done").number("n", added);
            Ok(flash::redirect("/house", text, None))
        }
        "leave" => {
            let mut fields = url::form_urlencoded::parse(&form);
            let removes = fields.any(|(name, value)| name == "feeds" && value == "remove");
            let done = Box::pin(house::leave(&app, user, removes)).await?;
            let text: String = match removes {
                true => msg("house-left-removed").number("n", done.count).into(),
                false => t("house-left-kept").to_owned(),
            };
            Ok(flash::redirect("/house", text, done.act))
        }
        "seen" => {
            follow::seen(&app.store, user.id).await?;
            let mut fields = url::form_urlencoded::parse(&form);
            let back = fields.find(|(name, _)| name == "return");
            let back = back.map_or_else(String::new, |(_, to)| flash::local(&to));
            Ok(axum::response::Redirect::to(&back).into_response())
        }
        _ => Err(Problem::not_found()),
    }
}
