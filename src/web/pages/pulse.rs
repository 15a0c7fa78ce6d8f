//! The pulse of an open page: it asks for new articles once a minute, and so drives the sweeps.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::app::AppState;
use crate::ids::{ArticleId, FeedId};
use crate::refresh::sweep::{Budget, tick};
use crate::shelf::Shelf;
use crate::timestamp::{from_micros, minute_of};
use crate::web::actions::marks::Counts;
use crate::web::current_user::CurrentUser;
use crate::web::problem::HandlerResult;
use crate::web::sending::rule_hooks::By;

/// How long one pulse works: the page is waiting, and may disconnect at any moment.
const PULSE_TIME: Duration = Duration::from_secs(10);

/// What the page knows already.
#[derive(Debug, Deserialize)]
pub(super) struct PulseQuery {
    /// The `at` of the last response, or of the page itself: microseconds since 1970, by the server's clock.
    since: Option<i64>,
}

/// Works on the sweep for a moment, if anything is due. Returns what has arrived for the user since `since`, whichever
/// request fetched it, and whether to poll again at once. No read if nothing is due and nothing has arrived.
pub(super) async fn pulse(
    State(app): State<AppState>,
    current: CurrentUser,
    Query(known): Query<PulseQuery>,
    body: Bytes,
) -> HandlerResult<Response> {
    let shown: Shown = serde_json::from_slice(&body).unwrap_or_default();
    // Without `since`, a page gets what its own call fetches.
    let since = known
        .since
        .unwrap_or_else(|| app.clock.now().timestamp_micros() - 1);
    let since = from_micros(since);
    let more = work(&app).await?;
    let at = app.clock.now().timestamp_micros();
    let arrivals = app.recent_arrivals.since(since);
    let mut state = Shelf::known_state(&app.store, current.user.id);
    if state.is_none() && shown.is_front {
        // Somebody is looking, as at a page: what isn't cached is read.
        state = Some(Shelf::load(&app.store, current.user.id).await?.state());
    }
    let state = state.map(|state| state.to_string());
    let has_changed = shown.state.is_some() && state.is_some() && state != shown.state;
    if arrivals.is_empty() && !has_changed {
        return Ok(Json(json!({ "new": 0, "more": more, "at": at })).into_response());
    }
    // Rules meet what has arrived, so that its counts are right.
    let shelf = current.arrives_by(&app, By::Sync).await?;
    let mut mine = arrivals;
    mine.retain(|(feed, _)| shelf.subscription(*feed).is_some());
    let new: usize = mine.iter().map(|(_, articles)| articles).sum();
    let counts = match has_changed {
        true => Counts::for_page(&shelf, &shown.feeds()),
        false => Counts::for_page(&shelf, &mine.iter().map(|(feed, _)| *feed).collect()),
    };
    let counts = serde_json::to_value(counts).unwrap_or_default();
    let read = shown.ids().filter(|id| shelf.is_read(*id));
    let read: Vec<String> = read.map(|id| id.to_string()).collect();
    let answer = json!({
        "new": new, "more": more, "at": at, "unread": counts["unread"], "read": read, "state": shelf.state().to_string(),
    });
    Ok(Json(answer).into_response())
}

/// What the page shows, so that it can be told what has changed elsewhere.
#[derive(Debug, Default, Deserialize)]
struct Shown {
    /// What it knows the shelf by.
    state: Option<String>,
    /// Whether it has just come to the front.
    #[serde(default, rename = "front")]
    is_front: bool,
    /// The ids of its articles.
    #[serde(default)]
    ids: Vec<String>,
}

/// Most articles that a page asks about.
const SHOWN: usize = 200;

impl Shown {
    fn ids(&self) -> impl Iterator<Item = ArticleId> {
        self.ids.iter().take(SHOWN).filter_map(|id| id.parse().ok())
    }

    fn feeds(&self) -> BTreeSet<FeedId> {
        self.ids().map(|id| id.feed).collect()
    }
}

/// Runs one tick, unless nothing is due or another pulse of this instance is working. Returns whether there is more to
/// do at once.
async fn work(app: &AppState) -> HandlerResult<bool> {
    let Some(_ticket) = app.gate.open(minute_of(app.clock.now())) else {
        return Ok(false);
    };
    let report = tick(&app.refresh_context()?, Budget { time: PULSE_TIME }).await?;
    app.recent_arrivals.note(app.clock.now(), &report.arrivals);
    app.gate.close_until(report.quiet_until);
    Ok(report.declined_until.is_none() && !report.finished)
}
