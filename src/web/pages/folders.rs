//! Folders: made, renamed, nested, sorted and dissolved.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::gardening;
use crate::shelf::subscription::{DEEPEST, folder_text, is_cut, typed_folder};
use crate::users::preferences::{FolderHabits, MOST_FOLDERS};
use crate::users::{self, User};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::{all_folders, folder_settings_href};
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::{msg, t};

/// What begins an act on many subscriptions.
pub(super) const PREFIX: &str = "garden.";
pub(super) fn nothing(title: &str, advice: &str) -> Problem {
    Problem::bad_request("bad_choice", title, advice)
}

/// The folder that was typed.
///
/// # Errors
/// 400 if it would be cut.
pub(super) fn folder(typed: &str) -> HandlerResult<Vec<String>> {
    if is_cut(typed) {
        return Err(nothing(
            "A folder’s name has room for 100 bytes, and eight fit into one another",
            "Nothing was changed. Choose a shorter name.",
        ));
    }
    Ok(typed_folder(typed))
}

/// A 422: as many folders as an account takes have settings of their own.
pub(super) fn full() -> Problem {
    let title = format!("{MOST_FOLDERS} folders have settings of their own already");
    let advice =
        "Nothing was changed. Set another folder back to what holds in all lists, then try again.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Problem::new(status, "too_many_folders", title, advice)
}

/// A folder to make.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

/// Makes an empty folder.
pub(super) async fn make_folder(
    State(app): State<AppState>,
    current: CurrentUser,
    axum::Form(named): axum::Form<Named>,
) -> HandlerResult<Response> {
    let path = folder(&named.name)?;
    if path.is_empty() {
        return Err(nothing("No folder was named", "Type the folder’s name."));
    }
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let own = &current.user.profile.preferences;
    if all_folders(&shelf, own).contains(&path) {
        let text = msg("folder-is-there").text("folder", folder_text(&path));
        return Ok(flash::redirect("/feeds", text, None));
    }
    let standing = shelf.folders();
    let set = |user: &mut User| {
        let preferences = &mut user.profile.preferences;
        let habits = FolderHabits {
            stands: true,
            ..preferences.folder(&path)
        };
        preferences.set_folder(&path, habits, &standing);
    };
    let user = users::store::change(&app.store, current.user.id, set).await?;
    if !user.profile.preferences.folder(&path).stands {
        return Err(full());
    }
    let text = msg("folder-made").text("folder", folder_text(&path));
    Ok(flash::redirect("/feeds", text, None))
}

/// Renames a folder, or nests it in another; the empty name dissolves it.
pub(super) async fn rename_folder(
    app: &AppState,
    current: &CurrentUser,
    shelf: &Shelf,
    from: &[String],
    to: &str,
) -> HandlerResult<Response> {
    let to = folder(to)?;
    if to == from {
        return Ok(flash::redirect(
            &folder_settings_href(from),
            t("feed-saved"),
            None,
        ));
    }
    if to.starts_with(from) {
        let advice = "Nothing was changed. Choose a place outside of it.";
        return Err(nothing("A folder can’t stand in itself", advice));
    }
    let all = all_folders(shelf, &current.user.profile.preferences);
    let inside = all.iter().filter(|path| path.starts_with(from));
    let deepest = inside.map(Vec::len).max();
    let deepest = deepest.unwrap_or(from.len()).saturating_sub(from.len()) + to.len();
    if deepest > DEEPEST {
        let advice = "Nothing was changed. Choose a place nearer to the top.";
        return Err(nothing(
            "Eight folders fit into one another, and no more",
            advice,
        ));
    }
    let act = format!("{PREFIX}{}", app.random.hex::<8>());
    let (user, now) = (current.user.id, current.now);
    gardening::rename_folder(&app.store, user, &act, from, &to, now).await?;
    let (text, place) = match to.as_slice() {
        [] => (
            msg("folder-dissolved").text("folder", folder_text(from)),
            "/feeds".to_owned(),
        ),
        to => (
            msg("folder-renamed").text("folder", folder_text(to)),
            folder_settings_href(to),
        ),
    };
    Ok(flash::redirect(&place, text, Some(act)))
}

/// Moves a folder up or down among its siblings.
pub(super) async fn shift_folder(
    app: &AppState,
    current: &CurrentUser,
    shelf: &Shelf,
    path: &[String],
    by: isize,
) -> HandlerResult<Response> {
    let parent = &path[..path.len().saturating_sub(1)];
    let all = all_folders(shelf, &current.user.profile.preferences);
    let mut siblings: Vec<Vec<String>> = all
        .into_iter()
        .filter(|one| one.len() == path.len() && one.starts_with(parent))
        .collect();
    let at = siblings.iter().position(|one| one == path);
    let to = at.and_then(|at| at.checked_add_signed(by));
    if let (Some(at), Some(to)) = (at, to.filter(|&to| to < siblings.len())) {
        siblings.swap(at, to);
    }
    let standing = shelf.folders();
    let set = |user: &mut User| {
        let preferences = &mut user.profile.preferences;
        for (place, sibling) in (0_u32..).zip(&siblings) {
            let habits = FolderHabits {
                place: Some(place),
                ..preferences.folder(sibling)
            };
            preferences.set_folder(sibling, habits, &standing);
        }
    };
    if siblings.len() > MOST_FOLDERS {
        return Err(full());
    }
    users::store::change(&app.store, current.user.id, set).await?;
    Ok(flash::redirect(
        &folder_settings_href(path),
        t("feed-saved"),
        None,
    ))
}
