//! What a month took for the owner.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, get};
use super::{Caller, arrives};
use crate::app::AppState;
use crate::web::actions::footprint::{Footprint, Share};
use crate::web::problem::HandlerResult;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get(
            "/api/v1/footprint",
            show,
            "What this month took for the owner",
        )
        .says("From what is counted anyway: nothing is counted for it.")
        .gives::<Shown>(),
    ]
}

/// A month. Its days are those of UTC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Footprint)]
struct Shown {
    /// How often the service woke.
    woke: u64,
    /// How many requests were sent to publishers.
    sent: u64,
    /// How many of them were answered with nothing but that nothing changed.
    unchanged: u64,
    /// How many more there would have been if each reader fetched by themselves.
    shared: u64,
    /// How often a hub sent what was new.
    pushed: u64,
    /// What that is at Google’s list prices, to a hundredth of a cent.
    dollars: f64,
    /// The day of those prices.
    priced: String,
    /// Which part of everything here is the owner’s: 1 if nobody else is here; null until a day is over.
    share: Option<f64>,
    /// Whether what the owner’s own requests cost is in it; only the most expensive readers’ are counted.
    own_counted: bool,
}

/// Two reads besides the shelf's; none where the records were read in the last ten minutes.
async fn show(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = arrives(&app, caller).await?;
    let found = Footprint::of(&app, &shelf, caller.0, app.clock.now()).await?;
    let Footprint { month, share, .. } = found;
    let shown = Shown {
        woke: month.woke,
        sent: month.fetches.sent,
        unchanged: month.fetches.unchanged,
        shared: month.fetches.shared,
        pushed: month.fetches.pushed,
        dollars: (found.dollars * 10_000.0).round() / 10_000.0,
        priced: found.priced,
        share: match share {
            Share::All => Some(1.0),
            Share::About(share) => Some(share),
            Share::Later => None,
        },
        own_counted: month.is_own_known,
    };
    Ok(Json(shown).into_response())
}
