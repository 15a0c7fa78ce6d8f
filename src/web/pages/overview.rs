//! What stands where no article is open, and where there is none.

use super::list_address::List;
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::frame::nav_feed;
use crate::web::view::{ArticleLine, Count, EmptyState, Link, Overview};
use crate::web::words;

/// Feeds that the overview names.
const TOP_FEEDS: usize = 8;

/// Why a list has no lines, and the way on.
pub(super) fn empty(shelf: &Shelf, list: &List, unread: u32) -> EmptyState {
    let link = |label: &str, href: String| {
        Some(Link {
            label: label.to_owned(),
            href,
        })
    };
    if list.starred {
        return EmptyState {
            title: "No stars yet".into(),
            text: "Press s on an article, or its star, and it stays here, whatever becomes of its feed."
                .into(),
            action: link("Back to unread", "/unread".into()),
        };
    }
    if shelf.subscriptions.is_empty() {
        return EmptyState {
            title: "Your shelf is empty".into(),
            text: "Add a site that you like to read, or import your feeds from another reader."
                .into(),
            action: link("Add a feed", "/add".into()),
        };
    }
    if list.cursor.is_some() {
        return EmptyState {
            title: "That was all".into(),
            text: "There is nothing beyond this page any more.".into(),
            action: link("Back to the beginning", list.path()),
        };
    }
    let waiting = shelf
        .feeds(&list.scope)
        .into_iter()
        .filter_map(|feed| shelf.card(feed));
    let waiting = waiting.filter(|card| card.is_waiting()).count();
    if waiting > 0 && unread == 0 {
        return EmptyState {
            title: "Still fetching".into(),
            text: format!(
                "{} wait to be fetched. They come while this page is open.",
                words::count(waiting as u64, "feed")
            ),
            action: link("See how it goes", "/feeds".into()),
        };
    }
    let error = match list.scope {
        Scope::Feed(feed) => shelf.card(feed).filter(|card| card.last == 0),
        _ => None,
    };
    if let Some(error) = error.and_then(|card| card.error.clone()) {
        return EmptyState {
            title: "Nothing could be fetched yet".into(),
            text: error,
            action: None,
        };
    }
    match list.filter {
        Filter::Unread => EmptyState {
            title: "All read".into(),
            text: "Nothing is unread here. New articles come by themselves.".into(),
            action: match list.scope {
                Scope::Everything => link("Look at all articles", "/all".into()),
                _ => link(
                    "Show read ones too",
                    list.href_with(None, Filter::All, None),
                ),
            },
        },
        Filter::All => EmptyState {
            title: "No articles yet".into(),
            text: "When the publisher writes something, it will be here.".into(),
            action: None,
        },
    }
}

/// What the reading pane shows while no article is open.
pub(super) fn overview(shelf: &Shelf, lines: &[ArticleLine], now: Timestamp) -> Overview {
    let mut busiest: Vec<_> = shelf
        .subscriptions
        .iter()
        .filter(|one| shelf.unread(one.feed) > 0)
        .collect();
    busiest.sort_by_cached_key(|one| {
        (
            std::cmp::Reverse(shelf.unread(one.feed)),
            shelf.title(one.feed),
        )
    });
    let today = rfc3339(now);
    let of_today = lines
        .iter()
        .filter(|line| line.datetime.get(..10) == today.get(..10));
    let failing = shelf
        .subscriptions
        .iter()
        .filter_map(|one| shelf.card(one.feed));
    let failing = failing.filter(|card| card.error.is_some()).count();
    Overview {
        day: words::day(now),
        today: Count(u32::try_from(of_today.count()).unwrap_or(u32::MAX)),
        unread: Count(shelf.unread_in(&Scope::Everything)),
        top_feeds: busiest
            .iter()
            .take(TOP_FEEDS)
            .map(|one| nav_feed(shelf, one, None))
            .collect(),
        first: lines.first().map(|line| Link {
            label: line.title.clone(),
            href: line.href.clone(),
        }),
        failing: u32::try_from(failing).unwrap_or(u32::MAX),
    }
}
