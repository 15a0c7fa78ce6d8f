//! Refreshing a feed on demand.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use crate::app::{App, AppState};
use crate::feeds::PollTier;
use crate::ids::FeedId;
use crate::refresh::on_demand::declined_until;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::minute_of;
use crate::web::actions::refresh::refresh_feed;
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::feed_href;
use crate::web::path_id::PathId;
use crate::web::problem::HandlerResult;
use crate::web::view::PollingLine;
use crate::web::words::polling::{check_times, describe_result};
use crate::web::words::{self, msg, told};

/// Refreshes the feed now, or tells why it can't be.
pub(super) async fn refresh(
    State(app): State<AppState>,
    current: CurrentUser,
    PathId(feed): PathId<FeedId>,
    Form(back): Form<Back>,
) -> HandlerResult<Response> {
    let to = match back.return_to.as_str() {
        "" => feed_href(feed),
        other => flash::local(other),
    };
    let quota = app.quota_of(&current.user);
    let text = match refresh_feed(&app, current.user.id, quota, feed).await {
        Ok(asked) => describe_result(&asked, app.clock.now()),
        Err(problem) if problem.status == StatusCode::TOO_MANY_REQUESTS => {
            let both = format!("{}. {}", problem.title, problem.advice);
            told(&both).into_owned()
        }
        Err(problem) => return Err(problem),
    };
    Ok(flash::redirect(&to, text, None))
}

/// The page to return to; the feed's if empty.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default, rename = "return")]
    return_to: String,
}

/// The polling line on a list's page; `None` unless the list is that of one feed which is polled.
pub(super) fn of_list(app: &App, shelf: &Shelf, scope: &Scope) -> Option<PollingLine> {
    let Scope::Feed(feed) = scope else {
        return None;
    };
    let summary = shelf
        .summary(*feed)
        .filter(|summary| summary.tier != PollTier::Off)?;
    let (known, now) = (app.in_flight.known(), app.clock.now());
    let text = check_times(*feed, summary, &known, now);
    let until = declined_until(*feed, summary, &known, minute_of(now));
    let text = match until {
        None => text,
        Some(until) => {
            let wait = words::about((until - minute_of(now)).max(1));
            format!("{text} {}", msg("refreshed-again").text("wait", wait))
        }
    };
    Some(PollingLine {
        href: format!("{}/refresh", feed_href(*feed)),
        text,
        may_refresh: until.is_none(),
    })
}
