//! `/websub/{feed}/{token}`: the callbacks of hubs. A request with a wrong token costs no store operation.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::problem::{HandlerResult, Problem};
use super::{Route, route};
use crate::app::{App, AppState};
use crate::client::http::BODY_BYTES;
use crate::ids::FeedId;
use crate::limits::Wait;
use crate::refresh::sweep::is_full;
use crate::usage_log::Fetches;
use crate::websub::receive::{Ingested, Pushed, ingest};
use crate::websub::verify::{HubMessage, verify_intent};
use crate::websub::{Capability, SignatureCheck};

pub(super) fn routes() -> Vec<Route> {
    let both = get(word).post(push).layer(DefaultBodyLimit::disable());
    vec![route("GET, POST", "/websub/{feed}/{token}", both)]
}

fn capability(app: &App, feed: &str, token: &str) -> Option<Capability> {
    let feed: FeedId = feed.parse().ok()?;
    app.callbacks.as_ref()?.check(feed, token)
}

/// The parameters that a hub sends (WebSub, sections 5.2 and 5.3).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.topic")]
    topic: String,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
    #[serde(rename = "hub.lease_seconds")]
    lease_seconds: Option<String>,
    #[serde(rename = "hub.reason")]
    reason: Option<String>,
}

/// Answers with the hub's challenge if we agree, and with 404 if not (5.3.1). Costs as [`verify_intent`]; nothing for a
/// wrong token.
async fn word(
    State(app): State<AppState>,
    Path((feed, token)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let who = capability(&app, &feed, &token).ok_or_else(Problem::not_found)?;
    let seconds = asked
        .lease_seconds
        .and_then(|text| text.trim().parse().ok());
    let word = match (asked.mode.as_str(), &asked.challenge) {
        ("subscribe", Some(_)) => HubMessage::Subscribe {
            lease_seconds: seconds,
        },
        ("unsubscribe", Some(_)) => HubMessage::Unsubscribe,
        ("denied", _) => HubMessage::Denied {
            reason: asked.reason,
        },
        _ => return Err(Problem::not_found()),
    };
    if !verify_intent(&app.store, &app.clock, &who, &asked.topic, &word).await? {
        return Err(Problem::not_found());
    }
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((plain, asked.challenge.unwrap_or_default()).into_response())
}

/// Accepts a pushed document (7), and answers once it is stored. A document that is too large, or whose signature is
/// invalid, gets the same response and is ignored (7.1.2), without a store operation. Costs as [`ingest`].
async fn push(
    State(app): State<AppState>,
    Path((feed, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> HandlerResult<StatusCode> {
    let Some(who) = capability(&app, &feed, &token) else {
        return Err(Problem::not_found());
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(mut check) = text("x-hub-signature").and_then(|signature| who.check(signature)) else {
        tracing::info!(feed.id = %who.feed, "a push without a signature");
        return Ok(StatusCode::ACCEPTED);
    };
    let context = app.refresh_context()?;
    if is_full(&app.store, &app.in_flight, context.store_bytes).await? {
        return Err(full());
    }
    let now = app.clock.now();
    app.push_limit.push(who.feed, now).map_err(too_often)?;
    let turn = tokio::time::timeout(TURN_TIMEOUT, app.pushes.acquire()).await;
    let Ok(Ok(turn)) = turn else {
        return Err(busy());
    };
    let Some(body) = read(body, &mut check).await else {
        return Ok(StatusCode::ACCEPTED);
    };
    if !check.is_good() {
        tracing::info!(feed.id = %who.feed, "a push without a good signature");
        return Ok(StatusCode::ACCEPTED);
    }
    let document = Pushed {
        content_type: text("content-type").map(str::to_owned),
        body,
    };
    let (done, news) = ingest(&context, &who, document).await?;
    match done {
        Ingested::Stored(count) => {
            app.tally.fetched(now, Fetches::pushed());
            app.recent_arrivals.note(now, &[(who.feed, count)]);
        }
        Ingested::Ignored => {}
        Ingested::Gone => return Err(gone()),
    }
    drop(turn);
    if let Some(news) = news {
        // Rare and large, so it is boxed to stay out of every push's future.
        Box::pin(news.tell(&context)).await;
    }
    Ok(StatusCode::ACCEPTED)
}

/// How long a push waits while others are read and stored.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a body, and its signature along with it; `None` if it is too large or doesn't arrive.
async fn read(body: Body, check: &mut SignatureCheck) -> Option<Vec<u8>> {
    let mut parts = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.ok()?;
        if bytes.len() + part.len() > BODY_BYTES {
            return None;
        }
        check.update(&part);
        bytes.extend_from_slice(&part);
    }
    Some(bytes)
}

fn full() -> Problem {
    Problem {
        retry_after: Some(3_600),
        ..Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_full",
            "There is no room for new articles here",
            "Push this one again later.",
        )
    }
}

fn busy() -> Problem {
    Problem {
        retry_after: Some(60),
        ..Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Other pushes are being stored",
            "Push this one again later.",
        )
    }
}

fn too_often(wait: Wait) -> Problem {
    let advice = "This feed’s pushes are counted by the hour. Push the rest in the next hour.";
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_pushes",
            "Too many requests",
            advice,
        )
    }
}

/// Tells the hub that it may end the subscription (7).
fn gone() -> Problem {
    let advice =
        "This feed has no subscribers here any more, or another hub. You can end the subscription.";
    Problem::new(
        StatusCode::GONE,
        "subscription_gone",
        "This subscription has ended",
        advice,
    )
}
