//! The frame around a page: the navigation, with the shelf and its unread counts.

use super::assets::assets;
use super::view::{Count, Flash, Frame, NavFeed, NavFolder, Place};
use super::words::{hue, letter, segment};
use crate::ids::FeedId;
use crate::shelf::{Scope, Shelf, Subscription};
use crate::users::User;

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

/// The frame of a signed-in page. `here` is the part of the shelf that the page shows, if any.
pub fn frame(
    user: &User,
    shelf: &Shelf,
    title: &str,
    current: Place,
    here: Option<&Scope>,
    flash: Option<Flash>,
) -> Frame {
    Frame {
        title: title.to_owned(),
        user: Some(user.profile.email.clone()),
        now: 0,
        is_admin: user.profile.admin,
        assets: assets().clone(),
        current,
        unread_total: Count(shelf.unread_in(&Scope::Everything)),
        folders: folders(shelf, here),
        flash,
    }
}

fn folders(shelf: &Shelf, here: Option<&Scope>) -> Vec<NavFolder> {
    let loose = NavFolder {
        feeds: feeds(shelf, &[], here),
        ..NavFolder::default()
    };
    let named = shelf.folders().into_iter().map(|path| {
        let scope = Scope::Folder(path.clone());
        NavFolder {
            name: path.last().cloned().unwrap_or_default(),
            href: folder_href(&path),
            unread: Count(shelf.unread_in(&scope)),
            current: here == Some(&scope),
            depth: u8::try_from(path.len().saturating_sub(1)).unwrap_or(u8::MAX),
            feeds: feeds(shelf, &path, here),
        }
    });
    std::iter::once(loose).chain(named).collect()
}

/// The feeds directly in a folder, by title.
fn feeds(shelf: &Shelf, folder: &[String], here: Option<&Scope>) -> Vec<NavFeed> {
    let inside = shelf
        .subscriptions
        .iter()
        .filter(|one| one.folder == folder);
    let mut feeds: Vec<NavFeed> = inside.map(|one| nav_feed(shelf, one, here)).collect();
    feeds.sort_by_cached_key(|feed| feed.title.to_lowercase());
    feeds
}

/// A feed as the navigation shows it.
pub fn nav_feed(shelf: &Shelf, one: &Subscription, here: Option<&Scope>) -> NavFeed {
    let title = shelf.title(one.feed);
    NavFeed {
        id: one.feed.to_string(),
        letter: letter(&title),
        title,
        href: feed_href(one.feed),
        unread: Count(shelf.unread(one.feed)),
        current: here == Some(&Scope::Feed(one.feed)),
        error: shelf
            .summary(one.feed)
            .and_then(|summary| summary.error.clone()),
        hue: hue(one.feed),
        icon: icon_href(one.feed),
    }
}
