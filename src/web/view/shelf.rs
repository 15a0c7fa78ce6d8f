//! Feeds: all of them, one's settings, subscribing, importing, and replacing one that fails.

use askama::Template;

use super::said::*;
use super::{Assets, Count, Frame, LastAct, NavFeed, Place, Trouble};
use crate::shelf::subscription::Habits;
use crate::users::ListOrder;
use crate::users::preferences::FolderHabits;

/// A feed on the page of all feeds.
#[derive(Clone, Debug, Default)]
pub struct FeedRow {
    pub title: String,
    /// `/feed/…`.
    pub href: String,
    /// `/feed/…/settings`.
    pub settings_href: String,
    pub unread: Count,
    /// "Checked 12 min ago.", or why it fails.
    pub status: String,
    /// Whether the last check failed.
    pub failing: bool,
    /// Whether it has failed for so long that the page offers to search for a new address.
    pub may_replace: bool,
    /// The part of an article's id before the hyphen.
    pub id: String,
    pub letter: char,
    /// 0 to 11.
    pub hue: u8,
    /// `/feed/…/icon`: its site's own.
    pub icon: String,
}

/// A folder on the page of all feeds.
#[derive(Clone, Debug, Default)]
pub struct FeedGroup {
    /// The full path, "News / World"; empty for the feeds outside folders.
    pub name: String,
    /// `/folder/…`.
    pub href: String,
    pub unread: Count,
    pub feeds: Vec<FeedRow>,
}

/// All feeds by folder.
#[derive(Debug, Template)]
#[template(path = "pages/feeds.html")]
pub struct FeedsPage {
    pub frame: Frame,
    /// "34 feeds in 5 folders, 2 with trouble".
    pub summary: String,
    /// Whether the shelf has any feeds, shown or not.
    pub has_feeds: bool,
    /// The last removal of a feed while it can be undone, in words.
    pub removed: Option<LastAct>,
    /// Whether only feeds in trouble are shown.
    pub only_trouble: bool,
    /// How many feeds are in trouble.
    pub failing: usize,
    pub groups: Vec<FeedGroup>,
}

/// A folder's feeds alone, as the response to `X-Fragment: rail`.
#[derive(Debug, Template)]
#[template(path = "parts/rail_feeds.html")]
pub struct RailFeedsPart {
    pub assets: Assets,
    pub feeds: Vec<NavFeed>,
}

/// A feed found at an address.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    pub url: String,
    pub title: String,
    /// Whether it is preselected; exactly one is.
    pub chosen: bool,
}

/// Subscribing to a feed.
#[derive(Debug, Template)]
#[template(path = "pages/add.html")]
pub struct AddPage {
    pub frame: Frame,
    /// What the user has typed.
    pub url: String,
    /// What the user has typed.
    pub folder: String,
    /// The paths of the user's folders.
    pub folders: Vec<String>,
    pub trouble: Option<Trouble>,
    /// The feeds to choose from, if more than one was found.
    pub candidates: Vec<Candidate>,
}

/// One subscription.
#[derive(Debug, Template)]
#[template(path = "pages/feed_settings.html")]
pub struct FeedSettingsPage {
    pub frame: Frame,
    /// `/feed/…`; the forms post below it.
    pub href: String,
    /// The user's title for it, or what was typed.
    pub title: String,
    pub title_error: Option<String>,
    /// The feed's own title.
    pub own_title: String,
    /// The path of its folder, or what was typed.
    pub folder: String,
    pub folder_error: Option<String>,
    /// The paths of the user's folders.
    pub folders: Vec<String>,
    /// Whether its articles' pages are fetched when they are opened.
    pub full_text: bool,
    /// Whether articles are unread again when their publisher changes them.
    pub unread_when_edited: bool,
    /// How many of the newest articles are kept for the user; `None` for all that are kept here.
    pub keep: Option<u32>,
    /// The most that are kept here.
    pub most: u32,
    /// How its list is read where that differs from the others.
    pub habits: Habits,
    /// How often it posts, as far as that is known: "about every 40 min".
    pub posts: Option<String>,
    /// The term for which its articles could be fresh, in a sentence, if it posts very often.
    pub proposal: Option<String>,
    /// Whether it has failed for so long that the page offers to search for a new address.
    pub may_replace: bool,
    /// The address that is fetched.
    pub address: String,
    /// The publisher's site.
    pub site: Option<String>,
    /// "Checked 12 min ago. Next check in 48 min (posts about every 3 hours)."
    pub checked: String,
    /// Why fewer articles are kept than usual.
    pub limited: Option<String>,
    /// Whether it can be refreshed on demand: it is still polled.
    pub can_refresh: bool,
    /// "Updates are pushed by hub.example until 12 March 2026", if the publisher names a hub.
    pub pushes: Option<String>,
    pub error: Option<Trouble>,
    /// What was fixed automatically to read this feed, one sentence each.
    pub repairs: Vec<String>,
}

impl FeedSettingsPage {
    /// Whether the feed's articles are fresh for these minutes.
    pub fn is_term(&self, minutes: &u32) -> bool {
        self.habits.fresh == Some(*minutes)
    }

    /// The terms for which articles can be fresh: minutes, and what is said of them.
    pub fn terms(&self) -> [(u32, &'static str); 4] {
        let [week, three_days, day, hours] = Habits::TERMS;
        [
            (week, t("feed-fresh-week")),
            (three_days, t("feed-fresh-three-days")),
            (day, t("feed-fresh-day")),
            (hours, t("feed-fresh-hours")),
        ]
    }
}

/// One folder's own habits.
#[derive(Debug, Template)]
#[template(path = "pages/folder_settings.html")]
pub struct FolderSettingsPage {
    pub frame: Frame,
    /// `/folder/…`.
    pub href: String,
    /// Where its form posts.
    pub action: String,
    pub habits: FolderHabits,
}

/// A feed that could replace a failing one.
#[derive(Clone, Debug, Default)]
pub struct OfferView {
    pub title: String,
    pub url: String,
    /// "20 articles, the newest of 3 November 2026".
    pub about: String,
    /// Whether it is on the user's shelf already.
    pub is_mine: bool,
}

/// The possible replacements for a failing feed.
#[derive(Debug, Template)]
#[template(path = "pages/replace.html")]
pub struct ReplacePage {
    pub frame: Frame,
    /// The failing feed's page; the forms post below it.
    pub href: String,
    /// Its settings.
    pub back: String,
    /// Its title on the user's shelf.
    pub title: String,
    /// The address of the feed's document.
    pub address: String,
    /// Its site, so that the user can look there themselves.
    pub site: Option<String>,
    /// How many of its articles are unread.
    pub unread: Count,
    pub offers: Vec<OfferView>,
    /// What was typed, or chosen and didn't work.
    pub url: String,
    pub trouble: Option<Trouble>,
}

/// Choosing a file of subscriptions.
#[derive(Debug, Template)]
#[template(path = "pages/import.html")]
pub struct ImportPage {
    pub frame: Frame,
    pub trouble: Option<Trouble>,
}

/// The state of an imported line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportStatus {
    Ok,
    Failed,
    #[default]
    Waiting,
    /// Already there, or not a feed's address.
    Skipped,
}

/// One line of an imported file.
#[derive(Clone, Debug, Default)]
pub struct ImportLine {
    pub title: String,
    pub address: String,
    pub folder: String,
    /// "25 articles", "Waiting", "Already on your shelf".
    pub result: String,
    pub status: ImportStatus,
    /// The feed it became.
    pub feed: Option<String>,
}

/// The result of the last import.
#[derive(Debug, Template)]
#[template(path = "pages/import_result.html")]
pub struct ImportResultPage {
    pub frame: Frame,
    /// "100 lines: 96 feeds added, 3 were there, 1 is not an address."
    pub summary: String,
    pub done: u32,
    pub total: u32,
    pub lines: Vec<ImportLine>,
    /// What was odd about the file, in sentences.
    pub notes: Vec<String>,
}

/// When a feed was checked, when it is checked next, and why.
#[derive(Clone, Debug)]
pub struct PollingLine {
    /// Where the form that refreshes it posts to.
    pub href: String,
    pub text: String,
    /// Whether it may be refreshed now.
    pub may_refresh: bool,
}
