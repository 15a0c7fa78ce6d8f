//! The journal's timeline, its search, and how it is kept.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::NaiveDate;
use http::HeaderMap;
use serde::Deserialize;

use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::Shelf;
use crate::shelf::history::erase::{self, Erase};
use crate::shelf::history::insights::Insights;
use crate::shelf::history::view::{Day, Journal, Line, Wanted};
use crate::shelf::journal::zone::{self, Month};
use crate::shelf::journal::{Act, Keep};
use crate::timestamp::{from_micros, rfc3339};
use crate::web::actions::insights::{self, Ranks};
use crate::web::current_user::CurrentUser;
use crate::web::flash;
use crate::web::frame::{feed_href, icon_href};
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Choice, JournalDay, JournalLine, JournalPage, JournalTab, Place};
use crate::web::words::{self, day_name, month_name, msg, segment, t};

/// Lines of a page.
const A_PAGE: usize = 50;
/// Lines of what was read recently.
const RECENT: usize = 100;
/// Months that are offered beside the lines.
const MONTHS: usize = 12;
/// Most words of a search, and most of their bytes.
const WORDS: usize = 8;
const WORDS_BYTES: usize = 200;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Words.
    q: String,
    feed: Option<String>,
    author: Option<String>,
    /// The minute before which the page begins.
    before: Option<i64>,
    /// A month with which it begins.
    month: Option<String>,
}

/// A minute that is later than any.
const FAR: i64 = 1 << 33;

impl Asked {
    fn wanted(&self, zone: chrono_tz::Tz) -> HandlerResult<Wanted> {
        let feed = self.feed.as_deref().map(str::parse::<FeedId>).transpose();
        let month = self.month.as_deref().and_then(zone::month_from);
        let after = month.map(|month| zone::first_minute(zone::first_day(month + 1), zone));
        let text = crate::codec::cut(&self.q.to_lowercase(), WORDS_BYTES);
        Ok(Wanted {
            before: self
                .before
                .filter(|before| (0..=FAR).contains(before))
                .or(after),
            words: text
                .split_whitespace()
                .take(WORDS)
                .map(str::to_owned)
                .collect(),
            feed: feed.map_err(|_| Problem::not_found())?,
            author: self.author.clone().filter(|author| !author.is_empty()),
            act: None,
        })
    }

    /// The address of the same, from a minute on; of the beginning for `None`.
    fn href(&self, before: Option<i64>) -> String {
        let mut parts = Vec::new();
        if !self.q.is_empty() {
            parts.push(format!("q={}", segment(&self.q)));
        }
        if let Some(feed) = &self.feed {
            parts.push(format!("feed={}", segment(feed)));
        }
        if let Some(author) = &self.author {
            parts.push(format!("author={}", segment(author)));
        }
        if let Some(before) = before {
            parts.push(format!("before={before}"));
        } else if let Some(month) = &self.month {
            parts.push(format!("month={}", segment(month)));
        }
        match parts.is_empty() {
            true => "/journal".to_owned(),
            false => format!("/journal?{}", parts.join("&")),
        }
    }
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("place-journal"), Place::Journal).await?;
    let mut journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let wanted = asked.wanted(journal.zone)?;
    let found = journal.page(&app.store, &wanted, A_PAGE).await?;
    let sums = journal.all_sums(&app.store).await?;
    let days = days(&shelf, &journal, &found.days);
    let month = found
        .days
        .first()
        .map_or(journal.this, |day| zone::month_of_day(day.day));
    let months = sums.iter().rev().take(MONTHS).map(|(known, sum)| Choice {
        label: month_name(*known),
        href: format!("/journal?month={}", zone::month_text(*known)),
        current: *known == month
            && asked.q.is_empty()
            && asked.feed.is_none()
            && asked.author.is_none(),
        count: usize::try_from(sum.total().opened).unwrap_or_default(),
    });
    let months = months.collect();
    let insights = Insights::new(
        &sums,
        journal.sums().names.clone(),
        journal.sums().left_out.clone(),
        journal.today,
    );
    let (about, about_months) = about(&shelf, &journal, &insights, &wanted);
    let page = JournalPage {
        tab: JournalTab::Timeline,
        query: asked.q.clone(),
        about,
        about_months,
        months,
        next: found.next.map(|before| asked.href(Some(before))),
        empty: empty(&wanted, found.months, &days),
        bound: bound(&sums, month),
        days,
        is_paused: journal.habits.is_paused,
        keeps: keeps(journal.habits.keep),
        zone: journal.zone.name().to_owned(),
        other_zone: other_zone(&journal),
        month: (zone::month_text(month), month_name(month)),
        here: asked.href(asked.before),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

/// What was read recently: the newest hundred openings.
pub(super) async fn recent(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("journal-recent"), Place::Journal).await?;
    let journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let wanted = Wanted {
        act: Some(Act::Opened),
        ..Wanted::default()
    };
    let mut found = journal.page(&app.store, &wanted, RECENT).await?;
    let mut left = RECENT;
    for day in &mut found.days {
        day.lines.truncate(left);
        left -= day.lines.len();
    }
    found.days.retain(|day| !day.lines.is_empty());
    let mut days = days(&shelf, &journal, &found.days);
    days.iter_mut().for_each(|day| day.sum.clear());
    let page = JournalPage {
        tab: JournalTab::Recent,
        query: String::new(),
        about: t("journal-recent-text").to_owned(),
        about_months: Vec::new(),
        months: Vec::new(),
        next: None,
        empty: empty(&Wanted::default(), 0, &days),
        bound: String::new(),
        days,
        is_paused: journal.habits.is_paused,
        keeps: keeps(journal.habits.keep),
        zone: journal.zone.name().to_owned(),
        other_zone: String::new(),
        month: Default::default(),
        here: "/journal/recent".to_owned(),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

fn keeps(now: Keep) -> Vec<(&'static str, String, bool)> {
    let keeps = Keep::ALL.into_iter().map(|keep| {
        let label = t(match keep {
            Keep::Quarter => "journal-keep-3-months",
            Keep::Year => "journal-keep-year",
            Keep::Ever => "journal-keep-ever",
        })
        .to_owned();
        (keep.word(), label, keep == now)
    });
    keeps.collect()
}

fn other_zone(journal: &Journal) -> String {
    let browsers = words::locale::zone_name();
    match browsers == journal.zone.name() {
        true => String::new(),
        false => browsers.to_owned(),
    }
}

fn empty(wanted: &Wanted, months: usize, days: &[JournalDay]) -> String {
    match (days.is_empty(), wanted.words.is_empty()) {
        (false, _) => String::new(),
        (true, true) => t("journal-empty").to_owned(),
        (true, false) => msg("journal-not-found").number("n", months).into(),
    }
}

/// That a month had no room for everything.
fn bound(
    sums: &std::collections::BTreeMap<Month, crate::shelf::journal::MonthSum>,
    month: Month,
) -> String {
    match sums.get(&month).is_some_and(|sum| sum.is_over_full) {
        true => msg("journal-full").text("month", month_name(month)).into(),
        false => String::new(),
    }
}

/// What a narrowed page is about, with its months.
fn about(
    shelf: &Shelf,
    journal: &Journal,
    insights: &Insights<'_>,
    wanted: &Wanted,
) -> (String, Vec<(String, String)>) {
    let counted = |n: i64| msg("journal-opened-count").number("n", n).into();
    if let Some(feed) = wanted.feed {
        let months = insights.of_feed(feed);
        let opened: i64 = months.iter().map(|(_, counts)| counts.opened).sum();
        let title = feed_title(shelf, journal, feed);
        let said = msg("journal-about-feed")
            .text("feed", title)
            .number("n", opened)
            .into();
        let months = months
            .into_iter()
            .map(|(month, counts)| (month_name(month), counted(counts.opened)));
        return (said, months.collect());
    }
    if let Some(author) = &wanted.author {
        let months = insights.of_author(author);
        let opened: i64 = months.iter().map(|(_, count)| count).sum();
        let said = msg("journal-about-author")
            .text("author", author)
            .number("n", opened)
            .into();
        let months = months
            .into_iter()
            .map(|(month, count)| (month_name(month), counted(count)));
        return (said, months.collect());
    }
    (String::new(), Vec::new())
}

/// What a feed is called: on the shelf, otherwise as it was called then.
fn feed_title(shelf: &Shelf, journal: &Journal, feed: FeedId) -> String {
    if shelf.subscription(feed).is_some() {
        return shelf.title(feed);
    }
    let known = journal.name(feed).map(|name| name.title.clone());
    known
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| t("journal-some-feed").to_owned())
}

fn days(shelf: &Shelf, journal: &Journal, days: &[Day]) -> Vec<JournalDay> {
    days.iter()
        .map(|day| day_view(shelf, journal, day))
        .collect()
}

fn day_view(shelf: &Shelf, journal: &Journal, day: &Day) -> JournalDay {
    let name = day_name(day.day, journal.today);
    let title = match (journal.today - day.day).num_days() {
        0 => msg("journal-today").text("date", name).into(),
        1 => msg("journal-yesterday").text("date", name).into(),
        _ => {
            use chrono::Datelike;
            let weekday = t(&format!(
                "date-weekday-{}",
                day.day.weekday().number_from_monday()
            ));
            msg("journal-day")
                .text("weekday", weekday)
                .text("date", name)
                .into()
        }
    };
    let counts = &day.counts;
    let parts = [
        ("journal-sum-opened", counts.opened),
        ("journal-sum-followed", counts.followed),
        ("journal-sum-starred", counts.starred),
        ("journal-sum-tagged", counts.tagged),
    ];
    let sum = parts.into_iter().filter(|(_, count)| *count > 0);
    let sum: Vec<String> = sum
        .map(|(name, count)| msg(name).number("n", count).into())
        .collect();
    let cleared = [
        ("journal-day-marked", counts.marked),
        ("journal-day-cleared", counts.cleared),
    ];
    let cleared = cleared.into_iter().filter(|(_, count)| *count > 0);
    let cleared: Vec<String> = cleared
        .map(|(name, count)| msg(name).number("n", count).into())
        .collect();
    JournalDay {
        title,
        date: day.day.to_string(),
        sum: sum.join(t("journal-comma")),
        lines: day
            .lines
            .iter()
            .map(|line| line_view(shelf, journal, line))
            .collect(),
        cleared: cleared.join(" "),
    }
}

fn line_view(shelf: &Shelf, journal: &Journal, line: &Line) -> JournalLine {
    let at = zone::local(line.minute, journal.zone);
    let feed = feed_title(shelf, journal, line.id.feed);
    let numbers = shelf.numbers(line.id.feed);
    let is_there =
        (numbers.first..=numbers.last).contains(&line.id.seq) || shelf.is_starred(line.id);
    let link = Some(line.text.link.clone()).filter(|link| !link.is_empty());
    let done: Vec<&str> = line.acts.iter().map(|act| act_name(*act)).collect();
    let title = match line.text.title.is_empty() {
        true => t("list-untitled").to_owned(),
        false => line.text.title.clone(),
    };
    JournalLine {
        time: at.format("%H:%M").to_string(),
        datetime: rfc3339(from_micros(line.minute * 60_000_000)),
        acts: line.acts.iter().map(|act| act.word()).collect(),
        done: done.join(t("journal-comma")),
        title,
        href: match is_there {
            true => Some(format!("/article/{}", line.id)),
            false => link,
        },
        is_outside: !is_there,
        letter: words::letter(&feed),
        hue: words::hue(line.id.feed),
        icon: shelf
            .subscription(line.id.feed)
            .map(|_| icon_href(line.id.feed)),
        feed,
        feed_href: format!("/journal?feed={}", line.id.feed),
        author_href: format!("/journal?author={}", segment(&line.text.author)),
        author: line.text.author.clone(),
        id: line.id.to_string(),
    }
}

/// An act in words.
fn act_name(act: Act) -> &'static str {
    t(match act {
        Act::Opened | Act::Marked | Act::Cleared => "journal-act-opened",
        Act::Followed => "journal-act-followed",
        Act::Starred => "journal-act-starred",
        Act::Tagged => "journal-act-tagged",
    })
}

/// What to delete.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Gone {
    /// `line`, `day`, `month` or `all`.
    what: String,
    day: String,
    month: String,
    article: String,
    #[serde(rename = "return")]
    return_to: String,
}

impl Gone {
    fn what(&self) -> Option<Erase> {
        let day = || NaiveDate::parse_from_str(&self.day, "%Y-%m-%d").ok();
        match self.what.as_str() {
            "line" => Some(Erase::Line(day()?, self.article.parse().ok()?)),
            "day" => day().map(Erase::Day),
            "month" => zone::month_from(&self.month).map(Erase::Month),
            "all" => Some(Erase::All),
            _ => None,
        }
    }
}

pub(super) async fn erase(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(gone): Form<Gone>,
) -> HandlerResult<Response> {
    let what = gone
        .what()
        .ok_or_else(|| super::choices::wrong("what", &gone.what))?;
    erase::erase(&app.store, current.user.id, what, current.now).await?;
    let text = match what {
        Erase::Line(..) => t("journal-gone-line"),
        Erase::Day(_) => t("journal-gone-day"),
        Erase::Month(_) => t("journal-gone-month"),
        Erase::All => t("journal-gone-all"),
    };
    let to = flash::local(&gone.return_to);
    Ok(flash::redirect(&to, text, None))
}

/// How it is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Habit {
    keep: String,
    zone: String,
    /// `pause` or `resume`; otherwise what is chosen is saved.
    #[serde(rename = "do")]
    act: String,
}

/// Nothing was saved; a browser that goes back still has what was typed.
fn no_zone(text: &str) -> Problem {
    let text = crate::codec::cut(text, 60);
    Problem::new(
        http::StatusCode::UNPROCESSABLE_ENTITY,
        "bad_zone",
        format!("“{text}” isn’t a time zone that is known here"),
        "Nothing was saved. Time zones look like Europe/Berlin or America/New_York; go back, and correct it.",
    )
}

pub(super) async fn settings(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Habit>,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let mut habits = shelf.read.habits();
    let text = match typed.act.as_str() {
        "pause" => {
            habits.is_paused = true;
            t("journal-paused")
        }
        "resume" => {
            habits.is_paused = false;
            t("journal-resumed")
        }
        _ => {
            let keep = Keep::ALL.into_iter().find(|keep| keep.word() == typed.keep);
            habits.keep = keep.ok_or_else(|| super::choices::wrong("keep", &typed.keep))?;
            let zone = typed.zone.trim();
            let known = zone.parse::<chrono_tz::Tz>().ok();
            let known = known.ok_or_else(|| no_zone(zone))?;
            if known.name() != habits.zone().name() {
                habits.is_chosen = true;
                known.name().clone_into(&mut habits.zone);
            }
            t("feed-saved")
        }
    };
    erase::set_habits(&app.store, current.user.id, &habits, current.now).await?;
    Ok(flash::redirect("/journal", text, None))
}

/// What rankings leave out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Leave {
    feed: String,
    author: String,
    /// Whether it is counted again.
    back: bool,
    #[serde(rename = "return")]
    return_to: String,
}

pub(super) async fn leave_out(
    State(app): State<AppState>,
    current: CurrentUser,
    Form(typed): Form<Leave>,
) -> HandlerResult<Response> {
    let feed = Some(&typed.feed).filter(|feed| !feed.is_empty());
    let feed = feed.map(|feed| feed.parse::<FeedId>()).transpose();
    let feed = feed.map_err(|_| super::choices::wrong("feed", &typed.feed))?;
    let author = crate::codec::cut(&typed.author, 100);
    let mut what: Vec<Ranks> = feed.map(Ranks::Feed).into_iter().collect();
    if !author.is_empty() {
        what.push(Ranks::Author(author));
    }
    insights::leave_out(&app, current.user.id, &what, typed.back).await?;
    let text = match typed.back {
        true => t("insights-counted"),
        false => t("insights-left-out"),
    };
    Ok(flash::redirect(&flash::local(&typed.return_to), text, None))
}

/// The address of a feed's list, for other pages about the journal.
pub(super) fn list_href(shelf: &Shelf, feed: FeedId) -> String {
    match shelf.subscription(feed).is_some() {
        true => feed_href(feed),
        false => format!("/journal?feed={feed}"),
    }
}
