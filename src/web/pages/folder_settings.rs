//! One folder's own habits: its order, and how its unread articles are counted.

use axum::Form;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;

use super::choices::wrong;
use super::folders::{rename_folder, shift_folder};
use super::{folder_texts, frame_of, with_flash};
use crate::app::AppState;
use crate::shelf::subscription::folder_text;
use crate::shelf::{Scope, Shelf};
use crate::users::ListOrder;
use crate::users::preferences::{Counts, FolderHabits, Preferences};
use crate::web::actions::gardening::set_folder;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::{FOLDER_SETTINGS, all_folders, folder_href, folder_settings_href};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{FolderSettingsPage, Place};
use crate::web::words::{decode_path, t};

/// The folder of an address; a 404 if the shelf has none such.
fn folder_of(shelf: &Shelf, own: &Preferences, uri: &OriginalUri) -> HandlerResult<Vec<String>> {
    let raw = uri.0.path().strip_prefix(FOLDER_SETTINGS);
    let path = decode_path(raw.unwrap_or_default());
    match all_folders(shelf, own).contains(&path) {
        true => Ok(path),
        false => Err(Problem::not_found()),
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    uri: OriginalUri,
) -> HandlerResult<Response> {
    let shelf = current.arrives(&app).await?;
    let path = folder_of(&shelf, &current.user.profile.preferences, &uri)?;
    let name = path.last().cloned().unwrap_or_default();
    let here = Scope::Folder(path.clone());
    let page = FolderSettingsPage {
        frame: frame_of(&current, &shelf, &name, Place::Elsewhere, Some(&here)),
        href: folder_href(&path),
        action: folder_settings_href(&path),
        habits: current.user.profile.preferences.folder(&path),
        path: folder_text(&path),
        folders: folder_texts(&shelf),
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
    /// `rename`, `dissolve`, `up` or `down`; otherwise its habits are set.
    #[serde(default, rename = "do")]
    act: String,
    /// Its new path.
    #[serde(default)]
    name: String,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    current: CurrentUser,
    uri: OriginalUri,
    Form(typed): Form<Typed>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let path = folder_of(&shelf, &current.user.profile.preferences, &uri)?;
    match typed.act.as_str() {
        "rename" if typed.name.trim().is_empty() => return Err(wrong("name", &typed.name)),
        "rename" => return rename_folder(&app, &current, &shelf, &path, &typed.name).await,
        "dissolve" => return rename_folder(&app, &current, &shelf, &path, "").await,
        "up" => return shift_folder(&app, &current, &shelf, &path, -1).await,
        "down" => return shift_folder(&app, &current, &shelf, &path, 1).await,
        _ => {}
    }
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
        ..current.user.profile.preferences.folder(&path)
    };
    set_folder(&app, current.user.id, &shelf, &path, habits).await?;
    let to = folder_settings_href(&path);
    Ok(flash::redirect(&to, t("feed-saved"), None))
}
