//! `stream/items/ids` and `stream/items/count`: which articles there are. By arithmetic: no read if the shelf is cached.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::caller::Call;
use super::question::{self, continuation, wants_json};
use super::{json, names, plain};
use crate::app::AppState;
use crate::web::problem::HandlerResult;

/// Most ids in one answer. More than a shelf of 250 feeds has: some clients take one page for everything.
const MOST: usize = 50_000;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    /// Decimal digits as a string; alone unless more is asked for, since one client reads nothing else.
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    direct_stream_ids: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_usec: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Ids {
    item_refs: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation: Option<String>,
}

pub(super) async fn list(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    wants_json(&params)?;
    let library = caller.library(&app).await?;
    let streams: Vec<&str> = params.all("s").collect();
    let question = question::of(&params, &library, &streams, MOST)?;
    let choice = library.choose(&question);
    let is_more = matches!(params.one("includeAllDirectStreamIds"), Some("1" | "true"));
    let references = choice.picks.iter().map(|pick| Reference {
        id: names::number(pick.id).to_string(),
        direct_stream_ids: is_more.then(|| vec![names::feed(pick.id.feed)]),
        timestamp_usec: is_more.then(|| pick.arrival.to_string()),
    });
    let last = choice.picks.last().filter(|_| choice.more);
    json(&Ids {
        item_refs: references.collect(),
        continuation: last.map(continuation),
    })
}

/// How many there are, as a text.
pub(super) async fn count(
    State(app): State<AppState>,
    Call { caller, params }: Call,
) -> HandlerResult<Response> {
    let library = caller.library(&app).await?;
    let streams: Vec<&str> = params.all("s").collect();
    let question = question::of(&params, &library, &streams, MOST)?;
    let all = crate::shelf::streams::Question {
        limit: MOST,
        ..question
    };
    Ok(plain(library.choose(&all).picks.len().to_string()))
}
