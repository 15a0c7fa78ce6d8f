//! All feeds by folder, with how each is doing.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::feeds::{Card, Rung};
use crate::ids::FeedId;
use crate::shelf::find_replacement::may_replace;
use crate::shelf::subscription::folder_text;
use crate::shelf::{Scope, Shelf, Subscription};
use crate::timestamp::{Timestamp, minute_of};
use crate::update::schedule::Sweep;
use crate::web::frame::{feed_href, folder_href, icon_href};
use crate::web::html::Html;
use crate::web::problem::Answer;
use crate::web::reader::Reader;
use crate::web::view::{Count, FeedGroup, FeedRow, FeedsPage, Place};
use crate::web::words;
use crate::web::words::polling::asking;

pub(super) async fn show(
    State(app): State<AppState>,
    reader: Reader,
    headers: HeaderMap,
) -> Answer<Response> {
    let (frame, shelf) = plain_frame(&app, &reader, &headers, "Feeds", Place::Feeds).await?;
    let (now, sweeps) = (app.clock.now(), app.courtesy.sweeps());
    let loose = group(&shelf, &[], &sweeps, now);
    let mut groups: Vec<FeedGroup> = Vec::new();
    if !loose.feeds.is_empty() {
        groups.push(loose);
    }
    let folders = shelf.folders();
    groups.extend(folders.iter().map(|path| group(&shelf, path, &sweeps, now)));
    groups.retain(|group| !group.feeds.is_empty());
    let failing = shelf
        .subscriptions
        .iter()
        .filter_map(|one| shelf.card(one.feed));
    let failing = failing.filter(|card| card.error.is_some()).count();
    let mut summary = words::count(shelf.subscriptions.len() as u64, "feed");
    if !folders.is_empty() {
        summary.push_str(&format!(
            " in {}",
            words::count(folders.len() as u64, "folder")
        ));
    }
    if failing > 0 {
        summary.push_str(&format!(", {failing} with trouble"));
    }
    Ok(with_flash(
        Html(FeedsPage {
            frame,
            summary,
            groups,
        }),
        &headers,
    ))
}

fn group(shelf: &Shelf, path: &[String], sweeps: &[Sweep], now: Timestamp) -> FeedGroup {
    let inside = shelf.subscriptions.iter().filter(|one| one.folder == path);
    let mut feeds: Vec<FeedRow> = inside.map(|one| row(shelf, one, sweeps, now)).collect();
    feeds.sort_by_cached_key(|feed| feed.title.to_lowercase());
    // Outside folders there is nothing below, but the empty path would mean everything.
    let unread = if path.is_empty() {
        inside_unread(&feeds)
    } else {
        shelf.unread_in(&Scope::Folder(path.to_vec()))
    };
    FeedGroup {
        name: folder_text(path),
        href: if path.is_empty() {
            String::new()
        } else {
            folder_href(path)
        },
        unread: Count(unread),
        feeds,
    }
}

fn inside_unread(feeds: &[FeedRow]) -> u32 {
    feeds.iter().map(|feed| feed.unread.0).sum()
}

fn row(shelf: &Shelf, one: &Subscription, sweeps: &[Sweep], now: Timestamp) -> FeedRow {
    let title = shelf.title(one.feed);
    let card = shelf.card(one.feed);
    FeedRow {
        letter: words::letter(&title),
        title,
        href: feed_href(one.feed),
        settings_href: format!("{}/settings", feed_href(one.feed)),
        unread: Count(shelf.unread(one.feed)),
        status: card
            .map(|card| status(one.feed, card, sweeps, now))
            .unwrap_or_default(),
        failing: card.is_some_and(|card| card.error.is_some()),
        may_replace: card.is_some_and(|card| may_replace(card, 0, minute_of(now))),
        id: one.feed.to_string(),
        hue: words::hue(one.feed),
        icon: icon_href(one.feed),
    }
}

/// How a feed is doing, from its card and what this instance knows of the sweeps.
fn status(feed: FeedId, card: &Card, sweeps: &[Sweep], now: Timestamp) -> String {
    let asking = asking(feed, card, sweeps, now);
    match (&card.error, card.rung) {
        (Some(error), Rung::Off) => error.clone(),
        (Some(error), _) => format!("{error} {asking}"),
        (None, _) => asking,
    }
}
