//! What a feed posted, and when it is checked.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, get};
use super::{Caller, arrives};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::timestamp::{from_micros, rfc3339};
use crate::web::actions::plan::{DAYS, Plan};
use crate::web::path_id::PathId;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::words;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get(
            "/api/v1/subscriptions/{feed}/plan",
            show,
            "What a feed posted, and when it is checked",
        )
        .says(
            "The checks are those that this instance remembers; those before follow from the plan.",
        )
        .gives::<Shown>(),
    ]
}

/// The last 90 days of a feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeedPlan)]
struct Shown {
    /// When it was checked last; null if never.
    checked: Option<String>,
    /// In how many days it is checked next; null if it isn’t checked.
    next_in_days: Option<i64>,
    /// The typical minutes between two posts; null if unknown.
    every_minutes: Option<i64>,
    /// Days on which it posted or was checked, the oldest first.
    days: Vec<PlanDay>,
}

/// A day of a feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeedPlanDay)]
struct PlanDay {
    day: String,
    posts: u32,
    checks: u32,
}

/// Nothing is read for it but the shelf.
async fn show(
    State(app): State<AppState>,
    caller: Caller,
    PathId(feed): PathId<FeedId>,
) -> HandlerResult<Response> {
    let shelf = arrives(&app, caller).await?;
    let one = shelf.subscription(feed).ok_or_else(Problem::not_found)?;
    let summary = shelf.summary(feed).ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let plan = Plan::of(one, summary, app.in_flight.sweeps().of(&summary.url), now);
    let today = words::local(now).date_naive();
    let days = (0..DAYS).filter(|&place| plan.posts[place] + plan.checks[place] > 0);
    let day = |place: usize| {
        let back = i64::try_from(DAYS - 1 - place).unwrap_or_default();
        PlanDay {
            day: (today - TimeDelta::days(back)).to_string(),
            posts: plan.posts[place],
            checks: plan.checks[place],
        }
    };
    let asked = Some(summary.asked).filter(|asked| *asked > 0);
    let shown = Shown {
        checked: asked.map(|minute| rfc3339(from_micros(minute * 60_000_000))),
        next_in_days: plan.next,
        every_minutes: Some(summary.gap).filter(|gap| *gap > 0),
        days: days.map(day).collect(),
    };
    Ok(Json(shown).into_response())
}
