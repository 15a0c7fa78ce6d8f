//! What the journal says: rankings, days and hours, a year, and what rankings leave out.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{NaiveDate, TimeDelta};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::call::{Call, get, post};
use super::{Caller, arrives, bad_json};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::Shelf;
use crate::shelf::history::insights::{Change, Insights, Range, Ranked};
use crate::shelf::history::view::Journal;
use crate::shelf::journal::zone;
use crate::shelf::journal::{Counts, LeftOut};
use crate::web::actions::insights::{Ranks, known_days, leave_out, names, worth_of, years};
use crate::web::problem::{HandlerResult, Problem};

/// Days of which is told what was done.
const DAYS: i64 = 371;

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    vec![
        get("/api/v1/insights", show, "What the journal says")
            .asks::<Asked>()
            .gives::<Shown>(),
        get("/api/v1/insights/{year}", year, "A year of the journal")
            .says("A year of which nothing is kept has nothing in it.")
            .gives::<YearShown>(),
        post(
            "/api/v1/insights/leave-out",
            leave,
            "Leave a feed or an author out of rankings",
        )
        .says("Or count it again, with `back`. What was opened stays in the journal and in sums.")
        .takes::<Left>()
        .gives_nothing()
        .fails(400, &["bad_what"]),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Asked {
    /// `month` (default): the last thirty days; `half-year`, or `all`.
    #[param(inline)]
    range: Option<Span>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Span {
    #[default]
    Month,
    HalfYear,
    All,
}

/// What the journal says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Insights)]
struct Shown {
    /// The zone of its days.
    zone: String,
    /// How many articles were opened in the range,
    opened: i64,
    /// and in the one before.
    before: i64,
    /// Of how many feeds.
    of_feeds: usize,
    /// The feeds of which most was opened in the range.
    feeds: Vec<Rank>,
    authors: Vec<Rank>,
    /// The last twelve months, the oldest first.
    months: Vec<Done>,
    /// The days of the last 53 weeks on which anything was done, the oldest first.
    days: Vec<Done>,
    /// Openings of the last twelve months: by weekday, Monday first, each with its 24 hours.
    hours: Vec<Vec<i64>>,
    streak: Streak,
    /// The first day of which anything is known.
    began: Option<String>,
    /// Of each feed that posted in the last days: how much, and how much of it was opened.
    worth: Vec<Worth>,
    /// In how many days; at most 90.
    worth_days: i64,
    left_out: LeftOutOfRankings,
    /// The years of which there may be something, the newest first.
    years: Vec<i32>,
}

/// A place of a ranking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightsRank)]
struct Rank {
    rank: usize,
    /// The feed’s id, or the author.
    key: String,
    title: String,
    opened: i64,
    /// In the range before.
    before: i64,
    /// How many places better than before; null if it is new.
    change: Option<i64>,
    /// The last six months.
    months: Vec<i64>,
}

fn ranks<K: ToString>(all: &[Ranked<K>]) -> Vec<Rank> {
    let ranks = all.iter().map(|one| Rank {
        rank: one.rank,
        key: one.key.to_string(),
        title: one.title.clone(),
        opened: one.opened,
        before: one.before,
        change: match one.change {
            Change::New => None,
            Change::By(places) => Some(places),
        },
        months: one.months.clone(),
    });
    ranks.collect()
}

/// What was done in a day or a month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightsDone)]
struct Done {
    /// `2026-03-02`, or `2026-03`.
    when: String,
    opened: i64,
    followed: i64,
    starred: i64,
    tagged: i64,
    /// One by one.
    marked: i64,
    /// In bulk.
    cleared: i64,
}

fn done(when: String, counts: &Counts) -> Done {
    Done {
        when,
        opened: counts.opened,
        followed: counts.followed,
        starred: counts.starred,
        tagged: counts.tagged,
        marked: counts.marked,
        cleared: counts.cleared,
    }
}

/// Days on end on which something was opened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightsStreak)]
struct Streak {
    /// Up to today, or to yesterday.
    now: u32,
    longest: u32,
    /// When that ended.
    until: Option<String>,
}

fn streak(insights: &Insights<'_>) -> Streak {
    let streaks = insights.streaks();
    Streak {
        now: streaks.now,
        longest: streaks.longest,
        until: streaks.until.map(|day| day.to_string()),
    }
}

/// What of a feed’s articles was opened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightsWorth)]
struct Worth {
    feed: String,
    title: String,
    arrived: u32,
    opened: i64,
}

/// What rankings leave out.
#[derive(Debug, Serialize, ToSchema)]
struct LeftOutOfRankings {
    /// Their ids.
    feeds: Vec<String>,
    authors: Vec<String>,
}

fn left(left: &LeftOut) -> LeftOutOfRankings {
    LeftOutOfRankings {
        feeds: left.feeds.iter().map(ToString::to_string).collect(),
        authors: left.authors.iter().cloned().collect(),
    }
}

fn months(insights: &Insights<'_>) -> Vec<Done> {
    let months = insights.by_month().into_iter();
    months
        .map(|(month, counts)| done(zone::month_text(month), &counts))
        .collect()
}

fn days(insights: &Insights<'_>, since: NaiveDate) -> Vec<Done> {
    let days = insights.by_day().into_iter();
    days.filter(|(day, _)| *day >= since)
        .map(|(day, counts)| done(day.to_string(), &counts))
        .collect()
}

/// As the page of the same: a read for each month whose sum isn't folded and cached.
async fn show(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(asked) = query.map_err(bad_query)?;
    let range = match asked.range.unwrap_or_default() {
        Span::Month => Range::Month,
        Span::HalfYear => Range::HalfYear,
        Span::All => Range::All,
    };
    let shelf = arrives(&app, caller).await?;
    let now = app.clock.now();
    let mut journal = Journal::open(&app.store, caller.0, &shelf.read, now).await?;
    let sums = journal.all_sums(&app.store).await?;
    let left_out = journal.sums().left_out.clone();
    let today = journal.today;
    let insights = Insights::new(&sums, names(&journal, &shelf), left_out.clone(), today);
    let ranking = insights.ranking(range);
    let worth = worth_of(&shelf, &insights, now).into_iter();
    let shown = Shown {
        zone: journal.zone.name().to_owned(),
        opened: ranking.opened.0,
        before: ranking.opened.1,
        of_feeds: ranking.of_feeds,
        feeds: ranks(&ranking.feeds),
        authors: ranks(&ranking.authors),
        months: months(&insights),
        days: days(&insights, today - TimeDelta::days(DAYS)),
        hours: insights.by_hour().map(|hours| hours.to_vec()).to_vec(),
        streak: streak(&insights),
        began: insights.began().map(|day| day.to_string()),
        worth: worth
            .map(|one| Worth {
                feed: one.feed.to_string(),
                title: shelf.title(one.feed),
                arrived: one.arrived,
                opened: one.opened,
            })
            .collect(),
        worth_days: known_days(&insights),
        left_out: left(&left_out),
        years: years(&insights, chrono::Datelike::year(&today)),
    };
    Ok(Json(shown).into_response())
}

/// A year of the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InsightsYear)]
struct YearShown {
    year: i32,
    opened: i64,
    of_feeds: usize,
    /// How many words that were, as far as it is known.
    words: i64,
    feeds: Vec<Rank>,
    authors: Vec<Rank>,
    /// Its months up to now, the oldest first.
    months: Vec<Done>,
    /// The days on which anything was done, the oldest first.
    days: Vec<Done>,
    streak: Streak,
}

async fn year(
    State(app): State<AppState>,
    caller: Caller,
    Path(year): Path<String>,
) -> HandlerResult<Response> {
    let year: Option<i32> = year
        .parse()
        .ok()
        .filter(|year| (1970..=9999).contains(year));
    let year = year.ok_or_else(Problem::not_found)?;
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let now = app.clock.now();
    let mut journal = Journal::open(&app.store, caller.0, &shelf.read, now).await?;
    let sums = journal.all_sums(&app.store).await?;
    let left_out = journal.sums().left_out.clone();
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(journal.today);
    let last = last.min(journal.today);
    let names = names(&journal, &shelf);
    let all = Insights::new(&sums, names.clone(), left_out.clone(), journal.today);
    let ours = all.year(year);
    let insights = Insights::new(&ours, names, left_out, last);
    let ranking = insights.ranking(Range::All);
    let mut months = months(&insights);
    months.retain(|month| month.when.starts_with(&format!("{year:04}-")));
    let shown = YearShown {
        year,
        opened: ranking.opened.0,
        of_feeds: ranking.of_feeds,
        words: insights.words(),
        feeds: ranks(&ranking.feeds),
        authors: ranks(&ranking.authors),
        months,
        days: days(&insights, NaiveDate::MIN),
        streak: streak(&insights),
    };
    Ok(Json(shown).into_response())
}

/// What rankings leave out, or count again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = LeaveOut)]
struct Left {
    /// A feed’s id.
    feed: Option<String>,
    author: Option<String>,
    /// Whether it is counted again.
    back: bool,
}

async fn leave(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Left>, JsonRejection>,
) -> HandlerResult<StatusCode> {
    let Json(wanted) = body.map_err(bad_json)?;
    let bad = || {
        let advice = "Nothing was changed. Send a feed’s id as feed, or a name as author.";
        Problem::bad_request("bad_what", "It isn’t said what to leave out", advice)
    };
    let feed = wanted.feed.map(|feed| feed.parse::<FeedId>());
    let feed = feed.transpose().map_err(|_| bad())?;
    let author = wanted.author.filter(|author| !author.trim().is_empty());
    let author = author.map(|author| Ranks::Author(crate::codec::cut(&author, 100)));
    let what: Vec<Ranks> = feed.map(Ranks::Feed).into_iter().chain(author).collect();
    if what.is_empty() {
        return Err(bad());
    }
    leave_out(&app, caller.0, &what, wanted.back).await?;
    Ok(StatusCode::NO_CONTENT)
}
