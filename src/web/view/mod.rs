//! The view models of the pages.
//!
//! Every page is a struct of formatted values: strings, numbers, flags and lists. Nothing here reads the store or the
//! clock, so a page can be rendered from samples (`tests/it/samples/mod.rs`). A template has the name of the page that it
//! renders. Templates escape all text but three fields: [`ArticleView::html`], which the sanitizer has cleaned,
//! [`AboutPage::html`], which is our own, and [`Says::html`], which is another template's.

#![expect(missing_docs, reason = "a field whose name says it all has no comment")]

use std::fmt;

use crate::users::preferences::{Counts, Language, Preferences, Theme};
use crate::web::keys::{self, KeyGroup};
use crate::web::words::language;

mod about;
mod account;
mod admin;
mod api;
mod card;
mod costs;
mod data;
mod device;
mod digest;
mod door;
mod edition;
mod footprint;
mod house;
mod journal;
mod kept;
mod letters;
mod mail;
mod reading;
mod rules;
mod search;
mod security;
mod shared;
mod shelf;

pub use about::*;
pub use account::*;
pub use admin::*;
pub use api::*;
pub use card::*;
pub use costs::*;
pub use data::*;
pub use device::*;
pub use digest::*;
pub use door::*;
pub use edition::*;
pub use footprint::*;
pub use house::*;
pub use journal::*;
pub use kept::*;
pub use letters::*;
pub use mail::*;
pub use reading::*;
pub use rules::*;
pub use search::*;
pub use security::*;
pub use shared::*;
pub use shelf::*;

/// What every template may say.
mod said {
    pub(super) use crate::users::preferences::Counts;
    pub(super) use crate::web::words::{counts, for_scripts, language, msg, t};
}

/// The largest count shown in full; above it the rail says `999+`.
const MAX_SHOWN: u32 = 999;

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
    /// The icon on the home screens of iOS, which take no others.
    pub touch_icon: String,
}

/// How many articles are unread: nothing for none, and at most `999+`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub u32);

impl Count {
    /// The exact number with thousands separators, for labels.
    pub fn exact(&self) -> String {
        super::words::thousands(u64::from(self.0))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            1..=MAX_SHOWN => write!(out, "{}", self.0),
            _ => write!(out, "{MAX_SHOWN}+"),
        }
    }
}

/// The entry of the main navigation that the page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    Unread,
    Seldom,
    All,
    Starred,
    Kept,
    Journal,
    Edition,
    Search,
    Rules,
    Feeds,
    Add,
    Settings,
    Help,
    /// A feed, a folder or a page outside the navigation.
    #[default]
    Elsewhere,
}

/// The frame around every page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The page's name, without the product's.
    pub title: String,
    /// The email address of the signed-in user; `None` renders the page without navigation.
    pub user: Option<String>,
    /// Whether the user has ever kept anything besides stars.
    pub has_kept: bool,
    /// When the page was rendered, in microseconds since 1970, by the server's clock.
    pub now: i64,
    /// What the page knows the shelf by, for its pulse.
    pub state: String,
    /// Whether the user may see the administrator's tools.
    pub is_admin: bool,
    /// Addresses of the static files.
    pub assets: Assets,
    /// The current entry of the main navigation.
    pub current: Place,
    /// All unread articles.
    pub unread_total: Count,
    /// Those of feeds that post seldom.
    pub unread_seldom: Count,
    /// How the user wants to read.
    pub preferences: Preferences,
    /// The shelf: feeds outside folders first, in a folder without a name.
    pub folders: Vec<NavFolder>,
    /// Saved searches.
    pub searches: Vec<NavSearch>,
    /// The message about the last action.
    pub flash: Option<Flash>,
}

/// A saved search in the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavSearch {
    pub id: u32,
    pub name: String,
    /// Whether its hits are what is shown.
    pub is_current: bool,
    pub href: String,
    /// Its unread hits, as far as they are known.
    pub unread: Count,
    /// Whether there may be more.
    pub has_dot: bool,
}

impl Frame {
    /// Whether a saved search's hits are shown, and it is the place where one is.
    pub fn shows_saved(&self) -> bool {
        self.searches.iter().any(|one| one.is_current)
    }

    /// Whether there are no feeds on the shelf.
    pub fn shelf_is_empty(&self) -> bool {
        self.folders
            .iter()
            .all(|folder| folder.feeds.is_empty() && folder.feeds_href.is_none())
    }

    /// The speeds that the player offers: hundredths, and as people write them.
    pub fn speeds(&self) -> Vec<(u16, String)> {
        let point = match language() {
            Language::German => ',',
            Language::English | Language::Chinese => '.',
        };
        let written = |hundredths: u16| {
            let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let text = text.trim_end_matches('0').trim_end_matches('.');
            text.replace('.', &point.to_string()) + "×"
        };
        let all = [80, 100, 120, 150, 175, 200, 300];
        all.map(|hundredths| (hundredths, written(hundredths)))
            .to_vec()
    }

    /// What the page's root says of the user's choices, as `data-…`; what is as the product comes isn't said.
    pub fn look(&self) -> Vec<(&'static str, &'static str)> {
        let own = &self.preferences;
        let usual = Preferences::default();
        let mut look = vec![
            ("theme", own.theme.word(), own.theme == usual.theme),
            ("face", own.face.word(), own.face == usual.face),
            ("size", own.size.word(), own.size == usual.size),
            ("width", own.width.word(), own.width == usual.width),
            ("spacing", own.spacing.word(), own.spacing == usual.spacing),
            ("density", own.density.word(), own.density == usual.density),
            ("list", own.list.word(), own.list == usual.list),
            (
                "pictures",
                own.pictures.word(),
                own.pictures == usual.pictures,
            ),
            ("counts", own.counts.word(), own.counts == usual.counts),
            ("opening", "keeps", own.opening_marks),
            ("scrolling", "marks", !own.scrolling_marks),
            ("rail", "hides-read", !own.hides_read),
        ];
        look.retain(|(_, _, is_usual)| !is_usual);
        look.into_iter()
            .map(|(name, value, _)| (name, value))
            .collect()
    }

    /// The colour schemes of the page, for form controls and scroll bars.
    pub fn scheme(&self) -> &'static str {
        match self.preferences.theme {
            Theme::System => "light dark",
            Theme::Light | Theme::Sepia => "light",
            Theme::Dark | Theme::Black => "dark",
        }
    }

    /// The colour of the browser's bars, and for which devices.
    pub fn theme_colors(&self) -> &'static [(&'static str, &'static str)] {
        match self.preferences.theme {
            Theme::System => &[
                ("#fbfaf8", "(prefers-color-scheme: light)"),
                ("#141414", "(prefers-color-scheme: dark)"),
            ],
            Theme::Light => &[("#fbfaf8", "")],
            Theme::Sepia => &[("#f6efdf", "")],
            Theme::Dark => &[("#141414", "")],
            Theme::Black => &[("#000000", "")],
        }
    }

    /// The keys, for the help.
    pub fn keys(&self) -> Vec<KeyGroup> {
        keys::table(&self.preferences)
    }

    /// The keys, for the scripts.
    pub fn key_map(&self) -> String {
        keys::map(&self.preferences)
    }

    /// The frame of a page for visitors who aren't signed in.
    pub fn signed_out(title: impl Into<String>, assets: Assets) -> Self {
        Frame {
            title: title.into(),
            assets,
            ..Frame::default()
        }
    }
}

/// A message about the last action, and how to undo it.
#[derive(Clone, Debug, Default)]
pub struct Flash {
    /// One sentence.
    pub text: String,
    /// The act that `POST /undo` undoes; `None` if it can't be undone.
    pub undo: Option<String>,
    /// The page to which undoing returns.
    pub return_to: String,
    /// What the page shows once: a new token.
    pub secret: Option<String>,
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
    /// How they are counted.
    pub counts: Counts,
    /// Whether it is the page being shown.
    pub current: bool,
    /// 0 for a top-level folder; shown up to 4.
    pub depth: u8,
    /// The feeds directly in it; of one that is loaded when it is opened, only the page's own.
    pub feeds: Vec<NavFeed>,
    /// `/feeds/in/…`, where its feeds are, if they are loaded when it is opened.
    pub feeds_href: Option<String>,
}

impl NavFolder {
    /// Its indentation: that of level 4 for all deeper folders.
    pub fn level(&self) -> u8 {
        self.depth.min(4)
    }
}

/// A feed in the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavFeed {
    /// The part of an article's id before the hyphen.
    pub id: String,
    /// The user's title for it, or the feed's own.
    pub title: String,
    /// `/feed/…`.
    pub href: String,
    /// Its unread articles.
    pub unread: Count,
    /// How they are counted.
    pub counts: Counts,
    /// Whether it is the page being shown.
    pub current: bool,
    /// Why it cannot be fetched, in plain words.
    pub error: Option<String>,
    /// The letter of its icon.
    pub letter: char,
    /// The colour of its icon, 0 to 11.
    pub hue: u8,
    /// `/feed/…/icon`: its site's own.
    pub icon: String,
}

/// A link: its text and address.
#[derive(Clone, Debug, Default)]
pub struct Link {
    pub label: String,
    pub href: String,
}

/// An error for the user: what was found, and what to do.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    /// What we found, in one sentence.
    pub found: String,
    /// What the user can do, in one sentence.
    pub advice: String,
    /// A letter to whoever can mend it, ready to be copied.
    pub letter: Option<String>,
}
