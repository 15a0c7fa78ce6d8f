//! A reader asks for a feed to be refreshed now.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use crate::app::{App, AppState};
use crate::feeds::Rung;
use crate::ids::FeedId;
use crate::shelf::{Scope, Shelf};
use crate::web::actions::refresh::refresh_feed;
use crate::web::flash;
use crate::web::frame::feed_href;
use crate::web::path_id::PathId;
use crate::web::problem::Answer;
use crate::web::reader::Reader;
use crate::web::view::Asking;
use crate::web::words::polling::{asking, said};

/// Refreshes the feed now, or says why not.
pub(super) async fn refresh(
    State(app): State<AppState>,
    reader: Reader,
    PathId(feed): PathId<FeedId>,
    Form(back): Form<Back>,
) -> Answer<Response> {
    let to = match back.return_to.as_str() {
        "" => feed_href(feed),
        other => flash::local(other),
    };
    let is_admin = reader.user.profile.admin;
    let text = match refresh_feed(&app, reader.user.id, is_admin, feed).await {
        Ok(asked) => said(&asked, app.clock.now()),
        Err(problem) if problem.status == StatusCode::TOO_MANY_REQUESTS => {
            format!("{}. {}", problem.title, problem.advice)
        }
        Err(problem) => return Err(problem),
    };
    Ok(flash::redirect(&to, text, None))
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub(super) struct Back {
    #[serde(default, rename = "return")]
    return_to: String,
}

/// The same for a list's page, where the list is one feed's.
pub(super) fn of_list(app: &App, shelf: &Shelf, scope: &Scope) -> Option<Asking> {
    let Scope::Feed(feed) = scope else {
        return None;
    };
    let card = shelf.card(*feed).filter(|card| card.rung != Rung::Off)?;
    Some(Asking {
        href: format!("{}/refresh", feed_href(*feed)),
        text: asking(*feed, card, &app.courtesy.sweeps(), app.clock.now()),
    })
}
