//! Webhooks: programs that are told when a feed has news.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, delete, get, post};
use super::{Caller, bad_json};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::timestamp::{Timestamp, from_micros, rfc3339};
use crate::web::actions::hooks;
use crate::web::client_address::ClientAddress;
use crate::web::problem::{HandlerResult, Problem};
use crate::webhooks::{Hook, Waiting, store};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let all = "/api/v1/webhooks";
    vec![
        get(all, list, "The webhooks, and what they haven’t taken").gives::<Webhooks>(),
        post(all, make, "Have a program told of a feed’s news")
            .says(
                "It is sent a POST with JSON inside the request that finds the news, at most five seconds long, and at most 50 articles. \
                 The header `X-Dormouse-Signature` has `sha256=` and the HMAC-SHA256 of the body with the secret, in hexadecimal; the body \
                 has `sent`, the moment, and `delivery`, which is the same for the same news. What isn’t answered with a status from 200 to 299 is sent again by \
                 later ticks, after 5 and 30 minutes, 2, 8 and 24 hours, and then given up; 410 gives it up at once.",
            )
            .takes::<Wanted>()
            .gives_when::<Made>(201, "Its secret is shown this once")
            .fails(404, &["not_found"])
            .fails(422, &["bad_address", "blocked_address", "too_many_webhooks"]),
        delete("/api/v1/webhooks/{id}", remove, "Remove a webhook").gives_nothing(),
    ]
}

/// The webhooks.
#[derive(Debug, Serialize, ToSchema)]
struct Webhooks {
    webhooks: Vec<Shown>,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
struct Shown {
    id: String,
    /// The feed’s id.
    feed: String,
    address: String,
    made: Option<String>,
    /// News that it hasn’t taken yet.
    waiting: Vec<Waits>,
    /// What was given up last; null while everything is taken.
    given_up: Option<GivenUp>,
}

/// News that a webhook hasn’t taken yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookWaiting)]
struct Waits {
    /// How often it was tried.
    tries: u8,
    /// The earliest moment of the next attempt.
    next: String,
    /// What came of the last one, in words.
    why: String,
}

/// News that a webhook was never told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookGivenUp)]
struct GivenUp {
    at: Option<String>,
    /// In words.
    why: String,
}

fn shown(hook: &Hook, waiting: &[Waiting]) -> Shown {
    let moment = |second: i64| Timestamp::from_timestamp(second, 0).map(rfc3339);
    let own = waiting.iter().filter(|one| one.hook == hook.id);
    Shown {
        id: hook.id.clone(),
        feed: hook.feed.to_string(),
        address: hook.body.address.clone(),
        made: moment(hook.body.made),
        waiting: own
            .map(|one| Waits {
                tries: one.tries,
                next: rfc3339(from_micros(one.next * 60_000_000)),
                why: one.why.clone(),
            })
            .collect(),
        given_up: hook.body.lost.as_ref().map(|lost| GivenUp {
            at: moment(lost.at),
            why: lost.why.clone(),
        }),
    }
}

/// Two reads; one if there are none.
async fn list(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let hooks = store::of_user(&app.store, caller.0).await?;
    let waiting = match hooks.is_empty() {
        true => Vec::new(),
        false => store::waiting(&app.store).await?,
    };
    let webhooks = hooks.iter().map(|hook| shown(hook, &waiting)).collect();
    Ok(Json(Webhooks { webhooks }).into_response())
}

/// A webhook to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WantedWebhook)]
struct Wanted {
    /// The feed’s id.
    feed: String,
    /// Where news are sent.
    address: String,
}

/// A webhook that was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeWebhook)]
struct Made {
    webhook: Shown,
    /// What signs.
    secret: String,
}

async fn make(
    State(app): State<AppState>,
    caller: Caller,
    from: ClientAddress,
    body: Result<Json<Wanted>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let feed: FeedId = wanted.feed.parse().map_err(|_| Problem::not_found())?;
    let (hook, secret) = hooks::make(&app, caller.0, feed, &wanted.address, from).await?;
    let webhook = shown(&hook, &[]);
    Ok((StatusCode::CREATED, Json(Made { webhook, secret })).into_response())
}

async fn remove(
    State(app): State<AppState>,
    caller: Caller,
    from: ClientAddress,
    Path(id): Path<String>,
) -> HandlerResult<StatusCode> {
    hooks::remove(&app, caller.0, &id, from).await?;
    Ok(StatusCode::NO_CONTENT)
}
