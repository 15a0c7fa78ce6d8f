//! The frame around a page: the navigation, with the shelf and its unread counts.

use std::collections::HashMap;

use super::assets::assets;
use super::view::{Count, Flash, Frame, NavFeed, NavFolder, NavSearch, Place};
use super::words::{counts, hue, letter, segment, t, told};
use crate::ids::FeedId;
use crate::shelf::{Scope, Shelf, Subscription, Tally};
use crate::users::User;
use crate::users::preferences::Preferences;

/// The path of a feed's page.
pub fn feed_href(feed: FeedId) -> String {
    format!("/feed/{feed}")
}

/// The path of the icon of a feed's site.
pub fn icon_href(feed: FeedId) -> String {
    format!("/feed/{feed}/icon")
}

/// The path of a folder's page.
pub fn folder_href(path: &[String]) -> String {
    let segments: Vec<String> = path.iter().map(|name| segment(name)).collect();
    format!("/folder/{}", segments.join("/"))
}

/// What begins the address of a folder's settings.
pub const FOLDER_SETTINGS: &str = "/folders/settings/";

/// The path of a folder's settings.
pub fn folder_settings_href(path: &[String]) -> String {
    folder_href(path).replacen("/folder/", FOLDER_SETTINGS, 1)
}

/// The frame of a signed-in page. `here` is the part of the shelf that the page shows, if any.
pub fn frame(
    user: &User,
    shelf: &Shelf,
    title: &str,
    current: Place,
    here: Option<&Scope>,
    flash: Option<Flash>,
) -> Frame {
    let tally = shelf.tally();
    Frame {
        title: title.to_owned(),
        user: Some(user.profile.email.clone()),
        has_kept: shelf.read.has_kept(),
        now: 0,
        state: shelf.state().to_string(),
        is_admin: user.profile.admin,
        assets: assets().clone(),
        current,
        unread_total: Count(tally.total()),
        unread_seldom: Count(shelf.unread_in(&Scope::Seldom)),
        preferences: user.profile.preferences.clone(),
        searches: searches(shelf),
        folders: folders(shelf, &tally, here, &user.profile.preferences),
        flash,
    }
}

/// Saved searches, with what is known of them: no read.
fn searches(shelf: &Shelf) -> Vec<NavSearch> {
    let all = shelf.read.book().searches.iter();
    let each = all.map(|one| NavSearch {
        id: one.id,
        is_current: false,
        name: one.name.clone(),
        href: format!("/search?q={}&saved={}", segment(&one.query), one.id),
        unread: Count(shelf.saved_count(one)),
        has_dot: one.has_dot,
    });
    each.collect()
}

/// Feeds that the rail shows outright. Of a larger shelf each folder's are loaded when it is opened, and so are the feeds
/// outside folders if they alone are more.
pub const SHOWN_FEEDS: usize = 100;

/// The path of the page of a folder's feeds; of the feeds outside folders for the empty path.
pub fn feeds_href(path: &[String]) -> String {
    match path {
        [] => "/feeds/loose".to_owned(),
        path => folder_href(path).replacen("/folder/", "/feeds/in/", 1),
    }
}

/// The path of the list of the feeds outside folders.
pub const LOOSE_HREF: &str = "/loose";

/// All folders' paths in the user's order, each after its parent: those with feeds, and those that stand without.
pub fn all_folders(shelf: &Shelf, own: &Preferences) -> Vec<Vec<String>> {
    let mut all = own.standing();
    all.extend(shelf.folders());
    let mut all: Vec<Vec<String>> = all.into_iter().collect();
    all.sort_by_cached_key(|path| own.sort_key(path));
    all
}

/// The shelf's folders, with their feeds or where those are.
fn folders(
    shelf: &Shelf,
    tally: &Tally,
    here: Option<&Scope>,
    own: &Preferences,
) -> Vec<NavFolder> {
    let is_large = shelf.subscriptions.len() > SHOWN_FEEDS;
    let mut inside: HashMap<&[String], Vec<NavFeed>> = HashMap::new();
    let loose = shelf
        .subscriptions
        .iter()
        .filter(|one| one.folder.is_empty());
    let is_loose_large = loose.count() > SHOWN_FEEDS;
    for (one, unread) in tally.each(&shelf.subscriptions) {
        let is_here = here == Some(&Scope::Feed(one.feed));
        let is_loaded = match one.folder.is_empty() {
            true => is_loose_large,
            false => is_large,
        };
        let folders = match one.folder.is_empty() {
            true => vec![[].as_slice()],
            false => one.folders().collect(),
        };
        for folder in folders {
            let feeds = inside.entry(folder).or_default();
            if is_here || !is_loaded {
                feeds.push(nav_feed(shelf, one, unread, here));
            }
        }
    }
    for feeds in inside.values_mut() {
        feeds.sort_by_cached_key(|feed| feed.title.to_lowercase());
    }
    let loose = NavFolder {
        feeds: inside.remove([].as_slice()).unwrap_or_default(),
        ..NavFolder::default()
    };
    let loose = match is_loose_large {
        false => loose,
        true => NavFolder {
            name: t("place-loose").to_owned(),
            href: LOOSE_HREF.to_owned(),
            unread: Count(tally.of_folder(&[])),
            counts: own.counts,
            current: here == Some(&Scope::Loose),
            feeds_href: Some(feeds_href(&[])),
            ..loose
        },
    };
    let mut paths: Vec<&[String]> = tally.folders().map(|(path, _)| path).collect();
    let standing = own.standing();
    paths.extend(standing.iter().map(Vec::as_slice));
    paths.sort_by_cached_key(|path| own.sort_key(path));
    paths.dedup();
    let named = paths.into_iter().map(|path| NavFolder {
        name: path.last().cloned().unwrap_or_default(),
        href: folder_href(path),
        unread: Count(tally.of_folder(path)),
        counts: own.folder(path).counts.unwrap_or(own.counts),
        current: matches!(here, Some(Scope::Folder(here)) if here == path),
        depth: u8::try_from(path.len().saturating_sub(1)).unwrap_or(u8::MAX),
        feeds_href: (is_large && inside.contains_key(path)).then(|| feeds_href(path)),
        feeds: inside.remove(path).unwrap_or_default(),
    });
    std::iter::once(loose).chain(named).collect()
}

/// The feeds directly in a folder, by title; those outside folders for the empty path.
pub fn feeds_in(shelf: &Shelf, path: &[String]) -> Vec<NavFeed> {
    let inside = shelf
        .subscriptions
        .iter()
        .filter(|one| one.is_directly_in(path));
    let mut feeds: Vec<NavFeed> = inside
        .map(|one| nav_feed(shelf, one, shelf.unread(one.feed), None))
        .collect();
    feeds.sort_by_cached_key(|feed| feed.title.to_lowercase());
    feeds
}

/// A feed as the navigation shows it.
pub fn nav_feed(shelf: &Shelf, one: &Subscription, unread: u32, here: Option<&Scope>) -> NavFeed {
    let title = shelf.title(one.feed);
    NavFeed {
        id: one.feed.to_string(),
        letter: letter(&title),
        title,
        href: feed_href(one.feed),
        unread: Count(unread),
        counts: one.habits.counts.unwrap_or_else(counts),
        current: here == Some(&Scope::Feed(one.feed)),
        error: shelf
            .summary(one.feed)
            .and_then(|summary| Some(told(summary.error.as_deref()?).into_owned())),
        hue: hue(one.feed),
        icon: icon_href(one.feed),
    }
}
