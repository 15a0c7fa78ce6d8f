//! A list of articles, and the article beside it.

use askama::Template;

use super::account::ChoiceGroup;
use super::said::*;
use super::shelf::PollingLine;
use crate::shelf::Played;

use super::{Assets, Count, Frame, HouseOffer, Link, NavFeed, Place, Trouble};
use crate::web::words::segment;

/// One article in a list.
#[derive(Clone, Debug, Default)]
pub struct ArticleLine {
    /// The article's id, `feed-number`.
    pub id: String,
    /// `/article/…?in=…`.
    pub href: String,
    /// Never empty: an article without a title is "Untitled".
    pub title: String,
    /// The feed's name.
    pub feed_title: String,
    /// The path of its feed's list, `/feed/…`.
    pub feed_href: String,
    /// Short relative time: "3 h"; `None` if its date is unknown.
    pub age: Option<String>,
    /// The same instant in RFC 3339.
    pub datetime: String,
    /// The same in words.
    pub exact: String,
    /// Its time in lists, in microseconds since 1970, for marking what is above or below it.
    pub order: i64,
    /// Whether it has been read.
    pub read: bool,
    /// Whether it has passed by unread; then it looks as if it were read.
    pub passed: bool,
    /// Whether it is starred.
    pub starred: bool,
    /// Whether a rule has it stand out.
    pub lit: bool,
    /// Whether a rule keeps it unread until it is marked by hand.
    pub keeps_unread: bool,
    /// The language of its text, for `lang`; empty if it isn't known.
    pub lang: String,
    /// The first words of its text, without markup.
    pub snippet: String,
    /// Title and snippet with what was searched for marked; empty outside searches.
    pub marked: Vec<Piece>,
    pub marked_snippet: Vec<Piece>,
    /// The address of an image to show as a thumbnail.
    pub image: Option<String>,
    /// Whether it is the article in the reading pane.
    pub selected: bool,
    /// The letter of the feed's icon.
    pub letter: char,
    /// The colour of the feed's icon, 0 to 11.
    pub hue: u8,
    /// `/feed/…/icon`: its site's own.
    pub icon: String,
    /// The publisher's page.
    pub original: Option<String>,
    /// If it is the first of a day of a feed that is rolled up: what stands above them.
    pub opens: Option<DayHead>,
    /// Whether it is the last of those.
    pub closes: bool,
    /// How long reading takes; `None` for short ones.
    pub reading: Option<String>,
    /// The user's own tags and note.
    pub tags: Vec<Link>,
    pub note: String,
    /// The same page in other feeds.
    pub twins: Vec<Twin>,
    /// Whether its title leads to the publisher's page.
    pub opens_site: bool,
    /// The whole article, where lists show it: clean HTML, its direction and its language.
    pub whole: Option<WholeText>,
}

/// A piece of a text, marked or not.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    pub text: String,
    pub is_marked: bool,
}

/// An article that is the same page as another one, in another feed.
#[derive(Clone, Debug, Default)]
pub struct Twin {
    pub id: String,
    pub read: bool,
    pub feed_href: String,
    pub feed_title: String,
}

impl ArticleLine {
    /// The ids of its twins.
    pub fn twin_ids(&self, between: &str) -> String {
        let ids: Vec<&str> = self.twins.iter().map(|twin| twin.id.as_str()).collect();
        ids.join(between)
    }
}

/// What stands above the articles of one feed and day that are rolled up.
#[derive(Clone, Copy, Debug, Default)]
pub struct DayHead {
    pub articles: u32,
}

/// An article's text in a list of whole articles.
#[derive(Clone, Debug, Default)]
pub struct WholeText {
    /// Sanitized HTML, printed unescaped.
    pub html: String,
    pub dir: &'static str,
    pub lang: String,
}

/// What an attachment is, so that the page can play or show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EnclosureKind {
    Audio,
    Video,
    Image,
    #[default]
    Other,
}

/// A file that comes with an article.
#[derive(Clone, Debug, Default)]
pub struct Enclosure {
    pub url: String,
    /// Name, type and size in words.
    pub label: String,
    pub kind: EnclosureKind,
}

/// An article in the reading pane.
#[derive(Clone, Debug, Default)]
pub struct ArticleView {
    /// The article's id, `feed-number`.
    pub id: String,
    pub title: String,
    /// The publisher's page.
    pub original: Option<String>,
    pub feed_title: String,
    /// The path of its feed's list, `/feed/…`.
    pub feed_href: String,
    /// The letter of the feed's icon.
    pub letter: char,
    /// The colour of the feed's icon, 0 to 11.
    pub hue: u8,
    /// `/feed/…/icon`: its site's own.
    pub icon: String,
    pub author: Option<String>,
    /// The date in words: "Sunday 22 November 2026, 05:38"; `None` if it is unknown.
    pub published: Option<String>,
    /// The same instant in RFC 3339.
    pub datetime: String,
    /// Sanitized HTML, printed unescaped.
    pub html: String,
    pub enclosures: Vec<Enclosure>,
    /// The language of its text, for `lang`; empty if it isn't declared.
    pub lang: String,
    /// The direction of its text, for `dir`.
    pub dir: &'static str,
    /// What a podcast's feed says of it, in words: "Season 2", "Episode 5", "1 h 2 min".
    pub episode: Vec<String>,
    /// The address of its chapters.
    pub chapters: Option<String>,
    /// How long reading takes: "6 min"; `None` for short ones.
    pub reading: Option<String>,
    /// The publisher's categories.
    pub categories: Vec<Link>,
    /// Where it is discussed.
    pub comments: Option<Link>,
    /// The user's own tags, as links and as they are typed.
    pub tags: Vec<Link>,
    pub tags_typed: String,
    /// The user's own note.
    pub note: String,
    /// Where it can be sent.
    pub shares: Vec<ShareLink>,
    /// How far its episode was played.
    pub played: Option<Played>,
    pub read: bool,
    pub starred: bool,
    /// Who of the user's feeds links to it.
    pub linked: Option<LinkedHere>,
    /// The words that titles are hidden by, as they are suggested.
    pub muted: String,
    /// Whether it can be marked as read or unread; a star's copy of a deleted article can't.
    pub has_state: bool,
    /// Its position in lists, for marking what is above or below it.
    pub place: String,
    /// The neighbour above, labelled with its title.
    pub previous: Option<Link>,
    /// The neighbour below, labelled with its title.
    pub next: Option<Link>,
    /// The list it was opened from, to which its forms return.
    pub return_to: String,
    /// Whether the user wants pictures at all.
    pub shows_pictures: bool,
    pub text: TextChoice,
}

/// Articles that link to this one.
#[derive(Clone, Debug, Default)]
pub struct LinkedHere {
    /// Those that are known.
    pub lines: Vec<Link>,
    /// The search for them, with what it costs; `None` if they are known.
    pub ask: Option<Link>,
}

/// Something that an article can be sent to.
#[derive(Clone, Debug, Default)]
pub struct ShareLink {
    pub label: String,
    /// An address that is opened; empty if the article is sent from here.
    pub href: String,
    /// Its number among the user's, for sending it.
    pub number: usize,
}

/// An article's two texts: the feed's own, and the full text of its page.
#[derive(Clone, Debug, Default)]
pub struct TextChoice {
    /// Whether it has a page that can be fetched.
    pub has_page: bool,
    /// Whether the full text is stored.
    pub has_full: bool,
    /// Whether the full text is shown.
    pub shows_full: bool,
    /// Whether the publisher has changed the article since the full text was fetched.
    pub is_older: bool,
    /// Whether the full text is to be fetched automatically: the user always wants it, and it isn't stored.
    pub is_wanted: bool,
    /// Where its forms post.
    pub action: String,
    /// The article's address in this list, to which its forms return.
    pub here: String,
    /// The same with the other text.
    pub other: String,
    /// Why there is no full text, if fetching it failed.
    pub trouble: Option<Trouble>,
}

/// The article alone, as the response to `X-Fragment: article`.
#[derive(Debug, Template)]
#[template(path = "parts/article.html")]
pub struct ArticlePart {
    pub assets: Assets,
    pub article: ArticleView,
}

/// The links to a list in either order.
#[derive(Clone, Debug, Default)]
pub struct OrderLinks {
    pub oldest_first: bool,
    pub newest_href: String,
    pub oldest_href: String,
}

/// The links to the unread or all articles of a feed or folder.
#[derive(Clone, Debug, Default)]
pub struct StateLinks {
    pub showing_all: bool,
    pub unread_href: String,
    pub all_href: String,
}

/// The form that marks everything in the list as read, up to what the list covered.
#[derive(Clone, Debug, Default)]
pub struct MarkAll {
    /// What the list covered when it was rendered; opaque.
    pub seen: String,
    /// The ids of the unread articles on the page.
    pub page: String,
    /// The list's order: `newest` or `oldest`.
    pub order: &'static str,
    /// The page to return to.
    pub return_to: String,
    /// How many articles it would mark.
    pub count: Count,
}

impl MarkAll {
    /// The ages by which a part can be marked: days, and what is said of them.
    pub fn older(&self) -> [(u32, &'static str); 4] {
        [
            (1, t("list-mark-older-1")),
            (3, t("list-mark-older-3")),
            (7, t("list-mark-older-7")),
            (30, t("list-mark-older-30")),
        ]
    }
}

/// The last act, while it can be undone.
#[derive(Clone, Debug, Default)]
pub struct LastAct {
    /// The act's id, for `POST /undo`.
    pub act: String,
    /// What it marked: "26 articles".
    pub marked: String,
}

/// Shown in place of an empty list.
#[derive(Clone, Debug, Default)]
pub struct EmptyState {
    pub title: String,
    pub text: String,
    pub action: Option<Link>,
}

/// What the reading pane shows while no article is open.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The day in words: "Sunday 22 November".
    pub day: String,
    /// "1,004 to read".
    pub heading: String,
    /// The number in it that the scripts correct; `None` if it says none.
    pub counted: Option<u32>,
    /// "12 in this list are from today."
    pub sum: String,
    /// The feeds with most unread articles, at most eight.
    pub top_feeds: Vec<NavFeed>,
    /// The first article of the list.
    pub first: Option<Link>,
    /// How many feeds cannot be fetched.
    pub failing: u32,
}

/// How to begin.
#[derive(Clone, Debug)]
pub struct FirstRun {
    /// The list of the house, if there is one.
    pub house: Option<HouseOffer>,
    pub packs: Vec<Pack>,
    /// How unread articles are to be counted.
    pub counts: ChoiceGroup,
}

/// A few feeds to begin with.
#[derive(Clone, Debug)]
pub struct Pack {
    /// In its address.
    pub name: &'static str,
    pub title: &'static str,
    /// Their titles and addresses.
    pub feeds: &'static [(&'static str, &'static str)],
}

/// A list of articles beside the reading pane; also the page of one article.
#[derive(Debug, Template)]
#[template(path = "pages/reader.html")]
pub struct ReaderPage {
    pub frame: Frame,
    pub heading: String,
    /// Shown under the heading: "1,004 unread".
    pub subheading: String,
    /// The number in it that the scripts correct; `None` if it says none.
    pub counted: Option<u32>,
    /// Whether all lines are of one feed, whose name stands above.
    pub hides_feed: bool,
    /// Whether scrolling past its articles leaves them unread.
    pub keeps_scrolled: bool,
    /// The address of the list alone.
    pub list_href: String,
    pub lines: Vec<ArticleLine>,
    /// The next page of the list.
    pub next: Option<String>,
    /// Absent if the list has a fixed order.
    pub order: Option<OrderLinks>,
    /// Whether this is the list of stars, and there are some to export.
    pub starred: bool,
    /// Only on pages of a feed or a folder.
    pub states: Option<StateLinks>,
    /// Absent when nothing is unread.
    pub mark_all: Option<MarkAll>,
    /// Present for ten minutes after an act.
    pub last_act: Option<LastAct>,
    /// Present when there are no lines.
    pub empty: Option<EmptyState>,
    pub article: Option<ArticleView>,
    /// Present when no article is open.
    pub overview: Option<Overview>,
    /// A link to what has passed by unread.
    pub passed: Option<Link>,
    /// Present beside an empty shelf, in place of the overview.
    pub first_run: Option<FirstRun>,
    /// Why this feed cannot be fetched, in plain words.
    pub feed_error: Option<String>,
    /// What the user should know or is asked, each with where that is answered.
    pub notes: Vec<Link>,
    /// That only one category is shown, and the list without that.
    pub category: Option<Link>,
    /// Unread articles of this list that are gone, in words.
    pub departed: Option<String>,
    /// What the list of the house has changed, in words.
    pub house: Option<String>,
    /// `/feed/…/settings`, on the page of a feed.
    pub feed_settings: Option<String>,
    /// When the page's feed was checked, when it is checked next, and why.
    pub asking: Option<PollingLine>,
    /// Present while feeds that had been asleep are woken.
    pub waking: Option<Waking>,
}

/// Feeds that are being woken and fetched.
#[derive(Clone, Debug, Default)]
pub struct Waking {
    /// Whether the user was away; otherwise they have subscribed to feeds that had been asleep.
    pub is_back: bool,
    /// Feeds on the shelf that are awake and fetched.
    pub done: usize,
    /// Feeds on the shelf.
    pub total: usize,
    /// The list's address, to which a browser without scripts returns.
    pub return_to: String,
}
