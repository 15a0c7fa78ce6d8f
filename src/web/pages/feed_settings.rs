//! One subscription: its name, its folder, how it is doing, and the way out.

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;

use super::{folder_texts, frame_of, with_flash};
use crate::app::AppState;
use crate::feeds::{self, Rung};
use crate::ids::FeedId;
use crate::shelf::find_replacement::may_replace;
use crate::shelf::subscribe::unsubscribe;
use crate::shelf::subscription::{folder_text, typed_folder, typed_title};
use crate::shelf::{Scope, Shelf, store};
use crate::timestamp::minute_of;
use crate::web::frame::feed_href;
use crate::web::html::Html;
use crate::web::path_id::PathId;
use crate::web::problem::{Answer, Problem};
use crate::web::reader::Reader;
use crate::web::view::{FeedSettingsPage, Place, Trouble};
use crate::web::words::polling::asking;
use crate::web::{flash, words};

pub(super) async fn show(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
    PathId(id): PathId<FeedId>,
) -> Answer<Response> {
    let shelf = Shelf::load(&app.store, reader.user.id).await?;
    let one = shelf.subscription(id).ok_or_else(Problem::not_found)?;
    let feed = feeds::store::get(&app.store, id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let now = app.clock.now();
    let minute = minute_of(now);
    let checked = asking(id, &feed.card, &app.courtesy.sweeps(), now);
    let error = feed.body.error.clone().map(|found| Trouble {
        found,
        advice: advice(&feed, minute),
    });
    let own_title = if feed.card.title.is_empty() {
        feed.card.url.clone()
    } else {
        feed.card.title.clone()
    };
    let page = FeedSettingsPage {
        frame: frame_of(
            &reader,
            &shelf,
            &headers,
            &shelf.title(id),
            Place::Elsewhere,
            Some(&Scope::Feed(id)),
        ),
        href: feed_href(id),
        title: one.title.clone().unwrap_or_default(),
        title_error: None,
        own_title,
        folder: folder_text(&one.folder),
        folder_error: None,
        folders: folder_texts(&shelf),
        full_text: one.full_text,
        may_replace: may_replace(&feed.card, feed.body.failing_since, minute),
        address: feed.card.url.clone(),
        site: feed.card.site.clone(),
        checked,
        can_refresh: feed.card.rung != Rung::Off,
        pushes: app
            .callbacks
            .as_ref()
            .and_then(|_| words::pushes(&feed, minute)),
        error,
        repairs: feed.body.repairs.clone(),
    };
    Ok(with_flash(Html(page), &headers))
}

fn advice(feed: &feeds::Feed, minute: i64) -> String {
    let since = words::span(minute - feed.body.failing_since);
    match feed.card.rung {
        Rung::Off => "What it published stays here. You can remove it, or look for a new address on the site.".into(),
        _ => format!("This has lasted for {since}. We keep trying, less and less often."),
    }
}

/// What was typed.
#[derive(Debug, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    title: String,
    #[serde(default)]
    folder: String,
    /// Of a box that is ticked; absent otherwise.
    full_text: Option<String>,
}

pub(super) async fn submit(
    State(app): State<AppState>,
    reader: Reader,
    PathId(id): PathId<FeedId>,
    Form(typed): Form<Typed>,
) -> Answer<Response> {
    if store::get(&app.store, reader.user.id, id).await?.is_none() {
        return Err(Problem::not_found());
    }
    let title = typed_title(&typed.title);
    store::change(&app.store, reader.user.id, id, |one| {
        one.title = title.clone();
        one.full_text = typed.full_text.is_some();
        // A folder's own name may hold a slash; what wasn't changed isn't taken apart.
        if typed.folder.trim() != folder_text(&one.folder) {
            one.folder = typed_folder(&typed.folder);
        }
    })
    .await?;
    Ok(flash::redirect(
        &format!("{}/settings", feed_href(id)),
        "Saved",
        None,
    ))
}

pub(super) async fn remove(
    State(app): State<AppState>,
    reader: Reader,
    PathId(id): PathId<FeedId>,
) -> Answer<Response> {
    if !unsubscribe(&app.store, reader.user.id, id, reader.now).await? {
        return Err(Problem::not_found());
    }
    let text = "Removed from your shelf. What you have read of it is remembered.";
    Ok(flash::redirect("/feeds", text, None))
}
