//! `/websub/{feed}/{token}`: where hubs find us. Whoever doesn't know the address costs no store operation.

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::problem::{Answer, Problem};
use super::{Route, route};
use crate::app::{App, AppState};
use crate::client::http::BODY_BYTES;
use crate::ids::FeedId;
use crate::limits::Wait;
use crate::websub::Capability;
use crate::websub::receive::{Taken, take};
use crate::websub::verify::{Word, agree};

pub(super) fn routes() -> Vec<Route> {
    let both = get(word).post(push).layer(DefaultBodyLimit::disable());
    vec![route("GET, POST", "/websub/{feed}/{token}", both)]
}

fn capability(app: &App, feed: &str, token: &str) -> Option<Capability> {
    let feed: FeedId = feed.parse().ok()?;
    app.callbacks.as_ref()?.check(feed, token)
}

/// What a hub asks (WebSub, sections 5.2 and 5.3).
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

/// Answers with the hub's challenge if we agree, and with 404 if not (5.3.1). Costs as
/// [`agree`], and nothing for a stranger.
async fn word(
    State(app): State<AppState>,
    Path((feed, token)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let who = capability(&app, &feed, &token).ok_or_else(Problem::not_found)?;
    let seconds = asked
        .lease_seconds
        .and_then(|text| text.trim().parse().ok());
    let word = match (asked.mode.as_str(), &asked.challenge) {
        ("subscribe", Some(_)) => Word::Subscribe {
            lease_seconds: seconds,
        },
        ("unsubscribe", Some(_)) => Word::Unsubscribe,
        ("denied", _) => Word::Denied {
            reason: asked.reason,
        },
        _ => return Err(Problem::not_found()),
    };
    if !agree(&app.store, &app.clock, &who, &asked.topic, &word).await? {
        return Err(Problem::not_found());
    }
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((plain, asked.challenge.unwrap_or_default()).into_response())
}

/// Takes a pushed document (7). Answered when it is stored; what is too long, or bears no good signature, is answered alike and
/// ignored (7.1.2), without a store operation. Costs as [`take`].
async fn push(
    State(app): State<AppState>,
    Path((feed, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let Some(who) = capability(&app, &feed, &token) else {
        return Err(Problem::not_found());
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Ok(body) = to_bytes(body, BODY_BYTES).await else {
        return Ok(StatusCode::ACCEPTED);
    };
    let signature = text("x-hub-signature").unwrap_or_default();
    if !who.signed(signature, &body) {
        tracing::info!(feed.id = %who.feed, "a push without a good signature");
        return Ok(StatusCode::ACCEPTED);
    }
    let now = app.clock.now();
    app.push_limit.push(who.feed, now).map_err(too_often)?;
    let content_type = text("content-type").map(str::to_owned);
    let document = (content_type, body.into());
    match take(&app.store, &app.clock, &who, document).await? {
        Taken::Stored(count) => app.news.note(app.clock.now(), &[(who.feed, count)]),
        Taken::Ignored => {}
        Taken::Gone => return Err(gone()),
    }
    Ok(StatusCode::ACCEPTED)
}

fn too_often(wait: Wait) -> Problem {
    let advice = "This feed’s pushes are counted by the hour. Push the rest when the hour is over.";
    Problem {
        retry_after: Some(wait.seconds),
        ..Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_pushes",
            "That is too often",
            advice,
        )
    }
}

/// The hub may end the subscription (7).
fn gone() -> Problem {
    let advice = "Nobody reads this feed here any more, or it has another hub. You can end the subscription.";
    Problem::new(
        StatusCode::GONE,
        "subscription_gone",
        "This subscription has ended",
        advice,
    )
}
