//! What the pages print.
//!
//! Every page is a struct of finished words: strings, numbers, flags and lists. Nothing here
//! asks the store or the clock, so a page can be drawn from samples (`tests/it/samples.rs`).
//! A template has the name of the page it draws. Text is escaped by the templates; the one
//! field that is printed raw is [`ArticleView::html`], which the sanitiser has made.

#![expect(missing_docs, reason = "a field whose name says it all has no comment")]

use std::fmt;

use askama::Template;

/// The largest count shown in full; above it the rail says `999+`.
const LARGEST_SHOWN: u32 = 999;

/// Addresses of the static files, each with its content hash.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The entry module; its siblings are imported relative to it.
    pub js: String,
    /// The icon sprite, without a fragment.
    pub icons: String,
    /// The page icon.
    pub favicon: String,
}

/// How many articles are unread: nothing for none, and at most `999+`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub u32);

impl Count {
    /// The exact number with its thousands set apart, for labels.
    pub fn exact(&self) -> String {
        super::words::thousands(u64::from(self.0))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            1..=LARGEST_SHOWN => write!(out, "{}", self.0),
            _ => write!(out, "{LARGEST_SHOWN}+"),
        }
    }
}

/// The entry of the main navigation that the page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    Unread,
    All,
    Starred,
    Feeds,
    Add,
    Settings,
    Help,
    /// A feed, a folder or a page outside the navigation.
    #[default]
    Elsewhere,
}

/// What surrounds every page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The page's name, without the product's.
    pub title: String,
    /// The address of the person signed in; `None` draws the page without navigation.
    pub user: Option<String>,
    /// When the page was drawn, in microseconds since 1970, by the server's clock.
    pub now: i64,
    /// Whether this person may see the administrator's tools.
    pub is_admin: bool,
    /// Addresses of the static files.
    pub assets: Assets,
    /// The current entry of the main navigation.
    pub current: Place,
    /// All unread articles.
    pub unread_total: Count,
    /// The shelf: feeds outside folders first, in a folder without a name.
    pub folders: Vec<NavFolder>,
    /// What the last action did.
    pub flash: Option<Flash>,
}

impl Frame {
    /// Whether there is no feed to read at all.
    pub fn shelf_is_empty(&self) -> bool {
        self.folders.iter().all(|folder| folder.feeds.is_empty())
    }

    /// The frame of a page for somebody who is not signed in.
    pub fn signed_out(title: impl Into<String>, assets: Assets) -> Self {
        Frame {
            title: title.into(),
            assets,
            ..Frame::default()
        }
    }
}

/// A sentence about the last action, and the way back from it.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    /// One sentence.
    pub text: String,
    /// The act that `POST /undo` takes back.
    pub undo: Option<String>,
    /// Where undoing leads.
    pub return_to: String,
}

/// A folder in the navigation; nested ones follow their parent, one deeper.
#[derive(Clone, Debug, Default)]
pub struct NavFolder {
    /// The last segment of the path; empty for the feeds outside folders.
    pub name: String,
    /// `/folder/…` with the full path.
    pub href: String,
    /// Unread articles in it and below it.
    pub unread: Count,
    /// Whether it is the page being shown.
    pub current: bool,
    /// 0 for a folder at the top; drawn up to 4.
    pub depth: u8,
    /// The feeds directly in it.
    pub feeds: Vec<NavFeed>,
}

impl NavFolder {
    /// How deep it is drawn: far down, deeper folders share an edge.
    pub fn level(&self) -> u8 {
        self.depth.min(4)
    }
}

/// A feed in the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavFeed {
    /// The part of an article's id before the hyphen.
    pub id: String,
    /// The person's own name for it, or the feed's.
    pub title: String,
    /// `/feed/…`.
    pub href: String,
    /// Its unread articles.
    pub unread: Count,
    /// Whether it is the page being shown.
    pub current: bool,
    /// Why it cannot be fetched, in plain words.
    pub error: Option<String>,
    /// The letter of its icon.
    pub letter: char,
    /// The colour of its icon, 0 to 11.
    pub hue: u8,
    /// `/icon/…`: its site's own.
    pub icon: String,
}

/// A way on: words and an address.
#[derive(Clone, Debug, Default)]
pub struct Link {
    pub label: String,
    pub href: String,
}

/// Something went wrong: what was found, and what to do.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// What we found, in one sentence.
    pub found: String,
    /// What the person can do, in one sentence.
    pub advice: String,
}

/// One article in a list.
#[derive(Clone, Debug, Default)]
pub struct ArticleLine {
    /// The article's id, `feed-number`.
    pub id: String,
    /// `/article/…?in=…`.
    pub href: String,
    /// Never empty; "Untitled" is the caller's word.
    pub title: String,
    /// The feed's name.
    pub feed_title: String,
    /// `/feed/…`.
    pub feed_href: String,
    /// Short relative time: "3 h".
    pub age: String,
    /// The same instant in RFC 3339.
    pub datetime: String,
    /// Whether it has been read.
    pub read: bool,
    /// Whether it is starred.
    pub starred: bool,
    /// The first words of its text, without markup.
    pub snippet: String,
    /// A picture to show small.
    pub image: Option<String>,
    /// Whether it is the article in the reading pane.
    pub selected: bool,
    /// The letter of the feed's icon.
    pub letter: char,
    /// The colour of the feed's icon, 0 to 11.
    pub hue: u8,
    /// `/icon/…`: its site's own.
    pub icon: String,
    /// The publisher's page.
    pub original: Option<String>,
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
    /// `/feed/…`.
    pub feed_href: String,
    /// The letter of the feed's icon.
    pub letter: char,
    /// The colour of the feed's icon, 0 to 11.
    pub hue: u8,
    /// `/icon/…`: its site's own.
    pub icon: String,
    pub author: Option<String>,
    /// The date in words: "Sunday 22 November 2026, 05:38".
    pub published: String,
    /// The same instant in RFC 3339.
    pub datetime: String,
    /// Sanitised markup, printed as it is.
    pub html: String,
    pub enclosures: Vec<Enclosure>,
    pub read: bool,
    pub starred: bool,
    /// Whether it can be read or unread: a star's copy that outlived its article can't.
    pub has_state: bool,
    /// Its place in lists, for marking what is above or below it.
    pub place: String,
    /// The neighbour above, labelled with its title.
    pub previous: Option<Link>,
    /// The neighbour below, labelled with its title.
    pub next: Option<Link>,
    /// The list it was opened from: the way back, and where its forms return.
    pub return_to: String,
    pub text: TextChoice,
}

/// An article's two texts: the feed's own, and its page's.
#[derive(Clone, Debug, Default)]
pub struct TextChoice {
    /// Whether it has a page of its own that could be fetched.
    pub has_page: bool,
    /// Whether the page's text is there.
    pub has_full: bool,
    /// Whether that is what is shown.
    pub shows_full: bool,
    /// Whether the publisher has changed the article since.
    pub is_older: bool,
    /// Whether its reader wants it without asking, and it isn't there yet.
    pub is_wanted: bool,
    /// Where its forms post.
    pub action: String,
    /// The article's address in this list: its forms return there.
    pub here: String,
    /// The same with the other text.
    pub other: String,
    /// Why there is no full text, if somebody tried.
    pub trouble: Option<Trouble>,
}

/// The article alone, as the answer to `X-Fragment: article`.
#[derive(Debug, Template)]
#[template(path = "parts/article.html")]
pub struct ArticlePart {
    pub assets: Assets,
    pub article: ArticleView,
}

/// The two addresses of a list's order.
#[derive(Clone, Debug, Default)]
pub struct OrderLinks {
    pub oldest_first: bool,
    pub newest_href: String,
    pub oldest_href: String,
}

/// The two addresses of a feed's or folder's filter.
#[derive(Clone, Debug, Default)]
pub struct StateLinks {
    pub showing_all: bool,
    pub unread_href: String,
    pub all_href: String,
}

/// Marks everything in the list as read, up to what its reader could see.
#[derive(Clone, Debug, Default)]
pub struct MarkAll {
    /// What the list knew when it was drawn; opaque.
    pub seen: String,
    /// The unread articles that stand on the page.
    pub page: String,
    /// `newest` or `oldest`: which way the list goes.
    pub order: &'static str,
    /// The page to come back to.
    pub return_to: String,
    /// How many articles it would mark.
    pub count: Count,
}

/// A list without lines.
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
    /// Articles that arrived today.
    pub today: Count,
    /// All unread articles.
    pub unread: Count,
    /// The feeds with most unread articles, at most eight.
    pub top_feeds: Vec<NavFeed>,
    /// The first article of the list.
    pub first: Option<Link>,
    /// How many feeds cannot be fetched.
    pub failing: u32,
}

/// A list of articles beside the reading pane; also the page of one article.
#[derive(Debug, Template)]
#[template(path = "pages/reader.html")]
pub struct ReaderPage {
    pub frame: Frame,
    pub heading: String,
    /// A few words under it: "1,004 unread".
    pub subheading: String,
    /// The address of the list alone.
    pub list_href: String,
    pub lines: Vec<ArticleLine>,
    /// The next page of the list.
    pub next: Option<String>,
    /// Absent where the list has no order but its own.
    pub order: Option<OrderLinks>,
    /// Whether these are stars, and there are some to be taken along.
    pub starred: bool,
    /// Only on pages of a feed or a folder.
    pub states: Option<StateLinks>,
    /// Absent when nothing is unread.
    pub mark_all: Option<MarkAll>,
    /// Present when there are no lines.
    pub empty: Option<EmptyState>,
    pub article: Option<ArticleView>,
    /// Drawn when no article is open.
    pub overview: Option<Overview>,
    /// Why this feed cannot be fetched, in plain words.
    pub feed_error: Option<String>,
    /// `/feed/…/settings`, on the page of a feed.
    pub feed_settings: Option<String>,
    /// When the page's feed was asked, when it is next, and why.
    pub asking: Option<Asking>,
    /// While feeds wake that slept while their reader was away.
    pub waking: Option<Waking>,
}

/// Feeds that are being woken and fetched.
#[derive(Clone, Debug, Default)]
pub struct Waking {
    /// Whether the reader himself was away; else somebody took feeds that had slept.
    pub is_back: bool,
    /// Feeds on the shelf that are awake and fetched.
    pub done: usize,
    /// Feeds on the shelf.
    pub total: usize,
    /// The list's address, where a browser without scripts comes back to.
    pub return_to: String,
}

/// A feed on the page of all feeds.
#[derive(Clone, Debug, Default)]
pub struct FeedRow {
    pub title: String,
    /// `/feed/…`.
    pub href: String,
    /// `/feed/…/settings`.
    pub settings_href: String,
    pub unread: Count,
    /// "Checked 12 minutes ago", or why it fails.
    pub status: String,
    /// Whether the status is trouble.
    pub failing: bool,
    /// Whether that has lasted so long that another address may be looked for.
    pub may_replace: bool,
    /// The part of an article's id before the hyphen.
    pub id: String,
    pub letter: char,
    /// 0 to 11.
    pub hue: u8,
    /// `/icon/…`: its site's own.
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
    pub groups: Vec<FeedGroup>,
}

/// A feed that was found at an address.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    pub url: String,
    pub title: String,
    /// Whether it is chosen; one is.
    pub chosen: bool,
}

/// Subscribing to a feed.
#[derive(Debug, Template)]
#[template(path = "pages/add.html")]
pub struct AddPage {
    pub frame: Frame,
    /// What was typed.
    pub url: String,
    /// What was typed.
    pub folder: String,
    /// Paths of the folders there are.
    pub folders: Vec<String>,
    pub trouble: Option<Trouble>,
    /// More than one feed was found.
    pub candidates: Vec<Candidate>,
}

/// One subscription.
#[derive(Debug, Template)]
#[template(path = "pages/feed_settings.html")]
pub struct FeedSettingsPage {
    pub frame: Frame,
    /// `/feed/…`; the forms post below it.
    pub href: String,
    /// The person's name for it, or what was typed.
    pub title: String,
    pub title_error: Option<String>,
    /// The feed's own name.
    pub own_title: String,
    /// The path of its folder, or what was typed.
    pub folder: String,
    pub folder_error: Option<String>,
    /// Paths of the folders there are.
    pub folders: Vec<String>,
    /// Whether its articles' pages are fetched when they are opened.
    pub full_text: bool,
    /// Whether it makes sense to look for another address.
    pub may_replace: bool,
    /// The address that is fetched.
    pub address: String,
    /// The publisher's site.
    pub site: Option<String>,
    /// "Last asked 12 minutes ago, next in 48 minutes: it posts about every 3 hours."
    pub checked: String,
    /// Whether it can be asked at all.
    pub can_refresh: bool,
    /// "Updates are pushed by hub.example until 12 March 2026", where the publisher names a hub.
    pub pushes: Option<String>,
    pub error: Option<Trouble>,
    /// What was mended to read this feed, one sentence each.
    pub repairs: Vec<String>,
}

/// A feed that could take a dead one's place.
#[derive(Clone, Debug, Default)]
pub struct OfferView {
    pub title: String,
    pub url: String,
    /// "20 articles, the newest of 3 November 2026".
    pub about: String,
    /// Whether it is on this reader's shelf already.
    pub is_mine: bool,
}

/// What was found instead of a feed that fails.
#[derive(Debug, Template)]
#[template(path = "pages/replace.html")]
pub struct ReplacePage {
    pub frame: Frame,
    /// The failing feed's page; the forms post below it.
    pub href: String,
    /// Its settings.
    pub back: String,
    /// What the reader calls it.
    pub title: String,
    /// Its address.
    pub address: String,
    /// Its site, where somebody could look for himself.
    pub site: Option<String>,
    /// How many of its articles are unread.
    pub unread: Count,
    pub offers: Vec<OfferView>,
    /// What was typed, or chosen and didn't work.
    pub url: String,
    pub trouble: Option<Trouble>,
}

/// A token for other programs.
#[derive(Clone, Debug, Default)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// "Made 3 November 2026".
    pub created: String,
}

/// Everything a person can set.
#[derive(Debug, Template)]
#[template(path = "pages/settings.html")]
pub struct SettingsPage {
    pub frame: Frame,
    /// The remembered order.
    pub oldest_first: bool,
    /// Whether the account has one; who came by OpenID needs none.
    pub has_password: bool,
    pub current_password_error: Option<String>,
    pub new_password_error: Option<String>,
    pub tokens: Vec<TokenRow>,
    /// What was typed.
    pub token_name: String,
    pub token_error: Option<String>,
    /// Shown once, right after it was made.
    pub new_token: Option<String>,
    pub openid: Option<OpenIdView>,
    /// Whether the store is a file on this machine, of which there can be a copy.
    pub has_file: bool,
}

/// The account elsewhere that opens this one, or could.
#[derive(Debug)]
pub struct OpenIdView {
    /// Whose: "Google".
    pub name: String,
    pub connected: bool,
    pub error: Option<String>,
}

/// What something has cost, in finished words.
#[derive(Clone, Debug, Default)]
pub struct CostRow {
    /// A route, a day, or a reader's id.
    pub name: String,
    /// How often.
    pub count: String,
    pub reads: String,
    pub writes: String,
    pub deletes: String,
}

/// How much of what is free was used today.
#[derive(Clone, Debug, Default)]
pub struct QuotaRow {
    pub name: &'static str,
    pub used: String,
    pub free: String,
    pub percent: u64,
}

/// A bar of the chart of days.
#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub x: u32,
    pub y: String,
    pub height: String,
    /// `reads` or `writes`.
    pub kind: &'static str,
    /// "3 March: 1,200 reads".
    pub title: String,
}

/// What the service costs.
#[derive(Debug, Template)]
#[template(path = "pages/costs.html")]
pub struct CostsPage {
    pub frame: Frame,
    /// "$0.00 for a month of 30 days like the last days".
    pub forecast: String,
    /// The day of the price list.
    pub prices_of: String,
    pub region: String,
    /// All that have prices.
    pub regions: Vec<String>,
    pub quotas: Vec<QuotaRow>,
    pub bars: Vec<Bar>,
    /// The chart's width.
    pub width: u32,
    /// Routes, the dearest first.
    pub today: Vec<CostRow>,
    pub month: Vec<CostRow>,
    pub ticks_today: CostRow,
    pub ticks_month: CostRow,
    /// By id, the dearest first.
    pub readers: Vec<CostRow>,
    /// The newest first.
    pub days: Vec<CostRow>,
}

/// Choosing a file of subscriptions.
#[derive(Debug, Template)]
#[template(path = "pages/import.html")]
pub struct ImportPage {
    pub frame: Frame,
    pub trouble: Option<Trouble>,
}

/// How far an imported line has come.
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

/// What became of the last import.
#[derive(Debug, Template)]
#[template(path = "pages/import_result.html")]
pub struct ImportResultPage {
    pub frame: Frame,
    /// "100 lines: 96 feeds added, 3 were there, 1 is not an address."
    pub summary: String,
    pub done: u32,
    pub total: u32,
    pub lines: Vec<ImportLine>,
}

/// When a feed was asked, when it is next, and why.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Where the form that asks it now posts to.
    pub href: String,
    pub text: String,
}

/// A text for everybody.
#[derive(Debug, Template)]
#[template(path = "pages/about.html")]
pub struct AboutPage {
    pub frame: Frame,
    /// Clean HTML.
    pub html: String,
}

/// Signing in.
#[derive(Debug, Template)]
#[template(path = "pages/signin.html")]
pub struct SignInPage {
    pub frame: Frame,
    /// What was typed.
    pub email: String,
    /// Where to go afterwards.
    pub next: String,
    pub error: Option<String>,
    /// Whether strangers may sign up.
    pub may_sign_up: bool,
    /// "Continue with Google", where that is possible.
    pub openid: Option<Link>,
}

/// Signing up.
#[derive(Debug, Template)]
#[template(path = "pages/signup.html")]
pub struct SignUpPage {
    pub frame: Frame,
    /// Whether nobody has an account yet.
    pub first: bool,
    /// What was typed.
    pub email: String,
    pub email_error: Option<String>,
    pub password_error: Option<String>,
    /// "Continue with Google", where that is possible.
    pub openid: Option<Link>,
}

/// Keys and hints.
#[derive(Debug, Template)]
#[template(path = "pages/help.html")]
pub struct HelpPage {
    pub frame: Frame,
}

/// A request that could not be answered.
#[derive(Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub frame: Frame,
    pub status: u16,
    pub title: String,
    pub advice: String,
    /// Ways out, the best one first.
    pub links: Vec<Link>,
    /// What to quote when asking for help.
    pub request_id: String,
}

/// What stands there while the first request opens the store.
#[derive(Debug, Template)]
#[template(path = "waking.html")]
pub struct WakingPage {
    pub frame: Frame,
    /// The page that was asked for, marked as asked for again.
    pub again: String,
}
