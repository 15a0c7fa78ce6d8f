//! The journal and what it says.

use askama::Template;

use super::said::*;
use super::{Choice, Frame, Link, Place};

/// One of the pages about the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JournalTab {
    #[default]
    Timeline,
    Recent,
    Insights,
    Year,
    Digest,
    Footprint,
    Export,
}

/// One line: an article and what was done with it.
#[derive(Clone, Debug, Default)]
pub struct JournalLine {
    /// `08:02`.
    pub time: String,
    /// The same instant in RFC 3339.
    pub datetime: String,
    /// The acts' words in exports, which are also the icons' names.
    pub acts: Vec<&'static str>,
    /// The same in words.
    pub done: String,
    pub title: String,
    /// The article here, or the publisher's page; `None` if both are unknown.
    pub href: Option<String>,
    /// Whether that leads out.
    pub is_outside: bool,
    pub feed: String,
    /// The feed's own page of the journal.
    pub feed_href: String,
    pub author: String,
    pub author_href: String,
    pub letter: char,
    pub hue: u8,
    /// Of a feed on the shelf.
    pub icon: Option<String>,
    /// The article, for its deletion.
    pub id: String,
}

/// One day.
#[derive(Clone, Debug, Default)]
pub struct JournalDay {
    /// `Today, 28 November`.
    pub title: String,
    /// `2026-11-28`.
    pub date: String,
    /// How often what was done.
    pub sum: String,
    pub lines: Vec<JournalLine>,
    /// What was marked and cleared, in one sentence; empty for none.
    pub cleared: String,
}

/// The journal.
#[derive(Debug, Template)]
#[template(path = "pages/journal.html")]
pub struct JournalPage {
    pub frame: Frame,
    pub tab: JournalTab,
    /// What was searched for.
    pub query: String,
    /// What the page is narrowed to, in one sentence; empty for all of it.
    pub about: String,
    /// What is known of that, month by month.
    pub about_months: Vec<(String, String)>,
    pub days: Vec<JournalDay>,
    /// The months, with how many articles were opened.
    pub months: Vec<Choice>,
    pub next: Option<String>,
    /// What is said where there is nothing.
    pub empty: String,
    /// That a bound was met, in words; empty if not.
    pub bound: String,
    pub is_paused: bool,
    pub keeps: Vec<(&'static str, String, bool)>,
    pub zone: String,
    /// The browser's zone if it is another one.
    pub other_zone: String,
    /// The month that can be deleted: value and name.
    pub month: (String, String),
    /// Where forms lead back to.
    pub here: String,
}

/// A row of a ranking.
#[derive(Clone, Debug, Default)]
pub struct RankRow {
    pub rank: usize,
    pub title: String,
    pub href: String,
    pub opened: String,
    /// `▲ 2`, `▼ 1`, `=`, or “new”.
    pub change: String,
    /// `up`, `down`, `same` or `new`.
    pub way: &'static str,
    /// The change as it is read out.
    pub said: String,
    /// The points of a small line over six months.
    pub spark: String,
    pub letter: char,
    pub hue: u8,
    pub icon: Option<String>,
    /// Of the form that leaves it out: its field's name and value.
    pub leave: (&'static str, String),
}

/// A cell of a calendar.
#[derive(Clone, Debug, Default)]
pub struct HeatCell {
    pub x: usize,
    pub y: usize,
    /// 0 to 4.
    pub step: u8,
    pub title: String,
}

/// A line of the picture of ranks.
#[derive(Clone, Debug, Default)]
pub struct BumpLine {
    /// One run for each stretch without a gap.
    pub runs: Vec<String>,
    pub dots: Vec<(usize, usize)>,
    pub label: String,
    /// Where the label stands; `None` if the feed has no place now.
    pub y: Option<usize>,
    pub is_main: bool,
}

/// A month's bar.
#[derive(Clone, Debug, Default)]
pub struct MonthBar {
    pub x: usize,
    pub label: String,
    /// Top and height of opened, marked and cleared.
    pub parts: [(usize, usize); 3],
    pub figures: [String; 3],
    pub name: String,
}

/// How much of a feed was opened.
#[derive(Clone, Debug, Default)]
pub struct WorthRow {
    pub title: String,
    pub href: String,
    pub letter: char,
    pub hue: u8,
    pub icon: String,
    pub arrived: u32,
    pub opened: i64,
    /// In percent.
    pub share: i64,
    pub id: String,
}

/// What the journal says.
#[derive(Debug, Template)]
#[template(path = "pages/insights.html")]
pub struct InsightsPage {
    pub frame: Frame,
    pub tab: JournalTab,
    /// How much, and how that has changed.
    pub sentence: String,
    /// When most of it; empty if nothing stands out.
    pub mostly: String,
    pub ranges: Vec<Choice>,
    /// Against what the changes are.
    pub against: String,
    pub zone: String,
    pub feeds: Vec<RankRow>,
    pub authors: Vec<RankRow>,
    pub left_out: Vec<(&'static str, String, String)>,
    pub bump: Vec<BumpLine>,
    pub bump_months: Vec<(usize, String)>,
    pub bump_table: Vec<(String, Vec<String>)>,
    /// The one that climbed most, in words; empty for none.
    pub climber: String,
    pub year: Vec<HeatCell>,
    pub year_months: Vec<(usize, String)>,
    pub weekdays: Vec<(usize, String)>,
    pub year_most: String,
    pub year_table: Vec<(String, String)>,
    pub hours: Vec<HeatCell>,
    pub hour_days: Vec<(usize, String)>,
    pub hours_table: Vec<(String, Vec<i64>)>,
    pub months: Vec<MonthBar>,
    pub months_most: String,
    pub months_half: String,
    pub worth: Vec<WorthRow>,
    pub worth_text: String,
    pub unmissed: Vec<WorthRow>,
    pub firsts: Vec<String>,
    /// Whether there is anything to show.
    pub is_empty: bool,
    pub here: String,
}

/// A year in review, as a picture.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "pages/year.svg", escape = "html")]
pub struct YearPicture {
    pub title: String,
    pub sentence: String,
    /// Name and opened, the most first.
    pub feeds: Vec<(usize, usize, String, String)>,
    pub authors: Vec<(usize, String)>,
    pub feeds_title: String,
    pub authors_title: String,
    pub cells: Vec<HeatCell>,
    pub months: Vec<(usize, String)>,
    /// A figure and what it counts.
    pub facts: Vec<(usize, String, String)>,
}

/// A year in review.
#[derive(Debug, Template)]
#[template(path = "pages/year.html")]
pub struct YearPage {
    pub frame: Frame,
    pub tab: JournalTab,
    pub year: i32,
    pub years: Vec<Choice>,
    pub picture: YearPicture,
    /// The picture's address, to save it.
    pub href: String,
    pub facts: Vec<String>,
    pub is_empty: bool,
}

/// Taking a journal along, and bringing one.
#[derive(Debug, Template)]
#[template(path = "pages/journal_export.html")]
pub struct JournalExportPage {
    pub frame: Frame,
    pub tab: JournalTab,
    /// Years of which there is something: label and links of the three kinds.
    pub years: Vec<(String, Vec<Link>)>,
    /// The same for each month: a file has room for 30 MB.
    pub months: Vec<(String, Vec<Link>)>,
}
