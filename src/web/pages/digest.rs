//! The weekly digest: its page, and its book. As a feed it is in `private_feed`.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Shelf;
use crate::shelf::history::view::Journal;
use crate::web::actions::books::as_book;
use crate::web::actions::digest;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{Choice, DigestPage, JournalTab, Place};
use crate::web::words::{day_name, t};

/// Which week: its Monday; the last one that is over without one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    week: Option<String>,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(which): Query<Which>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("digest-title"), Place::Journal).await?;
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let monday = digest::monday(which.week.as_deref(), &journal)?;
    let digest = digest::of(&app, &shelf, &journal, monday).await?;
    let weeks = digest::weeks(&journal).into_iter();
    let page = DigestPage {
        tab: JournalTab::Digest,
        span: digest::span(&digest, journal.today),
        week: monday.to_string(),
        weeks: weeks
            .map(|day| Choice {
                label: day_name(day, journal.today),
                href: format!("/digest?week={day}"),
                current: day == monday,
                count: 0,
            })
            .collect(),
        html: digest::html(&digest)?,
        is_empty: digest.is_empty(),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

pub(super) async fn book(
    State(app): State<AppState>,
    current: CurrentUser,
    Query(which): Query<Which>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let monday = digest::monday(which.week.as_deref(), &journal)?;
    let digest = digest::of(&app, &shelf, &journal, monday).await?;
    let book = digest::book(&current.user, &digest)?;
    Ok(as_book(&book, &format!("dormouse-week-{monday}"), current.now)?.into_response())
}
