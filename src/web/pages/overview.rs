//! What is shown while no article is open, and for an empty list.

use super::list_address::List;
use crate::shelf::timeline::Filter;
use crate::shelf::{Scope, Shelf};
use crate::timestamp::Timestamp;
use crate::users::preferences::Counts;
use crate::web::frame::nav_feed;
use crate::web::view::{ArticleLine, EmptyState, Link, Overview};
use crate::web::words::{self, msg, t, told};

/// Maximum feeds in the overview.
const TOP_FEEDS: usize = 8;

/// Why a list is empty, and a link to continue with.
pub(super) fn empty(shelf: &Shelf, list: &List, unread: u32) -> EmptyState {
    let link = |label: &str, href: String| {
        Some(Link {
            label: t(label).to_owned(),
            href,
        })
    };
    let state = |title: &str, text: &str, action: Option<Link>| EmptyState {
        title: t(title).to_owned(),
        text: t(text).to_owned(),
        action,
    };
    if list.scope == Scope::Starred {
        let back = link("empty-back-to-unread", "/unread".into());
        return state("empty-stars", "empty-stars-text", back);
    }
    if shelf.subscriptions.is_empty() {
        let add = link("add-title", "/add".into());
        return state("empty-shelf", "empty-shelf-text", add);
    }
    if list.cursor.is_some() {
        let back = link("empty-back-to-beginning", list.path());
        return state("empty-end", "empty-end-text", back);
    }
    let waiting = shelf
        .feeds(&list.scope)
        .into_iter()
        .filter_map(|feed| shelf.summary(feed));
    let waiting = waiting.filter(|summary| summary.is_waiting()).count();
    if waiting > 0 && unread == 0 {
        return EmptyState {
            title: t("empty-fetching").into(),
            text: msg("empty-fetching-text").number("n", waiting).into(),
            action: link("empty-see-progress", "/feeds".into()),
        };
    }
    let error = match list.scope {
        Scope::Feed(feed) => shelf.summary(feed).filter(|summary| summary.last == 0),
        _ => None,
    };
    if let Some(error) = error.and_then(|summary| summary.error.as_deref()) {
        return EmptyState {
            title: t("empty-failed").into(),
            text: told(error).into_owned(),
            action: None,
        };
    }
    match (list.filter, &list.scope) {
        (Filter::Unread, Scope::Seldom) => {
            let all = link("empty-show-read", list.href_with(None, Filter::All, None));
            state("empty-seldom", "empty-seldom-text", all)
        }
        (Filter::Unread, Scope::Everything) => {
            let all = link("empty-see-all", "/all".into());
            state("empty-read", "empty-read-text", all)
        }
        (Filter::Unread, _) => {
            let all = link("empty-show-read", list.href_with(None, Filter::All, None));
            state("empty-read", "empty-read-text", all)
        }
        (Filter::Passed, _) => state("empty-passed", "empty-passed-text", None),
        (Filter::All, _) => state("empty-none", "empty-none-text", None),
    }
}

/// What the reading pane shows while no article is open.
pub(super) fn overview(
    shelf: &Shelf,
    list: &List,
    lines: &[ArticleLine],
    now: Timestamp,
) -> Overview {
    let tally = shelf.tally();
    let mut busiest: Vec<_> = tally
        .each(&shelf.subscriptions)
        .filter(|(one, unread)| *unread > 0 && shelf.is_in(&list.scope, one))
        .collect();
    if matches!(list.scope, Scope::Feed(_)) {
        busiest.clear();
    }
    busiest.sort_unstable_by_key(|(_, unread)| std::cmp::Reverse(*unread));
    // Of equally many, those by title; nobody's title further down is looked up.
    let least = busiest.get(TOP_FEEDS - 1).map_or(0, |(_, unread)| *unread);
    busiest.retain(|(_, unread)| *unread >= least);
    busiest.sort_by_cached_key(|(one, unread)| (std::cmp::Reverse(*unread), shelf.title(one.feed)));
    let failing = shelf
        .feeds(&list.scope)
        .into_iter()
        .filter_map(|feed| shelf.summary(feed));
    let failing = failing.filter(|summary| summary.error.is_some()).count();
    let (heading, sum) = say(shelf, list, now);
    Overview {
        day: words::day(now),
        heading,
        counted: (list.scope != Scope::Starred && words::counts() == Counts::Number)
            .then(|| shelf.unread_in(&list.scope)),
        sum,
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

/// What there is to read in a list: of all its pages, not of the one that is shown.
fn say(shelf: &Shelf, list: &List, now: Timestamp) -> (String, String) {
    if list.scope == Scope::Starred {
        return (t("overview-keep").into(), t("overview-keep-text").into());
    }
    if shelf.subscriptions.is_empty() {
        return (
            t("overview-welcome").into(),
            t("overview-welcome-text").into(),
        );
    }
    let unread = shelf.unread_in(&list.scope);
    let shows_numbers = words::counts() == Counts::Number;
    let heading = match unread {
        0 => t("overview-done").to_owned(),
        unread if shows_numbers => msg("overview-to-read").number("n", unread).into(),
        _ => t("overview-some").to_owned(),
    };
    let sum = match shelf.unread_since(&list.scope, words::midnight(now)) {
        0 if unread == 0 => t("overview-done-text").to_owned(),
        0 => t("overview-today-none").to_owned(),
        today if shows_numbers => msg("overview-today").number("n", today).into(),
        _ => String::new(),
    };
    (heading, sum)
}
