//! The spring clean: what died, what is never read, and what posts more than is read, each with one press.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::feed_rows::{Show, Sort, row, sort};
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::shelf::Subscription;
use crate::web::current_user::CurrentUser;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{CleanGroup, CleanPage, Place};
use crate::web::words::t;

/// Most feeds of each kind that are shown at once.
const MOST: usize = 50;

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("feeds-clean"), Place::Feeds).await?;
    let (now, known) = (app.clock.now(), app.in_flight.known());
    let kinds = [
        (Show::Trouble, "clean-failing", "clean-failing-text"),
        (Show::Silent, "clean-silent", "clean-silent-text"),
        (Show::Unread, "clean-unread", "clean-unread-text"),
        (Show::Busy, "clean-busy", "clean-busy-text"),
    ];
    let groups = kinds.into_iter().map(|(kind, title, text)| {
        let all = shelf.subscriptions.iter().filter(|one| one.pause.is_none());
        let mut feeds: Vec<&Subscription> = all.filter(|one| kind.has(&shelf, one, now)).collect();
        sort(&shelf, &mut feeds, Sort::Name, &[], now);
        feeds.truncate(MOST);
        CleanGroup {
            title: t(title).to_owned(),
            text: t(text).to_owned(),
            feeds: feeds
                .iter()
                .map(|one| row(&shelf, one, &known, now))
                .collect(),
        }
    });
    let groups: Vec<CleanGroup> = groups.filter(|group| !group.feeds.is_empty()).collect();
    Ok(with_flash(Html(CleanPage { frame, groups }), &headers))
}
