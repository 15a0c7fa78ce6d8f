//! The journal: what was read, how it is kept, and deleting it.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::articles::bad_query;
use super::call::{Call, get, patch, post};
use super::{Caller, bad_json};
use crate::app::AppState;
use crate::ids::FeedId;
use crate::shelf::Shelf;
use crate::shelf::history::erase::{self, Erase};
use crate::shelf::history::view::{Journal, Line, Wanted};
use crate::shelf::journal::{Habits, Keep, zone};
use crate::timestamp::{from_micros, rfc3339};
use crate::web::problem::{HandlerResult, Problem};

/// The calls.
pub(super) fn calls() -> Vec<Call> {
    let settings = "/api/v1/journal/settings";
    vec![
        get("/api/v1/journal", show, "What was read, the newest first")
            .asks::<Asked>()
            .gives::<Shown>()
            .fails(400, &["bad_limit"]),
        post("/api/v1/journal/erase", delete, "Delete from the journal")
            .takes::<Gone>()
            .gives_nothing()
            .fails(400, &["bad_what"]),
        get(settings, habits, "How the journal is kept").gives::<Kept>(),
        patch(settings, set_habits, "Change how the journal is kept")
            .says("What is absent stays as it is.")
            .takes::<Kept>()
            .gives::<Kept>()
            .fails(422, &["bad_zone"]),
    ]
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
struct Asked {
    /// Words, of which each must be in the title, the author or the feed’s name.
    q: Option<String>,
    /// A feed’s id.
    feed: Option<String>,
    /// An author.
    author: Option<String>,
    /// Where to continue: the `next` of the answer before.
    before: Option<i64>,
    /// 1 to 200, 50 by default.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// A page of the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Journal)]
struct Shown {
    lines: Vec<JournalLine>,
    /// Where to continue, as `before`; null at the end.
    next: Option<i64>,
    /// The zone that its days are in.
    zone: String,
}

/// What was done with an article.
#[derive(Debug, Serialize, ToSchema)]
struct JournalLine {
    /// When it was done last.
    at: String,
    article: String,
    feed: String,
    title: String,
    author: String,
    link: String,
    /// `opened`, `followed`, `starred`, `tagged`, `marked`, `cleared`.
    acts: Vec<&'static str>,
}

fn line(line: &Line) -> JournalLine {
    JournalLine {
        at: rfc3339(from_micros(line.minute * 60_000_000)),
        article: line.id.to_string(),
        feed: line.id.feed.to_string(),
        title: line.text.title.clone(),
        author: line.text.author.clone(),
        link: line.text.link.clone(),
        acts: line.acts.iter().map(|act| act.word()).collect(),
    }
}

/// As the page of the journal: a read for each month that isn't cached.
async fn show(
    State(app): State<AppState>,
    caller: Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> HandlerResult<Response> {
    let Query(asked) = query.map_err(bad_query)?;
    let limit = asked.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        let advice = "Ask again with next to get more.";
        let title = "The limit is 1 to 200";
        return Err(Problem::bad_request("bad_limit", title, advice));
    }
    let feed = asked.feed.as_deref().map(str::parse::<FeedId>).transpose();
    let words = crate::codec::cut(&asked.q.unwrap_or_default().to_lowercase(), 200);
    let wanted = Wanted {
        before: asked.before.filter(|before| (0..=1 << 33).contains(before)),
        words: words
            .split_whitespace()
            .take(8)
            .map(str::to_owned)
            .collect(),
        feed: feed.map_err(|_| Problem::not_found())?,
        author: asked.author.filter(|author| !author.is_empty()),
        act: None,
    };
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let now = app.clock.now();
    let journal = Journal::open(&app.store, caller.0, &shelf.read, now).await?;
    let found = journal.page(&app.store, &wanted, limit).await?;
    let lines = found.days.iter().flat_map(|day| &day.lines).map(line);
    let shown = Shown {
        lines: lines.collect(),
        next: found.next,
        zone: journal.zone.name().to_owned(),
    };
    Ok(Json(shown).into_response())
}

/// What is deleted.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = JournalPart)]
enum Part {
    /// An article’s line of one day.
    Line,
    /// A day.
    Day,
    /// A month.
    Month,
    /// All of it.
    All,
}

/// What to delete.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JournalErase)]
struct Gone {
    what: Part,
    /// `2026-03-02`, for `line` and `day`.
    day: Option<String>,
    /// `2026-03`, for `month`.
    month: Option<String>,
    /// An article’s id, for `line`.
    article: Option<String>,
}

impl Gone {
    fn what(&self) -> Option<Erase> {
        let day = || NaiveDate::parse_from_str(self.day.as_deref()?, "%Y-%m-%d").ok();
        Some(match self.what {
            Part::Line => Erase::Line(day()?, self.article.as_deref()?.parse().ok()?),
            Part::Day => Erase::Day(day()?),
            Part::Month => Erase::Month(zone::month_from(self.month.as_deref()?)?),
            Part::All => Erase::All,
        })
    }
}

async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Gone>, JsonRejection>,
) -> HandlerResult<StatusCode> {
    let Json(gone) = body.map_err(bad_json)?;
    let what = gone.what().ok_or_else(|| {
        let advice =
            "Nothing was deleted. A line needs day and article, a day its day, a month its month.";
        Problem::bad_request("bad_what", "It isn’t said what to delete", advice)
    })?;
    erase::erase(&app.store, caller.0, what, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How the journal is kept. An answer has all of it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = JournalSettings)]
struct Kept {
    /// Whether nothing is noted for now.
    paused: Option<bool>,
    /// For how long it is kept.
    keep: Option<For>,
    /// The zone that its days are in, such as `Europe/Berlin`.
    zone: Option<String>,
}

/// For how long a journal is kept.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = JournalTerm)]
enum For {
    /// Three months.
    Quarter,
    /// A year.
    Year,
    /// For ever.
    Ever,
}

fn kept(habits: &Habits) -> Kept {
    Kept {
        paused: Some(habits.is_paused),
        keep: Some(match habits.keep {
            Keep::Quarter => For::Quarter,
            Keep::Year => For::Year,
            Keep::Ever => For::Ever,
        }),
        zone: Some(habits.zone().name().to_owned()),
    }
}

async fn habits(State(app): State<AppState>, caller: Caller) -> HandlerResult<Response> {
    let shelf = Shelf::load(&app.store, caller.0).await?;
    Ok(Json(kept(&shelf.read.habits())).into_response())
}

async fn set_habits(
    State(app): State<AppState>,
    caller: Caller,
    body: Result<Json<Kept>, JsonRejection>,
) -> HandlerResult<Response> {
    let Json(wanted) = body.map_err(bad_json)?;
    let shelf = Shelf::load(&app.store, caller.0).await?;
    let mut habits = shelf.read.habits();
    habits.is_paused = wanted.paused.unwrap_or(habits.is_paused);
    habits.keep = match wanted.keep {
        None => habits.keep,
        Some(For::Quarter) => Keep::Quarter,
        Some(For::Year) => Keep::Year,
        Some(For::Ever) => Keep::Ever,
    };
    if let Some(zone) = wanted.zone {
        let known = zone.trim().parse::<chrono_tz::Tz>().map_err(|_| {
            let title = "That isn’t a time zone that is known here";
            let advice = "Nothing was changed. Time zones look like Europe/Berlin.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_zone", title, advice)
        })?;
        if known.name() != habits.zone().name() {
            habits.is_chosen = true;
            known.name().clone_into(&mut habits.zone);
        }
    }
    erase::set_habits(&app.store, caller.0, &habits, app.clock.now()).await?;
    Ok(Json(kept(&habits)).into_response())
}
