//! The packs of feeds for those who begin.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, get, post};
use super::opml::Imported;
use super::{Caller, quota_of};
use crate::app::AppState;
use crate::web::actions::packs::{PACKS, take};
use crate::web::problem::HandlerResult;
use crate::web::words::t;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get(
            "/api/v1/packs",
            list,
            "The packs of feeds for those who begin",
        )
        .gives::<Packs>(),
        post("/api/v1/packs/{id}", add, "Put a pack’s feeds on the shelf")
            .says("In a folder of their own. They are fetched by the next ticks.")
            .gives::<Imported>()
            .fails(422, &["shelf_full"])
            .fails(503, &["store_full"]),
    ]
}

/// The packs.
#[derive(Debug, Serialize, ToSchema)]
struct Packs {
    packs: Vec<Pack>,
}

/// Feeds that go together.
#[derive(Debug, Serialize, ToSchema)]
struct Pack {
    id: &'static str,
    /// What its folder is called.
    title: &'static str,
    feeds: Vec<PackFeed>,
}

/// A feed of a pack.
#[derive(Debug, Serialize, ToSchema)]
struct PackFeed {
    title: &'static str,
    url: &'static str,
}

/// No read.
async fn list(_: Caller) -> Json<Packs> {
    let packs = PACKS.iter().map(|(id, title, feeds)| Pack {
        id,
        title: t(title),
        feeds: feeds
            .iter()
            .map(|(title, url)| PackFeed { title, url })
            .collect(),
    });
    Json(Packs {
        packs: packs.collect(),
    })
}

async fn add(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> HandlerResult<Response> {
    let report = take(&app, caller.0, quota_of(&app, caller).await?, &id).await?;
    Ok(Json(Imported::of(&report)).into_response())
}
