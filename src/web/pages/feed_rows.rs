//! The rows of the page of all feeds: which, in which order, and what each says.

use super::feed_settings::term_name;
use super::pausing::pause_said;
use crate::feeds::{FeedSummary, PollTier};
use crate::ids::FeedId;
use crate::refresh::in_flight::Known;
use crate::shelf::find_replacement::may_replace;
use crate::shelf::subscription::{Habits, folder_text};
use crate::shelf::{Shelf, Subscription};
use crate::timestamp::{Timestamp, from_micros, minute_of};
use crate::web::actions::plan::Plan;
use crate::web::frame::{feed_href, icon_href};
use crate::web::view::{Count, FeedRow};
use crate::web::words::polling::check_times;
use crate::web::words::{self, msg, t, told};

/// Days without an article after which a feed is silent.
const SILENT_DAYS: i64 = 365;
/// Posts of 90 days above which a feed of which hardly any is read counts as too much.
const BUSY_POSTS: u32 = 30;
/// The share of a busy feed, in percent, below which hardly any of it is read.
const BUSY_SHARE: u32 = 10;
/// Articles that must have come before a feed counts as never read.
const FEW: u32 = 5;

/// Which feeds are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Show {
    #[default]
    All,
    /// The last check failed.
    Trouble,
    /// No article for a year.
    Silent,
    /// None of what came was read.
    Unread,
    /// They post much more than is read.
    Busy,
    /// Paused, or on trial.
    Paused,
    /// Set differently from the defaults.
    Own,
}

impl Show {
    /// All of them, as they are shown, with their words in addresses and their messages.
    pub(super) const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::All, "", "feeds-show-every"),
        (Self::Trouble, "trouble", "feeds-show-failing"),
        (Self::Silent, "silent", "feeds-show-silent"),
        (Self::Unread, "unread", "feeds-show-unread"),
        (Self::Busy, "busy", "feeds-show-busy"),
        (Self::Paused, "paused", "feeds-show-paused"),
        (Self::Own, "own", "feeds-show-own"),
    ];

    /// By its word; all feeds for every other.
    pub(super) fn of(word: &str) -> Self {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == word);
        found.map_or(Self::All, |(show, _, _)| *show)
    }

    /// Whether a feed is shown.
    pub(super) fn has(self, shelf: &Shelf, one: &Subscription, now: Timestamp) -> bool {
        let Some(summary) = shelf.summary(one.feed) else {
            return self == Self::All;
        };
        match self {
            Self::All => true,
            Self::Trouble => summary.error.is_some(),
            Self::Silent => is_silent(summary, now),
            Self::Unread => {
                let reading = reading(shelf, one);
                !is_new(one, now) && reading.came >= FEW && reading.read == 0
            }
            Self::Busy => is_busy(shelf, one, now),
            Self::Paused => one.pause.is_some() || one.trial.is_some(),
            Self::Own => is_own(shelf, one),
        }
    }
}

/// Whether a feed has brought nothing for a year.
pub(super) fn is_silent(summary: &FeedSummary, now: Timestamp) -> bool {
    summary.newest > 0 && (now - from_micros(summary.newest)).num_days() >= SILENT_DAYS
}

/// Whether it came onto the shelf so lately that nothing can be said of how it is read.
fn is_new(one: &Subscription, now: Timestamp) -> bool {
    /// Days.
    const LATELY: i64 = 14;
    (now - from_micros(one.position)).num_days() < LATELY
}

fn is_busy(shelf: &Shelf, one: &Subscription, now: Timestamp) -> bool {
    if is_new(one, now) {
        return false;
    }
    let reading = reading(shelf, one);
    let Some(summary) = shelf
        .summary(one.feed)
        .filter(|_| reading.came >= BUSY_POSTS)
    else {
        return false;
    };
    let posts = Plan::of(one, summary, &[], now).sum();
    posts >= BUSY_POSTS && reading.read * 100 < reading.came * BUSY_SHARE
}

fn is_own(shelf: &Shelf, one: &Subscription) -> bool {
    let own = shelf
        .summary(one.feed)
        .map(|summary| summary.title.as_str());
    let is_named = one.title.as_deref().is_some_and(|title| Some(title) != own);
    let is_set = is_named || one.full_text || one.keep.is_some();
    let is_apart = one.drip.is_some() || one.trial.is_some() || !one.also.is_empty();
    is_set || is_apart || one.unread_when_edited.is_some() || one.habits != Habits::default()
}

/// What came of a feed, as far as it is kept, and how much of it was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    pub came: u32,
    pub read: u32,
}

/// What came of a feed since it is on the shelf. Arithmetic: nothing is read for it.
pub(super) fn reading(shelf: &Shelf, one: &Subscription) -> Reading {
    let mut numbers = shelf.numbers(one.feed);
    // What was there before counts as read without having been.
    let offered = shelf.offered_from(one);
    numbers.first = numbers.first.max(offered);
    if numbers.first > numbers.last {
        return Reading::default();
    }
    let came = numbers.last + 1 - numbers.first;
    let unread = shelf.read.unread_count(numbers);
    Reading {
        came,
        read: came - unread,
    }
}

/// In which order feeds are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// By folder, and there by name.
    #[default]
    Folder,
    Name,
    /// Those that fail and those that are silent first.
    Attention,
    /// Those that post most first.
    Posts,
    /// Those of which most is read first.
    Read,
}

impl Sort {
    /// All of them, as they are shown, with their words in addresses and their messages.
    pub(super) const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Folder, "", "feeds-sort-folder"),
        (Self::Name, "name", "feeds-sort-name"),
        (Self::Attention, "attention", "feeds-sort-attention"),
        (Self::Posts, "posts", "feeds-sort-posts"),
        (Self::Read, "read", "feeds-sort-read"),
    ];

    /// By its word; by folder for every other.
    pub(super) fn of(word: &str) -> Self {
        let found = Self::ALL.iter().find(|(_, known, _)| *known == word);
        found.map_or(Self::Folder, |(sort, _, _)| *sort)
    }
}

/// Sorts feeds. `folders` are the folders' paths in their order.
pub(super) fn sort(
    shelf: &Shelf,
    feeds: &mut [&Subscription],
    by: Sort,
    folders: &[Vec<String>],
    now: Timestamp,
) {
    feeds.sort_by_cached_key(|one| shelf.title_of(one).to_lowercase());
    let summary = |one: &&Subscription| shelf.summary(one.feed);
    match by {
        Sort::Name => {}
        Sort::Folder => feeds.sort_by_cached_key(|one| {
            let place = folders.iter().position(|path| *path == one.folder);
            (!one.folder.is_empty(), place)
        }),
        Sort::Attention => feeds.sort_by_key(|one| match summary(one) {
            Some(summary) if summary.error.is_some() => 0,
            Some(summary) if is_silent(summary, now) => 1,
            _ => 2,
        }),
        Sort::Posts => feeds.sort_by_cached_key(|one| {
            let posts = summary(one).map(|summary| Plan::of(one, summary, &[], now).sum());
            std::cmp::Reverse(posts)
        }),
        Sort::Read => feeds.sort_by_cached_key(|one| std::cmp::Reverse(reading(shelf, one).read)),
    }
}

/// One feed's row.
pub(super) fn row(shelf: &Shelf, one: &Subscription, known: &Known, now: Timestamp) -> FeedRow {
    let title = shelf.title(one.feed);
    let summary = shelf.summary(one.feed);
    let fresh = one.habits.fresh.map(|term| {
        let said = msg("feeds-fresh").text("term", t(term_name(term)));
        format!(" {said}")
    });
    let status = match one.pause {
        Some(_) => pause_said(one),
        None => summary.map_or_else(String::new, |summary| status(one.feed, summary, known, now)),
    };
    let plan = summary.map(|summary| Plan::of(one, summary, known.sweeps.of(&summary.url), now));
    let reading = reading(shelf, one);
    let also: Vec<String> = one.also.iter().map(|path| folder_text(path)).collect();
    FeedRow {
        letter: words::letter(&title),
        title,
        href: feed_href(one.feed),
        settings_href: format!("{}/settings", feed_href(one.feed)),
        unread: Count(shelf.unread(one.feed)),
        status: status + &fresh.unwrap_or_default(),
        failing: one.pause.is_none() && summary.is_some_and(|summary| summary.error.is_some()),
        may_replace: summary.is_some_and(|summary| may_replace(summary, 0, minute_of(now))),
        id: one.feed.to_string(),
        hue: words::hue(one.feed),
        icon: icon_href(one.feed),
        folder: folder_text(&one.folder),
        also: also.join(", "),
        posts: plan.as_ref().map_or(0, Plan::sum),
        read: reading.read,
        share: match reading.came {
            0 => "–".to_owned(),
            came => msg("feeds-percent")
                .number("n", reading.read * 100 / came)
                .into(),
        },
        bars: plan.as_ref().map(Plan::bars).unwrap_or_default(),
        ticks: plan.as_ref().map(Plan::ticks).unwrap_or_default(),
        ring: plan.as_ref().and_then(Plan::ring),
        is_paused: one.pause.is_some(),
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
