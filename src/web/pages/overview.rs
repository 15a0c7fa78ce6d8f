//! What is shown while no article is open, and for an empty list.

use super::list_address::List;
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::{Timestamp, rfc3339};
use crate::web::frame::nav_feed;
use crate::web::view::{ArticleLine, Count, EmptyState, Link, Overview};
use crate::web::words;

/// Maximum feeds in the overview.
const TOP_FEEDS: usize = 8;

/// Why a list is empty, and a link to continue with.
pub(super) fn empty(shelf: &Shelf, list: &List, unread: u32) -> EmptyState {
    let link = |label: &str, href: String| {
        Some(Link {
            label: label.to_owned(),
            href,
        })
    };
    if list.scope == Scope::Starred {
        return EmptyState {
            title: "No stars yet".into(),
            text: "Press s on an article, or its star, to keep it here.".into(),
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
            title: "That’s everything".into(),
            text: "You’ve reached the end of this list.".into(),
            action: link("Back to the beginning", list.path()),
        };
    }
    let waiting = shelf
        .feeds(&list.scope)
        .into_iter()
        .filter_map(|feed| shelf.summary(feed));
    let waiting = waiting.filter(|summary| summary.is_waiting()).count();
    if waiting > 0 && unread == 0 {
        return EmptyState {
            title: "Still fetching".into(),
            text: format!(
                "{} waiting to be fetched. New articles appear while this page is open.",
                words::are(waiting as u64, "feed")
            ),
            action: link("See progress", "/feeds".into()),
        };
    }
    let error = match list.scope {
        Scope::Feed(feed) => shelf.summary(feed).filter(|summary| summary.last == 0),
        _ => None,
    };
    if let Some(error) = error.and_then(|summary| summary.error.clone()) {
        return EmptyState {
            title: "Nothing could be fetched yet".into(),
            text: error,
            action: None,
        };
    }
    match list.filter {
        Filter::Unread => EmptyState {
            title: "All read".into(),
            text: "Nothing is unread here. New articles will appear here.".into(),
            action: match list.scope {
                Scope::Everything => link("See all articles", "/all".into()),
                _ => link(
                    "Show read articles",
                    list.href_with(None, Filter::All, None),
                ),
            },
        },
        Filter::All => EmptyState {
            title: "No articles yet".into(),
            text: "New articles will appear here.".into(),
            action: None,
        },
    }
}

/// What the reading pane shows while no article is open.
pub(super) fn overview(shelf: &Shelf, lines: &[ArticleLine], now: Timestamp) -> Overview {
    let tally = shelf.tally();
    let mut busiest: Vec<_> = tally
        .each(&shelf.subscriptions)
        .filter(|(_, unread)| *unread > 0)
        .collect();
    busiest.sort_unstable_by_key(|(_, unread)| std::cmp::Reverse(*unread));
    // Of equally many, those by title; nobody's title further down is looked up.
    let least = busiest.get(TOP_FEEDS - 1).map_or(0, |(_, unread)| *unread);
    busiest.retain(|(_, unread)| *unread >= least);
    busiest.sort_by_cached_key(|(one, unread)| (std::cmp::Reverse(*unread), shelf.title(one.feed)));
    let today = rfc3339(now);
    let of_today = lines
        .iter()
        .filter(|line| line.datetime.get(..10) == today.get(..10));
    let failing = shelf
        .subscriptions
        .iter()
        .filter_map(|one| shelf.summary(one.feed));
    let failing = failing.filter(|summary| summary.error.is_some()).count();
    Overview {
        day: words::day(now),
        today: Count(u32::try_from(of_today.count()).unwrap_or(u32::MAX)),
        unread: Count(tally.total()),
        top_feeds: busiest
            .iter()
            .take(TOP_FEEDS)
            .map(|(one, unread)| nav_feed(shelf, one, *unread, None))
            .collect(),
        first: lines.first().map(|line| Link {
            label: line.title.clone(),
            href: line.href.clone(),
        }),
        failing: u32::try_from(failing).unwrap_or(u32::MAX),
    }
}
