//! Saved searches: saving, naming, moving and forgetting them.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use crate::app::AppState;
use crate::codec::cut;
use crate::html::visible::visible;
use crate::shelf::rulebook::saved::NAME_BYTES;
use crate::web::actions::searches;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words::{msg, segment, t};

/// The address of a saved search.
pub(in crate::web) fn href(id: u32, query: &str) -> String {
    format!("/search?q={}&saved={id}", segment(query))
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    q: String,
}

/// Saves a search, with the unread hits among its newest.
pub(super) async fn save(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(wanted): Form<Wanted>,
) -> HandlerResult<Response> {
    let query = wanted.q.trim();
    let mut shelf = current.arrives(&app).await?;
    let id = searches::save(&app, &mut shelf, query, None).await?;
    Ok(flash::redirect(&href(id, query), t("search-saved"), None))
}

#[derive(Debug, Deserialize)]
pub(super) struct Deed {
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    name: String,
}

/// Renames a saved search, moves it, or forgets it.
pub(super) async fn change(
    State(app): State<AppState>,
    current: CurrentUser,
    Path(id): Path<u32>,
    Form(deed): Form<Deed>,
) -> HandlerResult<Response> {
    let mut shelf = current.arrives(&app).await?;
    let known = shelf.read.book().search(id).cloned();
    let known = known.ok_or_else(Problem::not_found)?;
    let name = cut(visible(deed.name.trim()).trim(), NAME_BYTES);
    let changed = shelf.change_book(&app.store, app.clock.now(), |book| {
        let Some(place) = book.searches.iter().position(|one| one.id == id) else {
            return;
        };
        match deed.what.as_str() {
            "name" if !name.is_empty() => book.searches[place].name.clone_from(&name),
            "up" if place > 0 => book.searches.swap(place, place - 1),
            "delete" => drop(book.searches.remove(place)),
            _ => {}
        }
    });
    changed.await?;
    Ok(match deed.what.as_str() {
        "delete" => {
            let to = format!("/search?q={}", segment(&known.query));
            flash::redirect(&to, msg("search-forgotten").text("name", known.name), None)
        }
        _ => flash::redirect(&href(id, &known.query), t("search-renamed"), None),
    })
}
