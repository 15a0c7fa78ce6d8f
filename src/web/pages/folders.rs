//! Folders: made, renamed, nested, sorted and dissolved.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::subscription::folder_text;
use crate::web::actions::gardening::{self, folder};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::{all_folders, folder_settings_href};
use crate::web::problem::HandlerResult;
use crate::web::words::{msg, t};

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
    if !gardening::make_folder(&app, &current.user, &path).await? {
        let text = msg("folder-is-there").text("folder", folder_text(&path));
        return Ok(flash::redirect("/feeds", text, None));
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
    let renamed =
        gardening::rename_folder(app, &current.user, shelf, from, &to, current.now).await?;
    let Some(act) = renamed else {
        return Ok(flash::redirect(
            &folder_settings_href(from),
            t("feed-saved"),
            None,
        ));
    };
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
    gardening::order_folders(app, current.user.id, shelf, &siblings).await?;
    Ok(flash::redirect(
        &folder_settings_href(path),
        t("feed-saved"),
        None,
    ))
}
