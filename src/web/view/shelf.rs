//! Feeds: all of them, one's settings, subscribing, importing, and replacing one that fails.

use askama::Template;

use super::said::*;
use super::{Assets, Count, DoorFields, Frame, LastAct, NavFeed, Pack, Place, Trouble};
use crate::shelf::subscription::Habits;
use crate::users::ListOrder;
use crate::users::preferences::{FolderHabits, ListStyle};

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
    /// Its folder's path; empty outside folders.
    pub folder: String,
    /// The paths of its further folders.
    pub also: String,
    /// Posts of 90 days, as far as they are known.
    pub posts: u32,
    /// How many of its articles were read, of those that are kept.
    pub read: u32,
    /// The same as a share: "31 %".
    pub share: String,
    /// The picture of its posts: a path of 184 by 30.
    pub bars: String,
    /// The picture of its checks.
    pub ticks: String,
    /// Where its next check stands in the picture.
    pub ring: Option<f32>,
    pub is_paused: bool,
}

/// A link to one of several choices.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub label: String,
    pub href: String,
    /// How many there are; 0 if that isn't said.
    pub count: usize,
    pub current: bool,
}

/// A trial that is over.
#[derive(Clone, Debug, Default)]
pub struct TrialNote {
    pub text: String,
    /// The feed's id.
    pub feed: String,
}

/// What is said of a holiday.
#[derive(Clone, Debug, Default)]
pub struct HolidayNote {
    pub text: String,
}

/// A folder on the page of all feeds.
#[derive(Clone, Debug, Default)]
pub struct FeedGroup {
    /// Whether its name stands above its feeds.
    pub has_heading: bool,
    /// `/folders/settings/…`; empty for the feeds outside folders.
    pub settings: String,
    /// The full path, "News / World"; empty for the feeds outside folders.
    pub name: String,
    /// `/folder/…`.
    pub href: String,
    pub unread: Count,
    pub feeds: Vec<FeedRow>,
}

/// All feeds.
#[derive(Debug, Default, Template)]
#[template(path = "pages/feeds.html")]
pub struct FeedsPage {
    pub frame: Frame,
    /// "34 feeds in 5 folders".
    pub summary: String,
    /// Whether the shelf has any feeds, shown or not.
    pub has_feeds: bool,
    /// The last removal of a feed while it can be undone, in words.
    pub removed: Option<LastAct>,
    /// The trials that are over.
    pub trials: Vec<TrialNote>,
    /// While the whole shelf is paused.
    pub holiday: Option<HolidayNote>,
    /// Links to parts of the shelf, the current one marked.
    pub filters: Vec<Choice>,
    /// Links to the orders, the current one marked.
    pub sorts: Vec<Choice>,
    /// The words that are looked for in names.
    pub query: String,
    /// The page's own address, to which acts return.
    pub here: String,
    /// The same with every box ticked.
    pub select_all: String,
    pub all_selected: bool,
    /// The paths of the user's folders.
    pub folders: Vec<String>,
    /// The page before, and the next one.
    pub previous: Option<String>,
    pub next: Option<String>,
    pub groups: Vec<FeedGroup>,
    /// Whether no feed is left out.
    pub shows_all: bool,
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
    /// What opens it, if it asks for a password.
    pub door: DoorFields,
    pub trouble: Option<Trouble>,
    /// The feeds to choose from, if more than one was found.
    pub candidates: Vec<Candidate>,
    /// What was seen of the addresses that were looked at.
    pub previews: Vec<PreviewRow>,
    /// How many of those aren't on the shelf yet.
    pub new: usize,
    /// How many addresses there was no room for, in words.
    pub left_out: Option<String>,
    /// Packs of feeds, and when they were looked through.
    pub packs: Vec<Pack>,
    pub packs_checked: String,
    /// The script of a bookmark that leads here from any page.
    pub bookmarklet: String,
    /// The same, to keep a page.
    pub bookmark_keep: String,
}

/// A feed before it is subscribed to.
#[derive(Clone, Debug, Default)]
pub struct PreviewRow {
    pub url: String,
    pub title: String,
    pub letter: char,
    /// What is known of it, in sentences.
    pub about: String,
    /// Its newest articles: title and age.
    pub newest: Vec<(String, String)>,
    /// `/feed/…`, if it is on the shelf.
    pub href: Option<String>,
    /// Why there is no feed.
    pub why: Option<String>,
    /// Whether it can be added.
    pub may_add: bool,
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
    /// The paths of its further folders, one a line.
    pub also: String,
    /// While it is paused: until when, in words.
    pub paused: Option<String>,
    /// While it is on trial: until when, in words.
    pub trial: Option<String>,
    /// Whether its older articles come one a day.
    pub drips: bool,
    /// How many of those haven't come yet, in words.
    pub held: Option<String>,
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
    /// What opens it, if it asks for a password.
    pub door: DoorFields,
    /// The user's webhooks.
    pub hooks: Vec<HookRow>,
    /// The secret of the one just made.
    pub hook_secret: Option<String>,
}

/// A webhook.
#[derive(Clone, Debug, Default)]
pub struct HookRow {
    pub id: String,
    pub address: String,
    pub is_well: bool,
    /// How it is, in a sentence.
    pub status: String,
}

impl FeedSettingsPage {
    /// Whether the feed's articles are fresh for these minutes.
    pub fn is_term(&self, minutes: &u32) -> bool {
        self.habits.fresh == Some(*minutes)
    }

    /// The looks that its list can have.
    pub fn views(&self) -> Vec<(&'static str, &'static str, bool)> {
        let own = self.habits.view;
        let all = ListStyle::ALL.iter();
        all.map(|&one| {
            (
                one.word(),
                t(&format!("settings-list-{}", one.word())),
                own == Some(one),
            )
        })
        .collect()
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
    /// Its path as typed.
    pub path: String,
    /// The paths of the user's folders.
    pub folders: Vec<String>,
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

/// Some feeds of one kind, to be let go of.
#[derive(Clone, Debug, Default)]
pub struct CleanGroup {
    pub title: String,
    pub text: String,
    pub feeds: Vec<FeedRow>,
}

/// The spring clean.
#[derive(Debug, Template)]
#[template(path = "pages/clean.html")]
pub struct CleanPage {
    pub frame: Frame,
    pub groups: Vec<CleanGroup>,
}

/// A day's posts in the picture of a plan.
#[derive(Clone, Debug)]
pub struct PlanBar {
    pub x: usize,
    pub height: u32,
    /// "22 November".
    pub day: String,
    pub count: u32,
}

/// A day with checks in the picture of a plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanTick {
    pub x: usize,
    /// Whether the day had posts.
    pub found: bool,
    /// Whether the check is remembered; otherwise it is drawn from the plan.
    pub remembered: bool,
}

/// One feed's plan.
#[derive(Debug, Template)]
#[template(path = "pages/plan.html")]
pub struct PlanPage {
    pub frame: Frame,
    /// `/feed/…`.
    pub href: String,
    /// "Posts about every 2 days."
    pub rhythm: String,
    /// When it was checked, when it is next, and why.
    pub checked: String,
    pub bars: Vec<PlanBar>,
    pub ticks: Vec<PlanTick>,
    /// Most posts of a day.
    pub most: u32,
    /// Since when posts are known, if that is less than 90 days.
    pub posts_from: Option<String>,
    /// Since when checks are remembered.
    pub checks_from: String,
    /// Where the next check stands.
    pub next: Option<usize>,
    /// Where dates stand, and which.
    pub labels: Vec<(usize, String)>,
    /// "31 articles".
    pub posts: String,
    /// The days that had posts, newest first.
    pub days: Vec<(String, u32)>,
    /// The remembered checks, newest first.
    pub last: Vec<String>,
    /// Why it isn't checked more often.
    pub why: Vec<String>,
}
