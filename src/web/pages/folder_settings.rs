//! One folder's own habits: its order, and how its unread articles are counted.

use axum::Form;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::choices::wrong;
use super::{frame_of, with_flash};
use crate::app::AppState;
use crate::shelf::{Scope, Shelf};
use crate::users::preferences::{Counts, FolderHabits, MOST_FOLDERS};
use crate::users::{self, ListOrder, User};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::{FOLDER_SETTINGS, folder_href, folder_settings_href};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{FolderSettingsPage, Place};
use crate::web::words::{decode_path, t};

/// The folder of an address; a 404 if the shelf has none such.
fn folder_of(shelf: &Shelf, uri: &OriginalUri) -> HandlerResult<Vec<String>> {
    let raw = uri.0.path().strip_prefix(FOLDER_SETTINGS);
    let path = decode_path(raw.unwrap_or_default());
    match shelf.folders().contains(&path) {
        true => Ok(path),
        false => Err(Problem::not_found()),
    }
}

/// A 422: as many folders as an account takes have settings of their own.
fn full() -> Problem {
    let title = format!("{MOST_FOLDERS} folders have settings of their own already");
    let advice =
        "Nothing was changed. Set another folder back to what holds in all lists, then try again.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "too_many_folders", title, advice)
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    uri: OriginalUri,
) -> HandlerResult<Response> {
    let shelf = current.arrives(&app).await?;
    let path = folder_of(&shelf, &uri)?;
    let name = path.last().cloned().unwrap_or_default();
    let here = Scope::Folder(path.clone());
    let page = FolderSettingsPage {
        frame: frame_of(&current, &shelf, &name, Place::Elsewhere, Some(&here)),
        href: folder_href(&path),
        action: folder_settings_href(&path),
        habits: current.user.profile.preferences.folder(&path),
    };
    Ok(with_flash(Html(page), &headers))
}

/// The submitted form. What is empty is as in all lists.
#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    order: String,
    #[serde(default)]
    counts: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    uri: OriginalUri,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let path = folder_of(&shelf, &uri)?;
    let order = match typed.order.as_str() {
        "" => None,
        "newest" => Some(ListOrder::Newest),
        "oldest" => Some(ListOrder::Oldest),
        other => return Err(wrong("order", other)),
    };
    let chosen = Counts::ALL.iter().find(|one| one.word() == typed.counts);
    if chosen.is_none() && !typed.counts.is_empty() {
        return Err(wrong("counts", &typed.counts));
    }
    let habits = FolderHabits {
        order,
        counts: chosen.copied(),
    };
    let standing = shelf.folders();
    let set = |user: &mut User| {
        let preferences = &mut user.profile.preferences;
        preferences.set_folder(&path, habits, &standing);
    };
    let user = users::store::change(&app.store, current.user.id, set).await?;
    if user.profile.preferences.folder(&path) != habits {
        return Err(full());
    }
    let to = folder_settings_href(&path);
    Ok(flash::redirect(&to, t("feed-saved"), None))
}
