//! The pictures of the journal as numbers: where each mark stands. The templates draw them.

use chrono::{Datelike, NaiveDate, TimeDelta};

use crate::ids::FeedId;
use crate::shelf::history::insights::{Insights, Range, Ranked};
use crate::web::view::{BumpLine, HeatCell, MonthBar, YearPicture};
use crate::web::words::{self, day_name, month_name, msg, t};

/// A cell and the gap beside it, in the pictures' units.
const CELL: usize = 17;
/// Where cells begin: right of the weekdays, below the months.
const LEFT: usize = 34;
const TOP: usize = 18;
/// Weeks of a calendar.
const WEEKS: i64 = 53;
/// Ranks that have a place of their own in the picture of ranks.
const RANKS: usize = 8;
/// Between two months and two ranks in it.
const BUMP_X: usize = 62;
const BUMP_Y: usize = 24;
/// Height of the months' bars.
const BARS: u64 = 100;

/// The bounds of the steps of a heat: how much there is at least in each above "none"; and the last of them.
fn steps_of(most: i64) -> ([i64; 3], i64) {
    let part = |n: i64| (most * n).div_euclid(4) + 1;
    let bounds = [part(1), part(2), part(3)];
    (bounds, bounds[2])
}

/// What the darkest step is, for the key.
fn heat_key(most: i64) -> String {
    let (_, last) = steps_of(most);
    msg("insights-or-more").number("n", last).into()
}

fn step(count: i64, most: i64) -> u8 {
    let (bounds, _) = steps_of(most);
    match count {
        ..=0 => 0,
        count => {
            1 + u8::try_from(bounds.iter().filter(|bound| count >= **bound).count()).unwrap_or(3)
        }
    }
}

/// A label beside every other row, or every row, of seven.
pub(super) fn weekday_labels(sparse: bool) -> Vec<(usize, String)> {
    let days = (0..7).filter(|day| !sparse || day % 2 == 0);
    days.map(|day| {
        let name = t(&format!("date-weekday-{}", day + 1));
        (TOP + day * CELL + 12, short(name))
    })
    .collect()
}

/// The first letters of a weekday: three, or two signs.
fn short(name: &str) -> String {
    match name.is_ascii() {
        true => name.chars().take(3).collect(),
        false => name.chars().rev().take(1).collect(),
    }
}

fn month_short(month: u32) -> String {
    t(&format!("date-short-{month}")).to_owned()
}

type Calendar = (
    Vec<HeatCell>,
    Vec<(usize, String)>,
    String,
    Vec<(String, String)>,
);

/// The last 53 weeks up to a day: cells, months, the key of the steps, and the same by month as a table.
pub(super) fn calendar(insights: &Insights<'_>, today: NaiveDate) -> Calendar {
    let monday = today - TimeDelta::days(i64::from(today.weekday().num_days_from_monday()));
    let first = monday - TimeDelta::weeks(WEEKS - 1);
    let (cells, months, most) = weeks(insights, first, today);
    let table = insights.by_month().into_iter().map(|(month, counts)| {
        (
            month_name(month),
            words::thousands(counts.opened.max(0).unsigned_abs()),
        )
    });
    (cells, months, heat_key(most), table.collect())
}

fn weeks(
    insights: &Insights<'_>,
    first: NaiveDate,
    last: NaiveDate,
) -> (Vec<HeatCell>, Vec<(usize, String)>, i64) {
    let days = insights.by_day();
    let most = days
        .range(first..=last)
        .map(|(_, counts)| counts.opened)
        .max()
        .unwrap_or_default();
    let mut cells = Vec::new();
    let mut months: Vec<(usize, String)> = Vec::new();
    let monday = first - TimeDelta::days(i64::from(first.weekday().num_days_from_monday()));
    let mut day = first;
    while day <= last {
        let week = usize::try_from((day - monday).num_weeks()).unwrap_or_default();
        let row = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
        let opened = days.get(&day).map_or(0, |counts| counts.opened);
        let x = LEFT + week * CELL;
        if day.day() == 1
            && months
                .last()
                .is_none_or(|(before, _)| x >= before + 2 * CELL)
        {
            months.push((x, month_short(day.month())));
        }
        let title = msg("insights-day")
            .text("date", day_name(day, last))
            .number("n", opened)
            .into();
        cells.push(HeatCell {
            x,
            y: TOP + row * CELL,
            step: step(opened, most),
            title,
        });
        day += TimeDelta::days(1);
    }
    (cells, months, most)
}

/// Openings by weekday and hour.
pub(super) fn hour_cells(hours: &[[i64; 24]; 7]) -> Vec<HeatCell> {
    let most = hours.iter().flatten().copied().max().unwrap_or_default();
    let mut cells = Vec::with_capacity(168);
    for (day, hours) in hours.iter().enumerate() {
        for (hour, &count) in hours.iter().enumerate() {
            let weekday = t(&format!("date-weekday-{}", day + 1));
            let title = msg("insights-hour")
                .text("weekday", weekday)
                .text("hour", format!("{hour:02}:00"));
            cells.push(HeatCell {
                x: LEFT + hour * CELL,
                y: TOP + day * CELL,
                step: step(count, most),
                title: title.number("n", count).into(),
            });
        }
    }
    cells
}

/// The picture of ranks.
pub(super) struct Bump {
    pub lines: Vec<BumpLine>,
    pub months: Vec<(usize, String)>,
    pub table: Vec<(String, Vec<String>)>,
    pub climber: String,
}

/// The ranks of the first feeds over six months; the one that climbed most stands out.
pub(super) fn bump(insights: &Insights<'_>, ranked: &[Ranked<FeedId>], top: &[FeedId]) -> Bump {
    let top = &top[..top.len().min(RANKS)];
    let months = insights.places_by_month(top);
    let x = |place: usize| 28 + place * BUMP_X;
    let y = |rank: usize| 14 + (rank.min(RANKS + 1) - 1) * BUMP_Y;
    let climb = |feed: usize| -> Option<(usize, usize)> {
        let mut known = months.iter().filter_map(|(_, places)| places[feed]);
        let (first, last) = (known.next()?, known.next_back()?);
        (last < first).then_some((first, last))
    };
    let climber = (0..top.len()).filter_map(|feed| climb(feed).map(|(from, to)| (from - to, feed)));
    let climber = climber
        .max_by_key(|(by, feed)| (*by, std::cmp::Reverse(*feed)))
        .map(|(_, feed)| feed);
    let mut used = std::collections::BTreeSet::new();
    let lines = ranked
        .iter()
        .take(top.len())
        .enumerate()
        .map(|(feed, one)| {
            let mut line = BumpLine {
                label: one.title.clone(),
                is_main: climber == Some(feed),
                ..BumpLine::default()
            };
            let mut run: Vec<String> = Vec::new();
            for (place, (_, places)) in months.iter().enumerate() {
                match places[feed] {
                    Some(rank) => {
                        line.dots.push((x(place), y(rank)));
                        run.push(format!("{},{}", x(place), y(rank)));
                    }
                    None => line.runs.extend(
                        Some(std::mem::take(&mut run))
                            .filter(|run| run.len() > 1)
                            .map(|run| run.join(" ")),
                    ),
                }
            }
            line.runs.extend(
                Some(run)
                    .filter(|run| run.len() > 1)
                    .map(|run| run.join(" ")),
            );
            let last = months.last().and_then(|(_, places)| places[feed]);
            line.y = last.map(y).filter(|y| used.insert(*y)).map(|y| y + 4);
            line
        });
    let lines = lines.collect();
    let said = climber.and_then(|feed| {
        let (from, to) = climb(feed)?;
        let text = msg("insights-climber").text("feed", &ranked[feed].title);
        Some(text.number("from", from).number("to", to).into())
    });
    let rank = |rank: &Option<usize>| rank.map_or("–".to_owned(), |rank| rank.to_string());
    let table = months
        .iter()
        .map(|(month, places)| (month_name(*month), places.iter().map(rank).collect()));
    Bump {
        lines,
        table: table.collect(),
        months: months
            .iter()
            .enumerate()
            .map(|(place, (month, _))| {
                (
                    x(place),
                    month_short(month.rem_euclid(12).unsigned_abs() + 1),
                )
            })
            .collect(),
        climber: said.unwrap_or_default(),
    }
}

/// A bar for each of the last months, and what the tallest stands for.
pub(super) fn month_bars(insights: &Insights<'_>) -> (Vec<MonthBar>, u64) {
    let months = insights.by_month();
    let months = &months[months.len().saturating_sub(6)..];
    let parts = |counts: &crate::shelf::journal::Counts| {
        [counts.opened, counts.marked, counts.cleared].map(|count| count.max(0).unsigned_abs())
    };
    let most = months
        .iter()
        .map(|(_, counts)| parts(counts).iter().sum())
        .max()
        .unwrap_or(0);
    let most = round_up(most);
    let bars = months.iter().enumerate().map(|(place, (month, counts))| {
        let figures = parts(counts);
        let mut top = BARS;
        let heights = figures.map(|count| {
            let height = (count * BARS).div_ceil(most.max(1)).min(top);
            top -= height;
            (
                usize::try_from(top).unwrap_or_default(),
                usize::try_from(height).unwrap_or_default(),
            )
        });
        MonthBar {
            x: 40 + place * 62,
            label: month_short(month.rem_euclid(12).unsigned_abs() + 1),
            parts: heights,
            figures: figures.map(words::thousands),
            name: month_name(*month),
        }
    });
    (bars.collect(), most)
}

/// The next round number: 1, 2, 4 or 8 followed by noughts.
fn round_up(number: u64) -> u64 {
    let mut unit = 1;
    loop {
        for first in [1, 2, 4, 8] {
            if first * unit >= number {
                return first * unit;
            }
        }
        unit *= 10;
    }
}

/// A year as one picture.
pub(super) fn year_picture(insights: &Insights<'_>, year: i32) -> YearPicture {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default();
    let (cells, months, _) = weeks(insights, first, last);
    let ranking = insights.ranking(Range::All);
    let days = insights.by_day();
    let total: i64 = days.values().map(|counts| counts.opened).sum();
    let active = days.values().filter(|counts| counts.opened > 0).count();
    let best = days
        .iter()
        .max_by_key(|(day, counts)| (counts.opened, std::cmp::Reverse(**day)));
    let words_read: i64 = insights.words();
    let shown = |number: i64| words::thousands(number.max(0).unsigned_abs());
    let mut facts = vec![
        (shown(total), t("year-opened").to_owned()),
        (
            shown(i64::try_from(active).unwrap_or_default()),
            t("year-days").to_owned(),
        ),
        (
            insights.streaks().longest.to_string(),
            t("year-streak").to_owned(),
        ),
        (
            shown(i64::try_from(ranking.of_feeds).unwrap_or_default()),
            t("year-feeds").to_owned(),
        ),
    ];
    if words_read > 0 {
        facts.push((shown(words_read), t("year-words").to_owned()));
    }
    let most = ranking.feeds.first().map_or(1, |one| one.opened.max(1));
    let feeds = ranking
        .feeds
        .iter()
        .take(5)
        .enumerate()
        .map(|(place, one)| {
            let wide = usize::try_from(one.opened * 220 / most)
                .unwrap_or_default()
                .max(2);
            (
                place * 34,
                wide,
                crate::codec::cut(&one.title, 40),
                shown(one.opened),
            )
        });
    let authors = ranking.authors.iter().take(5).enumerate();
    YearPicture {
        title: msg("year-title").text("year", year).into(),
        sentence: match best.filter(|(_, counts)| counts.opened > 0) {
            Some((day, counts)) => msg("year-best")
                .text("date", day_name(*day, last))
                .number("n", counts.opened)
                .into(),
            None => t("year-nothing").to_owned(),
        },
        feeds: feeds.collect(),
        authors: authors
            .map(|(place, one)| {
                (
                    place * 34,
                    format!(
                        "{}. {} · {}",
                        one.rank,
                        crate::codec::cut(&one.title, 40),
                        shown(one.opened)
                    ),
                )
            })
            .collect(),
        feeds_title: t("insights-top-feeds").to_owned(),
        authors_title: t("insights-top-authors").to_owned(),
        cells,
        months,
        facts: facts
            .into_iter()
            .enumerate()
            .map(|(place, (number, what))| (place * 186, number, what))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_grow_with_what_there_is() {
        assert_eq!(
            (0..=8).map(|count| step(count, 8)).collect::<Vec<_>>(),
            [0, 1, 1, 2, 2, 3, 3, 4, 4]
        );
        assert_eq!([step(0, 1), step(1, 1), step(0, 0)], [0, 4, 0]);
        assert_eq!(
            [round_up(0), round_up(9), round_up(41), round_up(801)],
            [1, 10, 80, 1_000]
        );
    }
}
