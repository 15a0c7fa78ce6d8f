//! All feeds by folder, with the state of each.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::Deserialize;

use super::feed_settings::term_name;
use super::{frame_of, plain_frame, with_flash};
use crate::app::AppState;
use crate::feeds::{FeedSummary, PollTier};
use crate::ids::FeedId;
use crate::refresh::in_flight::Known;
use crate::shelf::find_replacement::may_replace;
use crate::shelf::subscription::folder_text;
use crate::shelf::{Scope, Shelf, Subscription};
use crate::timestamp::{Timestamp, minute_of};
use crate::web::actions::removal;
use crate::web::assets::assets;
use crate::web::current_user::CurrentUser;
use crate::web::frame::{feed_href, feeds_in, folder_href, icon_href};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Count, FeedGroup, FeedRow, FeedsPage, LastAct, Place, RailFeedsPart};
use crate::web::words::polling::check_times;
use crate::web::words::{self, decode_path, msg, t, told};

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("place-feeds"), Place::Feeds).await?;
    let (now, known) = (app.clock.now(), app.in_flight.known());
    let loose = group(&shelf, &[], &known, now);
    let mut groups: Vec<FeedGroup> = Vec::new();
    if !loose.feeds.is_empty() {
        groups.push(loose);
    }
    let folders = shelf.folders();
    groups.extend(folders.iter().map(|path| group(&shelf, path, &known, now)));
    groups.retain(|group| !group.feeds.is_empty());
    let is_failing = |one: &&Subscription| {
        let summary = shelf.summary(one.feed);
        summary.is_some_and(|summary| summary.error.is_some())
    };
    let failing = shelf.subscriptions.iter().filter(is_failing).count();
    let feeds = words::count(shelf.subscriptions.len() as u64, "count-feed");
    let mut summary = match folders.len() {
        0 => feeds,
        folders => {
            let folders = words::count(folders as u64, "count-folder");
            let both = msg("feeds-in-folders").text("feeds", feeds);
            both.text("folders", folders).into()
        }
    };
    if failing > 0 {
        summary.push_str(", ");
        summary.push_str(&msg("feeds-failing").number("n", failing).to_string());
    }
    let only_trouble = asked.show == "trouble";
    if only_trouble {
        for group in &mut groups {
            group.feeds.retain(|feed| feed.failing);
        }
        groups.retain(|group| !group.feeds.is_empty());
    }
    Ok(with_flash(
        Html(FeedsPage {
            frame,
            summary,
            has_feeds: !shelf.subscriptions.is_empty(),
            removed: removed(&app, &current, &headers),
            only_trouble,
            failing,
            groups,
        }),
        &headers,
    ))
}

/// The last removal while it can be undone, unless this page says so already.
fn removed(app: &AppState, current: &CurrentUser, headers: &HeaderMap) -> Option<LastAct> {
    let says_so = current
        .flash
        .as_ref()
        .is_some_and(|flash| flash.undo.is_some());
    let carried = removal::carried(app, headers).filter(|_| !says_so)?;
    Some(LastAct {
        act: carried.act,
        marked: msg("feed-removed").text("feed", carried.title).into(),
    })
}

/// Which feeds are shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// `trouble` for those that fail alone.
    #[serde(default)]
    show: String,
}

/// The feeds of one folder: as a page, or for the rail as the list alone.
pub(super) async fn inside(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    uri: axum::extract::OriginalUri,
) -> HandlerResult<Response> {
    let raw = uri.0.path().strip_prefix("/feeds/in/").unwrap_or_default();
    of_folder(app, current, headers, decode_path(raw)).await
}

/// The same of the feeds outside folders.
pub(super) async fn loose(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    of_folder(app, current, headers, Vec::new()).await
}

async fn of_folder(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    path: Vec<String>,
) -> HandlerResult<Response> {
    let shelf = current.arrives(&app).await?;
    if !path.is_empty() && !shelf.folders().contains(&path) {
        return Err(Problem::not_found());
    }
    if headers.get("x-fragment").is_some_and(|part| part == "rail") {
        let part = RailFeedsPart {
            assets: assets().clone(),
            feeds: feeds_in(&shelf, &path),
        };
        return Ok(Html(part).into_response());
    }
    let name = path.last().map_or(t("place-loose"), String::as_str);
    let frame = frame_of(&current, &shelf, name, Place::Feeds, None);
    let group = group(&shelf, &path, &app.in_flight.known(), app.clock.now());
    let page = FeedsPage {
        frame,
        summary: words::count(group.feeds.len() as u64, "count-feed"),
        has_feeds: true,
        removed: None,
        only_trouble: false,
        failing: 0,
        groups: vec![group],
    };
    Ok(with_flash(Html(page), &headers))
}

fn group(shelf: &Shelf, path: &[String], known: &Known, now: Timestamp) -> FeedGroup {
    let inside = shelf.subscriptions.iter().filter(|one| one.folder == path);
    let mut feeds: Vec<FeedRow> = inside.map(|one| row(shelf, one, known, now)).collect();
    feeds.sort_by_cached_key(|feed| feed.title.to_lowercase());
    // The empty path would mean the whole shelf, not the feeds outside folders.
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

fn row(shelf: &Shelf, one: &Subscription, known: &Known, now: Timestamp) -> FeedRow {
    let title = shelf.title(one.feed);
    let summary = shelf.summary(one.feed);
    let fresh = one.habits.fresh.map(|term| {
        let said = msg("feeds-fresh").text("term", t(term_name(term)));
        format!(" {said}")
    });
    FeedRow {
        letter: words::letter(&title),
        title,
        href: feed_href(one.feed),
        settings_href: format!("{}/settings", feed_href(one.feed)),
        unread: Count(shelf.unread(one.feed)),
        status: summary
            .map(|summary| status(one.feed, summary, known, now))
            .unwrap_or_default()
            + &fresh.unwrap_or_default(),
        failing: summary.is_some_and(|summary| summary.error.is_some()),
        may_replace: summary.is_some_and(|summary| may_replace(summary, 0, minute_of(now))),
        id: one.feed.to_string(),
        hue: words::hue(one.feed),
        icon: icon_href(one.feed),
    }
}

/// The state of a feed, from its summary and what this instance knows of checks.
fn status(feed: FeedId, summary: &FeedSummary, known: &Known, now: Timestamp) -> String {
    let asking = check_times(feed, summary, known, now);
    let error = summary.error.as_deref().map(told);
    match (error, summary.tier) {
        (Some(error), PollTier::Off) => error.into_owned(),
        (Some(error), _) => format!("{error} {asking}"),
        (None, _) => asking,
    }
}
