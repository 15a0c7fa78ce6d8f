//! Searching.

use askama::Template;

use super::reading::{ArticleLine, ArticleView, EnclosureKind};
use super::said::*;
use super::{Frame, Link, Place, Trouble};
use crate::web::words::segment;

/// A part of a query, as it was understood.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    pub label: String,
    /// The search without it.
    pub without: String,
}

/// A feed with hits.
#[derive(Clone, Debug, Default)]
pub struct NarrowFeed {
    pub title: String,
    pub letter: char,
    pub hue: u8,
    pub icon: String,
    pub href: String,
    pub count: String,
}

/// A month with hits.
#[derive(Clone, Debug, Default)]
pub struct MonthHits {
    pub label: String,
    pub href: String,
    pub count: String,
    /// The bar's length, in percent of the longest.
    pub width: usize,
}

/// What a search is saved as.
#[derive(Clone, Debug, Default)]
pub struct SavedSearch {
    pub id: u32,
    pub name: String,
}

/// The hits of a search beside what narrows it down, or beside an article.
#[derive(Debug, Template)]
#[template(path = "pages/search.html")]
pub struct SearchPage {
    pub frame: Frame,
    /// As it was typed.
    pub query: String,
    /// Why it can't be understood.
    pub trouble: Option<Trouble>,
    pub chips: Vec<Chip>,
    pub lines: Vec<ArticleLine>,
    /// "7 articles".
    pub sum: String,
    /// "of 24,000 in 120 feeds · 0 reads".
    pub searched: String,
    /// What isn't searched yet.
    pub unindexed: Option<String>,
    /// What is searched in part.
    pub in_part: Option<String>,
    /// Whether it is longer than what is searched.
    pub is_cut: bool,
    /// `newest` or `best`.
    pub sort: &'static str,
    pub newest: String,
    pub best: String,
    pub next: Option<String>,
    /// The page's own address.
    pub list_href: String,
    /// Feeds whose names have what was typed.
    pub offered: Vec<Link>,
    pub feeds: Vec<NarrowFeed>,
    pub months: Vec<MonthHits>,
    /// Whether anything was asked for.
    pub is_asked: bool,
    /// Whether it can be saved.
    pub may_save: bool,
    /// What it is saved as.
    pub saved: Option<SavedSearch>,
    pub article: Option<ArticleView>,
}

impl SearchPage {
    /// What can be typed, and what it means.
    pub fn syntax(&self) -> [(&'static str, &'static str); 11] {
        [
            ("“salt marsh”", t("search-syntax-phrase")),
            ("-drone", t("search-syntax-without")),
            ("tide OR ebb", t("search-syntax-or")),
            ("curl*", t("search-syntax-begin")),
            ("title: author:", t("search-syntax-field")),
            ("feed: folder:", t("search-syntax-feed")),
            ("tag:", t("search-syntax-tag")),
            ("is:unread is:read is:starred", t("search-syntax-state")),
            ("has:audio has:video has:image", t("search-syntax-media")),
            ("before:2026-11 after:2025", t("search-syntax-date")),
            ("links:example.org", t("search-syntax-links")),
        ]
    }

    /// Whether all lines are of one feed: they never are.
    pub fn hides_feed(&self) -> bool {
        false
    }
}
