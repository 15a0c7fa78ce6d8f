//! All feeds: filtered, sorted, with the state of each, and boxes to choose many at once.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde::Deserialize;

use super::feed_rows::{Show, Sort, row, sort};
use super::{folder_texts, frame_of, plain_frame, with_flash};
use crate::app::AppState;
use crate::refresh::in_flight::Known;
use crate::shelf::subscription::folder_text;
use crate::shelf::{Scope, Shelf, Subscription};
use crate::timestamp::{Timestamp, minute_of};
use crate::web::actions::removal;
use crate::web::assets::assets;
use crate::web::current_user::CurrentUser;
use crate::web::frame::{all_folders, feeds_in, folder_href, folder_settings_href};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{
    Choice, Count, FeedGroup, FeedsPage, LastAct, Place, RailFeedsPart, TrialNote,
};
use crate::web::words::{self, decode_path, msg, segment, t};

/// Feeds on a page: each has a picture.
const FEEDS_A_PAGE: usize = 100;

/// Which feeds are shown, and how.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    show: String,
    sort: String,
    /// Words in their names.
    q: String,
    /// From 1.
    page: Option<usize>,
    /// `all` to have every box ticked.
    select: String,
}

impl Asked {
    /// The address of the same with something changed.
    fn href(&self, show: &str, sort: &str, page: usize) -> String {
        let page = if page > 1 {
            page.to_string()
        } else {
            String::new()
        };
        let parts = [
            ("show", show),
            ("sort", sort),
            ("q", &self.q),
            ("page", &page),
        ];
        let given = parts.iter().filter(|(_, value)| !value.is_empty());
        let given: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", segment(value)))
            .collect();
        match given.as_slice() {
            [] => "/feeds".to_owned(),
            given => format!("/feeds?{}", given.join("&")),
        }
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("place-feeds"), Place::Feeds).await?;
    let (now, known) = (app.clock.now(), app.in_flight.known());
    let (which, by) = (Show::of(&asked.show), Sort::of(&asked.sort));
    let folders = all_folders(&shelf, &current.user.profile.preferences);
    let wanted = asked.q.trim().to_lowercase();
    let all = shelf.subscriptions.iter();
    let named =
        all.filter(|one| wanted.is_empty() || shelf.title_of(one).to_lowercase().contains(&wanted));
    let mut chosen: Vec<&Subscription> = named.filter(|one| which.has(&shelf, one, now)).collect();
    sort(&shelf, &mut chosen, by, &folders, now);
    let pages = chosen.len().div_ceil(FEEDS_A_PAGE).max(1);
    let page = asked.page.unwrap_or(1).clamp(1, pages);
    let shown = chosen
        .iter()
        .skip((page - 1) * FEEDS_A_PAGE)
        .take(FEEDS_A_PAGE);
    let shown: Vec<&Subscription> = shown.copied().collect();
    let groups = match by {
        Sort::Folder => by_folder(&shelf, &shown, &folders, which == Show::All, (&known, now)),
        _ => vec![flat(&shelf, &shown, &known, now)],
    };
    let filters = Show::ALL.iter().map(|&(show, word, name)| Choice {
        label: t(name).to_owned(),
        href: asked.href(word, &asked.sort, 1),
        count: shelf
            .subscriptions
            .iter()
            .filter(|one| show.has(&shelf, one, now))
            .count(),
        current: show == which,
    });
    let filters: Vec<Choice> = filters.filter(|one| one.count > 0 || one.current).collect();
    let sorts = Sort::ALL.iter().map(|&(sort, word, name)| Choice {
        label: t(name).to_owned(),
        href: asked.href(&asked.show, word, 1),
        count: 0,
        current: sort == by,
    });
    let to = |page: usize| asked.href(&asked.show, &asked.sort, page);
    let page = FeedsPage {
        summary: summary(&shelf, folders.len()),
        has_feeds: !shelf.subscriptions.is_empty(),
        removed: removed(&app, &current, &headers),
        trials: trials(&shelf, now),
        holiday: super::pausing::said(&current.user, now),
        filters,
        sorts: sorts.collect(),
        query: asked.q.clone(),
        here: to(page),
        select_all: format!(
            "{}{}select=all",
            to(page),
            if to(page).contains('?') { "&" } else { "?" }
        ),
        all_selected: asked.select == "all",
        folders: folder_texts(&shelf),
        previous: (page > 1).then(|| to(page - 1)),
        next: (page < pages).then(|| to(page + 1)),
        groups,
        shows_all: which == Show::All && wanted.is_empty(),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

/// "34 feeds in 5 folders".
fn summary(shelf: &Shelf, folders: usize) -> String {
    let feeds = words::count(shelf.subscriptions.len() as u64, "count-feed");
    match folders {
        0 => feeds,
        folders => {
            let folders = words::count(folders as u64, "count-folder");
            let both = msg("feeds-in-folders").text("feeds", feeds);
            both.text("folders", folders).into()
        }
    }
}

/// The trials that are over, of which the user is asked.
pub(super) fn trials(shelf: &Shelf, now: Timestamp) -> Vec<TrialNote> {
    let minute = minute_of(now);
    let over = shelf.subscriptions.iter();
    let over = over.filter(|one| one.trial.is_some_and(|until| until <= minute));
    over.map(|one| TrialNote {
        text: msg("feeds-trial-over")
            .text("feed", shelf.title_of(one))
            .into(),
        feed: one.feed.to_string(),
    })
    .collect()
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
    let folders = all_folders(&shelf, &current.user.profile.preferences);
    if !path.is_empty() && !folders.contains(&path) {
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
    let inside = shelf.subscriptions.iter();
    let mut inside: Vec<&Subscription> = inside.filter(|one| one.is_directly_in(&path)).collect();
    let (known, now) = (app.in_flight.known(), app.clock.now());
    sort(&shelf, &mut inside, Sort::Name, &folders, now);
    let group = named(&shelf, &path, flat(&shelf, &inside, &known, now));
    let page = FeedsPage {
        frame,
        summary: words::count(group.feeds.len() as u64, "count-feed"),
        has_feeds: true,
        here: match path.as_slice() {
            [] => "/feeds/loose".to_owned(),
            path => folder_href(path).replacen("/folder/", "/feeds/in/", 1),
        },
        folders: folder_texts(&shelf),
        groups: vec![group],
        ..FeedsPage::default()
    };
    Ok(with_flash(Html(page), &headers))
}

/// Feeds without a heading.
fn flat(shelf: &Shelf, feeds: &[&Subscription], known: &Known, now: Timestamp) -> FeedGroup {
    FeedGroup {
        feeds: feeds
            .iter()
            .map(|one| row(shelf, one, known, now))
            .collect(),
        ..FeedGroup::default()
    }
}

/// A folder's heading above its feeds.
fn named(shelf: &Shelf, path: &[String], group: FeedGroup) -> FeedGroup {
    // The empty path would mean the whole shelf, not the feeds outside folders.
    let (unread, href, settings) = match path {
        [] => {
            let unread = group.feeds.iter().map(|feed| feed.unread.0).sum();
            (unread, String::new(), String::new())
        }
        path => (
            shelf.unread_in(&Scope::Folder(path.to_vec())),
            folder_href(path),
            folder_settings_href(path),
        ),
    };
    FeedGroup {
        has_heading: true,
        name: folder_text(path),
        href,
        settings,
        unread: Count(unread),
        ..group
    }
}

/// The feeds under their folders, those outside folders first; with `empty` folders without feeds stand, too.
fn by_folder(
    shelf: &Shelf,
    feeds: &[&Subscription],
    folders: &[Vec<String>],
    empty: bool,
    (known, now): (&Known, Timestamp),
) -> Vec<FeedGroup> {
    let none = [Vec::new()];
    let used = shelf.folders();
    let paths = none.iter().chain(folders);
    let groups = paths.filter_map(|path| {
        let inside = feeds.iter().filter(|one| one.is_directly_in(path));
        let inside: Vec<&Subscription> = inside.copied().collect();
        let stands = empty && !path.is_empty() && used.binary_search(path).is_err();
        (stands || !inside.is_empty()).then(|| named(shelf, path, flat(shelf, &inside, known, now)))
    });
    groups.collect()
}
