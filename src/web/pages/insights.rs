//! What the journal says, and a year in review.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use super::insights_pictures::{
    bump, calendar, hour_cells, month_bars, weekday_labels, year_picture,
};
use super::journal::list_href;
use super::{plain_frame, with_flash};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::Shelf;
use crate::shelf::history::insights::{Change, Insights, Range, Ranked};
use crate::shelf::history::view::Journal;
use crate::timestamp::Timestamp;
use crate::web::actions::insights::{WORTH, known_days, names, worth_of, years};
use crate::web::current_user::CurrentUser;
use crate::web::frame::icon_href;
use crate::web::html::Html;
use crate::web::problem::{HandlerResult, Problem};
use crate::web::view::{Choice, InsightsPage, JournalTab, Place, RankRow, WorthRow, YearPage};
use crate::web::words::{self, day_name, month_name, msg, segment, t};

/// The messages of the weekdays.
const ON_DAYS: [&str; 7] = [
    "insights-on-1",
    "insights-on-2",
    "insights-on-3",
    "insights-on-4",
    "insights-on-5",
    "insights-on-6",
    "insights-on-7",
];
/// From how many arrivals on a feed that is never opened might not be missed.
const MIGHT_MISS: u32 = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    range: String,
}

pub(super) async fn show(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> HandlerResult<Response> {
    let (frame, shelf) = plain_frame(&app, &current, t("insights-title"), Place::Journal).await?;
    let mut journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let sums = journal.all_sums(&app.store).await?;
    let names = names(&journal, &shelf);
    let left_out = journal.sums().left_out.clone();
    let insights = Insights::new(&sums, names, left_out.clone(), journal.today);
    let range = Range::ALL
        .into_iter()
        .find(|range| range.word() == asked.range);
    let range = range.unwrap_or_default();
    let ranking = insights.ranking(range);
    let top: Vec<FeedId> = ranking.feeds.iter().map(|one| one.key).collect();
    let hours = insights.by_hour();
    let (year, year_months, year_most, year_table) = calendar(&insights, journal.today);
    let bump = bump(&insights, &ranking.feeds, &top);
    let (months, months_most) = month_bars(&insights);
    let left = left_out.feeds.iter().map(|feed| {
        let name = journal
            .name(*feed)
            .map(|name| name.title.clone())
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| t("journal-some-feed").to_owned());
        ("feed", feed.to_string(), name)
    });
    let left = left.chain(
        left_out
            .authors
            .iter()
            .map(|author| ("author", author.clone(), author.clone())),
    );
    let (worth, unmissed, worth_days) = worth(&shelf, &insights, current.now);
    let page = InsightsPage {
        tab: JournalTab::Insights,
        sentence: sentence(range, &ranking.opened, ranking.of_feeds),
        mostly: mostly(&hours),
        ranges: Range::ALL
            .into_iter()
            .map(|one| Choice {
                label: t(words_of(one).0).to_owned(),
                href: format!("/insights?range={}", one.word()),
                current: one == range,
                count: 0,
            })
            .collect(),
        against: t(words_of(range).1).to_owned(),
        zone: journal.zone.name().to_owned(),
        feeds: ranking
            .feeds
            .iter()
            .map(|one| feed_row(&shelf, one))
            .collect(),
        authors: ranking.authors.iter().map(author_row).collect(),
        left_out: left.collect(),
        climber: bump.climber,
        bump: bump.lines,
        bump_months: bump.months,
        bump_table: bump.table,
        year,
        year_months,
        weekdays: weekday_labels(true),
        year_most,
        year_table,
        hours: hour_cells(&hours),
        hour_days: weekday_labels(false),
        hours_table: hours_table(&hours),
        months,
        months_half: words::thousands(months_most / 2),
        months_most: words::thousands(months_most),
        worth,
        worth_text: msg("insights-worth-text").number("n", worth_days).into(),
        unmissed,
        firsts: firsts(&journal, &insights),
        is_empty: sums.values().all(|sum| sum.total() == Default::default()),
        here: format!("/insights?range={}", range.word()),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

/// The messages of a range: its name, against what it is, its sentence.
fn words_of(range: Range) -> (&'static str, &'static str, &'static str) {
    match range {
        Range::Month => (
            "insights-range-month",
            "insights-against-month",
            "insights-sentence-month",
        ),
        Range::HalfYear => (
            "insights-range-half-year",
            "insights-against-half-year",
            "insights-sentence-half-year",
        ),
        Range::All => (
            "insights-range-all",
            "insights-against-all",
            "insights-sentence-all",
        ),
    }
}

/// How much was opened in a range, and how much more or less than before.
fn sentence(range: Range, (opened, before): &(i64, i64), feeds: usize) -> String {
    let what = words::count(opened.max(&0).unsigned_abs(), "count-article");
    let of = words::count(feeds as u64, "count-feed");
    let said = msg(words_of(range).2)
        .text("articles", what)
        .text("feeds", of);
    let change = match (range, opened - before) {
        (Range::All, _) => String::new(),
        (_, 0) => t("insights-as-many").to_owned(),
        (_, more) if more > 0 => msg("insights-more").number("n", more).into(),
        (_, less) => msg("insights-fewer").number("n", -less).into(),
    };
    said.text("change", change).into()
}

/// When most was opened: the weekday and the hour that stand out.
fn mostly(hours: &[[i64; 24]; 7]) -> String {
    let by_day: Vec<i64> = hours.iter().map(|day| day.iter().sum()).collect();
    let total: i64 = by_day.iter().sum();
    if total < 20 {
        return String::new();
    }
    let by_hour: Vec<i64> = (0..24)
        .map(|hour| hours.iter().map(|day| day[hour]).sum())
        .collect();
    let best = |counts: &[i64]| {
        counts
            .iter()
            .enumerate()
            .max_by_key(|(_, count)| **count)
            .map_or(0, |(place, _)| place)
    };
    let hour = best(&by_hour);
    msg("insights-mostly")
        .text("weekday", t(ON_DAYS[best(&by_day)]))
        .text("hour", format!("{hour:02}:00"))
        .into()
}

fn change(change: Change) -> (String, &'static str, String) {
    match change {
        Change::New => (
            t("insights-new").to_owned(),
            "new",
            t("insights-new-said").to_owned(),
        ),
        Change::By(0) => ("=".to_owned(), "same", t("insights-same-said").to_owned()),
        Change::By(by) if by > 0 => (
            format!("▲ {by}"),
            "up",
            msg("insights-up-said").number("n", by).into(),
        ),
        Change::By(by) => (
            format!("▼ {}", -by),
            "down",
            msg("insights-down-said").number("n", -by).into(),
        ),
    }
}

/// A small line over the months: 60 wide, 16 high.
fn spark(months: &[i64]) -> String {
    let most = months.iter().copied().max().unwrap_or_default().max(1);
    let points = months.iter().enumerate().map(|(place, count)| {
        let (x, y) = (place * 12, 15 - 14 * count / most);
        format!("{x},{y}")
    });
    points.collect::<Vec<_>>().join(" ")
}

fn feed_row(shelf: &Shelf, one: &Ranked<FeedId>) -> RankRow {
    let (text, way, said) = change(one.change);
    RankRow {
        rank: one.rank,
        title: one.title.clone(),
        href: format!("/journal?feed={}", one.key),
        opened: words::thousands(one.opened.unsigned_abs()),
        change: text,
        way,
        said,
        spark: spark(&one.months),
        letter: words::letter(&one.title),
        hue: words::hue(one.key),
        icon: shelf.subscription(one.key).map(|_| icon_href(one.key)),
        leave: ("feed", one.key.to_string()),
    }
}

fn author_row(one: &Ranked<String>) -> RankRow {
    let (text, way, said) = change(one.change);
    RankRow {
        rank: one.rank,
        title: one.title.clone(),
        href: format!("/journal?author={}", segment(&one.key)),
        opened: words::thousands(one.opened.unsigned_abs()),
        change: text,
        way,
        said,
        spark: spark(&one.months),
        leave: ("author", one.key.clone()),
        ..RankRow::default()
    }
}

fn hours_table(hours: &[[i64; 24]; 7]) -> Vec<(String, Vec<i64>)> {
    let days = hours.iter().enumerate().map(|(day, hours)| {
        let name = t(&format!("date-weekday-{}", day + 1)).to_owned();
        let six = hours.chunks(6).map(|some| some.iter().sum());
        (name, six.collect())
    });
    days.collect()
}

/// How much of what arrived was opened, feed by feed; those that might not be missed; and in how many days.
fn worth(
    shelf: &Shelf,
    insights: &Insights<'_>,
    now: Timestamp,
) -> (Vec<WorthRow>, Vec<WorthRow>, i64) {
    let days = known_days(insights);
    let rows = worth_of(shelf, insights, now).into_iter().map(|one| {
        let title = shelf.title(one.feed);
        WorthRow {
            href: list_href(shelf, one.feed),
            letter: words::letter(&title),
            title,
            hue: words::hue(one.feed),
            icon: icon_href(one.feed),
            arrived: one.arrived,
            opened: one.opened,
            share: one.share(),
            id: one.feed.to_string(),
        }
    });
    let mut rows: Vec<WorthRow> = rows.collect();
    rows.sort_by_key(|row| {
        (
            std::cmp::Reverse(row.share),
            std::cmp::Reverse(row.opened),
            row.title.clone(),
        )
    });
    let unmissed = rows
        .iter()
        .filter(|row| row.opened == 0 && row.arrived >= MIGHT_MISS);
    let mut unmissed: Vec<WorthRow> = unmissed.cloned().collect();
    unmissed.sort_by_key(|row| std::cmp::Reverse(row.arrived));
    unmissed.truncate(WORTH);
    rows.retain(|row| row.opened > 0);
    rows.truncate(WORTH);
    (rows, unmissed, days)
}

/// Streaks, and what was first.
fn firsts(journal: &Journal, insights: &Insights<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let streaks = insights.streaks();
    if let Some(until) = streaks.until.filter(|_| streaks.longest > 1) {
        let day = day_name(until, journal.today);
        said.push(
            msg("insights-longest")
                .number("n", streaks.longest)
                .text("date", day)
                .into(),
        );
    }
    if streaks.now > 1 {
        said.push(msg("insights-streak").number("n", streaks.now).into());
    }
    if let Some(began) = insights.began() {
        said.push(
            msg("insights-began")
                .text("date", day_name(began, journal.today))
                .into(),
        );
    }
    let mut firsts: Vec<(&FeedId, &i64)> = journal.sums().firsts.iter().collect();
    firsts.sort_by_key(|(_, minute)| std::cmp::Reverse(**minute));
    for (feed, minute) in firsts.into_iter().take(3) {
        if let Some(name) = journal.name(*feed) {
            let day = crate::shelf::journal::zone::day_of(*minute, journal.zone);
            let day = day_name(day, journal.today);
            said.push(
                msg("insights-first")
                    .text("feed", &name.title)
                    .text("date", day)
                    .into(),
            );
        }
    }
    said
}

/// Which year is told when none is asked for: until March the one before, if there is something of it.
fn usual_year(today: NaiveDate, years: &[i32]) -> i32 {
    let before = today.year() - 1;
    match today.month() < 3 && years.contains(&before) {
        true => before,
        false => today.year(),
    }
}

pub(super) async fn usual_review(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
) -> HandlerResult<Response> {
    year(app, current, headers, None).await
}

pub(super) async fn review(
    app: State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> HandlerResult<Response> {
    match name.strip_suffix(".svg") {
        None => year(app, current, headers, Some(number(&name)?)).await,
        Some(year) => picture(app, current, number(year)?).await,
    }
}

fn number(text: &str) -> HandlerResult<i32> {
    let year = text.parse::<i32>().ok();
    year.filter(|year| (1970..=9999).contains(year))
        .ok_or_else(Problem::not_found)
}

async fn year(
    State(app): State<AppState>,
    current: CurrentUser,
    headers: HeaderMap,
    asked: Option<i32>,
) -> HandlerResult<Response> {
    let (frame, shelf) =
        plain_frame(&app, &current, t("insights-year-title"), Place::Journal).await?;
    let mut journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let sums = journal.all_sums(&app.store).await?;
    let names = names(&journal, &shelf);
    let left_out = journal.sums().left_out.clone();
    let insights = Insights::new(&sums, names.clone(), left_out.clone(), journal.today);
    let all = years(&insights, journal.today.year());
    let year = asked.unwrap_or_else(|| usual_year(journal.today, &all));
    let months = insights.year(year);
    let ours = Insights::new(&months, names, left_out, last_day(year, journal.today));
    let page = YearPage {
        tab: JournalTab::Year,
        year,
        years: all
            .iter()
            .map(|one| Choice {
                label: one.to_string(),
                href: format!("/insights/{one}"),
                current: *one == year,
                count: 0,
            })
            .collect(),
        picture: year_picture(&ours, year),
        href: format!("/insights/{year}.svg"),
        facts: ours
            .by_month()
            .into_iter()
            .filter(|(_, counts)| counts.opened > 0)
            .map(|(month, counts)| {
                msg("insights-month-fact")
                    .text("month", month_name(month))
                    .number("n", counts.opened)
                    .into()
            })
            .collect(),
        is_empty: months.values().all(|sum| sum.total().opened == 0),
        frame,
    };
    Ok(with_flash(Html(page), &headers))
}

/// The day as of which a year is told.
fn last_day(year: i32, today: NaiveDate) -> NaiveDate {
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(today);
    last.min(today)
}

async fn picture(
    State(app): State<AppState>,
    current: CurrentUser,
    year: i32,
) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, current.user.id).await?;
    let mut journal = Journal::open(&app.store, current.user.id, &shelf.read, current.now).await?;
    let sums = journal.all_sums(&app.store).await?;
    let names = names(&journal, &shelf);
    let left_out = journal.sums().left_out.clone();
    let all = Insights::new(&sums, names.clone(), left_out.clone(), journal.today);
    let months = all.year(year);
    let ours = Insights::new(&months, names, left_out, last_day(year, journal.today));
    let mut response = Html(year_picture(&ours, year)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("image/svg+xml"),
    );
    let name = format!("attachment; filename=\"dormouse-{year}.svg\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
