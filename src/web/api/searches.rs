//! Saved searches.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete, get, patch, post};
use super::{Caller, arrives, bad_json};
use crate::app::AppState;
use crate::codec::cut;
use crate::html::visible::visible;
use crate::shelf::Shelf;
use crate::shelf::rulebook::Saved;
use crate::shelf::rulebook::saved::NAME_BYTES;
use crate::web::actions::searches;
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let (all, one) = ("/api/v1/searches", "/api/v1/searches/{id}");
    vec![
        get(all, list, "The saved searches, in their order").gives::<Searches>(),
        post(all, save, "Save a search")
            .says("A query that is saved already stays as it is.")
            .takes::<Wanted>()
            .gives_when::<Shown>(200, "It was there")
            .gives_when::<Shown>(201, "It is saved")
            .fails(422, &["bad_search"]),
        patch(one, change, "Change a saved search, or move it")
            .says("What is absent stays as it is. Of another query the unread articles are counted anew; without a name of its own it is called as it asks.")
            .takes::<Changes>()
            .gives::<Searches>()
            .fails(422, &["bad_search"]),
        delete(one, forget, "Forget a saved search").gives_nothing(),
    ]
}

/// The saved searches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedSearches)]
struct Searches {
    searches: Vec<Shown>,
}

/// A saved search.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SavedSearch)]
struct Shown {
    id: u32,
    name: String,
    query: String,
    /// How many articles that it finds are unread, as far as they are known.
    unread: u32,
    /// Whether there may be more, in texts that nobody has looked at.
    more: bool,
}

fn shown(shelf: &Shelf, one: &Saved) -> Shown {
    Shown {
        id: one.id,
        name: one.name.clone(),
        query: one.query.clone(),
        unread: shelf.saved_count(one),
        more: one.has_dot,
    }
}

fn all(shelf: &Shelf) -> Response {
    let searches = shelf.read.book().searches.iter();
    let searches = searches.map(|one| shown(shelf, one)).collect();
    Json(Searches { searches }).into_response()
}

async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    Ok(all(&arrives(&app, caller).await?))
}

/// A search to save.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedSearch)]
struct Wanted {
    /// As people type it.
    query: String,
    /// What it is called; as it asks if absent.
    name: Option<String>,
}

async fn save(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let mut shelf = arrives(&app, caller).await?;
    let query = wanted.query.trim();
    let known = |shelf: &Shelf| shelf.read.book().searches.len();
    let before = known(&shelf);
    let name = wanted.name.as_deref();
    let name = name.filter(|name| !name.trim().is_empty());
    let id = searches::save(&app, &mut shelf, query, name).await?;
    let saved = shelf.read.book().search(id);
    let saved = saved.ok_or_else(Problem::not_found)?;
    let status = match known(&shelf) > before {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    Ok((status, Json(shown(&shelf, saved))).into_response())
}

/// The changes; absent fields keep their values.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = SearchChanges)]
struct Changes {
    name: Option<String>,
    /// What it asks for, as people type it.
    query: Option<String>,
    /// Its place among them, from 0.
    position: Option<usize>,
}

async fn change(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Changes>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(changes) = body.map_err(bad_json)?;
    let mut shelf = arrives(&app, caller).await?;
    let id = known(&shelf, &id)?;
    let name = changes
        .name
        .map(|name| cut(visible(name.trim()).trim(), NAME_BYTES));
    if name.as_ref().is_some_and(String::is_empty) {
        let advice = "Nothing was changed. Send at least one letter, or leave the name out.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let title = "A name can’t be empty";
        return Err(Problem::new(status, "bad_search", title, advice));
    }
    if let Some(query) = &changes.query {
        searches::ask(&app, &mut shelf, id, query.trim()).await?;
    }
    let changed = shelf.change_book(&app.store, app.clock.now(), |book| {
        let Some(place) = book.searches.iter().position(|one| one.id == id) else {
            return;
        };
        if let Some(name) = &name {
            book.searches[place].name.clone_from(name);
        }
        if let Some(to) = changes.position {
            let one = book.searches.remove(place);
            book.searches.insert(to.min(book.searches.len()), one);
        }
    });
    changed.await?;
    Ok(all(&shelf))
}

/// The number of a saved search.
fn known(shelf: &Shelf, id: &str) -> HandlerResult<u32> {
    let id: Option<u32> = id.parse().ok();
    let id = id.filter(|id| shelf.read.book().search(*id).is_some());
    id.ok_or_else(Problem::not_found)
}

async fn forget(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> HandlerResult<StatusCode> {
    let mut shelf = arrives(&app, caller).await?;
    let id = known(&shelf, &id)?;
    let changed = shelf.change_book(&app.store, app.clock.now(), |book| {
        book.searches.retain(|one| one.id != id);
    });
    changed.await?;
    Ok(StatusCode::NO_CONTENT)
}
